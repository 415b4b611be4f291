//! Our container: `container-backend run … -- workload …`.

use std::path::Path;
use std::process::Command;

use container_backend::seccomp::policy;

use super::{Backend, DISK_INSIDE, Job, Missing, Prepared, ReportFds};
use crate::binaries::Binaries;
use crate::failure::Failure;

/// A container made by our own launcher.
#[derive(Debug)]
pub struct Container;

impl Backend for Container {
    fn id(&self) -> &'static str {
        "container"
    }

    fn filtered_calls(&self) -> Option<usize> {
        Some(policy::allowed_calls())
    }

    fn availability(&self) -> Result<(), Missing> {
        for namespace in ["pid", "mnt", "net", "ipc", "uts"] {
            if !Path::new("/proc/self/ns").join(namespace).exists() {
                return Err(Missing {
                    what: format!("the kernel has no {namespace} namespaces"),
                    remedy: "run a kernel built with CONFIG_NAMESPACES, as every distribution's is"
                        .to_owned(),
                });
            }
        }
        Ok(())
    }

    fn prepare(&self, job: &Job, binaries: &Binaries, fds: ReportFds) -> Result<Prepared, Failure> {
        let mut command = Command::new(&binaries.container_backend.path);
        command
            .args(["run", "--die-with-parent", "--timeline"])
            .arg(fds.timeline.to_string());
        if let Some(bytes) = job.memory_bytes {
            command.args(["--memory", &bytes.to_string()]);
        }
        if let Some(disk) = &job.disk {
            command.args(["--bind", &format!("{}:{DISK_INSIDE}", disk.file.display())]);
        }
        command
            .args(&job.launcher_args)
            .arg("--")
            .arg(&binaries.workload.path)
            .args(job.args_with_disk_at(DISK_INSIDE));
        Ok(command.into())
    }
}
