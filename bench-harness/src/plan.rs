//! What a run will do, decided before it starts and without touching the machine: an ordered list of trials.
//!
//! Laptops warm up and clouds have neighbours: whoever measures all of A and then all of B measures the time of day. So:
//!
//! 1. Experiments run one after another, each in rounds, warm-up rounds first.
//! 2. In a round every case (except those that take long, which wait for every eighth, say) runs once on every backend that it applies to. The backends of one case are adjacent in time, since they are
//!    what is compared, and in random order. The order of the cases is random too.
//! 3. The randomness comes from a seed that is written down: the same seed gives the same order.
//!
//! Read next: `schedule.rs` (a plan with a time budget), `runner.rs`, which carries it out.

use std::time::Duration;

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;

use crate::backend::Backend;
use crate::experiment::{Effort, Experiment, Rounds};
use crate::stats::bootstrap::INTERVAL_FROM;

/// One instance to run (or, for some experiments, a few), and what for.
#[derive(Clone, Copy, Debug)]
pub struct Trial {
    /// What is measured.
    pub experiment: &'static dyn Experiment,
    /// Which variant of it.
    pub case: &'static str,
    /// On what.
    pub backend: &'static dyn Backend,
    /// From 0; `None` in a warm-up round, of which nothing is recorded.
    pub round: Option<u32>,
}

/// Backends that take part in some experiments of a run only: the peers of `--peers`.
#[derive(Clone, Debug, Default)]
pub struct Limited {
    /// Their names.
    pub backends: Vec<&'static str>,
    /// Where they take part.
    pub experiments: Vec<&'static str>,
}

/// What was asked for.
#[derive(Clone, Debug)]
pub struct Request {
    /// In the order of tables.
    pub backends: Vec<&'static dyn Backend>,
    /// In the order of running.
    pub experiments: Vec<&'static dyn Experiment>,
    /// Which of the backends don't take part in all experiments.
    pub limited: Limited,
    /// How many rounds, and how long I/O.
    pub effort: Effort,
    /// Instead of each experiment's own number of rounds.
    pub rounds: Option<u32>,
    /// The most instances that a case of the experiment `service` may have: others are not part of the run.
    pub service_instances: u32,
    /// How long the run may take, if that decides how often each case repeats.
    pub budget: Option<Duration>,
    /// Of the order.
    pub seed: u64,
}

impl Request {
    /// How often `experiment` repeats; with a budget, how often at least.
    #[must_use]
    pub fn rounds_of(&self, experiment: &dyn Experiment) -> Rounds {
        let own = experiment.rounds(self.effort);
        let most = self.budget.map_or(u32::MAX, |_| INTERVAL_FROM as u32);
        Rounds {
            measured: self.rounds.unwrap_or(own.measured.min(most)),
            ..own
        }
    }

    /// Whether a case belongs to the run.
    #[must_use]
    pub fn has(&self, experiment: &dyn Experiment, case: &str) -> bool {
        let instances = experiment.instances(case);
        instances.is_none_or(|instances| instances <= self.service_instances)
    }

    /// Whether a case is measured on a backend.
    #[must_use]
    pub fn takes(&self, experiment: &dyn Experiment, case: &str, backend: &dyn Backend) -> bool {
        let is_limited = self.limited.backends.contains(&backend.id());
        let is_among = self.limited.experiments.contains(&experiment.id());
        experiment.takes(case, backend) && (!is_limited || is_among)
    }

    /// Whether any case of an experiment is measured on a backend.
    #[must_use]
    pub fn takes_any(&self, experiment: &dyn Experiment, backend: &dyn Backend) -> bool {
        let mut cases = experiment.cases().into_iter();
        cases.any(|case| self.has(experiment, case) && self.takes(experiment, case, backend))
    }

    /// Whether a case is measured in this round. Warm-up is for what is measured often.
    fn is_due(&self, experiment: &dyn Experiment, case: &str, round: Option<u32>) -> bool {
        let stride = experiment.stride(case, self.effort);
        stride.is_some_and(|stride| match round {
            Some(round) => round.is_multiple_of(stride),
            None => stride == 1,
        })
    }

    /// The rounds in which backends with an emulated processor take part.
    fn few_rounds_of(&self, experiment: &dyn Experiment) -> Rounds {
        match self.rounds {
            Some(_) => self.rounds_of(experiment),
            None => experiment.rounds(Effort::Emulated),
        }
    }

    /// The trials in the order in which they will run.
    #[must_use]
    pub fn trials(&self) -> Vec<Trial> {
        self.trials_of(|_, _| true)
    }

    /// The same without the experiments that a backend can't do.
    #[must_use]
    pub fn trials_of(&self, can: impl Fn(&dyn Experiment, &dyn Backend) -> bool) -> Vec<Trial> {
        // Not rand's default generator: that one may change with its version, and with it the order of a recorded seed.
        let mut random = ChaCha8Rng::seed_from_u64(self.seed);
        let mut trials = Vec::new();
        for experiment in &self.experiments {
            let Rounds { warm_up, measured } = self.rounds_of(*experiment);
            let few = self.few_rounds_of(*experiment);
            let warm = (0..warm_up).map(|number| (None, number < few.warm_up));
            let rounds = (0..measured).map(|number| (Some(number), number < few.measured));
            for (round, is_for_emulated) in warm.chain(rounds) {
                let mut cases = experiment.cases();
                cases.retain(|case| {
                    self.has(*experiment, case) && self.is_due(*experiment, case, round)
                });
                cases.shuffle(&mut random);
                for case in cases {
                    let mut backends = self.backends.clone();
                    backends.retain(|backend| {
                        self.takes(*experiment, case, *backend)
                            && (is_for_emulated || !backend.is_emulated())
                            && can(*experiment, *backend)
                    });
                    backends.shuffle(&mut random);
                    trials.extend(backends.into_iter().map(|backend| Trial {
                        experiment: *experiment,
                        case,
                        backend,
                        round,
                    }));
                }
            }
        }
        trials
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{backend, experiment};

    fn request(seed: u64) -> Request {
        Request {
            backends: vec![
                backend::by_id("native").unwrap(),
                backend::by_id("fake").unwrap(),
            ],
            experiments: vec![experiment::by_id("memory").unwrap()],
            limited: Limited::default(),
            effort: Effort::Full,
            rounds: Some(4),
            service_instances: 4,
            budget: None,
            seed,
        }
    }

    fn order(seed: u64) -> Vec<(Option<u32>, &'static str, &'static str)> {
        let trials = request(seed).trials();
        trials
            .iter()
            .map(|trial| (trial.round, trial.case, trial.backend.id()))
            .collect()
    }

    #[test]
    fn every_round_measures_every_case_on_every_backend_once() {
        let order = order(1);
        for round in 0..4 {
            let mut of_round: Vec<_> = order
                .iter()
                .filter(|trial| trial.0 == Some(round))
                .collect();
            of_round.sort_unstable();
            of_round.dedup();
            assert_eq!(of_round.len(), 3 * 2);
        }
        assert_eq!(order.len(), (4 + 1) * 3 * 2);
    }

    #[test]
    fn what_takes_long_comes_in_few_rounds_and_not_in_warm_up() {
        let request = Request {
            backends: vec![backend::by_id("microvm").unwrap()],
            experiments: vec![experiment::by_id("ablation").unwrap()],
            rounds: Some(25),
            ..request(1)
        };
        let rounds_of = |case| -> Vec<Option<u32>> {
            let trials = request.trials().into_iter();
            trials
                .filter(|trial| trial.case == case)
                .map(|trial| trial.round)
                .collect()
        };
        assert_eq!(rounds_of("vm-prefault-4g"), [Some(0), Some(24)]);
        assert_eq!(rounds_of("vm-fd").len(), 26);
    }

    #[test]
    fn a_service_has_no_more_instances_than_the_run_allows() {
        let cases_up_to = |service_instances| {
            let request = Request {
                backends: vec![backend::by_id("fake").unwrap()],
                experiments: vec![experiment::by_id("service").unwrap()],
                rounds: Some(1),
                service_instances,
                ..request(1)
            };
            let mut cases: Vec<&str> = request.trials().iter().map(|one| one.case).collect();
            cases.sort_unstable();
            cases
        };
        assert_eq!(cases_up_to(1), ["instances-1"]);
        assert_eq!(
            cases_up_to(7),
            ["instances-1", "instances-2", "instances-4"]
        );
    }

    #[test]
    fn a_limited_backend_takes_part_where_it_is_asked_to_and_nowhere_else() {
        let by_id = |id| experiment::by_id(id).unwrap();
        let request = Request {
            experiments: vec![by_id("memory"), by_id("container-floor")],
            limited: Limited {
                backends: vec!["fake"],
                experiments: vec!["container-floor"],
            },
            ..request(1)
        };
        let trials = request.trials();
        let places = |id: &str| -> Vec<&str> {
            let mine = trials.iter().filter(|trial| trial.backend.id() == id);
            let mut places: Vec<&str> = mine.map(|trial| trial.experiment.id()).collect();
            places.dedup();
            places
        };
        assert_eq!(places("native"), ["memory", "container-floor"]);
        assert_eq!(places("fake"), ["container-floor"]);
        let fake = backend::by_id("fake").unwrap();
        assert!(!request.takes_any(by_id("memory"), fake));
    }

    #[test]
    fn warm_up_comes_first() {
        assert!(order(1).is_sorted_by_key(|trial| trial.0));
    }

    #[test]
    fn backends_of_one_case_are_neighbours() {
        assert!(
            order(1)
                .chunks(2)
                .all(|pair| pair[0].1 == pair[1].1 && pair[0].2 != pair[1].2)
        );
    }

    #[test]
    fn an_emulated_processor_takes_part_in_few_rounds_unless_rounds_are_asked_for() {
        let emulated = backend::by_id("qemu-tcg").unwrap();
        let mut request = Request {
            backends: vec![backend::by_id("native").unwrap(), emulated],
            rounds: None,
            ..request(1)
        };
        let few = request.experiments[0].rounds(Effort::Emulated).measured;
        let rounds_of = |request: &Request, id: &str| {
            let trials = request.trials();
            let mine = trials.iter().filter(|trial| trial.backend.id() == id);
            mine.filter_map(|trial| trial.round).max()
        };
        assert_eq!(rounds_of(&request, "qemu-tcg"), Some(few - 1));
        assert_eq!(rounds_of(&request, "native"), Some(8));
        request.rounds = Some(5);
        assert_eq!(rounds_of(&request, "qemu-tcg"), Some(4));
    }

    #[test]
    fn the_seed_decides_the_order() {
        assert_eq!(order(7), order(7));
        assert_ne!(order(7), order(8));
        let firsts: Vec<&str> = order(7).chunks(2).map(|pair| pair[0].2).collect();
        assert!(firsts.contains(&"native") && firsts.contains(&"fake"));
    }
}
