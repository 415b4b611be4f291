//! What the cards say of each backend, looked at once more from another side.

use bench_harness::experiment::{self, Measurement};
use bench_harness::require;
use bench_harness::system_calls::strace;

use super::{lab, ours, value_if_any};

#[test]
fn the_host_sees_every_program_but_that_of_a_vm() {
    let lab = lab();
    let isolation = experiment::by_id("isolation").unwrap();
    let counts_calls = strace().map_err(|missing| require::skip("strace", &missing.what));
    for backend in ours(&lab) {
        let id = backend.id();
        let measured = isolation.measure("facts", backend, &lab).unwrap();
        let of = |name: &str| value_if_any(&measured, &format!("isolation.{name}"));
        let seen = Some(if backend.is_vm() { 0.0 } else { 1.0 });
        assert_eq!(of("host_sees_workload"), seen, "{id}");
        assert_eq!(of("shares_kernel"), seen, "{id}");
        assert_eq!(of("exits").is_some(), backend.is_vm(), "{id}");
        assert_eq!(of("vmm_calls").is_some(), backend.is_vm(), "{id}");
        if backend.is_vm() {
            assert_eq!(of("reachable_calls"), Some(0.0), "{id}");
        }
        if counts_calls.is_ok() {
            let (own, all) = (of("payload_calls").unwrap(), of("host_calls").unwrap());
            assert_eq!(own > 0.0, !backend.is_vm(), "{id}");
            assert!(own < all, "{id}");
        }
    }
}

#[test]
fn a_container_s_program_makes_the_calls_of_a_plain_one_and_could_make_fewer() {
    let lab = lab();
    let isolation = experiment::by_id("isolation").unwrap();
    let works: Vec<&str> = ours(&lab).iter().map(|backend| backend.id()).collect();
    if !works.contains(&"container") {
        return;
    }
    let [native, container] = ["native", "container"].map(|id| {
        let backend = bench_harness::backend::by_id(id).unwrap();
        isolation.measure("facts", backend, &lab).unwrap()
    });
    let of =
        |measured: &[Measurement], name: &str| value_if_any(measured, &format!("isolation.{name}"));
    assert_eq!(
        of(&native, "payload_calls"),
        of(&container, "payload_calls")
    );
    if let Some(all) = of(&native, "reachable_calls") {
        assert!(of(&container, "reachable_calls").unwrap() < all);
    }
    assert!(of(&container, "visible_processes") < of(&native, "visible_processes"));
}

#[test]
fn only_what_brings_a_kernel_runs_another_one_and_a_cold_start_reads_what_is_shipped() {
    let lab = lab();
    let portability = experiment::by_id("portability").unwrap();
    for backend in ours(&lab) {
        let id = backend.id();
        let measure = |case: &str| portability.measure(case, backend, &lab).unwrap();
        let other = value_if_any(&measure("other-kernel"), "portability.runs_other_kernel");
        assert!(backend.is_vm() || other == Some(0.0), "{id}");
        let system = value_if_any(&measure("other-os"), "portability.runs_other_os");
        assert_eq!(system == Some(1.0), id == "microvm", "{id}");
        let shipped = measure("artefact");
        let of = |name: &str| value_if_any(&shipped, &format!("portability.{name}")).unwrap();
        assert!(
            of("bytes") >= lab.binaries.workload.size_bytes as f64,
            "{id}"
        );
        if !backend.is_peer() {
            assert_eq!(of("dependencies"), 0.0, "{id}");
        }
        // Where the programs lie in memory anyway, nothing can be cold, and the value says so.
        let cold = shipped
            .iter()
            .find(|one| one.metric == "portability.cold_first_ns");
        assert_eq!(
            of("cold_read_bytes") == 0.0,
            cold.unwrap().warning.is_some(),
            "{id}"
        );
    }
}
