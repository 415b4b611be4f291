//! The words that the columns `unit` and `outcome` may hold.
//!
//! Each word stands in one table, from which it is both written and read.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::RowError;

/// What a value counts. The text form is the `unit` column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Nanoseconds.
    Ns,
    /// Bytes.
    Bytes,
    /// A plain number of things.
    Count,
    /// Things per second.
    PerS,
    /// Bytes per second.
    BytesPerS,
    /// A quotient without a unit, such as exits per operation.
    Ratio,
}

impl Unit {
    /// Every unit with its text form.
    const NAMES: [(Unit, &'static str); 6] = [
        (Unit::Ns, "ns"),
        (Unit::Bytes, "bytes"),
        (Unit::Count, "count"),
        (Unit::PerS, "per_s"),
        (Unit::BytesPerS, "bytes_per_s"),
        (Unit::Ratio, "ratio"),
    ];
}

/// How a trial ended. The text form is the `outcome` column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was measured; the row has a value.
    Ok,
    /// This host can't do it; the note says what is missing and the remedy.
    Unsupported,
    /// It was tried and went wrong; the note has the launcher's or workload's error.
    Failed,
    /// It was stopped because it took too long.
    Timeout,
}

impl Outcome {
    /// Every outcome with its text form.
    const NAMES: [(Outcome, &'static str); 4] = [
        (Outcome::Ok, "ok"),
        (Outcome::Unsupported, "unsupported"),
        (Outcome::Failed, "failed"),
        (Outcome::Timeout, "timeout"),
    ];
}

/// Display and FromStr from one table, so that what is written can be read again.
macro_rules! text_form {
    ($kind:ident, $what:literal) => {
        impl fmt::Display for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let name = Self::NAMES.iter().find(|(kind, _)| kind == self);
                f.pad(name.map_or($what, |(_, name)| name))
            }
        }

        impl FromStr for $kind {
            type Err = RowError;

            fn from_str(text: &str) -> Result<Self, RowError> {
                let known = Self::NAMES.iter().find(|(_, name)| *name == text);
                known
                    .map(|(kind, _)| *kind)
                    .ok_or_else(|| RowError::Unknown {
                        column: $what,
                        found: text.to_owned(),
                    })
            }
        }
    };
}
text_form!(Unit, "unit");
text_form!(Outcome, "outcome");
