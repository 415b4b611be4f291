use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use criterion::{Criterion, SamplingMode};

use super::*;
use crate::require;

/// A runtime of others that complains and then never ends, whatever it is to do.
fn hanging_peer(folder: &Path) -> &'static dyn Backend {
    let program = folder.join("sleeper");
    std::fs::write(&program, "#!/bin/sh\ncase \"$1\" in --version) echo sleeper 1; exit ;; esac\necho 'no luck' >&2\nexec sleep 60\n").unwrap();
    std::fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
    backend::oci_runtime("sleeper", program)
}

fn bench(backends: &[&'static dyn Backend]) -> Bench {
    let lab = Lab::for_single_instances(Duration::from_millis(600)).unwrap();
    let startup = experiment_named("startup").unwrap();
    Bench::of(lab, startup, backends.iter().copied()).unwrap()
}

#[test]
fn a_peer_that_hangs_is_skipped_with_its_last_words_and_the_others_are_measured() {
    if !nix::unistd::geteuid().is_root() {
        return require::skip("root", "OCI runtimes are run as root");
    }
    let folder = tempfile::tempdir().unwrap();
    let fake = backend::by_id("fake").unwrap();
    let bench = bench(&[hanging_peer(folder.path()), fake]);
    let ids: Vec<&str> = bench.available().iter().map(|one| one.id()).collect();
    assert_eq!(ids, ["fake"]);
    let [skipped] = bench.skipped() else {
        panic!("{:?}", bench.skipped());
    };
    assert_eq!(skipped.id, "sleeper");
    assert!(
        skipped.reason.contains("stopped after 0.6 s"),
        "{skipped:?}"
    );
    assert!(skipped.reason.contains("no luck"), "{skipped:?}");
}

/// Measures `fake` and a peer that fails at its `fails_at`-th instance, by criterion; gives what criterion wrote down.
fn rows_written(peer: &'static dyn Backend, fails_at: u32) -> Vec<String> {
    let written = tempfile::tempdir().unwrap();
    let mut criterion = Criterion::default()
        .without_plots()
        .output_directory(written.path())
        .warm_up_time(Duration::from_millis(1))
        .measurement_time(Duration::from_millis(5))
        .sample_size(10);
    let mut group = criterion.benchmark_group("group");
    group.sampling_mode(SamplingMode::Flat);
    let fake = backend::by_id("fake").unwrap();
    for backend in [peer, fake] {
        let mut instances = 0;
        let mut once = || {
            instances += 1;
            let fails = backend.id() != "fake" && instances == fails_at;
            let result = match fails {
                true => Err(Failure::Failed("it broke".to_owned())),
                false => Ok(Duration::from_micros(u64::from(100 + instances % 3))),
            };
            or_stop(backend, result)
        };
        row("group", backend, || {
            group.bench_function(backend.id(), |bencher| {
                bencher.iter_custom(|count| (0..count).map(|_| once()).sum());
            });
        });
    }
    group.finish();
    let entries = std::fs::read_dir(written.path().join("group")).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort_unstable();
    names
}

#[test]
fn a_peer_that_fails_while_it_is_measured_leaves_no_number_and_the_others_do() {
    let peer = backend::oci_runtime("breaking", "/nowhere".into());
    for fails_at in [1, 2, 30] {
        assert_eq!(rows_written(peer, fails_at), ["fake"], "at {fails_at}");
    }
    assert_eq!(rows_written(peer, u32::MAX), ["breaking", "fake"]);
}

#[test]
fn one_of_ours_that_fails_ends_the_benchmark() {
    let ours = backend::by_id("fake").unwrap();
    let failing = || or_stop(ours, Err(Failure::Failed("it broke".to_owned())));
    let ended = catch_unwind(AssertUnwindSafe(|| row("group", ours, failing)));
    assert!(ended.is_err());
}

#[test]
fn an_interrupt_ends_the_benchmark_whoever_is_measured() {
    let peer = backend::oci_runtime("interrupted", "/nowhere".into());
    let interrupted = || or_stop(peer, Err(Failure::Interrupted));
    let ended = catch_unwind(AssertUnwindSafe(|| row("group", peer, interrupted)));
    assert!(ended.is_err());
}

#[test]
fn an_emulated_processor_is_not_measured() {
    let bench = bench(&[backend::by_id("qemu-tcg").unwrap()]);
    assert!(bench.available().is_empty());
    assert!(bench.skipped()[0].reason.contains("emulated"));
}
