//! How a trial can end without a number. Each of these is an outcome in samples.csv and never a value.

use thiserror::Error;

use crate::backend::Missing;
use crate::sample::Outcome;

/// Why there is no number.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Failure {
    /// This backend can't do this here; it was not tried or declined.
    #[error("unsupported: {0}")]
    Unsupported(String),
    /// It was tried and went wrong.
    #[error("{0}")]
    Failed(String),
    /// It was stopped because it took too long.
    #[error("timeout: {0}")]
    TimedOut(String),
    /// The user asked to stop: nothing is recorded for this trial.
    #[error("interrupted")]
    Interrupted,
}

impl Failure {
    /// The outcome as samples.csv has it; `None` when nothing is to be recorded.
    #[must_use]
    pub fn outcome(&self) -> Option<Outcome> {
        match self {
            Self::Unsupported(_) => Some(Outcome::Unsupported),
            Self::Failed(_) => Some(Outcome::Failed),
            Self::TimedOut(_) => Some(Outcome::Timeout),
            Self::Interrupted => None,
        }
    }

    /// The reason without the outcome's name.
    #[must_use]
    pub fn reason(&self) -> String {
        match self {
            Self::Unsupported(reason) | Self::Failed(reason) | Self::TimedOut(reason) => {
                reason.clone()
            }
            Self::Interrupted => "interrupted".to_owned(),
        }
    }
}

impl From<Missing> for Failure {
    fn from(missing: Missing) -> Self {
        Self::Unsupported(format!("{} (remedy: {})", missing.what, missing.remedy))
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<nix::Error> for Failure {
    fn from(error: nix::Error) -> Self {
        Self::Failed(error.to_string())
    }
}
