//! Docker and Podman: container engines, which manage images, networks and logs, and leave the making of a container to an OCI
//! runtime. What they take longer than that runtime is the price of management.
//!
//! 1. An empty root folder is all that the workload needs: Podman is given the folder, Docker an image that is imported from
//!    it (not timed).
//! 2. `run` asks for the limits and walls of the full set, with our policy as the filter, and hands the standard streams on.
//! 3. Afterwards container and image are removed.
//!
//! Docker's client asks a daemon, which starts the container: the client's process tree doesn't contain it. So the tree's
//! memory and CPU time are not the container's, and each row says so.
//!
//! Written for Docker 28.2, whose client accepts this command line (its daemon was not at hand), and for podman-run(1) of
//! Podman 4.3, which has each of the options.
//!
//! Read next: `oci.rs`, docker-run(1), podman-run(1).

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use container_backend::full_set;

use super::oci::policy_as_json;
use super::program::output_of;
use super::{Backend, DISK_INSIDE, Installed, Job, Missing, Prepared, Program, ReportFds};
use crate::binaries::Binaries;
use crate::clock::monotonic_ns;
use crate::failure::Failure;

/// A container engine.
#[derive(Debug)]
pub struct Engine {
    id: &'static str,
    program: Program,
    /// What it is asked to find out whether it can work.
    question: [&'static str; 3],
    wakes_up_by: &'static str,
    takes_folders: bool,
}

/// With a daemon.
pub static DOCKER: Engine = Engine {
    id: "docker",
    program: Program::named("docker", "sudo apt-get install docker.io"),
    question: ["version", "--format", "{{.Server.Version}}"],
    wakes_up_by: "sudo systemctl start docker",
    takes_folders: false,
};

/// Without one.
pub static PODMAN: Engine = Engine {
    id: "podman",
    program: Program::named("podman", "sudo apt-get install podman"),
    question: ["info", "--format", "{{.Version.Version}}"],
    wakes_up_by: "podman info says what is in its way",
    takes_folders: true,
};

impl Backend for Engine {
    fn id(&self) -> &'static str {
        self.id
    }

    fn is_peer(&self) -> bool {
        true
    }

    fn installed(&self) -> Option<Installed> {
        self.program.installed()
    }

    fn shortfall(&self) -> Option<&'static str> {
        Some(
            "memory and CPU time are those of the engine's client: the container is no child of it",
        )
    }

    fn availability(&self) -> Result<(), Missing> {
        let missing = |what: String| Missing {
            what,
            remedy: self.wakes_up_by.to_owned(),
        };
        let mut question = Command::new(self.program.path()?);
        let answer = output_of(question.args(self.question));
        let answer = answer.map_err(|error| missing(format!("{}: {error}", self.id)))?;
        if answer.status.success() {
            return Ok(());
        }
        let message = String::from_utf8_lossy(&answer.stderr);
        let line = message.lines().map(str::trim).find(|line| !line.is_empty());
        Err(missing(format!(
            "{}'s engine doesn't answer: {}",
            self.id,
            line.unwrap_or("without a word")
        )))
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
        let folder = tempfile::Builder::new()
            .prefix("isolab-engine-")
            .tempdir()?;
        for inside in full_set::FOLDERS {
            fs::create_dir_all(folder.path().join("rootfs").join(inside))?;
        }
        fs::write(folder.path().join("seccomp.json"), policy_as_json()?)?;
        let name = format!("isolab-{}-{:x}", std::process::id(), monotonic_ns());

        let mut command = Command::new(&program);
        command.args(options(&name, job, folder.path()));
        let workload = &binaries.workload.path;
        command.arg(format!("--volume={0}:{0}:ro", workload.display()));
        if self.takes_folders {
            command.arg("--rootfs").arg(folder.path().join("rootfs"));
        } else {
            import(&program, folder.path(), &name)?;
            command.arg(&name);
        }
        command
            .arg(workload)
            .args(job.args_with_disk_at(DISK_INSIDE));
        let removing = [["rm", "--force"], ["rmi", "--force"]];
        let afterwards = removing.map(|words| {
            let mut remove = Command::new(&program);
            remove.args(words).arg(&name);
            remove
        });
        Ok(Prepared {
            command,
            folder: Some(folder),
            inherited: Vec::new(),
            cgroups: Vec::new(),
            afterwards: afterwards.into(),
            guest_ram_bytes: None,
            exit_code_is_said: false,
        })
    }
}

/// The full set in the engines' words. Namespaces, mounts, masks and capabilities are what they do by default.
fn options(name: &str, job: &Job, folder: &Path) -> Vec<String> {
    let limits = full_set::LIMITS;
    let memory_bytes = job.memory_bytes.unwrap_or(limits.memory_bytes);
    let files = full_set::OPEN_FILES;
    let mut options = vec![
        "run".to_owned(),
        "--rm".to_owned(),
        "--interactive".to_owned(),
        format!("--name={name}"),
        "--network=none".to_owned(),
        format!("--hostname={}", full_set::HOSTNAME),
        format!("--memory={memory_bytes}"),
        format!("--memory-swap={memory_bytes}"),
        format!("--cpus={}", limits.cpus),
        format!("--pids-limit={}", limits.pids),
        format!("--ulimit=nofile={files}:{files}"),
        "--security-opt=no-new-privileges".to_owned(),
        format!(
            "--security-opt=seccomp={}",
            folder.join("seccomp.json").display()
        ),
    ];
    if let Some(disk) = &job.disk {
        options.push(format!("--volume={}:{DISK_INSIDE}", disk.file.display()));
    }
    options
}

/// Makes an image of the root folder.
fn import(program: &Path, folder: &Path, name: &str) -> Result<(), Failure> {
    let archive = folder.join("rootfs.tar");
    let mut pack = Command::new("tar");
    pack.arg("-cf")
        .arg(&archive)
        .arg("-C")
        .arg(folder.join("rootfs"))
        .arg(".");
    let mut import = Command::new(program);
    import.arg("import").arg(&archive).arg(name);
    for command in [&mut pack, &mut import] {
        let output = command.stdin(Stdio::null()).output()?;
        if !output.status.success() {
            let message = String::from_utf8_lossy(&output.stderr);
            let program = command.get_program().display();
            return Err(Failure::Failed(format!("{program}: {}", message.trim())));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::Disk;
    use std::time::Duration;

    #[test]
    fn the_options_are_those_of_a_recorded_command_line() {
        let job = Job {
            args: vec!["hello".to_owned()],
            memory_bytes: Some(1 << 25),
            disk: Some(Disk {
                file: "/host/disk".into(),
                direct: false,
            }),
            timeout: Duration::from_secs(1),
            launcher_args: Vec::new(),
        };
        // Docker 28.2's client takes this as far as its daemon.
        let recorded = "run --rm --interactive --name=isolab-1 --network=none --hostname=container --memory=33554432 \
            --memory-swap=33554432 --cpus=1 --pids-limit=64 --ulimit=nofile=1024:1024 --security-opt=no-new-privileges \
            --security-opt=seccomp=/f/seccomp.json --volume=/host/disk:/data/disk";
        assert_eq!(
            options("isolab-1", &job, Path::new("/f")).join(" "),
            recorded
        );
    }

    #[test]
    fn an_engine_that_does_not_answer_is_missing_with_its_own_words() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let client = folder.path().join("engine");
        fs::write(&client, "#!/bin/sh\ntest \"$1\" = --version && echo engine 1 && exit\necho 'no daemon' >&2\nexit 1\n").unwrap();
        fs::set_permissions(&client, fs::Permissions::from_mode(0o755)).unwrap();
        let engine = Engine {
            id: "engine",
            program: Program::at(client, ""),
            question: DOCKER.question,
            wakes_up_by: DOCKER.wakes_up_by,
            takes_folders: false,
        };
        let missing = engine.availability().unwrap_err();
        assert_eq!(missing.what, "engine's engine doesn't answer: no daemon");
        assert_eq!(missing.remedy, "sudo systemctl start docker");
    }
}
