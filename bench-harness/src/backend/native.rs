//! The floor: fork and exec of the workload, with nothing round it.

use std::process::Command;

use super::{Backend, Job, Missing, Prepared, ReportFds};
use crate::binaries::Binaries;
use crate::failure::Failure;

/// A plain process.
#[derive(Debug)]
pub struct Native;

impl Backend for Native {
    fn id(&self) -> &'static str {
        "native"
    }

    fn availability(&self) -> Result<(), Missing> {
        Ok(())
    }

    fn prepare(
        &self,
        job: &Job,
        binaries: &Binaries,
        _fds: ReportFds,
    ) -> Result<Prepared, Failure> {
        job.refuse_launcher_args(self.id())?;
        let disk = job
            .disk
            .as_ref()
            .map(|disk| disk.file.display().to_string());
        let mut command = Command::new(&binaries.workload.path);
        command.args(job.args_with_disk_at(&disk.unwrap_or_default()));
        Ok(command.into())
    }
}
