//! What isolab stands on: one file per subject, all read-only.
//!
//! `doctor` says what can run here and what to do about the rest; `fingerprint` writes down whatever a reader needs in order
//! to know whether two runs may be compared. Both read from the other files.

pub mod calls;
pub mod cgroup;
pub mod cgroup_view;
pub mod cpu;
pub mod doctor;
pub mod fingerprint;
pub mod kernel;
pub mod kvm;
pub mod memory;
pub mod power;
pub mod watch;

use std::fs;
use std::path::Path;

/// A one-line file of /proc or /sys; `None` if it isn't there.
fn line(path: impl AsRef<Path>) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    Some(text.trim().to_owned()).filter(|line| !line.is_empty())
}

/// The choice in brackets of a file such as `always [madvise] never`.
fn chosen(choices: &str) -> &str {
    let inside = choices
        .split_once('[')
        .and_then(|(_, rest)| rest.split_once(']'));
    inside.map_or(choices, |(choice, _)| choice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_choice_is_the_word_in_brackets() {
        assert_eq!(chosen("always [madvise] never"), "madvise");
        assert_eq!(chosen("performance"), "performance");
    }
}
