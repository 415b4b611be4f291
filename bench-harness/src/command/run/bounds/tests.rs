use std::collections::BTreeSet;

use clap::{CommandFactory, Parser};
use serde_json::Value;

use super::*;
use crate::cli::{Command, LowArgs};

/// Each flag with a value that isn't its default, where the plan has it and how, and a value that is out of its range.
const FLAGS: &str = r#"
memory-budget | 1G | /memory_budget | "1073741824 B" | 90%
disk-budget | 7% | /disk_budget | "7 %" | 81%
timeout | 7 | /timeout_s | 7 | 3601
output-limit | 2M | /output_bytes | 2097152 | 2G
memory-copies | 3 | /memory_copies | 3 | 65
io-size | 8M | /io_size_bytes | 8388608 | 1000
io-duration | 7 | /io_duration_ms | 7 | 60001
cpu-memory | 8M | /cpu_memory_bytes | 8388608 | 1M
syscall-duration | 7 | /syscall_duration_ms | 7 | 10001
syscall-memory | 2M | /syscall_memory_bytes | 2097152 | 2G
ablation-memory | 1G | /ablation_memory_bytes | 1073741824 | 5G
density-instances | 3 | /density_instances | 3 | 129
scaleout-starts | 3 | /scaleout_starts | 3 | 301
scaleout-parallel | 3 | /scaleout_parallel | 3 | 17
service-requests | 3 | /service_requests | 3 | 100001
elasticity-memory | 48M | /elasticity_memory_bytes | 50331648 | 31M
neighbours | 3 | /neighbours/instances | 3 | 257
neighbour-duration | 7 | /neighbours/duration_ms | 7 | 10001
neighbour-units | 7 | /neighbours/least_units | 7 | 10001
neighbour-memory | 8M | /neighbours/memory_bytes | 8388608 | 2G
neighbour-file | 8M | /neighbours/file_bytes | 8388608 | 0
neighbour-cpus | 0.5 | /neighbours/limit_cpus | 0.5 | 2
neighbour-memory-limit | 8M | /neighbours/limit_memory_bytes | 8388608 | 2G
neighbour-disk-limit | 8M | /neighbours/limit_disk_bytes_per_s | 8388608 | 20G
offender-processes | 7 | /neighbours/processes | 7 | 201
offender-memory | 8M | /neighbours/excess_bytes | 8388608 | 1G
"#;

fn flags() -> impl Iterator<Item = [&'static str; 5]> {
    FLAGS.trim().lines().map(|line| {
        let cells: Vec<&str> = line.split(" | ").collect();
        cells.try_into().unwrap()
    })
}

fn typed(words: &[&str]) -> Result<Value, clap::Error> {
    let all = ["isolab", "run"].iter().chain(words);
    let Command::Run(run) = LowArgs::try_parse_from(all)?.command else {
        panic!("it is a run");
    };
    Ok(serde_json::to_value(parameters(&run.bounds, Effort::Full)).unwrap())
}

#[test]
fn each_bound_is_what_was_typed_and_stands_in_the_plan() {
    let usual = typed(&[]).unwrap();
    for [flag, value, place, expected, _] in flags() {
        let expected: Value = serde_json::from_str(expected).unwrap();
        let found = typed(&[&format!("--{flag}"), value]).unwrap();
        assert_eq!(found.pointer(place), Some(&expected), "--{flag}");
        assert_ne!(usual.pointer(place), Some(&expected), "--{flag}");
    }
}

#[test]
fn what_is_out_of_range_is_refused() {
    for [flag, _, _, _, wrong] in flags() {
        let error = typed(&[&format!("--{flag}"), wrong]).unwrap_err();
        assert!(error.to_string().contains(flag), "{error}");
    }
}

#[test]
fn no_bound_is_without_a_test_and_each_tells_its_default() {
    let command = LowArgs::command();
    let run = command.find_subcommand("run").unwrap();
    let bounds = run
        .get_arguments()
        .filter(|one| one.get_help_heading() == Some("Bounds"));
    let mut found = BTreeSet::new();
    for bound in bounds {
        let help = bound.get_help().unwrap().to_string();
        let has_default = help.contains("[default: ") || !bound.get_default_values().is_empty();
        assert!(has_default, "{help}");
        found.insert(bound.get_long().unwrap());
    }
    // Decides which cases there are, and is tested with the plan.
    let mut expected: BTreeSet<&str> = flags().map(|[flag, ..]| flag).collect();
    expected.insert("service-instances");
    assert_eq!(found, expected);
}
