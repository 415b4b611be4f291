//! What is made of a run, held against files that were looked at and found right (`golden/`), and charts of runs of all
//! shapes, whose words must be legible.
//!
//! After a deliberate change: `BLESS=1 cargo test -p bench-harness --test report_golden`, then read the difference. The
//! charts of all variants stay in `target/tmp/report/` to be looked at.

mod synthetic;

use std::path::{Path, PathBuf};

use bench_harness::language::Language;
use bench_harness::report::{Report, write_all};
use bench_harness::sample::{COLUMNS, Outcome, Sample, Unit};
use bench_harness::store::{RunDir, RunRecord};
use bench_harness::summary::Summary;
use bench_harness::summary::metrics;
use synthetic::svg::{page_height, words};
use synthetic::{CONTAINER, MICROVM, NATIVE, Shape, Synthetic, record, write};

/// Writes the run into a folder of its own below target, fresh for each test run, and reports on it.
fn report(name: &str, record: &RunRecord, rows: &[Sample]) -> (PathBuf, Report) {
    report_in(Language::English, name, record, rows)
}

fn report_in(
    language: Language,
    name: &str,
    record: &RunRecord,
    rows: &[Sample],
) -> (PathBuf, Report) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("report")
        .join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).expect("the last test run's folder can go");
    }
    write(&folder, record, rows);
    let report = write_all(&folder, language).expect("a report can be made");
    (folder, report)
}

/// Every experiment on every shape.
fn usual(shapes: &[&Shape], rounds: u32) -> Synthetic {
    let mut run = Synthetic::new(42);
    for shape in shapes {
        run.startup(shape, 3 * rounds);
        run.memory(shape, rounds);
        run.io(shape, rounds);
    }
    for shape in shapes {
        run.density(shape, rounds);
        run.scaleout(shape, rounds);
        run.cards(shape, rounds);
    }
    for shape in shapes {
        run.noise(shape, 2 * rounds);
    }
    for shape in shapes {
        run.cpu(shape, rounds);
        run.syscall(shape, rounds);
        run.ablation(shape, rounds);
    }
    for shape in shapes {
        run.neighbour(shape, rounds);
        run.elasticity(shape, rounds);
    }
    for shape in shapes {
        run.service(shape, rounds);
    }
    run
}

/// A small run in which a bit of everything happens: see the golden files.
fn eventful() -> Vec<Sample> {
    let mut run = usual(&[&NATIVE, &CONTAINER, &MICROVM], 12);
    run.rows.retain(|row| {
        let case = row.case.as_str();
        let is_step =
            row.metric.starts_with("startup.mark.") || row.metric.starts_with("startup.phase.");
        matches!(
            case,
            "hello" | "touched-8" | "direct-randread-4k" | "direct-seqwrite-1m"
        ) && !is_step
    });
    for row in &mut run.rows {
        // A container that is faster than the disk, and a VM whose disk somebody cached.
        if row.case == "direct-randread-4k"
            && row.backend == "container"
            && row.metric == "io.lat_p50_ns"
        {
            row.value = row.value.map(|value| (value / 2.0).round());
        }
        if row.case == "direct-seqwrite-1m" && row.backend == "microvm" {
            row.note = format!(
                "warning: of {} MiB only 3 reached the storage",
                60 + row.round
            );
        }
    }
    run.missing(
        ("memory", "touched-8", "microvm"),
        3,
        Outcome::Timeout,
        "gave up after 10 s",
    );
    for case in ["direct-randread-4k", "direct-seqwrite-1m"] {
        run.missing(
            ("io", case, "linux-vm"),
            0,
            Outcome::Unsupported,
            "no kernel: scripts/get-kernel | sh",
        );
    }
    run.rows
}

/// Compares with the golden file, or writes it if so asked.
fn assert_golden(name: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, found).expect("the golden file can be written");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    let different = found
        .lines()
        .zip(expected.lines())
        .position(|(a, b)| a != b);
    let line = different.unwrap_or(found.lines().count().min(expected.lines().count()));
    assert!(
        found == expected,
        "{name} differs from line {} on: {:?} instead of {:?}",
        line + 1,
        found.lines().nth(line),
        expected.lines().nth(line)
    );
}

#[test]
fn a_run_is_reported_as_it_was_when_last_looked_at() {
    let (folder, report) = report("eventful", &record(), &eventful());
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect(name);
    assert_golden("table.txt", &report.table);
    assert_golden("REPORT.md", &read("REPORT.md"));
    assert_golden("io-latency.svg", &read("charts/io-latency.svg"));

    let mut summary = report.summary;
    let kept = ["startup.first_ns", "io.lat_p50_ns", "memory.pss_bytes"];
    summary
        .series
        .retain(|series| kept.contains(&series.metric.as_str()));
    let json = serde_json::to_string_pretty(&summary).expect("a summary is JSON");
    assert_golden("summary.json", &format!("{json}\n"));
}

#[test]
fn samples_survive_the_file_and_a_second_report_is_the_same() {
    let rows = eventful();
    let (folder, first) = report("again", &record(), &rows);
    assert_eq!(
        RunDir::open(&folder).read_samples().expect("readable").rows,
        rows
    );
    let files: Vec<Vec<u8>> = first
        .files
        .iter()
        .map(|file| std::fs::read(file).expect("written"))
        .collect();
    let second = write_all(&folder, Language::English).expect("a report can be made again");
    assert_eq!(first.table, second.table);
    for (file, before) in second.files.iter().zip(files) {
        assert!(
            std::fs::read(file).expect("written") == before,
            "{} changed",
            file.display()
        );
    }
    let json = std::fs::read_to_string(folder.join("summary.json")).expect("written");
    let read: Summary = serde_json::from_str(&json).expect("valid");
    assert_eq!(read.series.len(), second.summary.series.len());
    assert_eq!(read.missing, second.summary.missing);
    assert_eq!(read.warnings, second.summary.warnings);
}

#[test]
fn the_words_of_every_chart_lie_on_the_page_and_apart() {
    for (name, rows) in variants() {
        assert_legible(Language::English, name, &rows);
    }
    let (name, rows) = variants().swap_remove(0);
    assert_legible(Language::Korean, &format!("{name}-ko"), &rows);
}

fn assert_legible(language: Language, name: &str, rows: &[Sample]) {
    // With the mark of the lab machine there is one thing more that must fit.
    let mut emulated = record();
    emulated
        .fingerprint
        .insert("lab_machine".to_owned(), true.into());
    let (folder, report) = report_in(language, name, &emulated, rows);
    let charts = report
        .files
        .iter()
        .filter(|file| file.extension().is_some_and(|e| e == "svg"));
    for chart in charts {
        let svg = std::fs::read_to_string(chart).expect("written");
        let (words, height) = (words(&svg), page_height(&svg));
        assert!(words.len() > 3 && height < 4000.0, "{}", chart.display());
        for (index, one) in words.iter().enumerate() {
            let place = format!("{}: {:?}", chart.display(), one.text);
            assert!(one.left >= 0.0 && one.right <= 960.0, "{place} is cut off");
            for other in &words[index + 1..] {
                assert!(!one.overlaps(other), "{place} overlaps {:?}", other.text);
            }
        }
    }
    let text = std::fs::read_to_string(folder.join("REPORT.md")).expect("written");
    for name in [
        "startup",
        "startup-phases",
        "memory",
        "io-throughput",
        "io-latency",
    ] {
        let chart = format!("charts/{name}.svg");
        assert_eq!(
            text.contains(&chart),
            folder.join(&chart).exists(),
            "{chart} in {text}"
        );
    }
}

/// Runs of all shapes.
fn variants() -> Vec<(&'static str, Vec<Sample>)> {
    let three = [&NATIVE, &CONTAINER, &MICROVM];
    let named = |backend, startup_ns, slowdown| Shape {
        backend,
        startup_ns,
        slowdown,
        overhead_bytes: startup_ns,
        ..MICROVM
    };
    let six = [
        &NATIVE,
        &CONTAINER,
        &MICROVM,
        &named("linux-vm", 180_000_000.0, 1.3),
        &named("cloud-hypervisor", 20_000_000.0, 1.5),
        &named("gvisor", 90_000_000.0, 40.0),
    ];
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

    let mut extreme = usual(
        &[&named("native", 0.0, 0.002), &named("microvm", 90e6, 900.0)],
        7,
    );
    for row in &mut extreme.rows {
        // Memory that the host gained meanwhile, and startup from 100 ns to 100 ms.
        if row.metric == "memory.available_delta_bytes" {
            row.value = Some(-3_000_000.0);
        }
        if row.backend == "native" && row.unit == Unit::Ns && row.experiment == "startup" {
            row.value = row.value.map(|value| (value / 8_000.0).round());
        }
    }
    vec![
        ("three", usual(&three, 7).rows),
        ("quick", usual(&three, 3).rows),
        ("single-round", usual(&three, 1).rows),
        ("one", usual(&[&NATIVE], 7).rows),
        ("without-native", usual(&[&CONTAINER, &MICROVM], 7).rows),
        ("six", usual(&six, 7).rows),
        ("failing", failing.rows),
        ("extreme", extreme.rows),
    ]
}

#[test]
fn a_run_on_the_lab_machine_says_that_its_times_mean_nothing() {
    let mut lab = record();
    lab.fingerprint
        .insert("lab_machine".to_owned(), true.into());
    let (folder, made) = report("lab", &lab, &usual(&[&NATIVE, &MICROVM], 6).rows);
    let text = std::fs::read_to_string(folder.join("REPORT.md")).expect("written");
    assert!(text.contains("**Emulated: times are not representative."));
    let experiments = [
        "STARTUP",
        "MEMORY",
        "IO",
        "CPU",
        "SYSCALL",
        "ABLATION",
        "DENSITY",
        "SCALEOUT",
        "SERVICE",
        "NEIGHBOUR",
        "ELASTICITY",
        "ISOLATION",
        "PORTABILITY",
    ];
    for experiment in experiments {
        let title = format!("{experiment} (emulated: times are not representative)\n");
        assert!(made.table.contains(&title), "{}", made.table);
    }
    let charts = made.files.iter();
    let charts: Vec<_> = charts
        .filter(|file| file.extension().is_some_and(|end| end == "svg"))
        .collect();
    assert_eq!(charts.len(), 21);
    for chart in charts {
        let svg = std::fs::read_to_string(chart).expect("written");
        assert!(svg.contains("emulated: times"), "{}", chart.display());
    }
}

#[test]
fn a_folder_without_a_run_is_an_error_that_names_the_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let error = write_all(folder.path(), Language::English).expect_err("there is nothing");
    assert!(error.to_string().contains("run.json"), "{error}");
}

#[test]
fn every_column_and_every_metric_is_explained_in_the_results_folder() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../results/README.md");
    let text = std::fs::read_to_string(readme).expect("it is there");
    let metrics = metrics::all().filter_map(|metric| metric.name.split_once('.'));
    for name in COLUMNS.into_iter().chain(metrics.map(|(_, name)| name)) {
        let alone = text.contains(&format!("`{name}`"));
        assert!(alone || text.contains(&format!(".{name}`")), "{name}");
    }
}
