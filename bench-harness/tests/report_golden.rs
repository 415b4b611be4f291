//! What is made of a run, held against files that were looked at and found right (`golden/`).
//!
//! After a deliberate change: `BLESS=1 cargo test -p bench-harness --test report_golden`, then read the difference. The
//! charts of all variants stay in `target/tmp/report/` to be looked at.

mod synthetic;

use std::path::{Path, PathBuf};

use bench_harness::report::{Report, write_all};
use bench_harness::sample::{Outcome, Sample};
use bench_harness::store::RunRecord;
use synthetic::{CONTAINER, MICROVM, NATIVE, Shape, Synthetic, record, write};

/// Writes the run into a folder of its own below target, fresh for each test run, and reports on it.
fn report(name: &str, record: &RunRecord, rows: &[Sample]) -> (PathBuf, Report) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("report")
        .join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).expect("the last test run's folder can go");
    }
    write(&folder, record, rows);
    let report = write_all(&folder).expect("a report can be made");
    (folder, report)
}

fn usual(shapes: &[&Shape], rounds: u32) -> Synthetic {
    let mut run = Synthetic::new(42);
    for shape in shapes {
        run.startup(shape, 3 * rounds);
        run.memory(shape, rounds);
        run.io(shape, rounds);
    }
    run
}

#[test]
fn charts_of_all_shapes_of_runs() {
    let three = [&NATIVE, &CONTAINER, &MICROVM];
    report("three", &record(), &usual(&three, 7).rows);
    report("quick", &record(), &usual(&three, 3).rows);
    report("one", &record(), &usual(&[&NATIVE], 7).rows);

    let mut failing = usual(&[&NATIVE, &CONTAINER], 7);
    failing.missing(
        ("startup", "hello", "microvm"),
        0,
        Outcome::Unsupported,
        "no /dev/kvm: modprobe kvm",
    );
    failing.missing(
        ("io", "direct-seqread-1m", "container"),
        3,
        Outcome::Timeout,
        "stopped after 10 s",
    );
    failing.rows.retain(|row| row.experiment != "memory");
    report("failing", &record(), &failing.rows);

    let named = |backend, startup_ns| Shape {
        backend,
        startup_ns,
        overhead_bytes: startup_ns,
        ..MICROVM
    };
    let six = [
        &NATIVE,
        &CONTAINER,
        &MICROVM,
        &named("linux-vm", 180_000_000.0),
        &named("cloud-hypervisor", 20_000_000.0),
        &named("gvisor", 90_000_000.0),
    ];
    report("six", &record(), &usual(&six, 7).rows);
    report("nothing", &record(), &[]);
}
