use super::*;
use crate::sample::{TRIAL, Unit, WARNING_PREFIX};
use crate::stats::verdict::Verdict;

fn samples(metric: &str, backend: &str, values: &[f64]) -> Vec<Sample> {
    let experiment = metric.split('.').next().unwrap();
    let rounds = values.iter().enumerate();
    let one = |(round, value): (usize, &f64)| Sample {
        run_id: "r".to_owned(),
        experiment: experiment.to_owned(),
        case: "c".to_owned(),
        backend: backend.to_owned(),
        metric: metric.to_owned(),
        unit: Unit::Ns,
        round: u32::try_from(round).unwrap(),
        outcome: Outcome::Ok,
        value: Some(*value),
        note: String::new(),
    };
    rounds.map(one).collect()
}

fn without_value(backend: &str, outcome: Outcome, note: &str) -> Sample {
    Sample {
        metric: TRIAL.to_owned(),
        outcome,
        value: None,
        note: note.to_owned(),
        ..samples("startup.first_ns", backend, &[0.0]).remove(0)
    }
}

#[test]
fn a_series_is_summarized_with_its_outliers_and_its_ratio() {
    let native: Vec<f64> = (0..12).map(|i| 100.0 + f64::from(i)).collect();
    let mut container: Vec<f64> = native.iter().map(|value| 3.0 * value).collect();
    container[4] = 9000.0;
    let mut rows = samples("startup.first_ns", "container", &container);
    rows.extend(samples("startup.first_ns", "native", &native));
    let summary = Summary::of(&rows, 1);

    let backends: Vec<&str> = summary.series.iter().map(|s| s.backend.as_str()).collect();
    assert_eq!(backends, ["native", "container"]);
    assert_eq!(summary.series[0].vs_native, None);
    let statistics = &summary.series[1].statistics;
    assert_eq!(statistics.n, 12);
    assert_eq!(statistics.median, 319.5);
    assert_eq!((statistics.min, statistics.max), (300.0, 9000.0));
    assert_eq!(statistics.outlier_rounds, [4]);
    let comparison = summary.series[1].vs_native.as_ref().unwrap();
    assert!((comparison.ratio - 319.5 / 105.5).abs() < 1e-9);
    assert_eq!(comparison.verdict, Verdict::Worse);
}

#[test]
fn failures_are_counted_with_their_reason_and_enter_no_median() {
    let mut rows = samples("startup.first_ns", "microvm", &[5.0, 7.0]);
    rows.push(without_value("microvm", Outcome::Timeout, "after 10 s"));
    rows.push(without_value("microvm", Outcome::Timeout, "after 10 s"));
    rows.push(without_value("linux-vm", Outcome::Unsupported, "no kernel"));
    let summary = Summary::of(&rows, 1);
    assert_eq!(summary.series.len(), 1);
    assert_eq!(summary.series[0].statistics.median, 6.0);
    let counted: Vec<_> = summary
        .missing
        .iter()
        .map(|m| (m.outcome, m.rounds))
        .collect();
    assert_eq!(counted, [(Outcome::Timeout, 2), (Outcome::Unsupported, 1)]);
    assert_eq!(summary.missing[1].reason, "no kernel");
    assert_eq!(summary.backends(), ["microvm", "linux-vm"]);
}

#[test]
fn one_or_two_values_are_inconclusive_and_have_no_interval() {
    for count in [1, 2] {
        let mut rows = samples("startup.first_ns", "native", &[10.0, 11.0][..count]);
        rows.extend(samples(
            "startup.first_ns",
            "container",
            &[90.0, 91.0][..count],
        ));
        let summary = Summary::of(&rows, 1);
        assert_eq!(summary.series[1].statistics.interval, None);
        let comparison = summary.series[1].vs_native.as_ref().unwrap();
        assert!(matches!(comparison.verdict, Verdict::Inconclusive { .. }));
    }
}

#[test]
fn io_that_beats_native_is_a_warning_with_and_without_enough_rounds_for_an_interval() {
    for rounds in [3, 20] {
        let native: Vec<f64> = (0..rounds).map(|i| 100.0 + f64::from(i % 3)).collect();
        let faster: Vec<f64> = native.iter().map(|value| value / 2.0).collect();
        let mut rows = samples("io.lat_p50_ns", "native", &native);
        rows.extend(samples("io.lat_p50_ns", "microvm", &faster));
        rows.extend(samples("io.lat_p50_ns", "container", &native));
        let warnings = Summary::of(&rows, 1).warnings;
        assert_eq!(warnings.len(), 1, "{rounds} rounds: {warnings:?}");
        assert_eq!(warnings[0].backend, "microvm");
        assert!(
            warnings[0]
                .text
                .starts_with("faster than native (latency p50 0.50 ×)")
        );
    }
}

#[test]
fn more_throughput_than_native_is_suspicious_but_less_is_not() {
    let native = vec![100.0; 10];
    let mut rows = samples("io.bandwidth_bytes_per_s", "native", &native);
    rows.extend(samples(
        "io.bandwidth_bytes_per_s",
        "container",
        &[150.0; 10],
    ));
    rows.extend(samples("io.bandwidth_bytes_per_s", "microvm", &[50.0; 10]));
    let warnings = Summary::of(&rows, 1).warnings;
    assert_eq!(warnings.len(), 1);
    assert_eq!(warnings[0].backend, "container");
}

#[test]
fn warnings_in_notes_are_carried_and_those_that_differ_in_numbers_are_one() {
    let mut rows = samples("io.ops", "microvm", &[1.0, 1.0]);
    for (index, row) in rows.iter_mut().enumerate() {
        row.note = format!("{WARNING_PREFIX}the host read {index} bytes");
    }
    let warnings = Summary::of(&rows, 1).warnings;
    assert_eq!(warnings.len(), 1);
    assert_eq!(
        warnings[0].text,
        "the host read 0 bytes (the like in 2 rounds)"
    );
}

#[test]
fn a_series_has_the_same_interval_whatever_else_was_measured() {
    let values: Vec<f64> = (0..20).map(|i| f64::from(i * i)).collect();
    let alone = samples("startup.first_ns", "native", &values);
    let mut beside = samples("memory.rss_bytes", "native", &values);
    beside.extend(alone.clone());
    let interval = |rows: &[Sample]| {
        let summary = Summary::of(rows, 1);
        let series = summary.find("startup", "c", "startup.first_ns", "native");
        series.unwrap().statistics.interval
    };
    assert_eq!(interval(&alone), interval(&beside));
}

#[test]
fn a_median_of_zero_has_no_ratio() {
    let mut rows = samples("memory.overhead_bytes", "native", &[0.0; 8]);
    rows.extend(samples("memory.overhead_bytes", "microvm", &[9.0; 8]));
    let summary = Summary::of(&rows, 1);
    assert_eq!(summary.series[1].vs_native, None);
}

#[test]
fn the_summary_survives_being_written_as_json() {
    let mut rows = samples(
        "startup.first_ns",
        "native",
        &[1.0, 2.0, 4.5, 3.0, 2.5, 2.5, 2.0],
    );
    rows.push(without_value("microvm", Outcome::Failed, "KVM_RUN: EINTR"));
    let summary = Summary::of(&rows, 1);
    let text = serde_json::to_string(&summary).unwrap();
    assert_eq!(serde_json::from_str::<Summary>(&text).unwrap(), summary);
}

#[test]
fn a_busy_machine_is_a_warning_and_an_idle_one_is_not() {
    let warnings = |load: &str| {
        let text = format!(r#"{{"fingerprint": {{"cpu_count": 2, "load_at_start": "{load}"}}}}"#);
        validity::of_machine(&serde_json::from_str(&text).unwrap())
    };
    assert!(warnings("0.90").is_empty());
    assert!(warnings("1.20")[0].text.contains("load 1.20 on 2 CPUs"));
    assert!(validity::of_machine(&crate::store::RunRecord::default()).is_empty());
}

#[test]
fn a_peer_that_does_less_is_a_warning_that_names_it() {
    let text =
        r#"{"plan": {"peers": {"half": {"shortfall": "no cgroups"}, "whole": {"path": "/x"}}}}"#;
    let warnings = validity::of_machine(&serde_json::from_str(text).unwrap());
    let found: Vec<_> = warnings
        .iter()
        .map(|warning| (warning.backend.as_str(), warning.text.as_str()))
        .collect();
    assert_eq!(found, [("half", "no cgroups")]);
}
