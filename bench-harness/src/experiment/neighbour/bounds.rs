//! How far the neighbours may go. Nothing that they do may fill the disk or the memory.

use std::time::Duration;

use serde::Serialize;

use crate::experiment::Effort;
use crate::parameters::as_milliseconds;

/// The bounds of the experiment `neighbour`. Recorded in run.json.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct NeighbourBounds {
    /// How many burn at once at the most; `None`: as many as there are CPUs.
    pub instances: Option<u32>,
    /// How long an instance measures.
    #[serde(rename = "duration_ms", serialize_with = "as_milliseconds")]
    #[cfg_attr(test, schemars(with = "u64"))]
    pub duration: Duration,
    /// Units that are measured at the least.
    pub least_units: u32,
    /// What a neighbour copies to and fro.
    pub memory_bytes: u64,
    /// The file that a neighbour writes and reads; never more than the file of the experiment `io`.
    pub file_bytes: u64,
    /// The limit on each neighbour's CPU time, in CPUs.
    pub limit_cpus: f64,
    /// The limit on a neighbour's memory and page cache, beside a VM's own memory.
    pub limit_memory_bytes: u64,
    /// The limit on a neighbour's traffic to the disk, per second.
    pub limit_disk_bytes_per_s: u64,
    /// Processes that an offender starts, unless it is stopped before.
    pub processes: u32,
    /// What an offender takes beyond its limit, unless it is stopped before; whole MiB.
    pub excess_bytes: u64,
}

impl NeighbourBounds {
    /// The defaults.
    #[must_use]
    pub fn of(effort: Effort) -> Self {
        let (duration_ms, least_units) = match effort {
            Effort::Full => (100, 100),
            Effort::Quick => (50, 100),
            Effort::Emulated => (50, 20),
        };
        Self {
            instances: None,
            duration: Duration::from_millis(duration_ms),
            least_units,
            memory_bytes: 32 << 20,
            file_bytes: 64 << 20,
            limit_cpus: 0.25,
            limit_memory_bytes: 16 << 20,
            limit_disk_bytes_per_s: 20_000_000,
            processes: 200,
            excess_bytes: 32 << 20,
        }
    }
}
