//! Carries out a plan: one trial after the other, each row on disk before the next trial starts.
//!
//! 1. A backend that lacks something, or can't bring even `hello` to its end, is told once on the terminal and in a row
//!    `unsupported` or `failed` for each of its cases. Experiments that don't run the workload try with what they run.
//! 2. Each remaining trial is measured. Its rows are written whole; a failure or a timeout is one row without a value.
//! 3. A case that failed three times in a row on a backend is given up, and so is an experiment on a backend that timed out
//!    three times in it, in a row or not: what is broken shouldn't cost the whole evening.
//! 4. Ctrl-C ends the run after the running instance was killed; all rows so far stay.
//!
//! The progress line is drawn between trials only: nothing of the harness runs while a workload is timed.
//!
//! Read next: `plan.rs` and `schedule.rs` (the order), `instance.rs` (the measuring), `store.rs` (the rows).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use crate::backend::Backend;
use crate::experiment::{Experiment, Measurement};
use crate::failure::Failure;
use crate::lab::Lab;
use crate::language::Language;
use crate::plan::{Request, Trial};
use crate::progress::Progress;
use crate::sample::{Outcome, Sample, TRIAL, Unit, WARNING_PREFIX};
use crate::schedule::Schedule;
use crate::store::{SampleWriter, StoreError};

/// Failures in a row after which a case is given up on a backend.
const PATIENCE: u32 = 3;

/// What a case is given up after.
const IN_A_ROW: &str = "failures in a row";

/// How a run went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcomes {
    /// Trials that gave numbers, warm-up left out.
    pub measured: u32,
    /// Trials that didn't.
    pub failed: u32,
    /// The user asked to stop.
    pub interrupted: bool,
}

/// Carries out a plan.
#[derive(Debug)]
pub struct Runner<'a> {
    lab: &'a Lab,
    run_id: &'a str,
    rows: SampleWriter,
    progress: Progress,
    /// Failures in a row, by experiment, case and backend.
    failures: BTreeMap<(&'static str, &'static str, &'static str), u32>,
    /// Timeouts, by experiment and backend.
    timeouts: BTreeMap<(&'static str, &'static str), u32>,
    outcomes: Outcomes,
}

impl<'a> Runner<'a> {
    /// Prepares to append the rows of run `run_id`, and to say how it goes in this language.
    #[must_use]
    pub fn new(lab: &'a Lab, run_id: &'a str, rows: SampleWriter, language: Language) -> Self {
        Self {
            lab,
            run_id,
            rows,
            progress: Progress::new(language),
            failures: BTreeMap::new(),
            timeouts: BTreeMap::new(),
            outcomes: Outcomes::default(),
        }
    }

    /// Runs everything that was asked for.
    ///
    /// # Errors
    /// When a row can't be written. A trial's failure is a row and no error.
    pub fn run(mut self, request: &Request) -> Result<Outcomes, StoreError> {
        let began = Instant::now();
        let mut left_out = BTreeSet::new();
        for backend in &request.backends {
            let experiments = request.experiments.iter().copied();
            let (with_workload, without): (Vec<_>, Vec<_>) = experiments
                .filter(|experiment| request.takes_any(*experiment, *backend))
                .partition(|experiment| experiment.runs_the_workload());
            // One start of the workload tells for all experiments that run it.
            let groups = [with_workload, without].into_iter();
            for group in groups.filter(|group| !group.is_empty()) {
                match self.first_start(&group, *backend) {
                    Ok(()) => {}
                    Err(Failure::Interrupted) => {
                        self.outcomes.interrupted = true;
                        return Ok(self.outcomes);
                    }
                    Err(failure) => {
                        self.leave_out(request, &group, *backend, &failure)?;
                        left_out.extend(group.iter().map(|one| (one.id(), backend.id())));
                    }
                }
            }
        }
        let trials = request
            .trials_of(|experiment, backend| !left_out.contains(&(experiment.id(), backend.id())));
        self.carry_out(Schedule::of(request, trials), began)?;
        self.progress.finish();
        Ok(self.outcomes)
    }

    fn carry_out(&mut self, mut schedule: Schedule, began: Instant) -> Result<(), StoreError> {
        let mut begun = 0;
        while let Some(trial) = schedule.next(began.elapsed()) {
            if self.lab.interrupt.requested() {
                self.outcomes.interrupted = true;
                break;
            }
            begun += 1;
            self.progress.expect(begun + schedule.pending());
            self.progress.begin(&trial);
            let started = Instant::now();
            let headline = self.try_one(&trial)?;
            schedule.done(&trial, headline, started.elapsed());
            if self.outcomes.interrupted {
                break;
            }
        }
        Ok(())
    }

    /// Measures and records; gives the value of the headline metric.
    fn try_one(&mut self, trial: &Trial) -> Result<Option<f64>, StoreError> {
        let key = (trial.experiment.id(), trial.case, trial.backend.id());
        let hangs = (trial.experiment.id(), trial.backend.id());
        let is_over = |count: Option<&u32>| count.is_some_and(|count| *count >= PATIENCE);
        if is_over(self.failures.get(&key)) || is_over(self.timeouts.get(&hangs)) {
            return Ok(None);
        }
        let mut headline = None;
        match trial
            .experiment
            .measure(trial.case, trial.backend, self.lab)
        {
            Ok(measurements) => {
                self.failures.remove(&key);
                headline = headline_of(trial, &measurements);
                self.progress.measured(trial, headline);
                if let Some(round) = trial.round {
                    self.outcomes.measured += 1;
                    for measurement in measurements {
                        self.rows.append(&self.row(trial, round, measurement))?;
                    }
                }
            }
            Err(Failure::Interrupted) => self.outcomes.interrupted = true,
            Err(failure) => {
                let in_a_row = self.failures.entry(key).or_default();
                *in_a_row += 1;
                let mut given_up = (*in_a_row == PATIENCE).then_some(IN_A_ROW);
                if matches!(failure, Failure::TimedOut(_)) {
                    let in_all = self.timeouts.entry(hangs).or_default();
                    *in_all += 1;
                    given_up = (*in_all == PATIENCE).then_some("timeouts").or(given_up);
                }
                self.note_failure(trial, &failure, given_up)?;
            }
        }
        Ok(headline)
    }

    fn note_failure(
        &mut self,
        trial: &Trial,
        failure: &Failure,
        given_up: Option<&str>,
    ) -> Result<(), StoreError> {
        let mut reason = failure.reason();
        if let Some(after) = given_up {
            reason = with_giving_up(&reason, after);
        }
        self.progress.failed(trial, &reason);
        // In a warm-up round only giving up is recorded: otherwise the case would be missing without a word.
        let round = match (trial.round, given_up) {
            (Some(round), _) => round,
            (None, Some(_)) => 0,
            (None, None) => return Ok(()),
        };
        self.outcomes.failed += 1;
        let row = Sample {
            note: reason,
            ..self.row(trial, round, nothing(failure))
        };
        self.rows.append(&row)
    }

    /// Whether the backend works at all. One bad start may be the machine's fault.
    fn first_start(
        &self,
        experiments: &[&'static dyn Experiment],
        backend: &dyn Backend,
    ) -> Result<(), Failure> {
        let attempt = || {
            let mut own = experiments.iter();
            match own.find(|one| !one.runs_the_workload()) {
                Some(experiment) => experiment.first_start(backend, self.lab),
                None => self.lab.first_start(backend),
            }
        };
        let mut tried = attempt();
        for _ in 1..PATIENCE {
            let may_be_chance = match tried {
                Err(Failure::Failed(_)) => true,
                // Ours don't hang now and then; some of others do.
                Err(Failure::TimedOut(_)) => backend.is_peer(),
                _ => false,
            };
            if may_be_chance {
                tried = attempt();
            }
        }
        tried
    }

    fn leave_out(
        &mut self,
        request: &Request,
        experiments: &[&'static dyn Experiment],
        backend: &'static dyn Backend,
        failure: &Failure,
    ) -> Result<(), StoreError> {
        let mut note = failure.reason();
        if matches!(failure, Failure::Failed(_)) {
            note = with_giving_up(&note, IN_A_ROW);
        }
        let mut is_told = false;
        for experiment in experiments {
            let cases = experiment.cases().into_iter();
            let of_run = cases.filter(|case| request.has(*experiment, case));
            for case in of_run.filter(|case| request.takes(*experiment, case, backend)) {
                if !is_told {
                    self.progress.skipped(backend.id(), &note);
                    is_told = true;
                }
                let trial = Trial {
                    experiment: *experiment,
                    case,
                    backend,
                    round: Some(0),
                };
                self.outcomes.failed += 1;
                let row = self.row(&trial, 0, nothing(failure));
                let note = note.clone();
                self.rows.append(&Sample { note, ..row })?;
            }
        }
        Ok(())
    }

    fn row(&self, trial: &Trial, round: u32, measurement: Measurement) -> Sample {
        let (outcome, value, note) = match measurement.value {
            Ok(value) => {
                let warning = measurement
                    .warning
                    .map(|text| format!("{WARNING_PREFIX}{text}"));
                let shortfall = trial.backend.shortfall().map(str::to_owned);
                let note = warning.or(measurement.note).or(shortfall);
                let note = note.unwrap_or_default();
                (Outcome::Ok, Some(value), note)
            }
            Err(failure) => (
                failure.outcome().unwrap_or(Outcome::Failed),
                None,
                failure.reason(),
            ),
        };
        Sample {
            run_id: self.run_id.to_owned(),
            experiment: trial.experiment.id().to_owned(),
            case: trial.case.to_owned(),
            backend: trial.backend.id().to_owned(),
            metric: measurement.metric,
            unit: measurement.unit,
            round,
            outcome,
            value,
            note,
        }
    }
}

fn with_giving_up(reason: &str, after: &str) -> String {
    format!("{reason} (given up after {PATIENCE} {after})")
}

/// The value that stands for the trial.
fn headline_of(trial: &Trial, measurements: &[Measurement]) -> Option<f64> {
    let headline = trial.experiment.headline(trial.case);
    let found = measurements.iter().find(|one| one.metric == headline)?;
    found.value.clone().ok()
}

/// Stands for a whole trial that gave nothing.
fn nothing(failure: &Failure) -> Measurement {
    Measurement {
        metric: TRIAL.to_owned(),
        unit: Unit::Count,
        value: Err(failure.clone()),
        warning: None,
        note: None,
    }
}
