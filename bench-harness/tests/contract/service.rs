//! A web service behind a balancer: every instance answers, and what a request costs is what it must.

use bench_harness::budget::Budget;
use bench_harness::experiment::Measurement;
use bench_harness::failure::Failure;

use super::{lab, measure, ours_in_numbers, value};

#[test]
fn all_instances_answer_and_nobody_answers_more_at_once_than_was_asked() {
    let mut lab = lab();
    lab.parameters.service_requests = 40;
    for backend in ours_in_numbers(&lab) {
        let id = backend.id();
        for (case, instances) in [("instances-1", 1.0), ("instances-2", 2.0)] {
            let measured = measure("service", case, backend, &lab).unwrap();
            let value = |metric| value(&measured, metric);
            // Both are asked before either has answered.
            assert!(value("service.least_share_ratio") > 0.0, "{id}");
            let (p50, p99) = (
                value("service.latency_p50_ns"),
                value("service.latency_p99_ns"),
            );
            assert!(p50 > 0.0 && p50 <= p99, "{id}");
            // Half of the requests take p50 or longer, and there are never more in flight than instances.
            let in_flight = value("service.requests_per_s") * p50 / 1e9;
            assert!(in_flight <= 2.0 * instances, "{id}: {in_flight}");
            // Computing is the larger part of a request, and somebody has to pay it.
            assert!(value("service.host_cpu_ns_per_request") > 20_000.0, "{id}");
        }
    }
}

#[test]
fn a_request_takes_a_microvm_one_read_and_one_write() {
    let mut lab = lab();
    lab.parameters.service_requests = 40;
    for backend in ours_in_numbers(&lab) {
        let measured = measure("service", "instances-1", backend, &lab).unwrap();
        if backend.id() == "microvm" {
            let exits = value(&measured, "service.exits_per_request");
            // A signal to the VMM may add one to a whole life.
            assert!((exits - 2.0).abs() < 0.1, "{exits}");
        } else if !backend.is_vm() {
            let counts = |one: &Measurement| one.metric == "service.exits_per_request";
            assert!(!measured.iter().any(counts), "{}", backend.id());
        }
    }
}

#[test]
fn a_service_beyond_the_memory_budget_is_not_started() {
    let mut lab = lab();
    lab.parameters.memory_budget = Budget::Bytes(1);
    for backend in ours_in_numbers(&lab) {
        let failure = measure("service", "instances-2", backend, &lab).unwrap_err();
        assert!(matches!(failure, Failure::Unsupported(_)), "{failure}");
    }
}
