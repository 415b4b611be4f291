//! From the truth of single statements to the verdict on a claim: one rule for all claims.

use serde::{Deserialize, Serialize};

use super::Part;

/// What the numbers say of one statement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum Truth {
    /// It is so.
    Holds,
    /// It is not so.
    Fails,
    /// The intervals allow both.
    Unclear {
        /// About so many more rounds would settle it.
        more_rounds: u32,
    },
    /// There are no numbers.
    Untested {
        /// Why, as the run's rows say; empty if it was not asked for.
        reason: String,
    },
}

/// What a run says of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum Verdict {
    /// All that was measured speaks for it.
    Supported,
    /// All that was measured speaks against it.
    Contradicted,
    /// It holds for some of it and fails for the rest: the parts say on what it depends.
    Depends,
    /// The numbers don't suffice.
    Inconclusive {
        /// About so many more rounds would settle it.
        more_rounds: u32,
    },
    /// What could decide it was not measured.
    NotTestable,
}

impl Verdict {
    /// The rule for every claim.
    ///
    /// Parts that hold and parts that fail: it depends, whatever else is unclear. Otherwise an unclear part leaves the claim
    /// open. Parts without numbers decide nothing, and the card lists them; but while there is one that might hold, the claim
    /// isn't contradicted.
    #[must_use]
    pub fn of(parts: &[Part]) -> Self {
        let holds = parts.iter().any(|part| part.truth == Truth::Holds);
        let fails = parts.iter().any(|part| part.truth == Truth::Fails);
        let unclear = parts.iter().filter_map(|part| match part.truth {
            Truth::Unclear { more_rounds } => Some(more_rounds),
            _ => None,
        });
        let untested = parts
            .iter()
            .any(|part| matches!(part.truth, Truth::Untested { .. }));
        match (holds, fails, unclear.max()) {
            (true, true, _) => Self::Depends,
            (_, _, Some(more_rounds)) => Self::Inconclusive { more_rounds },
            (true, false, None) => Self::Supported,
            (false, true, None) if untested => Self::NotTestable,
            (false, true, None) => Self::Contradicted,
            (false, false, None) => Self::NotTestable,
        }
    }

    /// The key of its name in the catalogues.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Supported => "verdict-supported",
            Self::Contradicted => "verdict-contradicted",
            Self::Depends => "verdict-depends",
            Self::Inconclusive { .. } => "verdict-inconclusive",
            Self::NotTestable => "verdict-not-testable",
        }
    }
}
