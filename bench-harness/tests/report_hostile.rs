//! A samples file may come from anywhere: whatever it names and however large its numbers, it is reported or refused.

use bench_harness::language::Language;
use bench_harness::report::write_all;
use bench_harness::sample::{COLUMNS, Outcome, Sample, TRIAL, Unit};
use bench_harness::store::{RunDir, RunRecord, SAMPLES_FILE};
use proptest::prelude::*;

/// Real metrics, so that each chart is drawn, and any other text.
fn metric() -> impl Strategy<Value = String> {
    let known = [
        "startup.first_ns",
        "startup.total_ns",
        "startup.mark.init.proc_ns",
        "startup.mark._ns",
        "memory.pss_bytes",
        "memory.overhead_bytes",
        "memory.available_delta_bytes",
        "io.lat_p50_ns",
        "io.bandwidth_bytes_per_s",
    ];
    prop_oneof![
        proptest::sample::select(known.to_vec()).prop_map(str::to_owned),
        "[^\r\n\0]{1,12}"
    ]
}

fn row() -> impl Strategy<Value = Sample> {
    let cases = [
        "hello",
        "touched-8",
        "touched-99999999",
        "direct-randread-4k",
        "direct-seqread-1m",
        "<b>|`",
    ];
    let backends = ["native", "container", "</text><script>", "a & b | c"];
    let value = prop_oneof![
        Just(0.0),
        -1e3..1e3_f64,
        1e3..1e12_f64,
        proptest::num::f64::NORMAL | proptest::num::f64::SUBNORMAL,
    ];
    let words = (
        metric(),
        proptest::sample::select(cases.to_vec()),
        proptest::sample::select(backends.to_vec()),
    );
    (
        words,
        0..12_u32,
        value,
        proptest::option::weighted(0.1, "[^\0]{0,30}"),
    )
        .prop_map(|((metric, case, backend), round, value, failure)| Sample {
            run_id: "hostile".to_owned(),
            experiment: metric
                .split('.')
                .next()
                .filter(|word| !word.is_empty())
                .unwrap_or("x")
                .to_owned(),
            case: case.to_owned(),
            backend: backend.to_owned(),
            unit: if metric.ends_with("_ns") {
                Unit::Ns
            } else {
                Unit::Bytes
            },
            round,
            outcome: if failure.is_some() {
                Outcome::Failed
            } else {
                Outcome::Ok
            },
            value: failure.is_none().then_some(value),
            metric: if failure.is_some() {
                TRIAL.to_owned()
            } else {
                metric
            },
            note: failure.unwrap_or_default(),
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_samples_give_a_report_whose_pictures_hold_no_foreign_elements(
        rows in proptest::collection::vec(row(), 1..60)
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        let run = RunDir::create(folder.path()).expect("it is empty");
        run.write_record(&RunRecord::default()).expect("written");
        let mut writer = run.append_samples().expect("opened");
        rows.iter().for_each(|row| writer.append(row).expect("appended"));
        let report = write_all(folder.path(), Language::English).expect("reported");
        for file in report.files {
            let text = std::fs::read_to_string(&file).expect("readable");
            if file.extension().is_some_and(|extension| extension == "svg") {
                for word in ["<script", "NaN", "\"inf"] {
                    prop_assert!(!text.contains(word), "{word} in {}", file.display());
                }
            }
        }
    }

    #[test]
    fn any_file_in_the_place_of_the_samples_gives_a_report_or_an_error(bytes: Vec<u8>) {
        let folder = tempfile::tempdir().expect("a folder");
        let run = RunDir::create(folder.path()).expect("it is empty");
        run.write_record(&RunRecord::default()).expect("written");
        let mut content = format!("{}\n", COLUMNS.join(",")).into_bytes();
        content.extend(bytes);
        std::fs::write(folder.path().join(SAMPLES_FILE), content).expect("written");
        if let Err(error) = write_all(folder.path(), Language::English) {
            prop_assert!(error.to_string().contains("samples.csv"), "{error}");
        }
    }
}
