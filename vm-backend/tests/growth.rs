//! `--control`: a machine gets more memory while it runs, and the program in it can use it.

#![allow(
    clippy::unwrap_used,
    reason = "clippy's exemption for tests does not reach the functions that tests share"
)]

#[path = "support/growing.rs"]
mod growing;
mod support;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use growing::Growing;
use support::{compile, has_kvm};

fn program() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| compile("cc", &["-O1", "-Wall", "-static"], "grow.c"))
}

/// A machine that takes all its memory, says how many MiB it could take, and waits.
fn start(most: &str) -> Growing {
    Growing::start(&[], "32M", most, program())
}

#[test]
fn a_running_machine_gets_memory_twice_and_all_of_it_is_used() {
    if !has_kvm() {
        return;
    }
    let mut machine = start("128M");
    let first = machine.number();
    assert!((20..32).contains(&first), "{first}");
    assert_eq!(machine.order("+"), 0, "before anybody has asked");
    machine.resize(64);
    assert_eq!(machine.order("+"), 32);
    machine.resize(128);
    assert_eq!(machine.order("+"), 64);
    assert_eq!(machine.end(), Some(0));
}

#[test]
fn more_than_memory_max_is_refused_and_the_machine_goes_on() {
    if !has_kvm() {
        return;
    }
    let mut machine = start("48M");
    machine.number();
    let answer = machine.ask(&format!("memory {}", 64 << 20));
    assert!(answer.contains("error: --memory-max is"), "{answer}");
    assert!(machine.ask("hello").contains("a request is"));
    assert_eq!(machine.order("+"), 0);
    assert_eq!(machine.end(), Some(0));
}

#[test]
fn a_machine_that_nobody_controls_any_more_runs_to_its_end() {
    if !has_kvm() {
        return;
    }
    let mut machine = start("48M");
    machine.number();
    machine.let_alone();
    assert_eq!(machine.order("+"), 0);
    assert_eq!(machine.end(), Some(0));
}
