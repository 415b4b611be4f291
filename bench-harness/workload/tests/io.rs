//! The built program's reads and writes, run natively.
#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod support;

use support::{SEED, checksum, error, io_args, io_file, metric, workload};
use workload::pattern;

#[test]
fn io_reads_and_writes_leave_the_file_as_the_pattern_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = io_file(&folder, SEED);
    let name = path.to_str().unwrap();
    for operation in ["randread", "randwrite", "seqread", "seqwrite"] {
        for block in ["4096", "131072", "1048576"] {
            checksum(&io_args(
                name,
                operation,
                block,
                &["--ops", "20", "--fsync-every", "8"],
            ));
        }
    }
    assert_eq!(
        pattern::verify(SEED, 0, &std::fs::read(&path).unwrap()),
        Ok(())
    );
}

#[test]
fn writes_with_another_seed_are_found_by_the_host() {
    let folder = tempfile::tempdir().unwrap();
    let path = io_file(&folder, SEED);
    checksum(&io_args(
        path.to_str().unwrap(),
        "seqwrite",
        "1048576",
        &["--ops", "4", "--seed", "7"],
    ));
    let content = std::fs::read(&path).unwrap();
    assert_eq!(pattern::verify(7, 0, &content), Ok(()));
    assert!(pattern::verify(SEED, 0, &content).is_err());
}

#[test]
fn the_checksum_does_not_depend_on_how_much_fits_into_the_duration() {
    let folder = tempfile::tempdir().unwrap();
    let path = io_file(&folder, SEED);
    let name = path.to_str().unwrap();
    let fixed = checksum(&io_args(name, "randread", "4096", &["--ops", "256"]));
    assert_eq!(
        checksum(&io_args(name, "randread", "4096", &["--duration-ms", "30"])),
        fixed
    );
    assert_eq!(
        checksum(&io_args(name, "randread", "4096", &["--duration-ms", "1"])),
        fixed
    );
}

#[test]
fn what_io_reports_adds_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = io_file(&folder, SEED);
    let output = workload(&io_args(
        path.to_str().unwrap(),
        "seqwrite",
        "131072",
        &["--ops", "64", "--fsync-every", "32"],
    ));
    assert_eq!(metric(&output, "io.ops"), 64.0);
    assert_eq!(metric(&output, "io.bytes"), 64.0 * 131_072.0);
    assert_eq!(metric(&output, "io.fsync_count"), 2.0);
    let ordered = [
        "io.lat_min_ns",
        "io.lat_p50_ns",
        "io.lat_p99_ns",
        "io.lat_max_ns",
    ]
    .map(|name| metric(&output, name));
    assert!(ordered.is_sorted() && ordered[0] > 0.0, "{ordered:?}");
    let bandwidth = metric(&output, "io.bytes") * 1e9 / metric(&output, "io.elapsed_ns");
    assert!((bandwidth / metric(&output, "io.bandwidth_bytes_per_s") - 1.0).abs() < 1e-9);
}

#[test]
fn a_damaged_file_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let path = io_file(&folder, SEED);
    let mut content = std::fs::read(&path).unwrap();
    content[2 << 20] ^= 1;
    std::fs::write(&path, content).unwrap();
    let message = error(&io_args(
        path.to_str().unwrap(),
        "seqread",
        "1048576",
        &["--ops", "4"],
    ));
    assert!(message.contains("2097152"), "{message}");
}
