//! Runs that were never measured, in which the truth of every statement was decided beforehand: does each card find it?

mod levers;

use std::collections::BTreeMap;

use proptest::prelude::*;

use self::levers::levers;
use super::*;
use crate::language::{Language, Messages};
use crate::sample::{Outcome, Sample, Unit};
use crate::summary::Summary;

/// Twenty rounds of each value; those of times and sizes differ by up to `noise`, facts don't.
fn samples(claim: &str, truths: &[Option<bool>], factor: f64, noise: f64) -> Vec<Sample> {
    let mut values: BTreeMap<(&str, &str, &str, &str), (Unit, f64)> = BTreeMap::new();
    for (lever, truth) in levers(claim).iter().zip(truths) {
        let value = match truth {
            Some(true) => Some((lever.yes)(factor)),
            Some(false) => lever.no.map(|no| no(factor)),
            None => None,
        };
        let Some(value) = value else { continue };
        for ((experiment, case, metric, unit, backend), value) in
            lever.base.iter().copied().chain([(lever.at, value)])
        {
            values.insert((experiment, case, metric, backend), (unit, value));
        }
    }
    let rows = values.into_iter().enumerate();
    rows.flat_map(|(index, (at, (unit, value)))| {
        (0..20).map(move |round| {
            let turn = f64::from((round * 7 + index as u32 * 3) % 11) / 10.0 - 0.5;
            let value = value
                * if value > 1000.0 {
                    1.0 + noise * turn
                } else {
                    1.0
                };
            sample(at, unit, round, value)
        })
    })
    .collect()
}

fn sample(at: (&str, &str, &str, &str), unit: Unit, round: u32, value: f64) -> Sample {
    Sample {
        run_id: "synthetic".to_owned(),
        experiment: at.0.to_owned(),
        case: at.1.to_owned(),
        metric: at.2.to_owned(),
        backend: at.3.to_owned(),
        unit,
        round,
        outcome: Outcome::Ok,
        value: Some(value),
        note: String::new(),
    }
}

/// The rule, said once more in other words.
fn verdict_of(truths: &[Option<bool>]) -> Verdict {
    let count = |wanted| truths.iter().filter(|truth| **truth == wanted).count();
    let (yes, no, open) = (count(Some(true)), count(Some(false)), count(None));
    match (yes, no) {
        (0, 0) => Verdict::NotTestable,
        (_, 0) => Verdict::Supported,
        (0, _) if open > 0 => Verdict::NotTestable,
        (0, _) => Verdict::Contradicted,
        _ => Verdict::Depends,
    }
}

fn card_of(claim: &dyn Claim, samples: &[Sample]) -> Card {
    let summary = Summary::of(samples, 1);
    card(claim, &Evidence::of(&summary, samples, 1))
}

/// Every reason that is given has its words, and none is given where nothing was decided.
fn assert_reason(card: &Card) {
    let is_open = matches!(
        card.verdict,
        Verdict::Inconclusive { .. } | Verdict::NotTestable
    );
    assert!(!is_open || card.reason.is_none(), "{card:#?}");
    for said in card
        .reason
        .iter()
        .chain(card.parts.iter().map(|part| &part.statement))
    {
        for language in [Language::English, Language::Korean] {
            let text = Messages::of(language).said(said);
            assert!(
                text != said.key && !text.contains("{$"),
                "{language:?}: {text}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn every_card_finds_the_truth_that_a_run_was_made_with(
        drawn in prop::collection::vec(prop::option::weighted(0.8, any::<bool>()), 7),
        factor in 1.15..6.0_f64,
        noise in 0.0..0.02_f64,
    ) {
        for claim in ALL {
            let levers = levers(claim.id());
            let truths: Vec<Option<bool>> = levers
                .iter()
                .zip(&drawn)
                .map(|(lever, truth)| truth.filter(|yes| *yes || lever.no.is_some()))
                .collect();
            let card = card_of(*claim, &samples(claim.id(), &truths, factor, noise));
            prop_assert_eq!(card.parts.len(), levers.len(), "{} has other statements", claim.id());
            let found: Vec<Option<bool>> = card.parts.iter().map(found).collect();
            prop_assert_eq!(&found, &truths, "{}: {:#?}", claim.id(), card.parts);
            prop_assert_eq!(card.verdict, verdict_of(&truths), "{}", claim.id());
            assert_reason(&card);
        }
    }

    #[test]
    fn no_card_decides_what_drowns_in_noise(factor in 1.02..1.1_f64, noise in 0.8..1.2_f64) {
        for claim in ALL {
            let truths = vec![Some(true); levers(claim.id()).len()];
            let card = card_of(*claim, &samples(claim.id(), &truths, factor, noise));
            for part in card.parts.iter().filter(|part| !part.numbers.is_empty()) {
                prop_assert!(!part.is_decided(), "{}: {part:#?}", claim.id());
            }
            assert_reason(&card);
        }
    }
}

fn found(part: &Part) -> Option<bool> {
    match part.truth {
        Truth::Holds => Some(true),
        Truth::Fails => Some(false),
        Truth::Unclear { .. } | Truth::Untested { .. } => None,
    }
}
