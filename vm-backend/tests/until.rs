//! A start that stops after one of its steps: it has done these steps and no other, it runs nothing, and it leaves nothing.

mod support;

use std::path::{Path, PathBuf};

use support::{compile, has_kvm, run};

const STEPS: [&str; 11] = [
    "open-files",
    "create-vm",
    "memory",
    "irqchip",
    "create-vcpu",
    "cpuid",
    "load-kernel",
    "load-program",
    "tables",
    "registers",
    "sandbox-ready",
];

fn program() -> PathBuf {
    compile("cc", &["-O1", "-static"], "endings.c")
}

/// The steps that the launcher has marked.
fn marked(options: &[&str], program: &Path) -> Vec<String> {
    let options = [options, &["--timeline", "2"]].concat();
    let ended = run(&options, program, &["exit", "7"]).expect_code(0);
    assert_eq!(ended.out, "", "nothing runs");
    let marks = ended.err.lines().filter(|line| line.starts_with("mark "));
    marks
        .filter_map(|line| line.split(' ').nth(3).map(str::to_owned))
        .filter(|step| step != "start")
        .collect()
}

#[test]
fn a_start_stops_after_the_step_that_was_named() {
    if !has_kvm() {
        return;
    }
    let program = program();
    for (index, step) in STEPS.iter().enumerate() {
        let marked = marked(&["--irqchip", "split", "--until", step], &program);
        assert_eq!(marked, STEPS[..=index]);
    }
}

#[test]
fn without_interrupt_controllers_there_is_no_such_step() {
    if !has_kvm() {
        return;
    }
    let marked = marked(&["--until", "create-vcpu"], &program());
    assert_eq!(marked, ["open-files", "create-vm", "memory", "create-vcpu"]);
}

#[test]
fn a_program_runs_whatever_interrupt_controllers_and_pages_there_are() {
    if !has_kvm() {
        return;
    }
    let program = program();
    for options in [
        &["--irqchip", "none"][..],
        &["--irqchip", "split"],
        &["--irqchip", "full"],
        &["--prefault"],
        &["--no-huge-pages"],
        &["--prefault", "--no-huge-pages"],
    ] {
        run(options, &program, &["exit", "7"]).expect_code(7);
    }
}

#[test]
fn memory_that_is_never_used_may_be_4_gib() {
    if !has_kvm() {
        return;
    }
    let program = program();
    marked(&["--memory", "4G", "--until", "memory"], &program);
    let refused = run(&["--memory", "4G"], &program, &["exit", "7"]).expect_code(125);
    assert!(refused.err.contains("too much"), "{refused:#?}");
    let refused = run(
        &["--memory", "4G", "--until", "cpuid"],
        &program,
        &["exit", "7"],
    );
    refused.expect_code(125);
}
