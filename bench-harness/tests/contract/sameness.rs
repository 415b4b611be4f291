//! The same in every backend: what is computed, and what is read and written.

use std::collections::BTreeSet;
use std::fs;

use bench_harness::backend::{DISK_PATH, Disk, Job};
use bench_harness::io_file::{IoFile, SEED};
use bench_harness::lab::Lab;

use super::{lab, working};

/// Runs a job on every working backend and expects one checksum.
fn expect_one_checksum(lab: &Lab, job: &Job) {
    let mut checksums = BTreeSet::new();
    for backend in working(lab) {
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
        expect_one_checksum(&lab, &lab.job(args));
    }
}

#[test]
fn what_is_read_and_written_is_the_same_in_every_backend() {
    let lab = lab();
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let file = IoFile::create(folder.path(), 4 << 20).unwrap();
    for (op, block) in [
        ("randread", "4096"),
        ("randwrite", "4096"),
        ("seqread", "131072"),
        ("seqwrite", "1048576"),
    ] {
        for direct in [false, true] {
            let mut args = vec![
                "io", "--file", DISK_PATH, "--op", op, "--block", block, "--size", "4194304",
                "--ops", "300",
            ];
            args.extend(["--seed", "1", "--fsync-every", "32"]);
            args.extend(direct.then_some("--direct"));
            let job = Job {
                disk: Some(Disk {
                    file: file.path().to_path_buf(),
                    direct,
                }),
                ..lab.job(&args)
            };
            expect_one_checksum(&lab, &job);
        }
    }
    assert_eq!(SEED, 1);
    // Whoever wrote: the file still holds the pattern.
    let content = fs::read(file.path()).unwrap();
    workload::pattern::verify(SEED, 0, &content).unwrap();
}
