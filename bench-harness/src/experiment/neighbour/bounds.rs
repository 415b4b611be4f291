//! How far the neighbours may go. Nothing that they do may fill the disk or the memory.

use std::time::Duration;

use serde_json::{Value, json};

use crate::experiment::Effort;
use crate::failure::Failure;
use crate::memory_budget::MemoryBudget;

/// The bounds of the experiment `neighbour`. Recorded in run.json.
#[derive(Clone, Debug, PartialEq)]
pub struct NeighbourBounds {
    /// How long an instance measures.
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
    /// What an offender takes beyond its limit, unless it is stopped before.
    pub excess_bytes: u64,
}

impl NeighbourBounds {
    /// The bounds of a run.
    #[must_use]
    pub fn of(effort: Effort) -> Self {
        let (duration_ms, least_units) = match effort {
            Effort::Full => (100, 100),
            Effort::Quick => (50, 100),
            Effort::Emulated => (50, 20),
        };
        Self {
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

    /// As run.json has them.
    #[must_use]
    pub fn record(&self) -> Value {
        json!({
            "duration_ms": u64::try_from(self.duration.as_millis()).unwrap_or(u64::MAX),
            "least_units": self.least_units,
            "memory_bytes": self.memory_bytes,
            "file_bytes": self.file_bytes,
            "limit_cpus": self.limit_cpus,
            "limit_memory_bytes": self.limit_memory_bytes,
            "limit_disk_bytes_per_s": self.limit_disk_bytes_per_s,
            "processes": self.processes,
            "excess_bytes": self.excess_bytes,
        })
    }
}

/// Declines what the budget for many instances has no room for.
///
/// # Errors
/// `Unsupported`, with both numbers.
pub fn check_memory(budget: MemoryBudget, bytes: u64) -> Result<(), Failure> {
    let spending = budget.begin()?;
    if spending.allows(bytes as f64)? {
        return Ok(());
    }
    Err(Failure::Unsupported(format!(
        "the memory budget of {} MiB has no room for {} MiB (remedy: --memory-budget)",
        spending.budget_bytes() >> 20,
        bytes >> 20
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_budget_has_no_room_for_is_declined() {
        assert_eq!(check_memory(MemoryBudget::Bytes(8 << 20), 0), Ok(()));
        let failure = check_memory(MemoryBudget::Bytes(8 << 20), 64 << 20).unwrap_err();
        assert!(failure.reason().contains("8 MiB has no room for 64 MiB"));
    }
}
