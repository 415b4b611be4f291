//! What a program in the instance is told, as counts.

use crate::experiment::Measurement;
use crate::host::kernel;
use crate::instance::Finished;
use crate::sample::Unit;

/// The facts of `inspect` that isolation is about.
pub(super) fn told(inspected: &Finished) -> Vec<Measurement> {
    let words = |text: &str| Ok(text.split_whitespace().count() as f64);
    vec![
        count("isolation.shares_kernel", shares_kernel(inspected)),
        count(
            "isolation.visible_processes",
            answer(inspected, "visible_processes", number),
        ),
        count(
            "isolation.capabilities",
            answer(inspected, "capabilities_effective", ones),
        ),
        count("isolation.mounts", answer(inspected, "mounts", words)),
        count(
            "isolation.interfaces",
            answer(inspected, "network_interfaces", words),
        ),
    ]
}

/// A count, or why there is none.
pub(super) fn count(metric: &str, value: Result<f64, String>) -> Measurement {
    match value {
        Ok(value) => Measurement::new(metric, Unit::Count, value),
        Err(reason) => Measurement::unsupported(metric, Unit::Count, reason),
    }
}

/// Two kernels may have the same release; no two boots have the same id.
fn shares_kernel(inspected: &Finished) -> Result<f64, String> {
    let (release, _) = kernel::release();
    let inside = inspected
        .fact("kernel_release")
        .ok_or("the program wasn't told its kernel's release")?;
    let boot_id = kernel::boot_id();
    if boot_id.is_empty() {
        return Err("the host has no boot id (/proc/sys/kernel/random/boot_id)".to_owned());
    }
    let same_boot = inspected.fact("boot_id") == Some(&boot_id);
    Ok(f64::from(u8::from(inside == release && same_boot)))
}

/// What a fact says, if it could be found out inside.
fn answer(
    inspected: &Finished,
    fact: &str,
    read: impl Fn(&str) -> Result<f64, String>,
) -> Result<f64, String> {
    match inspected.fact(fact) {
        None => Err(format!("the program didn't say its {fact}")),
        Some(text) => match text.strip_prefix("unavailable: ") {
            Some(reason) => Err(format!("a program inside can't ask: {reason}")),
            None => read(text),
        },
    }
}

fn number(text: &str) -> Result<f64, String> {
    text.parse().map_err(|_| format!("{text:?} is no number"))
}

/// The bits of a hexadecimal mask.
fn ones(mask: &str) -> Result<f64, String> {
    let bits = u64::from_str_radix(mask, 16).map_err(|_| format!("{mask:?} is no mask"))?;
    Ok(f64::from(bits.count_ones()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instance::{Consumption, Line};
    use crate::timeline::Timeline;

    fn inspected(facts: &[(&str, &str)]) -> Finished {
        let line = |(key, value): &(&str, &str)| Line {
            at_ns: 0,
            text: format!("fact {key} {value}"),
        };
        Finished {
            spawned_ns: 0,
            reaped_ns: 0,
            gone_ns: 0,
            used: Consumption::default(),
            lines: facts.iter().map(line).collect(),
            timeline: Timeline::default(),
            stats: None,
            first_byte_ns: None,
            exit_code: Some(0),
            checksum: 0,
        }
    }

    #[test]
    fn words_and_bits_are_counted() {
        let facts = inspected(&[
            ("mounts", "/ /proc /sys"),
            ("capabilities_effective", "00000000a80425fb"),
        ]);
        let told = told(&facts);
        let value = |name: &str| {
            let found = told.iter().find(|one| one.metric == name);
            found.unwrap().value.clone()
        };
        assert_eq!(value("isolation.mounts"), Ok(3.0));
        assert_eq!(value("isolation.capabilities"), Ok(14.0));
    }

    #[test]
    fn what_a_program_can_not_ask_has_no_number_but_a_reason() {
        let facts = inspected(&[("mounts", "unavailable: No such file or directory")]);
        let told = told(&facts);
        let mounts = told.iter().find(|one| one.metric == "isolation.mounts");
        let failure = mounts.unwrap().value.clone().unwrap_err();
        assert_eq!(
            failure.reason(),
            "a program inside can't ask: No such file or directory"
        );
    }

    #[test]
    fn the_same_release_of_another_boot_is_another_kernel() {
        let (release, _) = kernel::release();
        let same = [("kernel_release", release.as_str())];
        assert_eq!(shares_kernel(&inspected(&same)), Ok(0.0));
        let id = kernel::boot_id();
        let both = [same[0], ("boot_id", id.as_str())];
        assert_eq!(shares_kernel(&inspected(&both)), Ok(1.0));
    }
}
