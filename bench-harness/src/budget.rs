//! How much of something that is free may be taken: a share, or so many bytes.
//!
//! Read next: `memory_budget.rs`, `disk_budget.rs`.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// The most that is taken of what is free, whatever was asked for.
const MOST_PERCENT: u32 = 80;

/// A limit for everything together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Budget {
    /// Of what is free.
    Percent(u32),
    /// Absolute.
    Bytes(u64),
}

impl Budget {
    /// How much that is with so much free.
    #[must_use]
    pub fn of(self, free_bytes: u64) -> u64 {
        let share = |percent: u32| free_bytes / 100 * u64::from(percent);
        let asked = match self {
            Self::Percent(percent) => share(percent),
            Self::Bytes(bytes) => bytes,
        };
        asked.min(share(MOST_PERCENT))
    }
}

impl FromStr for Budget {
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

impl fmt::Display for Budget {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Percent(percent) => write!(formatter, "{percent} %"),
            Self::Bytes(bytes) => write!(formatter, "{bytes} B"),
        }
    }
}

/// As it is shown.
impl Serialize for Budget {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_a_share_or_a_size_and_never_the_whole_machine() {
        assert_eq!("25%".parse(), Ok(Budget::Percent(25)));
        assert_eq!("2G".parse(), Ok(Budget::Bytes(2 << 30)));
        for wrong in ["0%", "81%", "-5%", "%", "many", ""] {
            assert!(wrong.parse::<Budget>().is_err(), "{wrong}");
        }
        assert_eq!(Budget::Percent(25).of(1000), 250);
        assert_eq!(Budget::Bytes(300).of(1000), 300);
        assert_eq!(Budget::Bytes(5000).of(1000), 800);
        assert_eq!(Budget::Percent(25).to_string(), "25 %");
    }
}
