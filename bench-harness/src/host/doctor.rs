//! What this machine can run, and the exact command that mends each thing that is missing.
//!
//! | tier | what runs |
//! |---|---|
//! | T0 | reports of runs made elsewhere |
//! | T1 | containers too |
//! | T2 | microVMs too, on nested or software KVM: right results, costs of exits not those of hardware |
//! | T3 | microVMs on hardware KVM |
//!
//! Whether something works is not concluded from version numbers and flags: one container and one microVM are started.

use nix::unistd::geteuid;
use serde::Serialize;

use super::cgroup::mounts;
use super::cpu::{self, Cpu};
use super::{kvm, line};
use crate::backend;
use crate::lab::Lab;

/// How a finding is to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// As it should be.
    Ok,
    /// Works, but numbers could be better or more honest.
    Advice,
    /// Something can't run.
    Missing,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at.
    pub subject: String,
    /// How it is to be taken.
    pub state: State,
    /// What was found.
    pub found: String,
    /// What to do about it.
    pub remedy: Option<String>,
}

/// All findings and what follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnosis {
    /// `T0` to `T3`.
    pub tier: String,
    /// What that means.
    pub meaning: String,
    /// In the order of the look.
    pub findings: Vec<Finding>,
}

/// Looks at everything.
#[must_use]
pub fn examine(lab: &Lab) -> Diagnosis {
    let cpu = Cpu::read();
    let container = started(lab, "container");
    let microvm = started(lab, "microvm");
    let (tier, meaning) = tier(
        container.state == State::Ok,
        microvm.state == State::Ok,
        kvm::is_hardware(&cpu),
    );
    Diagnosis {
        tier: tier.to_owned(),
        meaning: meaning.to_owned(),
        findings: vec![
            processor(&cpu),
            privileges(),
            cgroups(),
            container,
            kvm_found(&cpu),
            microvm,
            frequency(),
        ],
    }
}

fn tier(container: bool, microvm: bool, hardware: bool) -> (&'static str, &'static str) {
    match (container, microvm, hardware) {
        (_, true, true) => ("T3", "everything runs, microVMs on hardware KVM"),
        (_, true, false) => (
            "T2",
            "everything runs; KVM is nested or in software, so exits cost more than on hardware",
        ),
        (true, false, _) => ("T1", "processes and containers run, VMs don't"),
        (false, false, _) => (
            "T0",
            "only processes run; reports of other machines' runs can be made",
        ),
    }
}

fn finding(subject: &str, state: State, found: impl Into<String>, remedy: Option<&str>) -> Finding {
    Finding {
        subject: subject.to_owned(),
        state,
        found: found.into(),
        remedy: remedy.map(str::to_owned),
    }
}

fn processor(cpu: &Cpu) -> Finding {
    let place = if cpu.in_vm() {
        format!(", a VM of {}", kvm::hypervisor(cpu))
    } else {
        String::new()
    };
    finding(
        "processor",
        State::Ok,
        format!("{} x {}{place}", cpu.count, cpu.model),
        None,
    )
}

fn privileges() -> Finding {
    const SUBJECT: &str = "privileges";
    if geteuid().is_root() {
        return finding(SUBJECT, State::Ok, "root", None);
    }
    let forbidden = [
        (
            "/proc/sys/kernel/unprivileged_userns_clone",
            "0",
            "sudo sysctl kernel.unprivileged_userns_clone=1",
        ),
        (
            "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
            "1",
            "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0",
        ),
        (
            "/proc/sys/user/max_user_namespaces",
            "0",
            "sudo sysctl user.max_user_namespaces=15000",
        ),
    ];
    let obstacle = forbidden
        .into_iter()
        .find(|(path, value, _)| line(path).as_deref() == Some(value));
    match obstacle {
        Some((path, value, remedy)) => finding(
            SUBJECT,
            State::Missing,
            format!("not root, and user namespaces are closed ({path} is {value})"),
            Some(remedy),
        ),
        None => finding(
            SUBJECT,
            State::Advice,
            "not root: containers use a user namespace, limits may be missing",
            Some("sudo isolab …, for limits and cgroup numbers"),
        ),
    }
}

fn cgroups() -> Finding {
    const SUBJECT: &str = "cgroups";
    let Ok(mounts) = mounts() else {
        return finding(
            SUBJECT,
            State::Missing,
            "/proc can't be read",
            Some("mount -t proc proc /proc"),
        );
    };
    match (mounts.mode(), mounts.favordynmods()) {
        ("none", _) => finding(
            SUBJECT,
            State::Missing,
            "no hierarchy is mounted",
            Some("sudo mount -t cgroup2 cgroup2 /sys/fs/cgroup"),
        ),
        (mode, true) => finding(
            SUBJECT,
            State::Ok,
            format!("{mode}, with favordynmods"),
            None,
        ),
        (mode, false) => finding(
            SUBJECT,
            State::Ok,
            format!(
                "{mode}, without favordynmods: runtimes that move processes pay an RCU wait of milliseconds"
            ),
            None,
        ),
    }
}

fn started(lab: &Lab, id: &str) -> Finding {
    let subject = format!("start of a {id}");
    let Some(backend) = backend::by_id(id) else {
        return finding(&subject, State::Missing, "no such backend", None);
    };
    if let Err(missing) = backend.availability() {
        return finding(
            &subject,
            State::Missing,
            missing.what,
            Some(&missing.remedy),
        );
    }
    match lab.run(backend, &lab.job(&["hello"])) {
        Ok(_) => finding(&subject, State::Ok, "works", None),
        Err(failure) => {
            let reason = failure.reason();
            // Launchers end their message with what helps.
            let (found, remedy) = reason
                .split_once("; help: ")
                .map_or((reason.as_str(), None), |(found, help)| (found, Some(help)));
            finding(&subject, State::Missing, found, remedy)
        }
    }
}

fn kvm_found(cpu: &Cpu) -> Finding {
    const SUBJECT: &str = "KVM";
    match kvm::flavour() {
        Some(flavour) if kvm::is_hardware(cpu) => {
            finding(SUBJECT, State::Ok, format!("{flavour}, on hardware"), None)
        }
        Some("kvm_pvm") => finding(
            SUBJECT,
            State::Advice,
            "kvm_pvm: virtualization without hardware support, an exit costs 10 to 80 µs instead of 1 to 2",
            Some("for the costs of hardware, run on a machine whose /proc/cpuinfo has vmx or svm"),
        ),
        Some(flavour) => finding(
            SUBJECT,
            State::Advice,
            format!(
                "{flavour}, nested in another VM: exits cost several times more than on hardware"
            ),
            Some("for the costs of hardware, run on bare metal"),
        ),
        None if cpu.has("vmx") => finding(
            SUBJECT,
            State::Missing,
            "the module is not loaded",
            Some("sudo modprobe kvm_intel"),
        ),
        None if cpu.has("svm") => finding(
            SUBJECT,
            State::Missing,
            "the module is not loaded",
            Some("sudo modprobe kvm_amd"),
        ),
        None if cpu.in_vm() => finding(
            SUBJECT,
            State::Missing,
            "this is a VM without nested virtualization",
            Some(
                "on its host: virsh edit, <cpu mode='host-passthrough'/>; or scripts/lab-machine here",
            ),
        ),
        None => finding(
            SUBJECT,
            State::Missing,
            "the CPU shows neither vmx nor svm",
            Some("switch virtualization (VT-x, SVM) on in the firmware's setup"),
        ),
    }
}

fn frequency() -> Finding {
    const SUBJECT: &str = "CPU frequency";
    match cpu::governor().as_str() {
        governor @ ("performance" | "none") => {
            finding(SUBJECT, State::Ok, format!("governor {governor}"), None)
        }
        governor => finding(
            SUBJECT,
            State::Advice,
            format!("governor {governor}: short runs are measured at a varying speed"),
            Some("sudo cpupower frequency-set -g performance"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tier_is_what_was_started_and_not_what_is_hoped_for() {
        assert_eq!(tier(true, true, true).0, "T3");
        assert_eq!(tier(true, true, false).0, "T2");
        assert_eq!(tier(true, false, true).0, "T1");
        assert_eq!(tier(false, false, true).0, "T0");
    }

    #[test]
    fn whatever_is_missing_comes_with_a_remedy() {
        let bare = Cpu::default();
        for found in [kvm_found(&bare), cgroups(), privileges(), frequency()] {
            assert!(
                found.state == State::Ok || found.remedy.is_some(),
                "{found:?}"
            );
        }
    }
}
