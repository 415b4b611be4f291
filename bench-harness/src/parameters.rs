//! How far the experiments may go: every bound on memory, disk, processes and time that isn't the case itself.
//!
//! Each is a flag of `isolab run` with a safe default (`cli/bounds.rs`), and stands in the plan of run.json under the name that
//! it has here. What a case is named after (`touched-64`, `vm-prefault-4g`, `parallel-16`) has no flag of its own: there the
//! memory budget and the flags for the largest decide whether the case is measured or declined.
//!
//! Read next: `experiment/neighbour/bounds.rs`, `memory_budget.rs`, `disk_budget.rs`.

use std::time::Duration;

use serde::{Serialize, Serializer};

use crate::budget::Budget;
use crate::experiment::{Effort, NeighbourBounds};
use crate::host::kernel;
use crate::{disk_budget, memory_budget};

/// What can be chosen about the measurements themselves. Recorded in run.json.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Parameters {
    /// What all instances of a trial together may take of the host's free memory.
    #[cfg_attr(test, schemars(with = "String"))]
    pub memory_budget: Budget,
    /// What the files for I/O may take of the free disk.
    #[cfg_attr(test, schemars(with = "String"))]
    pub disk_budget: Budget,
    /// When an instance is stopped.
    #[serde(rename = "timeout_s", serialize_with = "as_seconds")]
    #[cfg_attr(test, schemars(with = "u64"))]
    pub timeout: Duration,
    /// What an instance may say, in bytes; one that says more is ended.
    pub output_bytes: u64,
    /// How many instances the memory experiment runs at once.
    pub memory_copies: u32,
    /// Size of the file that the I/O cases work on, in bytes.
    pub io_size_bytes: u64,
    /// How long each I/O case runs.
    #[serde(rename = "io_duration_ms", serialize_with = "as_milliseconds")]
    #[cfg_attr(test, schemars(with = "u64"))]
    pub io_duration: Duration,
    /// What the kernels of memory go through, in bytes: whole MiB.
    pub cpu_memory_bytes: u64,
    /// How long a call is repeated.
    #[serde(rename = "syscall_duration_ms", serialize_with = "as_milliseconds")]
    #[cfg_attr(test, schemars(with = "u64"))]
    pub syscall_duration: Duration,
    /// What is touched page by page, in bytes: whole pages.
    pub syscall_memory_bytes: u64,
    /// The most memory that a rung of the ladder takes at once.
    pub ablation_memory_bytes: u64,
    /// How many instances the density experiment holds at most.
    pub density_instances: u32,
    /// How many instances each burst of the scale-out experiment starts.
    pub scaleout_starts: u32,
    /// How many of them may be in flight.
    pub scaleout_parallel: u32,
    /// How many requests the service experiment makes in each trial.
    pub service_requests: u32,
    /// What a growing instance takes more than it had, in bytes: whole MiB.
    pub elasticity_memory_bytes: u64,
    /// How far noisy and offending neighbours may go.
    pub neighbours: NeighbourBounds,
}

impl Parameters {
    /// The defaults.
    #[must_use]
    pub fn of(effort: Effort) -> Self {
        let (memory_copies, io_size_bytes, io_duration_ms) = match effort {
            Effort::Full => (8, 256 << 20, 100),
            Effort::Quick => (4, 64 << 20, 40),
            Effort::Emulated => (2, 16 << 20, 60),
        };
        let (density_instances, scaleout_starts, service_requests) = match effort {
            Effort::Full => (64, 75, 400),
            Effort::Quick => (8, 12, 60),
            Effort::Emulated => (2, 4, 16),
        };
        Self {
            memory_budget: memory_budget::USUAL,
            disk_budget: disk_budget::USUAL,
            timeout: Self::usual_timeout(),
            output_bytes: 16 << 20,
            memory_copies,
            io_size_bytes,
            io_duration: Duration::from_millis(io_duration_ms),
            cpu_memory_bytes: 32 << 20,
            syscall_duration: Duration::from_millis(20),
            syscall_memory_bytes: 16 << 20,
            ablation_memory_bytes: 4 << 30,
            density_instances,
            scaleout_starts,
            scaleout_parallel: 16,
            service_requests,
            elasticity_memory_bytes: 32 << 20,
            neighbours: NeighbourBounds::of(effort),
        }
    }

    /// Longer than any instance takes that will ever come to its end: several times the slowest measured.
    #[must_use]
    pub fn usual_timeout() -> Duration {
        match kernel::is_lab_machine() {
            // An emulated processor takes ten times as long for the same, and a guest's on top of it ten times more.
            true => Duration::from_secs(180),
            false => Duration::from_secs(30),
        }
    }

    /// What the files for I/O take: that of the experiments, and the neighbours' own beside it.
    #[must_use]
    pub fn disk_bytes(&self) -> u64 {
        let noise = self.neighbours.file_bytes.min(self.io_size_bytes);
        self.io_size_bytes.saturating_add(noise)
    }
}

pub(crate) fn as_milliseconds<S: Serializer>(
    time: &Duration,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
}

fn as_seconds<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(time.as_secs())
}

/// The plan of a run: the bounds, of which older runs have fewer, and whatever else there is.
#[cfg(test)]
#[derive(schemars::JsonSchema)]
#[schemars(rename = "Plan")]
#[expect(dead_code, reason = "only its schema is looked at")]
pub(crate) struct PlanSchema {
    #[schemars(flatten)]
    bounds: Option<Parameters>,
    #[schemars(flatten)]
    other: serde_json::Map<String, serde_json::Value>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_neighbours_file_is_never_longer_than_the_other_and_both_count() {
        let mut parameters = Parameters::of(Effort::Full);
        assert_eq!(parameters.disk_bytes(), (256 + 64) << 20);
        parameters.io_size_bytes = 1 << 20;
        assert_eq!(parameters.disk_bytes(), 2 << 20);
    }
}
