//! The steps of a start, by name: the timeline tells when each ended, and `--until` stops after one.
//!
//! A start that stops early pays for its steps so far, and for taking apart what they made. The difference between two
//! such starts is what the steps between them cost, all in: that is how an experiment prices a part of a machine.
//!
//! Read next: [`crate::run`], which is these steps.

use std::str::FromStr;

use crate::Error;
use crate::timeline::Timeline;

/// A step, named by what is there when it has ended. Later steps are greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Program and disk are open files.
    OpenFiles,
    /// An empty machine.
    CreateVm,
    /// It has RAM.
    Memory,
    /// The interrupt controllers of `--irqchip`.
    Irqchip,
    /// A CPU without properties.
    CreateVcpu,
    /// The CPU knows its features and the time.
    Cpuid,
    /// The guest kernel is in memory.
    LoadKernel,
    /// The program is.
    LoadProgram,
    /// Stack, page tables, descriptors and what the guest kernel must know are.
    Tables,
    /// The CPU's registers.
    Registers,
    /// The VMM has given up what it doesn't need: the next thing would be to run.
    SandboxReady,
}

/// Every step, in order, with its name.
const ALL: [(Step, &str); 11] = [
    (Step::OpenFiles, "open-files"),
    (Step::CreateVm, "create-vm"),
    (Step::Memory, "memory"),
    (Step::Irqchip, "irqchip"),
    (Step::CreateVcpu, "create-vcpu"),
    (Step::Cpuid, "cpuid"),
    (Step::LoadKernel, "load-kernel"),
    (Step::LoadProgram, "load-program"),
    (Step::Tables, "tables"),
    (Step::Registers, "registers"),
    (Step::SandboxReady, "sandbox-ready"),
];

impl Step {
    /// As in the timeline and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        ALL.iter()
            .find(|(step, _)| *step == self)
            .map_or("", |(_, name)| name)
    }
}

impl FromStr for Step {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let names: Vec<&str> = ALL.iter().map(|(_, name)| *name).collect();
        let found = ALL.iter().find(|(_, name)| *name == text);
        found
            .map(|(step, _)| *step)
            .ok_or_else(|| format!("the steps are {}", names.join(", ")))
    }
}

/// Why a start goes no further.
#[derive(Debug)]
pub enum NoFurther {
    /// It was told to stop here.
    AsAsked,
    /// It can't.
    Failed(Error),
}

impl From<Error> for NoFurther {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// Notes that a step has ended.
///
/// # Errors
/// When it is the last one that was asked for.
pub fn ended(step: Step, last: Option<Step>, timeline: &mut Timeline) -> Result<(), NoFurther> {
    timeline.mark(step.name());
    match last == Some(step) {
        true => Err(NoFurther::AsAsked),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back_and_steps_are_in_order() {
        for (step, name) in ALL {
            assert_eq!(step.name(), name);
            assert_eq!(name.parse(), Ok(step));
        }
        assert!(ALL.is_sorted_by_key(|(step, _)| *step));
        let message = "boot".parse::<Step>().unwrap_err();
        assert!(message.contains("create-vm, memory"), "{message}");
    }

    #[test]
    fn only_the_step_that_was_asked_for_is_the_last() {
        let mut timeline = Timeline::new(None).unwrap();
        let mut stops = |last| ended(Step::Memory, last, &mut timeline).is_err();
        assert!(stops(Some(Step::Memory)));
        assert!(!stops(Some(Step::Cpuid)) && !stops(None));
    }
}
