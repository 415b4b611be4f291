//! The same in every backend: what is computed, and what is read and written.

use std::collections::BTreeSet;
use std::fs;

use bench_harness::backend::{Backend, DISK_PATH, Disk, Job, by_id};
use bench_harness::io_file::{IoFile, SEED};
use bench_harness::lab::Lab;

use super::{lab, vmms_of_others, working};

/// Runs a job on each of these backends and expects one checksum.
fn expect_one_checksum(lab: &Lab, backends: &[&'static dyn Backend], job: &Job) {
    let mut checksums = BTreeSet::new();
    for &backend in backends {
        let finished = lab
            .run(backend, job)
            .unwrap_or_else(|failure| panic!("{} {:?}: {failure}", backend.id(), job.args));
        checksums.insert(finished.checksum);
        assert_eq!(
            checksums.len(),
            1,
            "{} computed something else in {:?}",
            backend.id(),
            job.args
        );
    }
}

#[test]
fn what_is_computed_is_the_same_in_every_backend() {
    let lab = lab();
    let backends = working(&lab);
    for args in [
        &["hello"][..],
        &["cpu", "--kernel", "int", "--iterations", "1000"],
        &["cpu", "--kernel", "float", "--iterations", "1000"],
        &[
            "cpu",
            "--kernel",
            "memory-bandwidth",
            "--iterations",
            "100",
            "--working-set-mib",
            "8",
        ],
        &[
            "cpu",
            "--kernel",
            "memory-latency",
            "--iterations",
            "10",
            "--working-set-mib",
            "8",
        ],
        &["call", "--what", "null", "--ops", "100"],
        &["call", "--what", "fault", "--ops", "100"],
        &["hold", "--mib", "8"],
        &["emit", "--mib", "1", "--block", "4096"],
    ] {
        expect_one_checksum(&lab, &backends, &lab.job(args));
    }
}

/// A job that reads or writes 300 blocks of the file, in a volume of 4 MiB.
fn io(lab: &Lab, file: &IoFile, op: &str, block: &str, direct: bool) -> Job {
    let mut args = vec![
        "io", "--file", DISK_PATH, "--op", op, "--block", block, "--size", "4194304", "--ops",
        "300",
    ];
    args.extend(["--seed", "1", "--fsync-every", "32"]);
    args.extend(direct.then_some("--direct"));
    Job {
        disk: Some(Disk {
            file: file.path().to_path_buf(),
            direct,
        }),
        ..lab.job(&args)
    }
}

/// Whoever wrote: the file still holds the pattern.
fn assert_intact(file: &IoFile) {
    assert_eq!(SEED, 1);
    let content = fs::read(file.path()).unwrap();
    workload::pattern::verify(SEED, 0, &content).unwrap();
}

#[test]
fn what_is_read_and_written_is_the_same_in_every_backend() {
    let lab = lab();
    let backends = working(&lab);
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let file = IoFile::create(folder.path(), 4 << 20).unwrap();
    for (op, block) in [
        ("randread", "4096"),
        ("randwrite", "4096"),
        ("seqread", "131072"),
        ("seqwrite", "1048576"),
    ] {
        for direct in [false, true] {
            expect_one_checksum(&lab, &backends, &io(&lab, &file, op, block, direct));
        }
    }
    assert_intact(&file);
}

#[test]
fn a_vmm_of_others_computes_reads_and_writes_what_a_plain_process_does() {
    let lab = lab();
    let mut backends = vmms_of_others(&lab);
    backends.extend(by_id("native"));
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let file = IoFile::create(folder.path(), 4 << 20).unwrap();
    expect_one_checksum(&lab, &backends, &lab.job(&["hello"]));
    for (op, direct) in [("randread", true), ("randwrite", false)] {
        expect_one_checksum(&lab, &backends, &io(&lab, &file, op, "4096", direct));
    }
    assert_intact(&file);
}
