//! What has to be shipped to another machine, and what can run there.
//!
//! | case | what is found out |
//! |---|---|
//! | `artefact` | files, bytes and shared libraries that one instance needs; the time of its first start from a cold copy |
//! | `other-kernel` | does a program inside run on a kernel of another release than the host's? |
//! | `other-os` | does it run on a system that isn't Linux? |
//!
//! 1. The files come from the command that would start an instance (`artefacts.rs`), not from a list.
//! 2. For the first start the programs are copied, and the copies' pages dropped from the page cache (`cold_copy.rs`). Timed
//!    is spawn to first instruction, as `startup.first_ns`; what storage delivered meanwhile stands beside it.
//! 3. The other two cases ask `inspect` what it runs on. Every backend is asked the same. A container can't do it: it
//!    answers with the host's kernel, and that is a measured 0 and no error. The answer stands in the note.
//!
//! Expected: a static program needs one file; a container's launcher one more, and no kernel, but a Linux to run on; a VM
//! brings its kernel, and runs on whatever has KVM.
//!
//! Simplified: an image of a container is often a whole distribution's userland. Here it is one static program everywhere,
//! so that what is compared is the isolation and not the packaging.
//!
//! Read next: `artefacts.rs`, `cold_copy.rs`, the workload's `command/inspect.rs`.

use super::{Effort, Experiment, Measurement, Rounds, startup_times};
use crate::artefacts::Artefacts;
use crate::backend::Backend;
use crate::cold_copy::{ColdCopy, cool};
use crate::failure::Failure;
use crate::host::kernel;
use crate::instance::Finished;
use crate::lab::Lab;
use crate::sample::Unit;

/// What Linux calls itself.
const LINUX: &str = "Linux";

/// The portability card.
#[derive(Debug)]
pub struct Portability;

impl Experiment for Portability {
    fn id(&self) -> &'static str {
        "portability"
    }

    fn cases(&self) -> Vec<&'static str> {
        vec!["artefact", "other-kernel", "other-os"]
    }

    fn headline(&self, case: &str) -> &'static str {
        match case {
            "artefact" => "portability.cold_first_ns",
            "other-kernel" => "portability.runs_other_kernel",
            _ => "portability.runs_other_os",
        }
    }

    fn rounds(&self, effort: Effort) -> Rounds {
        let measured = match effort {
            Effort::Full => 15,
            Effort::Quick => 8,
            Effort::Emulated => 1,
        };
        Rounds {
            warm_up: 0,
            measured,
        }
    }

    fn measure(
        &self,
        case: &str,
        backend: &dyn Backend,
        lab: &Lab,
    ) -> Result<Vec<Measurement>, Failure> {
        let inspected = || lab.run(backend, &lab.job(&["inspect"]));
        match case {
            "artefact" => artefact(backend, lab),
            "other-kernel" => Ok(vec![other_kernel(&inspected()?)]),
            "other-os" => Ok(vec![other_os(&inspected()?)]),
            _ => Err(Failure::Failed(format!("portability has no case {case}"))),
        }
    }
}

fn artefact(backend: &dyn Backend, lab: &Lab) -> Result<Vec<Measurement>, Failure> {
    let artefacts = Artefacts::of(backend, lab)?;
    let counted = |metric, count: usize| Measurement::new(metric, Unit::Count, count as f64);
    let mut measurements = vec![
        Measurement::bytes("portability.bytes", artefacts.bytes),
        counted("portability.files", artefacts.count()),
        counted("portability.dependencies", artefacts.libraries.len()),
    ];
    measurements.extend(first_start(backend, lab, &artefacts)?);
    Ok(measurements)
}

/// The first start of a fresh copy.
fn first_start(
    backend: &dyn Backend,
    lab: &Lab,
    artefacts: &Artefacts,
) -> Result<[Measurement; 2], Failure> {
    let copied = ColdCopy::of(&lab.binaries)?;
    let ours = [
        &lab.binaries.workload,
        &lab.binaries.container_backend,
        &lab.binaries.vm_backend,
    ];
    for path in artefacts.files.iter().chain(&artefacts.libraries) {
        let is_ours = ours.iter().any(|binary| binary.path == *path);
        if !is_ours && path.exists() {
            cool(path)?;
        }
    }
    let instance = lab.start_from(copied.binaries(), backend, &lab.job(&["hello"]))?;
    let finished = instance.finish()?;
    let mut first = Measurement::ns(
        "portability.cold_first_ns",
        startup_times(&finished)?.first_ns,
    );
    let read_bytes = finished.used.read_bytes;
    if read_bytes == 0 {
        first.warning = Some(
            "storage delivered nothing: the copy was still in the page cache (a file system in memory?)".to_owned(),
        );
    }
    Ok([
        first,
        Measurement::bytes("portability.cold_read_bytes", read_bytes),
    ])
}

fn other_kernel(inspected: &Finished) -> Measurement {
    let (release, _) = kernel::release();
    let is_other = inspected.fact("kernel_release").map(|it| it != release);
    yes_or_no("portability.runs_other_kernel", is_other, inspected)
}

fn other_os(inspected: &Finished) -> Measurement {
    let is_other = inspected.fact("system").map(|it| it != LINUX);
    yes_or_no("portability.runs_other_os", is_other, inspected)
}

/// The answer, and beside it the kernel that gave it: that of a container is the host's, since it has no other.
fn yes_or_no(metric: &str, answer: Option<bool>, inspected: &Finished) -> Measurement {
    let Some(yes) = answer else {
        let reason = "the program didn't say what it runs on";
        return Measurement::unsupported(metric, Unit::Count, reason);
    };
    let told = |fact| inspected.fact(fact).unwrap_or("unknown");
    let inside = format!("{} {}", told("system"), told("kernel_release"));
    let note = match yes {
        true => format!("inside: {inside}"),
        false => format!("inside: {inside}, for want of a kernel of its own that differs"),
    };
    Measurement {
        note: Some(note),
        ..Measurement::new(metric, Unit::Count, f64::from(u8::from(yes)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instance::{Consumption, Line};
    use crate::timeline::Timeline;

    fn inspected(system: &str, release: &str) -> Finished {
        let line = |text: String| Line { at_ns: 0, text };
        Finished {
            spawned_ns: 0,
            reaped_ns: 0,
            gone_ns: 0,
            used: Consumption::default(),
            lines: vec![
                line(format!("fact system {system}")),
                line(format!("fact kernel_release {release}")),
            ],
            timeline: Timeline::default(),
            stats: None,
            first_byte_ns: None,
            exit_code: Some(0),
            checksum: 0,
        }
    }

    #[test]
    fn the_hosts_own_kernel_is_a_measured_no() {
        let (release, _) = kernel::release();
        let same = inspected(LINUX, &release);
        assert_eq!(other_kernel(&same).value, Ok(0.0));
        assert_eq!(other_os(&same).value, Ok(0.0));
    }

    #[test]
    fn another_release_is_another_kernel_and_only_another_name_another_system() {
        let cloud = inspected(LINUX, "6.1.0-cloud");
        assert_eq!(other_kernel(&cloud).value, Ok(1.0));
        assert_eq!(other_os(&cloud).value, Ok(0.0));
        let tiny = inspected("isolab-guest", "6.0.0-isolab");
        assert_eq!(other_os(&tiny).value, Ok(1.0));
        let note = other_os(&tiny).note.unwrap();
        assert!(note.contains("isolab-guest 6.0.0-isolab"), "{note}");
    }

    #[test]
    fn who_says_nothing_has_no_answer() {
        let silent = Finished {
            lines: Vec::new(),
            ..inspected(LINUX, "")
        };
        assert!(other_os(&silent).value.is_err() && other_kernel(&silent).value.is_err());
    }
}
