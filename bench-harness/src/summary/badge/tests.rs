use std::collections::BTreeSet;

use super::*;
use crate::language::{Language, Messages};
use crate::store::RunRecord;
use crate::summary::Summary;
use crate::summary::tests::{samples, without_value};

fn kinds(badges: &[Badge]) -> Vec<Kind> {
    badges.iter().map(|badge| badge.kind).collect()
}

fn of_machine(record: &str) -> Vec<Kind> {
    kinds(&super::of_machine(
        &serde_json::from_str::<RunRecord>(record).unwrap(),
    ))
}

#[test]
fn every_kind_is_listed_once_and_has_a_name_a_meaning_and_a_command_in_both_languages() {
    let keys: BTreeSet<&str> = Kind::ALL.into_iter().map(Kind::key).collect();
    assert_eq!(keys.len(), Kind::ALL.len());
    for language in [Language::English, Language::Korean] {
        let messages = Messages::of(language);
        for key in &keys {
            for end in ["", ".meaning", ".next"] {
                assert!(
                    messages.find(&format!("{key}{end}"), &[]).is_some(),
                    "{key}{end}"
                );
            }
        }
    }
}

#[test]
fn a_steady_idle_machine_has_no_badge_and_neither_has_a_run_that_recorded_nothing() {
    let calm = r#"{"fingerprint": {"in_vm": false, "cpu_count": 2, "load_at_start": "0.90", "governor": "performance",
        "clocksource": "tsc", "on_battery": false},
        "watched": {"other_cpu_share": 0.05, "steal_share": 0.0, "throttled_ns": 0, "swapped_in_pages": 0,
        "swapped_out_pages": 0, "clocksource_at_end": "tsc", "on_battery_at_end": false}}"#;
    assert_eq!(of_machine(calm), []);
    assert_eq!(of_machine("{}"), []);
}

#[test]
fn each_trouble_of_a_machine_has_its_badge() {
    let one = |fingerprint: &str, watched: &str| {
        of_machine(&format!(
            r#"{{"fingerprint": {{{fingerprint}}}, "watched": {{{watched}}}}}"#
        ))
    };
    assert_eq!(
        one(r#""lab_machine": true, "in_vm": true"#, ""),
        [Kind::Emulated]
    );
    assert_eq!(one(r#""in_vm": true"#, ""), [Kind::Nested]);
    assert_eq!(
        one(r#""cpu_count": 2, "load_at_start": "1.20""#, ""),
        [Kind::Load]
    );
    assert_eq!(one("", r#""other_cpu_share": 0.2"#), [Kind::Load]);
    assert_eq!(one("", r#""steal_share": 0.03"#), [Kind::Steal]);
    assert_eq!(one("", r#""throttled_ns": 5000000"#), [Kind::Throttled]);
    assert_eq!(one("", r#""swapped_out_pages": 7"#), [Kind::Swap]);
    assert_eq!(one(r#""on_battery": true"#, ""), [Kind::Battery]);
    assert_eq!(one("", r#""on_battery_at_end": true"#), [Kind::Battery]);
    assert_eq!(one(r#""governor": "powersave""#, ""), [Kind::Governor]);
    assert_eq!(one(r#""clocksource": "hpet""#, ""), [Kind::Clock]);
    assert_eq!(
        one(r#""clocksource": "tsc""#, r#""clocksource_at_end": "hpet""#),
        [Kind::Clock]
    );
}

#[test]
fn a_peer_that_does_less_has_a_badge_that_names_it() {
    let text =
        r#"{"plan": {"peers": {"half": {"shortfall": "no cgroups"}, "whole": {"path": "/x"}}}}"#;
    let badges = super::of_machine(&serde_json::from_str(text).unwrap());
    assert_eq!(kinds(&badges), [Kind::Shortfall]);
    assert_eq!(badges[0].backend, "half");
    assert_eq!(badges[0].values[2].1, "no cgroups");
}

#[test]
fn io_that_beats_native_has_a_badge_with_and_without_enough_rounds_for_an_interval() {
    for rounds in [3, 20] {
        let native: Vec<f64> = (0..rounds).map(|i| 100.0 + f64::from(i % 3)).collect();
        let faster: Vec<f64> = native.iter().map(|value| value / 2.0).collect();
        let mut rows = samples("io.lat_p50_ns", "native", &native);
        rows.extend(samples("io.lat_p50_ns", "microvm", &faster));
        rows.extend(samples("io.lat_p50_ns", "container", &native));
        let badges = Summary::of(&rows, 1).badges;
        assert_eq!(kinds(&badges), [Kind::FasterThanNative], "{rounds} rounds");
        assert_eq!(badges[0].backend, "microvm");
        let ratios = ("ratios".to_owned(), "io.lat_p50_ns 0.50 ×".to_owned());
        assert!(badges[0].values.contains(&ratios), "{badges:?}");
    }
}

#[test]
fn more_throughput_than_native_is_suspicious_but_less_is_not() {
    let of = |backend, value| samples("io.bandwidth_bytes_per_s", backend, &[value; 10]);
    let rows = [
        of("native", 100.0),
        of("container", 150.0),
        of("microvm", 50.0),
    ]
    .concat();
    let badges = Summary::of(&rows, 1).badges;
    assert_eq!(kinds(&badges), [Kind::FasterThanNative]);
    assert_eq!(badges[0].backend, "container");
}

/// The badges of one case of io on a backend, the same in three rounds.
fn of_trial(case: &str, backend: &str, metrics: &[(&str, f64)]) -> Vec<Kind> {
    let of_metric = |(metric, value): &(&str, f64)| samples(metric, backend, &[*value; 3]);
    let mut rows: Vec<Sample> = metrics.iter().flat_map(of_metric).collect();
    for row in &mut rows {
        row.case = case.to_owned();
    }
    kinds(&Summary::of(&rows, 1).badges)
}

#[test]
fn a_disk_that_waits_for_the_workload_is_called_idle() {
    let depth = |elapsed: f64| {
        let metrics = [("io.elapsed_ns", elapsed), ("io.host_wall_ns", 100.0)];
        of_trial("direct-seqread-1m", "native", &metrics)
    };
    assert_eq!(depth(60.0), [Kind::QueueDepth]);
    assert_eq!(depth(80.0), []);
}

#[test]
fn what_went_through_a_cache_and_what_did_not_is_seen_by_the_hosts_counters() {
    let read = |case: &str, seen: f64| {
        of_trial(
            case,
            "microvm",
            &[("io.bytes", 1e8), ("io.host_read_bytes", seen)],
        )
    };
    assert_eq!(read("direct-randread-4k", 1e7), [Kind::PageCache]);
    assert_eq!(read("direct-randread-4k", 1e8), []);
    assert_eq!(read("buffered-randread-4k", 1e8), [Kind::PageCache]);
    assert_eq!(read("buffered-randread-4k", 1e5), []);
    let written = [("io.bytes", 1e8), ("io.host_write_bytes", 1e6)];
    assert_eq!(
        of_trial("direct-seqwrite-1m", "microvm", &written),
        [Kind::PageCache]
    );
    assert_eq!(of_trial("buffered-seqwrite-1m", "microvm", &written), []);
}

#[test]
fn a_flush_that_never_arrived_and_storage_that_has_none_are_told_apart() {
    let case = "direct-randwrite-4k";
    let flushes = |seen: f64| {
        of_trial(
            case,
            "microvm",
            &[("io.fsync_count", 40.0), ("io.host_flushes", seen)],
        )
    };
    assert_eq!(flushes(20.0), [Kind::Flush]);
    assert_eq!(flushes(40.0), []);
    assert_eq!(
        of_trial(case, "native", &[("io.fsync_p50_ns", 900.0)]),
        [Kind::NoFlush]
    );
    assert_eq!(
        of_trial(case, "native", &[("io.fsync_p50_ns", 47_000.0)]),
        []
    );
}

#[test]
fn failures_beside_results_are_a_share_and_without_results_no_badge() {
    let mut rows = samples("startup.first_ns", "microvm", &[5.0, 7.0]);
    rows.push(without_value("microvm", Outcome::Timeout, "after 10 s"));
    rows.push(without_value("container", Outcome::Failed, "always"));
    rows.push(without_value("linux-vm", Outcome::Unsupported, "no kernel"));
    let badges = Summary::of(&rows, 1).badges;
    assert_eq!(kinds(&badges), [Kind::Failed]);
    let share = [("failed", "1"), ("all", "3")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    assert_eq!(badges[0].values[2..], share);
}

#[test]
fn the_headline_of_a_case_shows_drift_of_native_and_modes_of_any_backend() {
    let wobble = |round: u32| 1e6 + 1e3 * f64::from(round * 7 % 11);
    let series = |value: fn(u32) -> f64| -> Vec<f64> {
        (0..40).map(|round| wobble(round) * value(round)).collect()
    };
    let steady = series(|_| 1.0);
    let slowing = series(|round| 1.0 + 0.005 * f64::from(round));
    let two = series(|round| f64::from(1 + round % 2));
    let run = |native: &[f64], container: &[f64]| {
        let rows = [
            samples("startup.total_ns", "native", native),
            samples("startup.total_ns", "container", container),
        ];
        kinds(&Summary::of(&rows.concat(), 1).badges)
    };
    assert_eq!(run(&steady, &steady), []);
    assert_eq!(run(&slowing, &steady), [Kind::Drift]);
    assert_eq!(run(&steady, &slowing), [], "drift is asked of native alone");
    assert_eq!(run(&steady, &two), [Kind::Bimodal]);
}

#[test]
fn a_backend_that_differs_from_itself_is_called_noisy() {
    let mut rows = samples("noise.a_ns", "microvm", &[1e6; 12]);
    rows.extend(samples("noise.b_ns", "microvm", &[1.2e6; 12]));
    let badges = Summary::of(&rows, 1).badges;
    assert_eq!(kinds(&badges), [Kind::Noisy]);
    assert!(badges[0].concerns("io"), "every comparison of it");
}

#[test]
fn a_badge_concerns_its_experiment_and_one_of_the_machine_all() {
    let of_io = Badge::at(Kind::Flush, "io", "direct-randwrite-4k", "microvm");
    assert!(of_io.concerns("io") && !of_io.concerns("startup"));
    assert!(Badge::of_run(Kind::Nested).concerns("startup"));
    let (both, one) = ([of_io, Badge::of_run(Kind::Nested)], [Kind::Nested]);
    assert_eq!(Badges::among(&both, "startup").kinds(), one);
}
