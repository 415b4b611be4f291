//! Which trial comes next: the plan's list, and with a time budget whatever is still least certain.
//!
//! Without a budget the list of the plan is all there is. With one (`--budget 3m`):
//!
//! 1. First a minimum of rounds of everything, as many as an interval takes ([`Request::rounds_of`]). It runs even if it takes
//!    longer than the budget: a run without intervals would answer nothing.
//! 2. Then the case whose headline metric has the widest interval, relative to its median and on whichever backend, gets one
//!    more round, and so on. Always a whole round of all its backends in random order: a ratio needs both sides, measured next
//!    to each other.
//! 3. A round that would not fit into what is left of the budget isn't begun; the widest case that fits gets its turn. A case
//!    whose values are all equal, or whose last extra round gave none, is not repeated.
//!
//! Spending on the widest interval first is what makes the worst of all intervals as narrow as the time allows. It can't bias
//! the comparison of backends: what decides is the width of a case, and no backend is measured more often than another.
//!
//! Simplified: an interval narrows with the root of the number of rounds, so a slow case can use up much of the budget; the
//! width per second that a round buys is not weighed.
//!
//! Read next: `plan.rs`, `runner.rs`.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;

use crate::backend::Backend;
use crate::experiment::Experiment;
use crate::plan::{Request, Trial};
use crate::stats::bootstrap::median_interval;
use crate::stats::quantile::median;

/// Hands out trials one by one.
#[derive(Debug)]
pub struct Schedule {
    pending: VecDeque<Trial>,
    budget: Option<Budget>,
}

/// What is known while a budget is being spent.
#[derive(Debug)]
struct Budget {
    limit: Duration,
    random: ChaCha8Rng,
    cases: BTreeMap<(&'static str, &'static str), Case>,
}

/// One case of an experiment.
#[derive(Debug)]
struct Case {
    experiment: &'static dyn Experiment,
    name: &'static str,
    /// Those that the plan measures in it, except emulated ones: each of their trials takes seconds.
    backends: Vec<&'static dyn Backend>,
    /// The number of its next round.
    next_round: u32,
    /// Headline values by backend.
    values: BTreeMap<&'static str, Vec<f64>>,
    /// How long its measured trials took, and how many there were.
    spent: (Duration, u32),
    /// How many values there were when it last got an extra round.
    values_before: Option<usize>,
}

impl Schedule {
    /// Begins with the trials of the plan.
    #[must_use]
    pub fn of(request: &Request, trials: Vec<Trial>) -> Self {
        let mut budget = request.budget.map(|limit| Budget {
            limit,
            // Another sequence than that of the plan, from the same seed.
            random: ChaCha8Rng::seed_from_u64(!request.seed),
            cases: BTreeMap::new(),
        });
        if let Some(budget) = &mut budget {
            for trial in &trials {
                budget.expect(trial);
            }
        }
        Self {
            pending: trials.into(),
            budget,
        }
    }

    /// How many trials are known to come.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.pending.len()
    }

    /// The next trial, when the run has lasted so long.
    pub fn next(&mut self, lasted: Duration) -> Option<Trial> {
        if self.pending.is_empty()
            && let Some(budget) = &mut self.budget
        {
            self.pending = budget.extra_round(lasted).into();
        }
        self.pending.pop_front()
    }

    /// A trial is over; `headline` is the value of its headline metric, if it gave one.
    pub fn done(&mut self, trial: &Trial, headline: Option<f64>, took: Duration) {
        if let (Some(budget), Some(round)) = (&mut self.budget, trial.round) {
            budget.expect(trial).add(trial, round, headline, took);
        }
    }
}

impl Budget {
    /// The case of a trial, with the trial's backend in it.
    fn expect(&mut self, trial: &Trial) -> &mut Case {
        let key = (trial.experiment.id(), trial.case);
        let case = self.cases.entry(key).or_insert_with(|| Case {
            experiment: trial.experiment,
            name: trial.case,
            backends: Vec::new(),
            next_round: 0,
            values: BTreeMap::new(),
            spent: (Duration::ZERO, 0),
            values_before: None,
        });
        let is_known = case
            .backends
            .iter()
            .any(|one| one.id() == trial.backend.id());
        if !is_known && !trial.backend.is_emulated() {
            case.backends.push(trial.backend);
        }
        case
    }

    /// A round of the case that needs one most; nothing if none does, or none fits.
    fn extra_round(&mut self, lasted: Duration) -> Vec<Trial> {
        let left = self.limit.saturating_sub(lasted);
        let fits = |case: &&mut Case| case.round_takes() <= left && case.is_worth_it();
        let candidates = self.cases.values_mut().filter(fits);
        let Some(widest) = candidates.max_by(|a, b| a.width().total_cmp(&b.width())) else {
            return Vec::new();
        };
        widest.values_before = Some(widest.count());
        widest.backends.shuffle(&mut self.random);
        let trial = |backend: &&'static dyn Backend| Trial {
            experiment: widest.experiment,
            case: widest.name,
            backend: *backend,
            round: Some(widest.next_round),
        };
        widest.backends.iter().map(trial).collect()
    }
}

impl Case {
    fn add(&mut self, trial: &Trial, round: u32, headline: Option<f64>, took: Duration) {
        self.next_round = self.next_round.max(round + 1);
        self.spent.0 += took;
        self.spent.1 += 1;
        if let Some(value) = headline {
            self.values
                .entry(trial.backend.id())
                .or_default()
                .push(value);
        }
    }

    fn count(&self) -> usize {
        self.values.values().map(Vec::len).sum()
    }

    fn round_takes(&self) -> Duration {
        let (spent, trials) = self.spent;
        let backends = u32::try_from(self.backends.len()).unwrap_or(1);
        spent / trials.max(1) * backends
    }

    fn is_worth_it(&self) -> bool {
        self.width() > 0.0
            && self
                .values_before
                .is_none_or(|before| self.count() > before)
    }

    /// The widest interval of any backend, relative to its median.
    fn width(&self) -> f64 {
        self.values
            .values()
            .map(|values| relative_width(values))
            .fold(0.0, f64::max)
    }
}

/// Of the median's interval, or of the range of too few values for one.
fn relative_width(values: &[f64]) -> f64 {
    let middle = median(values).filter(|middle| *middle != 0.0);
    let (low, high) = match median_interval(values) {
        Some(interval) => (interval.low, interval.high),
        None => (
            values.iter().copied().fold(f64::INFINITY, f64::min),
            values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        ),
    };
    middle.map_or(0.0, |middle| (high - low) / middle.abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Effort;
    use crate::plan::Limited;
    use crate::{backend, experiment};

    const TRIAL: Duration = Duration::from_millis(100);

    /// Carries out a schedule of the memory experiment on two backends, of which each trial takes a tenth of a second; gives
    /// the trials behind the minimum. `value` is asked for each trial's headline.
    fn extra_trials(budget_s: u64, value: impl Fn(&Trial) -> Option<f64>) -> Vec<Trial> {
        let request = Request {
            backends: ["native", "fake"]
                .map(|id| backend::by_id(id).unwrap())
                .into(),
            experiments: vec![experiment::by_id("memory").unwrap()],
            limited: Limited::default(),
            effort: Effort::Full,
            rounds: None,
            service_instances: 4,
            budget: Some(Duration::from_secs(budget_s)),
            seed: 3,
        };
        let mut schedule = Schedule::of(&request, request.trials());
        let minimum = schedule.pending();
        let (mut lasted, mut trials) = (Duration::ZERO, Vec::new());
        while let Some(trial) = schedule.next(lasted) {
            assert!(trials.len() < 10_000, "it doesn't end");
            lasted += TRIAL;
            schedule.done(&trial, value(&trial), TRIAL);
            trials.push(trial);
        }
        trials.split_off(minimum)
    }

    /// Wide where `case` is measured, narrow elsewhere.
    fn wide_in(case: &str, trial: &Trial) -> Option<f64> {
        // From 0 to 1, all different.
        let wobble = f64::from(trial.round.unwrap_or(0) * 40_503 % 65_536) / 65_536.0;
        let size = if trial.case == case { 0.5 } else { 0.001 };
        Some(100.0 * (1.0 + size * wobble))
    }

    #[test]
    fn what_is_left_of_the_budget_goes_to_the_widest_interval_in_whole_rounds() {
        let extra = extra_trials(60, |trial| wide_in("touched-8", trial));
        assert!(extra.len() > 100, "{}", extra.len());
        let wide = extra.iter().filter(|trial| trial.case == "touched-8");
        assert!(wide.count() * 10 > extra.len() * 9);
        for round in extra.chunks(2) {
            let [one, other] = round else {
                panic!("half a round: {round:?}");
            };
            assert_eq!((one.case, one.round), (other.case, other.round));
            assert_ne!(one.backend.id(), other.backend.id());
        }
    }

    #[test]
    fn rounds_of_a_case_are_numbered_on() {
        let extra = extra_trials(30, |trial| wide_in("touched-8", trial));
        let rounds = extra.iter().filter(|trial| trial.case == "touched-8");
        let rounds: Vec<u32> = rounds.filter_map(|trial| trial.round).collect();
        let (first, last) = (rounds[0], *rounds.last().unwrap());
        assert_eq!(first, 6, "behind the minimum");
        assert_eq!(rounds.len(), 2 * (last - first + 1) as usize);
    }

    #[test]
    fn a_budget_that_the_minimum_uses_up_buys_nothing_more() {
        assert!(extra_trials(1, |trial| wide_in("touched-8", trial)).is_empty());
    }

    #[test]
    fn equal_values_and_cases_that_fail_are_not_repeated() {
        assert!(extra_trials(60, |_| Some(5.0)).is_empty());
        assert!(extra_trials(60, |_| None).is_empty());
        // It worked while the minimum ran and is broken since.
        let broken = extra_trials(60, |trial| {
            let works = trial.round.is_some_and(|round| round < 6) && trial.case == "touched-8";
            works.then(|| wide_in("touched-8", trial)).flatten()
        });
        assert_eq!(broken.len(), 2, "tried once more");
    }

    #[test]
    fn without_a_budget_the_plan_is_all_there_is() {
        let request = Request {
            backends: vec![backend::by_id("fake").unwrap()],
            experiments: vec![experiment::by_id("memory").unwrap()],
            limited: Limited::default(),
            effort: Effort::Quick,
            rounds: Some(2),
            service_instances: 4,
            budget: None,
            seed: 3,
        };
        let mut schedule = Schedule::of(&request, request.trials());
        let planned = request.trials().len();
        let handed_out = std::iter::from_fn(|| schedule.next(Duration::ZERO)).count();
        assert_eq!(handed_out, planned);
    }
}
