//! Rounds of starts: every rival once in each, so that all of them meet the same machine.

use std::fmt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use bench_harness::stats::bootstrap::{Interval, ratio_interval, ratio_of_medians};
use bench_harness::stats::quantile::median;

/// Too few rounds to say anything about a ratio (`cargo test --benches` makes one).
const FEWEST_ROUNDS: usize = 10;
/// Of the bootstrap: the same durations give the same interval.
const SEED: u64 = 1;

/// Something that starts a payload in a container.
pub struct Rival {
    /// Its name among the benchmarks.
    pub name: &'static str,
    /// The command of the n-th start.
    command: Box<dyn Fn(usize) -> Command>,
}

impl fmt::Debug for Rival {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Rival")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl Rival {
    /// `command` is given the number of the start, for those that want a name for each.
    pub fn new(name: &'static str, command: impl Fn(usize) -> Command + 'static) -> Self {
        Self {
            name,
            command: Box::new(command),
        }
    }

    /// One start, to see whether it works and is what it says: the payload's line must come out.
    pub fn run_once(&self) -> Result<()> {
        let output = (self.command)(0).stdin(Stdio::null()).output()?;
        let message = String::from_utf8_lossy(&output.stderr);
        ensure!(
            output.status.success(),
            "{}: {}",
            output.status,
            message.trim()
        );
        ensure!(
            output.stdout == b"hello\n",
            "the payload's line did not come out"
        );
        Ok(())
    }

    /// From just before the spawn until it was reaped.
    fn time(&self, number: usize) -> Result<Duration> {
        let mut command = (self.command)(number);
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let began = Instant::now();
        let status = command.spawn().with_context(|| self.name)?.wait()?;
        let elapsed = began.elapsed();
        ensure!(status.success(), "{}: {status}", self.name);
        Ok(elapsed)
    }
}

/// The rivals, and how long each took in each round.
#[derive(Debug, Default)]
pub struct Rounds {
    /// Those that work here, the floor first.
    pub rivals: Vec<Rival>,
    /// One line for each round, in the order of `rivals`.
    durations: Vec<Vec<Duration>>,
    /// How many rounds of each rival criterion has had.
    taken: Vec<usize>,
}

impl Rounds {
    /// The next duration of a rival; a new round is run when all of its durations have been taken.
    ///
    /// # Panics
    /// When a start fails: criterion wants a number from every call, and a failure is none.
    pub fn next_of(&mut self, rival: usize) -> Duration {
        self.taken.resize(self.rivals.len(), 0);
        if self.taken[rival] == self.durations.len() {
            let round = self.run_round().unwrap_or_else(|error| panic!("{error:#}"));
            self.durations.push(round);
        }
        self.taken[rival] += 1;
        self.durations[self.taken[rival] - 1][rival]
    }

    fn run_round(&self) -> Result<Vec<Duration>> {
        // 0 was the trial's number.
        let number = self.durations.len() + 1;
        let count = self.rivals.len();
        let mut round = vec![Duration::ZERO; count];
        for index in (0..count).map(|position| (position + number) % count) {
            round[index] = self.rivals[index].time(number)?;
        }
        Ok(round)
    }

    /// Medians, and every ratio to the container and of it, if there were enough rounds.
    pub fn print_ratios(&self) {
        if self.durations.len() < FEWEST_ROUNDS {
            return;
        }
        println!(
            "spawn until reaped, {} interleaved rounds:",
            self.durations.len()
        );
        for (index, rival) in self.rivals.iter().enumerate() {
            let values = self.milliseconds(index);
            let middle = median(&values).unwrap_or(f64::NAN);
            println!("  {:<10} {middle:.2} ms", rival.name);
        }
        let Some(ours) = self
            .rivals
            .iter()
            .position(|rival| rival.name == "container")
        else {
            return;
        };
        for other in (0..self.rivals.len()).filter(|&index| index != ours) {
            let (above, below) = (self.milliseconds(ours), self.milliseconds(other));
            let ratio = ratio_of_medians(&above, &below).unwrap_or(f64::NAN);
            let interval = ratio_interval(&numbered(&above), &numbered(&below), SEED);
            let interval = interval.map_or_else(String::new, |Interval { low, high }| {
                format!(" [{low:.2}, {high:.2}]")
            });
            println!(
                "  container / {:<6} {ratio:.2}{interval}",
                self.rivals[other].name
            );
        }
    }

    fn milliseconds(&self, rival: usize) -> Vec<f64> {
        self.durations
            .iter()
            .map(|round| round[rival].as_secs_f64() * 1e3)
            .collect()
    }
}

fn numbered(values: &[f64]) -> Vec<(u32, f64)> {
    (0..).zip(values.iter().copied()).collect()
}
