//! One statement of a claim, and how numbers decide it.

use serde::{Deserialize, Serialize};

use super::{Compared, Difference, Fact, Said, Truth};

/// One statement of a claim.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Part {
    /// What is stated.
    pub statement: Said,
    /// Whether it is so.
    pub truth: Truth,
    /// The numbers that decide it, side by side.
    pub numbers: Vec<Compared>,
    /// What was found on each backend alone, if that decides it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<Fact>,
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
            facts: Vec::new(),
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
            facts: Vec::new(),
        }
    }

    /// A statement about each of several backends alone, such as "runs another kernel": it holds if it does for all of them,
    /// in all rounds. `wanted` is monotonic, so the smallest and the largest value speak for those between.
    #[must_use]
    pub fn always(statement: Said, facts: Vec<Fact>, wanted: impl Fn(f64) -> bool) -> Self {
        let holds = |fact: &Fact| wanted(fact.min) && wanted(fact.max);
        let truth = match facts.iter().all(holds) {
            true => Truth::Holds,
            false => Truth::Fails,
        };
        Self::found(statement, facts, truth)
    }

    /// A statement that holds if one backend, in all rounds, shows that it is possible.
    #[must_use]
    pub fn possible(statement: Said, facts: Vec<Fact>, wanted: impl Fn(f64) -> bool) -> Self {
        let shows = |fact: &Fact| wanted(fact.min) && wanted(fact.max);
        let truth = match facts.iter().any(shows) {
            true => Truth::Holds,
            false => Truth::Fails,
        };
        Self::found(statement, facts, truth)
    }

    fn found(statement: Said, facts: Vec<Fact>, truth: Truth) -> Self {
        let truth = match facts.is_empty() {
            true => Truth::Untested {
                reason: String::new(),
            },
            false => truth,
        };
        Self {
            statement,
            truth,
            numbers: Vec::new(),
            facts,
        }
    }

    /// The same with the reason why nothing decides it, if nothing does.
    #[must_use]
    pub fn or_because(mut self, why: impl FnOnce() -> String) -> Self {
        if let Truth::Untested { reason } = &mut self.truth {
            *reason = why();
        }
        self
    }

    /// Whether it holds or fails.
    #[must_use]
    pub fn is_decided(&self) -> bool {
        matches!(self.truth, Truth::Holds | Truth::Fails)
    }
}
