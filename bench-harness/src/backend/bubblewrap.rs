//! bubblewrap: the sandbox of desktop applications. It has no cgroups, so nothing limits what runs inside.
//!
//! Everything is an option of its command line, in the order in which it is done:
//!
//! 1. The namespaces; an init as PID 1, as our container has one.
//! 2. /proc and /dev, which it makes itself. It mounts no sysfs, and the host's with all that is mounted below is more than
//!    our container shows: there is no /sys.
//! 3. The workload's file and the disk.
//! 4. The paths that our container covers, where the host has them. It makes those read-only itself that change the host.
//! 5. The capabilities that are kept, and our filter, which it reads from a descriptor.
//!
//! Written for bubblewrap 0.8.
//!
//! Read next: bwrap(1), `oci.rs`.

use std::fs::File;
use std::io::{Seek, Write};
use std::os::fd::AsRawFd;
use std::path::Path;
use std::process::Command;

use container_backend::{full_set, seccomp};

use super::{Backend, DISK_INSIDE, Installed, Job, Missing, Prepared, Program, ReportFds};
use crate::binaries::Binaries;
use crate::failure::Failure;

static PROGRAM: Program = Program::named("bwrap", "sudo apt-get install bubblewrap");

/// Namespaces, an empty root, an init.
const SANDBOX: [&str; 15] = [
    "--die-with-parent",
    "--unshare-pid",
    "--unshare-net",
    "--unshare-ipc",
    "--unshare-uts",
    "--unshare-cgroup",
    "--hostname",
    full_set::HOSTNAME,
    "--clearenv",
    "--proc",
    "/proc",
    "--dev",
    "/dev",
    "--mqueue",
    "/dev/mqueue",
];

/// A sandbox without limits.
#[derive(Debug)]
pub struct Bubblewrap;

impl Backend for Bubblewrap {
    fn id(&self) -> &'static str {
        "bubblewrap"
    }

    fn is_peer(&self) -> bool {
        true
    }

    fn installed(&self) -> Option<Installed> {
        PROGRAM.installed()
    }

    fn shortfall(&self) -> Option<&'static str> {
        Some("no cgroups, no limit of open files, no /sys: it does less than the containers do")
    }

    fn availability(&self) -> Result<(), Missing> {
        PROGRAM.path().map(drop)
    }

    fn prepare(
        &self,
        job: &Job,
        binaries: &Binaries,
        _fds: ReportFds,
    ) -> Result<Prepared, Failure> {
        job.refuse_launcher_args(self.id())?;
        let program = PROGRAM.path();
        let program = program.map_err(|missing| Failure::Unsupported(missing.what))?;
        let filter = filter()?;
        let mut command = Command::new(program);
        command.args(SANDBOX);
        for folder in full_set::FOLDERS {
            command.args(["--dir", &format!("/{folder}")]);
        }
        let workload = &binaries.workload.path;
        command.arg("--ro-bind").args([workload, workload]);
        if let Some(disk) = &job.disk {
            command.arg("--bind").arg(&disk.file).arg(DISK_INSIDE);
        }
        cover(&mut command);
        for pair in full_set::ENVIRONMENT {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            command.args(["--setenv", name, value]);
        }
        command.args(["--setenv", "HOSTNAME", full_set::HOSTNAME]);
        command.args(["--cap-drop", "ALL"]);
        for name in full_set::capability_names() {
            command.args(["--cap-add", &format!("CAP_{name}")]);
        }
        command.args(["--seccomp", &filter.as_raw_fd().to_string()]);
        command.args(["--chdir", "/", "--"]).arg(workload);
        command.args(job.args_with_disk_at(DISK_INSIDE));
        let mut prepared = Prepared::from(command);
        prepared.inherited.push(filter.into());
        Ok(prepared)
    }
}

/// A folder is covered with an empty one that can't be written to, a file with the null device.
fn cover(command: &mut Command) {
    for path in full_set::MASKED
        .iter()
        .filter(|path| path.starts_with("/proc/"))
    {
        let place = Path::new(path);
        if place.is_dir() {
            command.args(["--tmpfs", path, "--remount-ro", path]);
        } else if place.exists() {
            command.args(["--dev-bind", "/dev/null", path]);
        }
    }
}

/// Our compiled filter in a file without a name, as an array of the kernel's `struct sock_filter`.
fn filter() -> Result<File, Failure> {
    let mut file = tempfile::tempfile()?;
    file.write_all(&seccomp::bytes())?;
    file.rewind()?;
    Ok(file)
}
