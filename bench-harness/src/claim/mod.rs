//! Claim cards: what textbooks say about containers and VMs, held against one run.
//!
//! 1. A claim is a list of [`Part`]s, each a statement that the run's numbers can decide: it holds, it fails, the numbers don't
//!    suffice, or nothing was measured for it.
//! 2. The parts decide the [`Verdict`] by one rule for all claims, [`Verdict::of`]. No verdict is written by hand.
//! 3. Where the parts are decided, the claim names the reason that the data themselves show; a reason that they don't show is
//!    not given.
//! 4. What was not measured stands on the card as what it does *not* show.
//!
//! One file per claim, all in the same shape. Texts are keys of `locale/*/claims.ftl`: a claim `c2` has `claims-c2`, each part
//! `claims-c2-part-NAME`, each reason `claims-c2-why-NAME`.
//!
//! To add one: write a file with a struct that implements [`Claim`], and add it to [`ALL`].
//!
//! Read next: `evidence.rs`, then `startup.rs`.

mod evidence;
mod io;
mod memory;
mod startup;

use serde::{Deserialize, Serialize};

pub use evidence::{Compared, Evidence, Kind};

pub use crate::language::Said;
use crate::stats::verdict::Verdict as Difference;

/// Every claim, in the order of the report.
pub static ALL: &[&dyn Claim] = &[&startup::Startup, &io::Io, &memory::Memory];

/// A statement about containers and VMs that a run can test.
pub trait Claim: Sync {
    /// `c2`, as in the catalogues.
    fn id(&self) -> &'static str;

    /// The experiments that it needs.
    fn experiments(&self) -> &'static [&'static str];

    /// The statements that decide it.
    fn parts(&self, run: &Evidence) -> Vec<Part>;

    /// Why it is so, if the data show a reason; asked only if some part is decided.
    fn reason(&self, run: &Evidence, parts: &[Part]) -> Option<Said>;
}

impl std::fmt::Debug for dyn Claim {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.id())
    }
}

/// A claim and what one run says of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// `c2`, …
    pub id: String,
    /// What the run says.
    pub verdict: Verdict,
    /// By which statements.
    pub parts: Vec<Part>,
    /// Why it is so; `None` if the verdict is inconclusive or the data show no reason.
    pub reason: Option<Said>,
}

/// One statement of a claim.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// What is stated.
    pub statement: Said,
    /// Whether it is so.
    pub truth: Truth,
    /// The numbers that decide it, side by side.
    pub numbers: Vec<Compared>,
}

/// What the numbers say of one statement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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

impl Part {
    /// A statement that one backend is better than another: in one number, or in each of several.
    #[must_use]
    pub fn better(statement: Said, numbers: Vec<Compared>) -> Self {
        Self::decided_by(statement, numbers, |difference| match difference {
            Difference::Better => Truth::Holds,
            Difference::Worse | Difference::NoPracticalDifference => Truth::Fails,
            Difference::Inconclusive { more_rounds } => Truth::Unclear { more_rounds },
        })
    }

    /// A statement that one backend is at least as good as another.
    #[must_use]
    pub fn as_good(statement: Said, numbers: Vec<Compared>) -> Self {
        Self::decided_by(statement, numbers, |difference| match difference {
            Difference::Better | Difference::NoPracticalDifference => Truth::Holds,
            Difference::Worse => Truth::Fails,
            Difference::Inconclusive { more_rounds } => Truth::Unclear { more_rounds },
        })
    }

    /// A statement for which there are no numbers.
    #[must_use]
    pub fn untested(statement: Said, reason: String) -> Self {
        Self {
            statement,
            truth: Truth::Untested { reason },
            numbers: Vec::new(),
        }
    }

    /// It fails if one number says so, is unclear if one is, and holds if all say so.
    fn decided_by(
        statement: Said,
        numbers: Vec<Compared>,
        truth: impl Fn(Difference) -> Truth,
    ) -> Self {
        let truths: Vec<Truth> = numbers.iter().map(|one| truth(one.difference)).collect();
        let unclear = truths.iter().filter_map(|truth| match truth {
            Truth::Unclear { more_rounds } => Some(*more_rounds),
            _ => None,
        });
        let truth = if truths.is_empty() {
            Truth::Untested {
                reason: String::new(),
            }
        } else if truths.contains(&Truth::Fails) {
            Truth::Fails
        } else if let Some(more_rounds) = unclear.max() {
            Truth::Unclear { more_rounds }
        } else {
            Truth::Holds
        };
        Self {
            statement,
            truth,
            numbers,
        }
    }

    /// Whether it holds or fails.
    #[must_use]
    pub fn is_decided(&self) -> bool {
        matches!(self.truth, Truth::Holds | Truth::Fails)
    }
}

/// The cards of a run.
#[must_use]
pub fn cards(run: &Evidence) -> Vec<Card> {
    ALL.iter().map(|claim| card(*claim, run)).collect()
}

/// The card of one claim.
#[must_use]
pub fn card(claim: &dyn Claim, run: &Evidence) -> Card {
    let parts = claim.parts(run);
    let verdict = Verdict::of(&parts);
    let reason = match verdict {
        Verdict::Supported | Verdict::Contradicted | Verdict::Depends => claim.reason(run, &parts),
        Verdict::Inconclusive { .. } | Verdict::NotTestable => None,
    };
    Card {
        id: claim.id().to_owned(),
        verdict,
        parts,
        reason,
    }
}

#[cfg(test)]
mod tests;
