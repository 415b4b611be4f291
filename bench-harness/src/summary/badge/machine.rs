//! What `run.json` says of the machine: before the run (`fingerprint`) and in its course (`watched`).

use serde_json::Value;

use super::{Badge, Kind};
use crate::report::units::percent;
use crate::store::RunRecord;

/// From this many runnable processes per CPU on, a machine is too busy to be measured on.
const BUSY_PER_CPU: f64 = 0.5;

/// From this share of all CPU time on, others were in the way. Below it lies what the kernel does on our behalf.
const OTHERS_SHARE: f64 = 0.15;

/// From this share of all CPU time on, it matters that a hypervisor took it.
const STEAL_SHARE: f64 = 0.01;

/// What CLOCK_MONOTONIC may be made of to be read in tens of nanoseconds, without a system call.
const FAST_CLOCKS: [&str; 3] = ["tsc", "kvm-clock", "hyperv_clocksource_tsc_page"];

/// A frequency that is fixed, or that is not the guest's to choose.
const STEADY_GOVERNORS: [&str; 3] = ["performance", "none", "userspace"];

/// The badges of a run's machine.
pub fn of_machine(record: &RunRecord) -> Vec<Badge> {
    let machine = Machine(record);
    let mut badges = Vec::from_iter(machine.virtualization());
    badges.extend(machine.load());
    badges.extend(machine.taken_away());
    badges.extend(machine.power());
    badges.extend(machine.clock());
    badges.extend(machine.shortfalls());
    badges
}

struct Machine<'a>(&'a RunRecord);

impl Machine<'_> {
    fn before(&self, name: &str) -> Option<&Value> {
        self.0.fingerprint.get(name)
    }

    fn during(&self, name: &str) -> Option<f64> {
        self.0.watched.get(name)?.as_f64()
    }

    fn virtualization(&self) -> Option<Badge> {
        if self.0.is_emulated() {
            return Some(Badge::of_run(Kind::Emulated));
        }
        let in_vm = self.before("in_vm")?.as_bool()?;
        let text = |name| {
            let known = self.before(name).and_then(Value::as_str);
            known.unwrap_or("?").to_owned()
        };
        in_vm.then(|| {
            Badge::of_run(Kind::Nested)
                .with("hypervisor", text("hypervisor"))
                .with("kvm", text("kvm"))
        })
    }

    fn load(&self) -> Option<Badge> {
        let number = |name: &str| {
            let value = self.before(name)?;
            value.as_f64().or_else(|| value.as_str()?.parse().ok())
        };
        let badge = |load: String| Badge::of_run(Kind::Load).with("load", load);
        if let Some(others) = self
            .during("other_cpu_share")
            .filter(|share| *share >= OTHERS_SHARE)
        {
            return Some(badge(percent(others)));
        }
        let (load, cpus) = number("load_at_start").zip(number("cpu_count"))?;
        (load >= BUSY_PER_CPU * cpus).then(|| badge(format!("{load:.2} / {cpus} CPUs")))
    }

    /// By the hypervisor, by a cgroup, by a lack of memory.
    fn taken_away(&self) -> Vec<Badge> {
        let steal = self
            .during("steal_share")
            .filter(|share| *share >= STEAL_SHARE);
        let throttled = self.during("throttled_ns").filter(|ns| *ns > 0.0);
        let pages = |name| self.during(name).unwrap_or(0.0);
        let swapped = pages("swapped_in_pages") + pages("swapped_out_pages");
        let badges = [
            steal.map(|share| {
                Badge::of_run(Kind::Steal).with("share", format!("{:.1} %", 100.0 * share))
            }),
            throttled
                .map(|ns| Badge::of_run(Kind::Throttled).with("ms", format!("{:.0}", ns / 1e6))),
            (swapped > 0.0)
                .then(|| Badge::of_run(Kind::Swap).with("pages", format!("{swapped:.0}"))),
        ];
        badges.into_iter().flatten().collect()
    }

    fn power(&self) -> Vec<Badge> {
        let is_true = |value: Option<&Value>| value == Some(&Value::Bool(true));
        let on_battery =
            is_true(self.before("on_battery")) || is_true(self.0.watched.get("on_battery_at_end"));
        let governor = self.before("governor").and_then(Value::as_str);
        let unsteady = governor.filter(|name| !STEADY_GOVERNORS.contains(name));
        let battery = on_battery.then(|| Badge::of_run(Kind::Battery));
        let governor = unsteady.map(|name| Badge::of_run(Kind::Governor).with("governor", name));
        battery.into_iter().chain(governor).collect()
    }

    /// What a peer leaves out makes its numbers better than they would be.
    fn shortfalls(&self) -> Vec<Badge> {
        let peers = self.0.plan.get("peers").and_then(Value::as_object);
        let badge = |(backend, peer): (&String, &Value)| {
            let what = peer.get("shortfall")?.as_str()?;
            Some(Badge::at(Kind::Shortfall, "", "", backend).with("what", what))
        };
        peers.into_iter().flatten().filter_map(badge).collect()
    }

    fn clock(&self) -> Option<Badge> {
        let before = self.before("clocksource")?.as_str()?;
        let after = self
            .0
            .watched
            .get("clocksource_at_end")
            .and_then(Value::as_str);
        let after = after.unwrap_or(before);
        let clock = match before == after {
            true => before.to_owned(),
            false => format!("{before} → {after}"),
        };
        let is_fine = before == after && FAST_CLOCKS.contains(&before) || before == "unknown";
        (!is_fine).then(|| Badge::of_run(Kind::Clock).with("clock", clock))
    }
}
