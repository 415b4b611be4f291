//! Case `smallest`: the least memory with which the empty program still comes to its end.

use std::time::Duration;

use crate::backend::{Backend, Job};
use crate::experiment::Measurement;
use crate::failure::Failure;
use crate::lab::Lab;
use crate::sample::Unit;

const METRIC: &str = "density.smallest_bytes";

/// RAM of a VM comes in huge pages, the limit of a container in pages; sixteen are as near as it is worth to look.
const VM_STEP_BYTES: u64 = 2 << 20;
const LIMIT_STEP_BYTES: u64 = 64 << 10;

/// Halves the interval between what is too little and what is enough.
pub(super) fn measure(backend: &dyn Backend, lab: &Lab) -> Result<Vec<Measurement>, Failure> {
    if backend.id() == "native" {
        let reason = "a plain process has no limit of its own";
        return Ok(vec![Measurement::unsupported(METRIC, Unit::Bytes, reason)]);
    }
    let step = if backend.is_vm() {
        VM_STEP_BYTES
    } else {
        LIMIT_STEP_BYTES
    };
    let with = |bytes: u64, timeout: Duration| {
        let job = Job {
            memory_bytes: Some(bytes),
            timeout,
            ..lab.job(&["hello"])
        };
        lab.run(backend, &job)
    };
    let roomy = backend.headroom_bytes();
    let enough = with(roomy, lab.parameters.timeout)?;
    // With too little memory some only get slower and slower: they had ten times as long as they need.
    let took = Duration::from_nanos(enough.reaped_ns - enough.spawned_ns);
    let patience = (10 * took + Duration::from_secs(1)).min(lab.parameters.timeout);
    let units = bisect(0, roomy / step, |units| {
        match with(units * step, patience) {
            Ok(_) => Ok(true),
            Err(Failure::Failed(_) | Failure::TimedOut(_)) => Ok(false),
            Err(other) => Err(other),
        }
    })?;
    if units == 1 {
        let reason = format!("it also runs with {step} bytes: nothing limits it");
        return Ok(vec![Measurement::unsupported(METRIC, Unit::Bytes, reason)]);
    }
    Ok(vec![Measurement::bytes(METRIC, units * step)])
}

/// The smallest number that succeeds, if `fails` does and `succeeds` doesn't fail, and everything between changes once.
fn bisect<E>(
    mut fails: u64,
    mut succeeds: u64,
    mut does: impl FnMut(u64) -> Result<bool, E>,
) -> Result<u64, E> {
    while succeeds - fails > 1 {
        let middle = u64::midpoint(fails, succeeds);
        if does(middle)? {
            succeeds = middle;
        } else {
            fails = middle;
        }
    }
    Ok(succeeds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bisection_finds_the_edge_wherever_it_is_and_in_few_attempts() {
        for edge in 1..=512 {
            let mut attempts = 0;
            let found = bisect::<()>(0, 512, |units| {
                attempts += 1;
                Ok(units >= edge)
            });
            assert_eq!(found, Ok(edge));
            assert!(attempts <= 9);
        }
    }

    #[test]
    fn what_is_no_answer_ends_the_search() {
        assert_eq!(bisect(0, 8, |_| Err("interrupted")), Err("interrupted"));
    }
}
