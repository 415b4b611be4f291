//! The OCI runtimes crun, runc, youki, and any other that the user names: `crun run --bundle FOLDER ID`.
//!
//! They all read the same description of a container (the OCI runtime specification), so they are one backend with several
//! programs:
//!
//! 1. Write a bundle: a root folder, and `config.json` made from the full set that our container is made of
//!    (`oci/bundle.rs`), with the job's memory limit and disk.
//! 2. `run` creates the container, starts the workload as its PID 1 with the runtime's own standard streams, waits for its
//!    end, and removes the container. That is what our launcher does, so the whole life is comparable.
//! 3. Afterwards `delete --force`, which does something only if the runtime was killed, and left the container.
//!
//! Quirks: a youki that was built without support for filters runs without a filter, and doesn't say so: such a one is not
//! measured. crun refuses a host that has v1 controllers and a v2 tree beside them; it is shown one without that tree
//! (`host/cgroup_view.rs`).
//!
//! Simplified: the runtimes are run as root. All of them also run for ordinary users, with another description.
//!
//! Written for crun 1.8, runc 1.1 and youki 0.7.
//!
//! Read next: `oci/bundle.rs`, the OCI runtime specification (runtime.md, config.md).

mod bundle;
mod filter;

use std::path::{Path, PathBuf};
use std::process::Command;

pub(super) use filter::policy_as_json;

use super::{Backend, Installed, Job, Missing, Prepared, Program, ReportFds};
use crate::binaries::Binaries;
use crate::clock::monotonic_ns;
use crate::failure::Failure;
use crate::host::cgroup::mounts;

/// An OCI runtime.
#[derive(Debug)]
pub struct OciRuntime {
    id: &'static str,
    program: Program,
}

/// Written in C; the fastest of them.
pub static CRUN: OciRuntime = OciRuntime {
    id: "crun",
    program: Program::named("crun", "sudo apt-get install crun"),
};

/// Written in Go; the reference.
pub static RUNC: OciRuntime = OciRuntime {
    id: "runc",
    program: Program::named("runc", "sudo apt-get install runc"),
};

/// Written in Rust.
pub static YOUKI: OciRuntime = OciRuntime {
    id: "youki",
    program: Program::named(
        "youki",
        "sudo apt-get install libseccomp-dev && cargo install youki --features v1,v2,seccomp",
    ),
};

/// A runtime that the user names: `--oci-runtime NAME=PATH`.
///
/// It lives to the end of the process, as all backends do: there are as many as the command line has.
#[must_use]
pub fn oci_runtime(name: &str, path: PathBuf) -> &'static dyn Backend {
    Box::leak(Box::new(OciRuntime {
        id: name.to_owned().leak(),
        program: Program::at(path, "--oci-runtime wants NAME=PATH of an OCI runtime"),
    }))
}

impl Backend for OciRuntime {
    fn id(&self) -> &'static str {
        self.id
    }

    fn is_peer(&self) -> bool {
        true
    }

    fn installed(&self) -> Option<Installed> {
        self.program.installed()
    }

    fn refuses_hybrid_cgroups(&self) -> bool {
        let installed = self.installed();
        installed.is_some_and(|installed| installed.version.starts_with("crun "))
    }

    fn availability(&self) -> Result<(), Missing> {
        let program = self.program.path()?;
        let installed = self.installed();
        if installed.is_some_and(|found| found.version.starts_with("youki "))
            && !loads_filters(&program)
        {
            return Err(Missing {
                what: "this youki was built without support for system-call filters".to_owned(),
                remedy: "cargo install --force youki --features v1,v2,seccomp".to_owned(),
            });
        }
        match nix::unistd::geteuid().is_root() {
            true => Ok(()),
            false => Err(Missing {
                what: format!("only root makes cgroups with {}", self.id),
                remedy: "sudo isolab …".to_owned(),
            }),
        }
    }

    fn prepare(
        &self,
        job: &Job,
        binaries: &Binaries,
        _fds: ReportFds,
    ) -> Result<Prepared, Failure> {
        job.refuse_launcher_args(self.id)?;
        let program = self.program.path();
        let program = program.map_err(|missing| Failure::Unsupported(missing.what))?;
        let folder = tempfile::Builder::new().prefix("isolab-oci-").tempdir()?;
        // Of this harness and of this instance: a later sweep removes what a killed harness left.
        let id = format!("isolab-{}-{:x}", std::process::id(), monotonic_ns());
        let bundle = bundle::write(folder.path(), &id, job, binaries)?;

        let state = folder.path().join("state");
        let mut command = Command::new(&program);
        command.arg("--root").arg(&state);
        command.args(["run", "--bundle"]).arg(&bundle).arg(&id);
        let mut delete = Command::new(&program);
        delete.arg("--root").arg(&state);
        delete.args(["delete", "--force", &id]);
        let trees = mounts()?;
        Ok(Prepared {
            command,
            folder: Some(folder),
            inherited: Vec::new(),
            cgroups: trees.points().map(|tree| tree.join(&id)).collect(),
            afterwards: vec![delete],
            guest_ram_bytes: None,
            exit_code_is_said: false,
        })
    }
}

/// Whether the program was linked with the library that compiles and loads system-call filters.
fn loads_filters(program: &Path) -> bool {
    const LIBRARY: &[u8] = b"libseccomp";
    let content = std::fs::read(program).unwrap_or_default();
    content.windows(LIBRARY.len()).any(|found| found == LIBRARY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_runtime_that_the_user_names_is_asked_for_by_its_path() {
        let missing = oci_runtime("mine", "/nowhere/mine".into())
            .availability()
            .unwrap_err();
        assert!(missing.what.contains("/nowhere/mine"), "{missing:?}");
        assert!(missing.remedy.contains("NAME=PATH"), "{missing:?}");
    }
}
