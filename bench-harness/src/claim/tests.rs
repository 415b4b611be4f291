use super::*;
use crate::sample::{Outcome, Sample, Unit};
use crate::summary::Summary;

fn part(truth: Truth) -> Part {
    Part {
        statement: Said::key("truth-holds"),
        truth,
        numbers: Vec::new(),
        facts: Vec::new(),
    }
}

fn untested() -> Truth {
    Truth::Untested {
        reason: String::new(),
    }
}

#[test]
fn parts_that_contradict_each_other_make_it_depend_whatever_else_is_open() {
    let parts = [
        part(Truth::Holds),
        part(Truth::Fails),
        part(Truth::Unclear { more_rounds: 9 }),
    ];
    assert_eq!(Verdict::of(&parts), Verdict::Depends);
}

#[test]
fn an_open_part_leaves_the_claim_open_and_asks_for_its_rounds() {
    let parts = [
        part(Truth::Holds),
        part(Truth::Unclear { more_rounds: 9 }),
        part(Truth::Unclear { more_rounds: 30 }),
    ];
    let more_rounds = 30;
    assert_eq!(Verdict::of(&parts), Verdict::Inconclusive { more_rounds });
}

#[test]
fn parts_without_numbers_decide_nothing() {
    assert_eq!(Verdict::of(&[part(untested())]), Verdict::NotTestable);
    assert_eq!(Verdict::of(&[]), Verdict::NotTestable);
    let holds = [part(untested()), part(Truth::Holds)];
    assert_eq!(Verdict::of(&holds), Verdict::Supported);
}

#[test]
fn a_claim_is_not_contradicted_while_a_part_that_might_hold_is_untested() {
    let fails = [part(untested()), part(Truth::Fails)];
    assert_eq!(Verdict::of(&fails), Verdict::NotTestable);
    assert_eq!(Verdict::of(&fails[1..]), Verdict::Contradicted);
}

/// Experiment, case, metric, unit, and each backend's value.
type Metric<'a> = (&'a str, &'a str, &'a str, Unit, &'a [(&'a str, f64)]);

/// A run in which each backend's values of each metric lie within half a percent of what is given.
fn run(metrics: &[Metric]) -> Vec<Sample> {
    let mut samples = Vec::new();
    for (experiment, case, metric, unit, backends) in metrics {
        for (backend, value) in *backends {
            for round in 0..20 {
                let jitter = 1.0 + (f64::from(round * 7 % 11) - 5.0) / 1000.0;
                samples.push(Sample {
                    run_id: "synthetic".to_owned(),
                    experiment: (*experiment).to_owned(),
                    case: (*case).to_owned(),
                    backend: (*backend).to_owned(),
                    metric: (*metric).to_owned(),
                    unit: *unit,
                    round,
                    outcome: Outcome::Ok,
                    value: Some(value * jitter),
                    note: String::new(),
                });
            }
        }
    }
    samples
}

fn card_of(id: &str, samples: &[Sample]) -> Card {
    let summary = Summary::of(samples, 1);
    let claim = ALL.iter().find(|claim| claim.id() == id).unwrap();
    card(*claim, &Evidence::of(&summary, samples, 1))
}

const READY: &str = "startup.ready_ns";

fn startup(backends: &[(&str, f64)]) -> Card {
    card_of(
        "c2",
        &run(&[("startup", "hello", READY, Unit::Ns, backends)]),
    )
}

#[test]
fn a_container_that_beats_every_vm_supports_the_claim() {
    let card = startup(&[
        ("container", 3e6),
        ("microvm", 5e6),
        ("linux-vm-cloud", 9e8),
    ]);
    assert_eq!(card.verdict, Verdict::Supported);
    // No boot was measured: nothing is said of it.
    assert_eq!(card.reason, None);
}

#[test]
fn a_vm_without_a_system_that_is_as_fast_makes_it_depend_and_the_boot_explains_it() {
    let starts = [
        ("container", 3e6),
        ("microvm", 3e6),
        ("linux-vm-cloud", 9e8),
    ];
    let boots = [("linux-vm-cloud", 8e8)];
    let samples = run(&[
        ("startup", "hello", READY, Unit::Ns, &starts),
        (
            "startup",
            "hello",
            "startup.phase.guest.kernel-boot_ns",
            Unit::Ns,
            &boots,
        ),
    ]);
    let card = card_of("c2", &samples);
    assert_eq!(card.verdict, Verdict::Depends);
    assert_eq!(card.reason.unwrap().key, "claims-c2-why-boot");
}

#[test]
fn a_container_slower_than_every_vm_contradicts_the_claim() {
    let card = startup(&[
        ("container", 8e6),
        ("microvm", 3e6),
        ("linux-vm-small", 4e6),
    ]);
    assert_eq!(card.verdict, Verdict::Contradicted);
}

#[test]
fn without_any_vm_the_claim_is_not_testable() {
    let card = startup(&[("native", 1e6), ("container", 3e6)]);
    assert_eq!(card.verdict, Verdict::NotTestable);
}

#[test]
fn io_that_costs_per_operation_and_not_per_byte_depends_and_is_explained_by_exits() {
    let latency = [("native", 40e3), ("container", 40e3), ("microvm", 80e3)];
    let throughput = [("native", 2e9), ("container", 2e9), ("microvm", 2e9)];
    let samples = run(&[
        (
            "io",
            "direct-randread-4k",
            "io.lat_p50_ns",
            Unit::Ns,
            &latency,
        ),
        (
            "io",
            "direct-seqread-1m",
            "io.bandwidth_bytes_per_s",
            Unit::BytesPerS,
            &throughput,
        ),
        (
            "io",
            "direct-randread-4k",
            "io.exits_per_op",
            Unit::Ratio,
            &[("microvm", 1.0)],
        ),
    ]);
    let card = card_of("c3", &samples);
    assert_eq!(card.verdict, Verdict::Depends, "{card:#?}");
    assert_eq!(card.reason.unwrap().key, "claims-c3-why-exits");
}

#[test]
fn each_claim_and_all_that_it_says_has_a_text() {
    use crate::language::{Language, Messages};
    let messages = Messages::of(Language::English);
    let summary = Summary::of(&[], 1);
    let nothing = Evidence::of(&summary, &[], 1);
    for claim in ALL {
        let key = format!("claims-{}", claim.id());
        assert!(messages.find(&key, &[]).is_some(), "{key}");
        assert!(
            messages.find(&format!("{key}.not"), &[]).is_some(),
            "{key}.not"
        );
        for part in claim.parts(&nothing) {
            let key = part.statement.key;
            assert!(messages.find(&key, &[]).is_some(), "{key}");
        }
        let card = card(*claim, &nothing);
        assert_eq!(card.verdict, Verdict::NotTestable, "{key}");
        assert!(
            messages
                .find(card.verdict.key(), &[("rounds", "1")])
                .is_some()
        );
    }
}
