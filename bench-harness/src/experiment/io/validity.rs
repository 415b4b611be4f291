//! Whether the host's own counters agree with what the workload claims.
//!
//! The usual way to be "faster than metal" is a cache that nobody meant to measure. A contradiction doesn't remove the
//! result: it becomes a warning in the note of every row of the trial.
//!
//! Read next: `summary/validity.rs`, which adds what is only seen beside native.

use super::case::IoCase;
use super::value_of;
use crate::backend::Backend;
use crate::experiment::Measurement;
use crate::instance::Finished;

/// Where the host's counters contradict the workload's claim. A twentieth is left for what rounding may lose.
pub(super) fn contradiction(
    case: IoCase,
    backend: &dyn Backend,
    finished: &Finished,
    claims: &[Measurement],
) -> Option<String> {
    let claimed = value_of(claims, "io.bytes")?;
    let mib = |bytes: f64| bytes / f64::from(1 << 20);
    let seen = if case.writes() {
        finished.used.write_bytes
    } else {
        finished.used.read_bytes
    } as f64;
    if case.direct && seen < claimed * 0.95 {
        return Some(format!(
            "direct, but of {:.1} MiB only {:.1} reached the host's storage: something cached them",
            mib(claimed),
            mib(seen)
        ));
    }
    if !case.direct && !case.writes() && seen > claimed * 0.05 + f64::from(1 << 20) {
        return Some(format!(
            "buffered, but {:.1} MiB came from storage: the host didn't keep the file in memory",
            mib(seen)
        ));
    }
    // A guest with a page cache of its own need not ask its disk twice.
    if !case.direct && backend.kernel().is_some() {
        return None;
    }
    let (op, counter) = if case.writes() {
        ("write", "write-bytes")
    } else {
        ("read", "read-bytes")
    };
    let stats = finished.stats.as_ref()?;
    let (_, served) = stats.disk.iter().find(|(name, _)| name == counter)?;
    ((*served as f64) < claimed * 0.95)
        .then(|| format!("the disk was asked to {op} fewer bytes than the workload claims"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::by_id;
    use crate::experiment::io::case::case_by_id;
    use crate::experiment::io::{claims, tests::CLAIM, tests::finished};

    fn native() -> &'static dyn Backend {
        by_id("native").unwrap()
    }

    #[test]
    fn direct_reads_that_never_reached_storage_are_called_out() {
        let case = case_by_id("direct-seqread-1m").unwrap();
        let cached = finished(1_000_000, 0, &CLAIM);
        let claims_made = claims(&cached).unwrap();
        assert!(
            contradiction(case, native(), &cached, &claims_made)
                .unwrap()
                .contains("something cached")
        );
        assert_eq!(
            contradiction(
                case,
                native(),
                &finished(10_000_256, 0, &CLAIM),
                &claims_made
            ),
            None
        );
    }

    #[test]
    fn buffered_reads_that_went_to_storage_are_called_out() {
        let case = case_by_id("buffered-seqread-1m").unwrap();
        let cold = finished(10_000_000, 0, &CLAIM);
        let claims_made = claims(&cold).unwrap();
        assert!(
            contradiction(case, native(), &cold, &claims_made)
                .unwrap()
                .contains("came from storage")
        );
        assert_eq!(
            contradiction(case, native(), &finished(0, 0, &CLAIM), &claims_made),
            None
        );
    }
}
