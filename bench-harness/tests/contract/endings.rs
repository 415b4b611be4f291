//! How an instance ends is seen, and told in words.

use std::time::Duration;

use bench_harness::backend::{Backend, Job};
use bench_harness::failure::Failure;
use bench_harness::instance::{Finished, Instance};
use bench_harness::lab::Lab;

use super::{lab, working};

#[test]
fn a_failing_workload_is_a_failure_in_its_own_words() {
    let lab = lab();
    for backend in working(&lab) {
        let failure = lab
            .run(
                backend,
                &lab.job(&["cpu", "--kernel", "imaginary", "--iterations", "1"]),
            )
            .unwrap_err();
        assert!(matches!(failure, Failure::Failed(_)), "{}", backend.id());
        assert!(
            failure.reason().contains("error: "),
            "{}: {failure}",
            backend.id()
        );
        assert!(
            failure.reason().contains("imaginary"),
            "{}: {failure}",
            backend.id()
        );
    }
}

/// An instance that works for ever, and is stopped at work, not at its start: a busy machine may need longer for that.
fn starts_before_its_time_is_up<'a>(lab: &'a Lab, backend: &dyn Backend) -> Instance<'a> {
    let hello = lab.run(backend, &lab.job(&["hello"])).unwrap();
    let ready_ns = hello.said_ns("ready").unwrap() - hello.spawned_ns;
    let mut timeout = Duration::from_millis(300) + Duration::from_nanos(3 * ready_ns);
    loop {
        let job = Job {
            timeout,
            ..lab.job(&["cpu", "--kernel", "int", "--iterations", "1000000000000"])
        };
        let mut instance = lab.start(backend, &job).unwrap();
        match instance.wait_for("ready") {
            Ok(_) => return instance,
            Err(failure) => assert!(
                matches!(failure, Failure::TimedOut(_)) && timeout < Duration::from_secs(20),
                "{}: {failure}",
                backend.id()
            ),
        }
        timeout *= 2;
    }
}

#[test]
fn an_instance_that_takes_too_long_is_a_timeout_and_ends() {
    let lab = lab();
    for backend in working(&lab) {
        let mut instance = starts_before_its_time_is_up(&lab, backend);
        let launcher = instance.id();
        let timeline = instance.timeline_so_far().unwrap();
        let failure = instance.finish().unwrap_err();
        assert!(
            matches!(failure, Failure::TimedOut(_)),
            "{}: {failure}",
            backend.id()
        );
        bench_harness::leftovers::wait_until_gone(launcher, &timeline).unwrap();
    }
}

#[test]
fn an_instance_can_be_held_and_let_go() {
    let lab = lab();
    for backend in working(&lab) {
        let mut instance = lab
            .start(backend, &lab.job(&["hold", "--mib", "1"]))
            .unwrap();
        instance.wait_for("ready").unwrap();
        let finished: Finished = instance.finish().unwrap();
        assert!(finished.gone_ns >= finished.reaped_ns, "{}", backend.id());
    }
}
