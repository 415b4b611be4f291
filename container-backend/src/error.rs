//! What can go wrong, and what to do about it.

use std::io;

use crate::step::Step;

/// Why there is no container. Each says which step failed, on what object, and has the kernel's reason as its source.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The options contradict each other.
    #[error("{message}")]
    Usage {
        /// What is wrong with them.
        message: String,
    },
    /// A path that was given doesn't exist.
    #[error("finding {what}")]
    NotFound {
        /// The path.
        what: String,
        /// Why.
        source: io::Error,
    },
    /// A step outside the container, in the launcher.
    #[error("{step}: {object}")]
    Outside {
        /// Which.
        step: Step,
        /// On what.
        object: String,
        /// Why.
        source: io::Error,
    },
    /// A step inside the container, reported through the pipe.
    #[error("{step}: {object} (inside the container)")]
    Inside {
        /// Which.
        step: Step,
        /// On what.
        object: String,
        /// Why.
        source: io::Error,
    },
}

impl Error {
    /// What the user can do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::Usage { .. } => "container-backend run --help lists the options",
            Self::NotFound { .. } => "check the path; it is looked up on the host",
            Self::Outside { step, .. } | Self::Inside { step, .. } => step.help(),
        }
    }
}
