//! What experiments with many instances may take of the host's memory: a share of what is free, never the whole machine.
//!
//! 1. The budget is a share of what could be given away when the trial begins (a quarter, unless `--memory-budget` says
//!    otherwise), or a number of bytes. More than four fifths is never taken, whatever was asked for.
//! 2. Before each start the host is asked again. What others take meanwhile counts too: it is missing just the same.
//!
//! Read next: `host/memory.rs`, `experiment/density/fit.rs`.

use std::fmt;
use std::io;
use std::str::FromStr;

use crate::host::memory::available_bytes;

/// The most that is taken of what is free.
const MOST_PERCENT: u32 = 80;

/// A limit for all instances of a trial together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemoryBudget {
    /// Of what is free.
    Percent(u32),
    /// Absolute.
    Bytes(u64),
}

/// A budget being spent.
#[derive(Clone, Copy, Debug)]
pub struct Spending {
    /// What could be given away before.
    before_bytes: u64,
    /// What may be missing of it.
    budget_bytes: u64,
}

impl MemoryBudget {
    /// Unless something else is asked for.
    pub const USUAL: Self = Self::Percent(25);

    /// How much that is with so much free memory.
    #[must_use]
    pub fn of(self, available_bytes: u64) -> u64 {
        let share = |percent: u32| available_bytes / 100 * u64::from(percent);
        let asked = match self {
            Self::Percent(percent) => share(percent),
            Self::Bytes(bytes) => bytes,
        };
        asked.min(share(MOST_PERCENT))
    }

    /// Looks how much is free now, and begins to spend.
    ///
    /// # Errors
    /// When /proc can't be read.
    pub fn begin(self) -> io::Result<Spending> {
        let before_bytes = available_bytes()?;
        Ok(Spending {
            before_bytes,
            budget_bytes: self.of(before_bytes),
        })
    }
}

impl Spending {
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

impl FromStr for MemoryBudget {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some(percent) = text.strip_suffix('%') else {
            return crate::cli::parse_size(text).map(Self::Bytes);
        };
        match percent.trim().parse() {
            Ok(percent @ 1..=MOST_PERCENT) => Ok(Self::Percent(percent)),
            _ => Err(format!(
                "a share is 1 to {MOST_PERCENT} whole percent: the host needs the rest"
            )),
        }
    }
}

impl fmt::Display for MemoryBudget {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Percent(percent) => write!(formatter, "{percent} %"),
            Self::Bytes(bytes) => write!(formatter, "{bytes} B"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_a_share_or_a_size_and_never_the_whole_machine() {
        assert_eq!("25%".parse(), Ok(MemoryBudget::Percent(25)));
        assert_eq!("2G".parse(), Ok(MemoryBudget::Bytes(2 << 30)));
        for wrong in ["0%", "81%", "-5%", "%", "many", ""] {
            assert!(wrong.parse::<MemoryBudget>().is_err(), "{wrong}");
        }
        assert_eq!(MemoryBudget::Percent(25).of(1000), 250);
        assert_eq!(MemoryBudget::Bytes(300).of(1000), 300);
        assert_eq!(MemoryBudget::Bytes(5000).of(1000), 800);
    }

    #[test]
    fn what_does_not_fit_is_not_allowed() {
        let spending = MemoryBudget::Percent(25).begin().unwrap();
        assert!(spending.allows(1.0).unwrap());
        let all = 4.1 * spending.budget_bytes() as f64;
        assert!(!spending.allows(all).unwrap());
        assert_eq!(MemoryBudget::Percent(25).to_string(), "25 %");
    }
}
