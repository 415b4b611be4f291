//! One order for everything that is listed, so that two reports can be laid side by side.
//!
//! Trials run in random order, so the order of the samples means nothing. Experiments, backends and metrics have a fixed
//! order, what is unknown comes after what is known, and numbers within a name count as numbers: touched-8, touched-64.

use std::cmp::Ordering;

use super::metrics;
use crate::experiment;

const BACKENDS: [&str; 12] = [
    "native",
    FLOOR,
    "container",
    "microvm",
    "linux-vm-small",
    "linux-vm-cloud",
    "linux-vm",
    "qemu-microvm",
    "firecracker",
    "firecracker-jailer",
    "cloud-hypervisor",
    "qemu-tcg",
];

/// The backend that ratios refer to.
pub const REFERENCE: &str = "native";

/// A yardstick and nothing to choose.
const FLOOR: &str = "floor-c";

/// Whether the backend is one of ours, and no peer.
pub fn is_ours(backend: &str) -> bool {
    BACKENDS.contains(&backend) && backend != FLOOR
}

/// Compares two (experiment, case, metric, backend).
pub fn compare(a: (&str, &str, &str, &str), b: (&str, &str, &str, &str)) -> Ordering {
    compare_experiments(a.0, b.0)
        .then_with(|| compare_cases(a.0, a.1, b.1))
        .then_with(|| compare_metrics(a.2, b.2))
        .then_with(|| compare_backends(a.3, b.3))
}

/// In the order in which they run.
fn compare_experiments(a: &str, b: &str) -> Ordering {
    by_place(
        |id| experiment::ALL.iter().position(|one| one.id() == id),
        a,
        b,
    )
}

/// Native first, then ours from the lightest to the heaviest, then the foreign ones by name.
pub fn compare_backends(a: &str, b: &str) -> Ordering {
    listed(&BACKENDS, a, b)
}

/// As the experiment lists them.
fn compare_cases(experiment: &str, a: &str, b: &str) -> Ordering {
    let known = experiment::by_id(experiment).map_or_else(Vec::new, |one| one.cases());
    listed(&known, a, b)
}

fn compare_metrics(a: &str, b: &str) -> Ordering {
    by_place(
        |name| metrics::all().position(|metric| metric.name == name),
        a,
        b,
    )
}

fn listed(known: &[&str], a: &str, b: &str) -> Ordering {
    by_place(|name| known.iter().position(|known| *known == name), a, b)
}

/// What has a place comes first, in the order of the places; the rest by name.
fn by_place(place: impl Fn(&str) -> Option<usize>, a: &str, b: &str) -> Ordering {
    let place = |name: &str| place(name).unwrap_or(usize::MAX);
    place(a).cmp(&place(b)).then_with(|| natural(a, b))
}

/// Compares text, except that runs of digits are compared by their value; `128k` is less than `1m`.
pub fn natural(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    while !left.is_empty() && !right.is_empty() {
        let (left_part, left_rest) = split_part(left);
        let (right_part, right_rest) = split_part(right);
        let order = match (number(left_part, left_rest), number(right_part, right_rest)) {
            (Some(left), Some(right)) => left.cmp(&right),
            _ => left_part.cmp(right_part),
        };
        if order != Ordering::Equal {
            return order;
        }
        (left, right) = (left_rest, right_rest);
    }
    left.len().cmp(&right.len()).then_with(|| a.cmp(b))
}

/// The value of digits, in KiB if the name ends with a `k` or `m` behind them.
fn number(digits: &str, rest: &str) -> Option<u64> {
    let value: u64 = digits.parse().ok()?;
    Some(if rest == "m" {
        value.saturating_mul(1024)
    } else {
        value
    })
}

/// Splits off the longest beginning that is all digits or has none.
fn split_part(text: &str) -> (&str, &str) {
    let digits = text.starts_with(|first: char| first.is_ascii_digit());
    let end = text.find(|next: char| next.is_ascii_digit() != digits);
    text.split_at(end.unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_names_count_as_numbers() {
        let mut names = [
            "touched-64",
            "touched-8",
            "touched-0",
            "seqread-1m",
            "seqread-128k",
        ];
        names.sort_by(|a, b| natural(a, b));
        let expected = [
            "seqread-128k",
            "seqread-1m",
            "touched-0",
            "touched-8",
            "touched-64",
        ];
        assert_eq!(names, expected);
        assert_eq!(natural("a01", "a1"), natural("a1", "a01").reverse());
    }

    #[test]
    fn native_comes_first_and_foreign_backends_last() {
        let mut names = [
            "runc",
            "linux-vm-cloud",
            "microvm",
            "crun",
            "linux-vm-small",
            "native",
            "container",
        ];
        names.sort_by(|a, b| compare_backends(a, b));
        let expected = [
            "native",
            "container",
            "microvm",
            "linux-vm-small",
            "linux-vm-cloud",
            "crun",
            "runc",
        ];
        assert_eq!(names, expected);
    }
}
