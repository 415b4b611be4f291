//! The things that the doctor looks at, one function each. Whatever is missing comes with the command that mends it.

use nix::unistd::geteuid;

use super::{Finding, State};
use crate::backend::{self, Backend};
use crate::host::cgroup::mounts;
use crate::host::cpu::{self, Cpu};
use crate::host::{kernel, kvm, line};
use crate::lab::Lab;

fn finding(subject: &str, state: State, found: impl Into<String>, remedy: Option<&str>) -> Finding {
    Finding {
        subject: subject.to_owned(),
        state,
        found: found.into(),
        remedy: remedy.map(str::to_owned),
    }
}

/// What is to be known first, if anything is.
pub(super) fn place() -> Option<Finding> {
    kernel::is_lab_machine().then(|| {
        finding(
            "machine",
            State::Advice,
            format!(
                "the lab machine; {}",
                "emulated: times are not representative"
            ),
            Some("for times, run on a real machine; counts (exits, bytes, memory) are exact here"),
        )
    })
}

/// The kernels that VMs can boot.
pub(super) fn kernels() -> Finding {
    const SUBJECT: &str = "kernels for VMs";
    let found: Vec<String> = backend::visible()
        .filter_map(|backend| Some(format!("{} {}", backend.id(), backend.kernel()?.display())))
        .collect();
    if found.is_empty() {
        let remedy = "scripts/guest-kernel fetch cloud; scripts/guest-kernel build";
        return finding(SUBJECT, State::Missing, "none", Some(remedy));
    }
    finding(SUBJECT, State::Ok, found.join(", "), None)
}

pub(super) fn processor(cpu: &Cpu) -> Finding {
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

pub(super) fn privileges() -> Finding {
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

pub(super) fn cgroups() -> Finding {
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

pub(super) fn started(lab: &Lab, id: &str) -> Finding {
    let subject = format!("start of a {id}");
    match backend::by_id(id) {
        Some(backend) => first_start(lab, backend, subject),
        None => finding(&subject, State::Missing, "no such backend", None),
    }
}

/// A runtime or VMM of others: which it is, and whether it runs the workload.
pub(super) fn peer(lab: &Lab, backend: &dyn Backend) -> Finding {
    let started = first_start(lab, backend, format!("peer {}", backend.id()));
    match backend.installed() {
        Some(installed) => Finding {
            found: format!("{installed}: {}", started.found),
            ..started
        },
        None => started,
    }
}

fn first_start(lab: &Lab, backend: &dyn Backend, subject: String) -> Finding {
    if let Err(missing) = lab.lacks(backend) {
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

pub(super) fn kvm_found(cpu: &Cpu) -> Finding {
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

pub(super) fn frequency() -> Finding {
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
    fn whatever_is_missing_comes_with_a_remedy() {
        let bare = Cpu::default();
        for found in [
            kvm_found(&bare),
            cgroups(),
            privileges(),
            frequency(),
            kernels(),
        ] {
            assert!(
                found.state == State::Ok || found.remedy.is_some(),
                "{found:?}"
            );
        }
    }
}
