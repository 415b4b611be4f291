use std::time::Duration;

use super::*;
use crate::instance::{Consumption, Line};
use crate::timeline::Timeline;

/// A life whose work took 10 ms on the host's clock.
fn finished(inside_ns: u64) -> Finished {
    let metric = format!("metric neighbour.inside_ns ns {inside_ns}");
    let said = [
        (1_000_000, "ready"),
        (11_000_000, &metric),
        (11_000_000, "metric neighbour.unit_p50_ns ns 5"),
        (11_000_000, "done checksum=0000000000000007"),
    ];
    Finished {
        spawned_ns: 0,
        reaped_ns: 12_000_000,
        gone_ns: 12_000_000,
        used: Consumption::default(),
        lines: said
            .map(|(at_ns, text)| Line {
                at_ns,
                text: text.to_owned(),
            })
            .to_vec(),
        timeline: Timeline::default(),
        stats: None,
        first_byte_ns: None,
        exit_code: Some(0),
        checksum: 7,
    }
}

#[test]
fn a_clock_inside_that_disagrees_with_the_host_s_is_a_warning_on_every_number() {
    for (inside_ns, is_warned) in [(9_900_000, false), (11_500_000, true), (1_000_000, true)] {
        let measured = measured(&finished(inside_ns)).unwrap();
        assert_eq!(measured.len(), 2);
        assert!(
            measured
                .iter()
                .all(|one| one.warning.is_some() == is_warned),
            "{inside_ns}"
        );
    }
}

#[test]
fn how_much_and_how_long_is_measured_follows_the_bounds() {
    let mut lab = Lab::for_single_instances(Duration::from_secs(5)).unwrap();
    lab.parameters.neighbours.least_units = 7;
    lab.parameters.neighbours.duration = Duration::from_millis(3);
    lab.parameters.io_size_bytes = 4096;
    let args = unit_job(&lab, Some(Path::new("/disk"))).args.join(" ");
    assert!(
        args.starts_with("unit --units 7 --duration-ms 3 "),
        "{args}"
    );
    assert!(args.contains("--size 4096"), "{args}");
}

#[test]
fn every_noise_has_a_case_with_limits_and_every_case_a_name_of_its_own() {
    let cases = Neighbour.cases();
    for kind in ["cpu", "memory", "page-cache", "io"] {
        assert!(cases.contains(&kind), "{kind}");
        let limited = format!("{kind}-limited");
        assert!(cases.contains(&limited.as_str()), "{limited}");
    }
    let mut unique = cases.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), cases.len());
}
