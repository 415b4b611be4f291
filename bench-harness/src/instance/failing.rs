//! Why an instance failed, in a line with its last words.

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use super::Instance;
use crate::failure::Failure;

impl Instance<'_> {
    pub(super) fn timed_out(&self) -> Failure {
        let seconds = (self.deadline_ns - self.spawned_ns) as f64 / 1e9;
        let last = self.output.lines.last();
        let last = last.map_or("none", |line| line.text.as_str());
        let stopped = format!("stopped after {seconds} s; last line: {last:?}");
        Failure::TimedOut(match self.output.complaint() {
            complaint if complaint.is_empty() => stopped,
            complaint => format!("{stopped}; it complained: {complaint}"),
        })
    }

    pub(super) fn failure_of_end(&mut self) -> Failure {
        match self.launcher.reap() {
            Ok(reaped) => self.failure_with(reaped.status),
            Err(error) => error.into(),
        }
    }

    pub(super) fn failure_with(&self, status: ExitStatus) -> Failure {
        let code = match self.output.said_exit_code() {
            Some(said) if self.prepared.exit_code_is_said && status.success() => Some(said),
            _ => status.code(),
        };
        let end = match (code, status.signal()) {
            (Some(0), _) => "ended without `done`".to_owned(),
            (Some(code), _) => format!("exit code {code}"),
            (None, Some(signal)) => format!("killed by signal {signal}"),
            (None, None) => "ended for an unknown reason".to_owned(),
        };
        let complaint = self.output.complaint();
        Failure::Failed(if complaint.is_empty() {
            end
        } else {
            format!("{end}: {complaint}")
        })
    }
}
