use super::*;

/// A hundred requests to two instances in half a second.
fn served() -> Served {
    Served {
        elapsed_ns: 500_000_000,
        latencies_ns: (1..=100).map(|n| f64::from(n) * 1000.0).collect(),
        shares: vec![60, 40],
        balancer_cpu_ns: 50_000_000,
        cpu_ns: Ok(900_000_000),
        exits: Some(1250),
    }
}

fn value(measured: &[Measurement], metric: &str) -> f64 {
    let found = measured.iter().find(|one| one.metric == metric).unwrap();
    *found.value.as_ref().unwrap()
}

#[test]
fn the_rate_is_all_requests_by_the_whole_time_and_latencies_are_each_ones_own() {
    let measured = of_loop(&served()).unwrap();
    for (metric, expected) in [
        ("service.requests_per_s", 200.0),
        ("service.latency_p50_ns", 50_000.0),
        ("service.latency_p99_ns", 99_000.0),
        ("service.host_cpu_ns_per_request", 9e6),
        ("service.least_share_ratio", 0.8),
        ("service.harness_cpu_ratio", 0.1),
    ] {
        assert_eq!(value(&measured, metric), expected, "{metric}");
    }
    assert_eq!(measured[0].warning, None);
}

#[test]
fn a_balancer_that_is_busy_itself_is_a_warning_and_cpu_time_may_be_missing() {
    let busy = Served {
        balancer_cpu_ns: 300_000_000,
        cpu_ns: Err("no schedstat".to_owned()),
        ..served()
    };
    let measured = of_loop(&busy).unwrap();
    assert!(
        measured[0]
            .warning
            .as_ref()
            .unwrap()
            .contains("60 % of a CPU")
    );
    assert!(measured[3].value.is_err());
}

#[test]
fn exits_are_those_beyond_a_life_without_requests() {
    let idle = Served {
        exits: Some(1050),
        ..served()
    };
    let exits = exits_per_request(&served(), &idle).unwrap();
    assert_eq!(exits.value, Ok(2.0));
    let process = Served {
        exits: None,
        ..served()
    };
    assert_eq!(exits_per_request(&process, &process), None);
}

#[test]
fn the_name_of_a_case_says_how_many_instances_there_are() {
    for (case, instances) in CASES {
        assert_eq!(case, format!("instances-{instances}"));
        assert_eq!(Service.instances(case), Some(instances));
    }
}
