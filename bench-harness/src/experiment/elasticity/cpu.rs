//! More CPU time for a running instance: its quota is raised while it is kept from the CPU.
//!
//! A quota is an allowance for each period of 100 ms. Whoever has a tenth of a CPU and computes without a pause has used it up
//! after 10 ms, and stands still for the rest of the period: for the host that is a workload that has fallen silent.
//!
//! 1. Start the workload with a tenth of a CPU: a container with its own option, a VM in a cgroup round its VMM.
//! 2. Wait until it has been silent for 20 ms.
//! 3. Raise the quota to one CPU, and wait for its next word.
//! 4. Ask the kernel: was it the quota that kept it silent? (On a busy machine it may have been somebody else's turn. Then the
//!    quota is lowered again, and the next silence is tried.)
//! 5. Watch two more periods: the quota must not keep it from the CPU any more, or the raise had no effect.
//!
//! Read next: the kernel's `sched-bwc.rst`.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use super::Times;
use crate::backend::{Backend, Job};
use crate::cgroup_limit::Limit;
use crate::clock::monotonic_ns;
use crate::enclosure::Enclosure;
use crate::failure::Failure;
use crate::instance::Instance;
use crate::lab::Lab;

const TENTH: f64 = 0.1;
const WHOLE: f64 = 1.0;

/// A silence of so long may be the quota's doing.
const SILENCE: Duration = Duration::from_millis(20);
/// Words without a silence, and silences without the quota's doing, after which it is given up.
const MOST_WORDS: u32 = 2000;
const MOST_SILENCES: u32 = 20;
/// Two periods.
const WATCHED_NS: u64 = 200_000_000;

pub(super) fn grow(backend: &dyn Backend, lab: &Lab) -> Result<Times, Failure> {
    let limit_ms = lab.parameters.timeout.as_millis().to_string();
    let mut job = lab.job(&["grow", "--by", "cpu", "--limit-ms", &limit_ms]);
    let enclosure = limited(backend, &mut job)?;
    let mut instance = match &enclosure {
        Some(enclosure) => lab.start_enclosed(enclosure, backend, &job)?,
        None => lab.start(backend, &job)?,
    };
    instance.wait_for("ready")?;
    let folders = match &enclosure {
        Some(enclosure) => enclosure.folders().to_vec(),
        None => instance.cgroups()?,
    };
    let times = raise(&mut instance, &folders)?;
    instance.stop()?;
    Ok(times)
}

/// Gives the job a tenth of a CPU: by an option, or by a cgroup to start it in.
fn limited(backend: &dyn Backend, job: &mut Job) -> Result<Option<Enclosure>, Failure> {
    match backend.id() {
        "container" => {
            job.launcher_args = vec!["--cpus".to_owned(), TENTH.to_string()];
            Ok(None)
        }
        _ if backend.is_vm() => {
            let round = Enclosure::create(&["cpu"]).and_then(|round| {
                Limit::Cpus(TENTH).write(round.folders())?;
                Ok(round)
            });
            round
                .map(Some)
                .map_err(|error| Failure::Unsupported(format!("a cgroup round the VMM: {error}")))
        }
        id => Err(Failure::Unsupported(format!(
            "isolab doesn't know the cgroups of {id}"
        ))),
    }
}

fn raise(instance: &mut Instance<'_>, folders: &[PathBuf]) -> Result<Times, Failure> {
    for _ in 0..MOST_SILENCES {
        // Without the right to make cgroups a container has none; its quota was never there.
        Limit::Cpus(TENTH).write(folders).map_err(refused)?;
        wait_for_silence(instance)?;
        let kept_before_ns = kept_ns(folders)?;
        let asked_ns = monotonic_ns();
        Limit::Cpus(WHOLE).write(folders).map_err(refused)?;
        let raised_ns = monotonic_ns();
        let used = instance.wait_for_new("fact")?;
        // The kernel adds a whole wait to its count when that is over.
        if kept_ns(folders)? - kept_before_ns >= SILENCE.as_nanos() / 2 {
            watch(instance, folders, used.at_ns)?;
            return Ok(Times {
                grow_ns: used.at_ns.saturating_sub(asked_ns),
                request_ns: raised_ns - asked_ns,
            });
        }
    }
    Err(Failure::Failed(format!(
        "in {MOST_SILENCES} silences it was never the quota that kept it from the CPU"
    )))
}

fn wait_for_silence(instance: &mut Instance<'_>) -> Result<(), Failure> {
    for _ in 0..MOST_WORDS {
        if instance.next_line(SILENCE)?.is_none() {
            return Ok(());
        }
    }
    Err(Failure::Failed(
        "a tenth of a CPU is no limit here: the workload never stood still".to_owned(),
    ))
}

/// Whether the quota keeps it from the CPU no more.
fn watch(instance: &mut Instance<'_>, folders: &[PathBuf], from_ns: u64) -> Result<(), Failure> {
    let before_ns = kept_ns(folders)?;
    while instance.wait_for_new("fact")?.at_ns < from_ns + WATCHED_NS {}
    let kept_ns = kept_ns(folders)? - before_ns;
    // With the old quota it would be kept from it nearly all the time.
    if kept_ns < u128::from(WATCHED_NS) / 2 {
        return Ok(());
    }
    Err(Failure::Failed(format!(
        "the raised quota had no effect: it kept the workload from the CPU for {} of {} ms",
        kept_ns / 1_000_000,
        WATCHED_NS / 1_000_000
    )))
}

/// For how long the quota has kept everything in the cgroup from the CPU.
fn kept_ns(folders: &[PathBuf]) -> Result<u128, Failure> {
    let texts = folders
        .iter()
        .filter_map(|folder| fs::read_to_string(folder.join("cpu.stat")).ok());
    let mut counts = texts.filter_map(|text| throttled_ns(&text));
    counts.next().ok_or_else(|| {
        Failure::Unsupported("the kernel doesn't count what a quota does (cpu.stat)".to_owned())
    })
}

/// `throttled_time` in v1, `throttled_usec` in v2.
fn throttled_ns(stat: &str) -> Option<u128> {
    stat.lines().find_map(|line| match line.split_once(' ')? {
        ("throttled_time", ns) => ns.parse().ok(),
        ("throttled_usec", us) => Some(us.parse::<u128>().ok()? * 1000),
        _ => None,
    })
}

fn refused(error: std::io::Error) -> Failure {
    match error.kind() {
        std::io::ErrorKind::Unsupported => Failure::Unsupported(error.to_string()),
        _ => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_quota_did_is_read_in_either_version() {
        let v1 = "nr_periods 9\nnr_throttled 4\nthrottled_time 123456789\n";
        let v2 = "usage_usec 9\nnr_throttled 4\nthrottled_usec 123456\n";
        assert_eq!(throttled_ns(v1), Some(123_456_789));
        assert_eq!(throttled_ns(v2), Some(123_456_000));
        assert_eq!(throttled_ns("usage_usec 9\n"), None);
    }
}
