//! Every VMM runs the guest of a dozen instructions, also where this host's KVM can boot no kernel.

use bench_harness::backend;
use bench_harness::experiment;
use bench_harness::require;

use super::lab;

#[test]
fn every_vmm_passes_on_a_byte_ends_and_has_memory_of_its_own() {
    let lab = lab();
    let floor = experiment::by_id("vmm-floor").unwrap();
    for backend in backend::visible() {
        let Some(vmm) = backend.vmm() else { continue };
        if let Err(missing) = vmm.lacks() {
            let need = match backend.is_peer() {
                true => format!("vmm-{}", backend.id()),
                false => "kvm".to_owned(),
            };
            require::skip(&need, &format!("{}: {}", backend.id(), missing.what));
            continue;
        }
        let measured = floor.measure("guest", backend, &lab);
        let measured = measured.unwrap_or_else(|failure| panic!("{}: {failure}", backend.id()));
        let value = |name: &str| {
            let metric = measured.iter().find(|one| one.metric == name).unwrap();
            *metric.value.as_ref().unwrap()
        };
        assert!(value("vmm-floor.first_ns") <= value("vmm-floor.total_ns"));
        // Guest RAM is told apart from the VMM: of that there is always some, and never as much as the RAM.
        let overhead = value("vmm-floor.overhead_bytes");
        let ram = backend::FLOOR_MEMORY_BYTES as f64;
        assert!(
            overhead > 0.0 && overhead < ram,
            "{}: {overhead}",
            backend.id()
        );
    }
}

#[test]
fn a_backend_without_a_vmm_has_no_floor() {
    let floor = experiment::by_id("vmm-floor").unwrap();
    for id in ["native", "container", "fake"] {
        assert!(
            !floor.applies_to("guest", backend::by_id(id).unwrap()),
            "{id}"
        );
    }
}
