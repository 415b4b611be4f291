use super::*;
use crate::sample::{TRIAL, Unit, WARNING_PREFIX};
use crate::stats::verdict::Verdict;

pub(super) fn samples(metric: &str, backend: &str, values: &[f64]) -> Vec<Sample> {
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

pub(super) fn without_value(backend: &str, outcome: Outcome, note: &str) -> Sample {
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
