//! One measured number with everything that is needed to judge it: a row of `samples.csv`.
//!
//! 1. A *trial* is one instance of one backend, run for one experiment and case in one round.
//! 2. A trial that worked gives one [`Sample`] per metric, with [`Outcome::Ok`] and a value.
//! 3. A trial that didn't gives one sample without a value, for the metric [`TRIAL`], and the note says why. A failure or
//!    a timeout is never a number: a timeout stored as a time is how slow systems come out merely somewhat slow.
//!
//! The row's text form is made and checked here; `store` knows about files, folders and line numbers.
//!
//! Read next: `store`, `summary`, `results/README.md` (what each metric means).

mod vocabulary;

use csv::StringRecord;

pub use vocabulary::{Outcome, Unit};

/// The columns of `samples.csv`, in order.
pub const COLUMNS: [&str; 10] = [
    "run_id",
    "experiment",
    "case",
    "backend",
    "metric",
    "unit",
    "round",
    "outcome",
    "value",
    "note",
];

/// The "metric" of a row that stands for a whole trial: one that was unsupported, failed or timed out.
pub const TRIAL: &str = "trial";

/// How the note of an [`Outcome::Ok`] row begins when the number is to be read with care.
pub const WARNING_PREFIX: &str = "warning: ";

/// One row of `samples.csv`.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// Which run it belongs to: the name of the results folder.
    pub run_id: String,
    /// `startup`, `memory`, `io`, …
    pub experiment: String,
    /// The variant within the experiment, such as `hello` or `direct-randread-4k`.
    pub case: String,
    /// The backend id, such as `native`.
    pub backend: String,
    /// What was measured, such as `startup.first_ns`, or [`TRIAL`].
    pub metric: String,
    /// What the value counts.
    pub unit: Unit,
    /// From 0. Samples of different backends with one round number were taken next to each other in time.
    pub round: u32,
    /// Whether there is a value, and if not, why not.
    pub outcome: Outcome,
    /// A finite number if, and only if, the outcome is [`Outcome::Ok`].
    pub value: Option<f64>,
    /// The reason of an outcome other than ok; a `warning: …` or nothing beside a value. One line.
    pub note: String,
}

/// What is wrong with a row.
#[derive(Debug, thiserror::Error)]
pub enum RowError {
    /// More or fewer fields than there are columns.
    #[error("{found} fields instead of {}", COLUMNS.len())]
    Fields {
        /// How many there were.
        found: usize,
    },
    /// A word that isn't in the vocabulary of its column.
    #[error("unknown {column} {found:?}")]
    Unknown {
        /// The column.
        column: &'static str,
        /// What stood there.
        found: String,
    },
    /// A number that can't be read, or isn't finite.
    #[error("{column} {found:?} is not a number")]
    Number {
        /// The column.
        column: &'static str,
        /// What stood there.
        found: String,
    },
    /// A column that must not be empty is.
    #[error("{0} is empty")]
    Empty(&'static str),
    /// A value beside an outcome other than `ok`.
    #[error("outcome {0} has a value")]
    UnexpectedValue(Outcome),
}

impl Sample {
    /// The row's fields, in the order of [`COLUMNS`]. Line breaks in the note become spaces: one row is one line, so that
    /// a killed run can lose the line being written and no other.
    pub fn to_record(&self) -> StringRecord {
        let value = self.value.map_or(String::new(), |value| value.to_string());
        let one_line = self
            .note
            .split_whitespace()
            .collect::<Vec<&str>>()
            .join(" ");
        StringRecord::from(vec![
            self.run_id.clone(),
            self.experiment.clone(),
            self.case.clone(),
            self.backend.clone(),
            self.metric.clone(),
            self.unit.to_string(),
            self.round.to_string(),
            self.outcome.to_string(),
            value,
            one_line,
        ])
    }

    /// Reads a row and checks it.
    ///
    /// # Errors
    /// Says what is wrong with the first field that is.
    pub fn from_record(record: &StringRecord) -> Result<Sample, RowError> {
        let fields: Vec<&str> = record.iter().collect();
        let &[
            run_id,
            experiment,
            case,
            backend,
            metric,
            unit,
            round,
            outcome,
            value,
            note,
        ] = fields.as_slice()
        else {
            return Err(RowError::Fields {
                found: fields.len(),
            });
        };
        for (column, field) in COLUMNS.iter().zip(&fields).take(5) {
            if field.is_empty() {
                return Err(RowError::Empty(column));
            }
        }
        let outcome: Outcome = outcome.parse()?;
        Ok(Sample {
            run_id: run_id.to_owned(),
            experiment: experiment.to_owned(),
            case: case.to_owned(),
            backend: backend.to_owned(),
            metric: metric.to_owned(),
            unit: unit.parse()?,
            round: round.parse().map_err(|_| RowError::Number {
                column: "round",
                found: round.to_owned(),
            })?,
            outcome,
            value: parse_value(outcome, value)?,
            note: note.to_owned(),
        })
    }

    /// The warning that the note carries, without its prefix.
    pub fn warning(&self) -> Option<&str> {
        self.note.strip_prefix(WARNING_PREFIX)
    }
}

fn parse_value(outcome: Outcome, text: &str) -> Result<Option<f64>, RowError> {
    match (outcome, text) {
        (Outcome::Ok, "") => Err(RowError::Empty("value")),
        (Outcome::Ok, text) => match text.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(Some(value)),
            _ => Err(RowError::Number {
                column: "value",
                found: text.to_owned(),
            }),
        },
        (_, "") => Ok(None),
        (other, _) => Err(RowError::UnexpectedValue(other)),
    }
}
