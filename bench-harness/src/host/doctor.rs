//! What this machine can run, and the exact command that mends each thing that is missing.
//!
//! | tier | what runs |
//! |---|---|
//! | T0 | reports of runs made elsewhere |
//! | T1 | containers too |
//! | T2 | microVMs too, on nested or software KVM: right results, costs of exits not those of hardware |
//! | T3 | microVMs on hardware KVM |
//!
//! From T2 on there is one more question: does this KVM boot a stock kernel (`linux-vm`)? Some can't.
//!
//! Whether something works is not concluded from version numbers and flags: one instance of each kind is started.
mod checks;

use serde::Serialize;

use self::checks::{
    cgroups, counting, frequency, kernels, kvm_found, peer, place, privileges, processor, started,
};
use super::cpu::Cpu;
use super::kvm;
use crate::backend;
use crate::lab::Lab;
use crate::language::{Messages, Said};

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

/// One thing that was looked at; its texts are keys of the catalogues until it is [`Diagnosis::said`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding<Text = Said> {
    /// What was looked at.
    pub subject: Text,
    /// How it is to be taken.
    pub state: State,
    /// What was found.
    pub found: Text,
    /// What to do about it.
    pub remedy: Option<Text>,
}

/// All findings and what follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnosis<Text = Said> {
    /// `T0` to `T3`.
    pub tier: String,
    /// What that means.
    pub meaning: Text,
    /// In the order of the look.
    pub findings: Vec<Finding<Text>>,
}

impl Diagnosis {
    /// The same in a language.
    #[must_use]
    pub fn said(&self, say: &Messages) -> Diagnosis<String> {
        let finding = |one: &Finding| Finding {
            subject: say.said(&one.subject),
            state: one.state,
            found: say.said(&one.found),
            remedy: one.remedy.as_ref().map(|remedy| say.said(remedy)),
        };
        Diagnosis {
            tier: self.tier.clone(),
            meaning: say.said(&self.meaning),
            findings: self.findings.iter().map(finding).collect(),
        }
    }
}

/// Looks at everything.
#[must_use]
pub fn examine(lab: &Lab) -> Diagnosis {
    let cpu = Cpu::read();
    let container = started(lab, "container");
    let microvm = started(lab, "microvm");
    let linux_vms: Vec<Finding> = backend::visible()
        .filter(|backend| backend.id().starts_with(backend::WITH_KERNEL))
        .map(|backend| started(lab, backend.id()))
        .collect();
    let boots_linux = linux_vms.iter().any(|found| found.state == State::Ok);
    let tier = tier(
        container.state == State::Ok,
        microvm.state == State::Ok,
        kvm::is_hardware(&cpu),
    );
    let but = match microvm.state == State::Ok && !boots_linux {
        true => ".no-kernel",
        false => "",
    };
    let mut findings = Vec::from_iter(place());
    findings.extend([
        processor(&cpu),
        privileges(),
        cgroups(),
        container,
        kvm_found(&cpu),
        microvm,
        kernels(),
    ]);
    findings.extend(linux_vms);
    findings.extend([frequency(), counting()]);
    findings.extend(backend::peers().map(|backend| peer(lab, backend)));
    Diagnosis {
        tier: tier.to_owned(),
        meaning: Said::key(format!("doctor-{}{but}", tier.to_lowercase())),
        findings,
    }
}

fn tier(container: bool, microvm: bool, hardware: bool) -> &'static str {
    match (container, microvm, hardware) {
        (_, true, true) => "T3",
        (_, true, false) => "T2",
        (true, false, _) => "T1",
        (false, false, _) => "T0",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tier_is_what_was_started_and_not_what_is_hoped_for() {
        assert_eq!(tier(true, true, true), "T3");
        assert_eq!(tier(true, true, false), "T2");
        assert_eq!(tier(true, false, true), "T1");
        assert_eq!(tier(false, false, true), "T0");
    }
}
