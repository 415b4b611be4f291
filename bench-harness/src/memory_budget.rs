//! What trials may take of the host's memory: a share of what is free, never the whole machine.
//!
//! 1. The budget is a share of what could be given away when the trial begins (a quarter, unless `--memory-budget` says
//!    otherwise), or a number of bytes. More than four fifths is never taken, whatever was asked for.
//! 2. Who knows before what it will take at most asks once, and is declined ([`check`]).
//! 3. Who starts one instance after another asks before each start ([`Spending`]). What others take meanwhile counts too: it
//!    is missing just the same.
//!
//! Read next: `host/memory.rs`, `experiment/density/fit.rs`.

use std::io;

use crate::budget::Budget;
use crate::failure::Failure;
use crate::host::memory::available_bytes;

/// Unless something else is asked for.
pub const USUAL: Budget = Budget::Percent(25);

/// A budget being spent.
#[derive(Clone, Copy, Debug)]
pub struct Spending {
    /// What could be given away before.
    before_bytes: u64,
    /// What may be missing of it.
    budget_bytes: u64,
}

impl Spending {
    /// Looks how much is free now, and begins to spend.
    ///
    /// # Errors
    /// When /proc can't be read.
    pub fn begin(budget: Budget) -> io::Result<Self> {
        let before_bytes = available_bytes()?;
        Ok(Self {
            before_bytes,
            budget_bytes: budget.of(before_bytes),
        })
    }

    /// What is missing since the beginning; below 0 if others gave memory back.
    ///
    /// # Errors
    /// When /proc can't be read.
    pub fn used_bytes(&self) -> io::Result<f64> {
        Ok(self.before_bytes as f64 - available_bytes()? as f64)
    }

    /// Whether so much more stays within the budget.
    ///
    /// # Errors
    /// When /proc can't be read.
    pub fn allows(&self, more_bytes: f64) -> io::Result<bool> {
        Ok(self.used_bytes()?.max(0.0) + more_bytes <= self.budget_bytes as f64)
    }

    /// The whole budget.
    #[must_use]
    pub fn budget_bytes(&self) -> u64 {
        self.budget_bytes
    }
}

/// Declines what the budget has no room for.
///
/// # Errors
/// `Unsupported`, with both numbers.
pub fn check(budget: Budget, bytes: u64) -> Result<(), Failure> {
    decline(budget.of(available_bytes()?), bytes)
}

fn decline(budget_bytes: u64, bytes: u64) -> Result<(), Failure> {
    if bytes <= budget_bytes {
        return Ok(());
    }
    Err(Failure::Unsupported(format!(
        "the memory budget of {} MiB has no room for {} MiB (remedy: --memory-budget)",
        budget_bytes >> 20,
        bytes.div_ceil(1 << 20)
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_not_allowed() {
        let spending = Spending::begin(Budget::Percent(25)).unwrap();
        assert!(spending.allows(1.0).unwrap());
        let all = 4.1 * spending.budget_bytes() as f64;
        assert!(!spending.allows(all).unwrap());
    }

    #[test]
    fn what_the_budget_has_no_room_for_is_declined() {
        assert_eq!(decline(8 << 20, 8 << 20), Ok(()));
        let failure = decline(8 << 20, (8 << 20) + 1).unwrap_err();
        assert!(matches!(failure, Failure::Unsupported(_)));
        assert!(failure.reason().contains("8 MiB has no room for 9 MiB"));
        assert_eq!(check(Budget::Bytes(1), 0), Ok(()));
        assert!(check(Budget::Bytes(1), 2).is_err());
    }
}
