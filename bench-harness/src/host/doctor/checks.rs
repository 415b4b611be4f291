//! The things that the doctor looks at, one function each. Whatever is missing comes with the command that mends it.

use nix::unistd::geteuid;

use super::{Finding, State};
use crate::backend::{self, Backend};
use crate::host::cgroup::mounts;
use crate::host::cpu::{self, Cpu};
use crate::host::{kernel, kvm, line};
use crate::host_calls::HostCalls;
use crate::lab::Lab;
use crate::language::Said;

fn finding(subject: Said, state: State, found: Said, remedy: Option<Said>) -> Finding {
    Finding {
        subject,
        state,
        found,
        remedy,
    }
}

/// The text of a key that begins with `doctor-`.
fn text(name: &str) -> Said {
    Said::key(format!("doctor-{name}"))
}

/// A command, to be typed as it stands.
fn command(words: &str) -> Option<Said> {
    Some(Said::verbatim(words))
}

/// What is to be known first, if anything is.
pub(super) fn place() -> Option<Finding> {
    kernel::is_lab_machine().then(|| {
        let (subject, found) = (text("machine"), text("machine.lab"));
        finding(subject, State::Advice, found, Some(text("machine.remedy")))
    })
}

/// The kernels that VMs can boot.
pub(super) fn kernels() -> Finding {
    let subject = text("kernels");
    let found: Vec<String> = backend::visible()
        .filter_map(|backend| Some(format!("{} {}", backend.id(), backend.kernel()?.display())))
        .collect();
    if found.is_empty() {
        let remedy = "scripts/guest-kernel fetch cloud; scripts/guest-kernel build";
        return finding(
            subject,
            State::Missing,
            text("kernels.none"),
            command(remedy),
        );
    }
    finding(subject, State::Ok, Said::verbatim(found.join(", ")), None)
}

pub(super) fn processor(cpu: &Cpu) -> Finding {
    let found = Said::verbatim(format!("{} x {}", cpu.count, cpu.model));
    let found = match cpu.in_vm() {
        true => text("processor.in-vm")
            .with("count", cpu.count.to_string())
            .with("model", &cpu.model)
            .with("hypervisor", kvm::hypervisor(cpu)),
        false => found,
    };
    finding(text("processor"), State::Ok, found, None)
}

pub(super) fn privileges() -> Finding {
    let subject = text("privileges");
    if geteuid().is_root() {
        return finding(subject, State::Ok, Said::verbatim("root"), None);
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
            subject,
            State::Missing,
            text("privileges.closed")
                .with("path", path)
                .with("value", value),
            command(remedy),
        ),
        None => finding(
            subject,
            State::Advice,
            text("privileges.not-root"),
            Some(text("privileges.remedy")),
        ),
    }
}

pub(super) fn cgroups() -> Finding {
    let subject = text("cgroups");
    let Ok(mounts) = mounts() else {
        return finding(
            subject,
            State::Missing,
            text("cgroups.no-proc"),
            command("mount -t proc proc /proc"),
        );
    };
    match (mounts.mode(), mounts.favordynmods()) {
        ("none", _) => finding(
            subject,
            State::Missing,
            text("cgroups.none"),
            command("sudo mount -t cgroup2 cgroup2 /sys/fs/cgroup"),
        ),
        (mode, true) => finding(
            subject,
            State::Ok,
            text("cgroups.with").with("mode", mode),
            None,
        ),
        (mode, false) => finding(
            subject,
            State::Ok,
            text("cgroups.without").with("mode", mode),
            None,
        ),
    }
}

pub(super) fn started(lab: &Lab, id: &str) -> Finding {
    let subject = text("start").with("backend", id);
    match backend::by_id(id) {
        Some(backend) => first_start(lab, backend, subject),
        None => finding(subject, State::Missing, text("start.unknown"), None),
    }
}

/// A runtime or VMM of others: which it is, and whether it runs the workload.
pub(super) fn peer(lab: &Lab, backend: &dyn Backend) -> Finding {
    let subject = text("peer").with("backend", backend.id());
    let started = first_start(lab, backend, subject);
    match backend.installed() {
        Some(installed) if started.state == State::Ok => Finding {
            found: text("peer.works").with("installed", installed.to_string()),
            ..started
        },
        Some(installed) => Finding {
            found: text("peer.fails")
                .with("installed", installed.to_string())
                .with("why", verbatim_text(&started.found)),
            ..started
        },
        None => started,
    }
}

/// The text of what a program said.
fn verbatim_text(said: &Said) -> String {
    let values: Vec<&str> = said
        .values
        .iter()
        .map(|(_, value)| value.as_str())
        .collect();
    values.concat()
}

fn first_start(lab: &Lab, backend: &dyn Backend, subject: Said) -> Finding {
    if let Err(missing) = lab.lacks(backend) {
        let (found, remedy) = (Said::verbatim(missing.what), command(&missing.remedy));
        return finding(subject, State::Missing, found, remedy);
    }
    match lab.run(backend, &lab.job(&["hello"])) {
        Ok(_) => finding(subject, State::Ok, text("start.works"), None),
        Err(failure) => {
            let reason = failure.reason();
            // Launchers end their message with what helps.
            let (found, remedy) = reason
                .split_once("; help: ")
                .map_or((reason.as_str(), None), |(found, help)| (found, Some(help)));
            let remedy = remedy.and_then(command);
            finding(subject, State::Missing, Said::verbatim(found), remedy)
        }
    }
}

pub(super) fn kvm_found(cpu: &Cpu) -> Finding {
    let subject = text("kvm");
    let advice = |found: Said| finding(subject.clone(), State::Advice, found, None);
    let missing = |name: &str, remedy| finding(subject.clone(), State::Missing, text(name), remedy);
    match kvm::flavour() {
        Some(flavour) if kvm::is_hardware(cpu) => {
            let found = text("kvm.hardware").with("flavour", flavour);
            finding(subject.clone(), State::Ok, found, None)
        }
        Some("kvm_pvm") => Finding {
            remedy: Some(text("kvm.pvm-remedy")),
            ..advice(text("kvm.pvm"))
        },
        Some(flavour) => Finding {
            remedy: Some(text("kvm.nested-remedy")),
            ..advice(text("kvm.nested").with("flavour", flavour))
        },
        None if cpu.has("vmx") => missing("kvm.not-loaded", command("sudo modprobe kvm_intel")),
        None if cpu.has("svm") => missing("kvm.not-loaded", command("sudo modprobe kvm_amd")),
        None if cpu.in_vm() => missing("kvm.not-nested", Some(text("kvm.not-nested-remedy"))),
        None => missing("kvm.switched-off", Some(text("kvm.switched-off-remedy"))),
    }
}

pub(super) fn frequency() -> Finding {
    let subject = text("frequency");
    let found = |name: &str, governor: &str| text(name).with("governor", governor);
    match cpu::governor().as_str() {
        governor @ ("performance" | "none") => finding(
            subject,
            State::Ok,
            found("frequency.steady", governor),
            None,
        ),
        governor => finding(
            subject,
            State::Advice,
            found("frequency.varying", governor),
            command("sudo cpupower frequency-set -g performance"),
        ),
    }
}

/// Whether the host's system calls can be counted.
pub(super) fn counting() -> Finding {
    let subject = text("counting");
    match HostCalls::watch() {
        Ok(_) => finding(subject, State::Ok, text("counting.works"), None),
        Err(missing) => {
            let found = text("counting.fails").with("reason", missing.what);
            finding(subject, State::Advice, found, command(&missing.remedy))
        }
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
            counting(),
            kernels(),
        ] {
            assert!(
                found.state == State::Ok || found.remedy.is_some(),
                "{found:?}"
            );
        }
    }
}
