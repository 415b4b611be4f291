//! The machine as run.json describes it: flat, name to text, number or truth value.
//!
//! What can't be found out is left out, and never guessed. `lab_machine` is true on the emulated lab machine (its boot
//! script puts `isolab.lab` on the kernel's command line): its times mean nothing.

use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::cgroup::mounts;
use super::cpu::{self, Cpu};
use super::{cgroup_view, kernel, kvm, line, power};
use crate::lab::Lab;

/// Takes it; `io_folder` is where the file for I/O lies.
#[must_use]
pub fn take(lab: &Lab, io_folder: &Path) -> Map<String, Value> {
    let mut all = Map::new();
    add_cpu(&mut all);
    add_kernel(&mut all);
    add_memory(&mut all);
    add_cgroups(&mut all);
    add_kvm(&mut all, lab);
    if let Some((kind, source)) = kernel::filesystem_of(io_folder) {
        put(&mut all, "io_filesystem", kind);
        put(&mut all, "io_device", source);
    }
    all
}

fn put(all: &mut Map<String, Value>, name: &str, value: impl Into<Value>) {
    all.insert(name.to_owned(), value.into());
}

fn add_cpu(all: &mut Map<String, Value>) {
    let cpu = Cpu::read();
    put(all, "in_vm", cpu.in_vm());
    put(all, "hypervisor", kvm::hypervisor(&cpu));
    put(all, "cpu", cpu.model);
    put(all, "cpu_count", cpu.count);
    put(all, "cpu_flags", cpu.flags.join(" "));
    put(all, "governor", cpu::governor());
    if let Some(on_battery) = power::on_battery() {
        put(all, "on_battery", on_battery);
    }
    if let Some(boost) = cpu::boost() {
        put(all, "boost", boost);
    }
    if let Some(smt) = line("/sys/devices/system/cpu/smt/active") {
        put(all, "smt", smt == "1");
    }
    let mitigations: Vec<String> = cpu::mitigations()
        .into_iter()
        .map(|(vulnerability, state)| format!("{vulnerability}: {state}"))
        .collect();
    put(all, "mitigations", mitigations.join("; "));
}

fn add_kernel(all: &mut Map<String, Value>) {
    let (release, version) = kernel::release();
    put(all, "kernel", release);
    put(all, "kernel_build", version);
    if let Some(hz) = kernel::timer_hz() {
        put(all, "kernel_hz", hz);
    }
    if let Some(word) = kernel::command_line_word("mitigations=") {
        put(all, "mitigations_option", word);
    }
    put(all, "clocksource", kernel::clocksource());
    put(
        all,
        "transparent_huge_pages",
        kernel::transparent_huge_pages(),
    );
    put(all, "lab_machine", kernel::is_lab_machine());
    put(all, "root", nix::unistd::geteuid().is_root());
    if let Some(load) = line("/proc/loadavg") {
        put(
            all,
            "load_at_start",
            load.split(' ').next().unwrap_or_default(),
        );
    }
    let os = fs::read_to_string("/etc/os-release").unwrap_or_default();
    if let Some(name) = os
        .lines()
        .find_map(|line| line.strip_prefix("PRETTY_NAME="))
    {
        put(all, "distribution", name.trim_matches('"'));
    }
}

fn add_memory(all: &mut Map<String, Value>) {
    let meminfo = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    for (name, key) in [("memory_bytes", "MemTotal:"), ("swap_bytes", "SwapTotal:")] {
        let kilobytes = meminfo.lines().find_map(|line| {
            line.strip_prefix(key)?
                .trim()
                .strip_suffix(" kB")?
                .parse::<u64>()
                .ok()
        });
        if let Some(kilobytes) = kilobytes {
            put(all, name, kilobytes * 1024);
        }
    }
}

fn add_cgroups(all: &mut Map<String, Value>) {
    let Ok(mounts) = mounts() else { return };
    put(all, "cgroup_mode", mounts.mode());
    put(all, "cgroup_favordynmods", mounts.favordynmods());
    if cgroup_view::is_without_v2_tree() {
        put(
            all,
            "cgroup_view",
            "the host is hybrid; its v2 tree was hidden from all backends, since one of them refuses it",
        );
    }
}

fn add_kvm(all: &mut Map<String, Value>, lab: &Lab) {
    put(all, "kvm", kvm::flavour().unwrap_or("none"));
    match kvm::exit_cost_ns(lab) {
        Ok(ns) => put(all, "kvm_exit_cost_ns", json!(ns)),
        Err(failure) => put(all, "kvm_exit_cost", failure.reason()),
    }
}
