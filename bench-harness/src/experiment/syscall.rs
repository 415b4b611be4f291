//! The price list: what one crossing of each border costs, and how often an operation crosses one.
//!
//! | case | an operation | what it crosses |
//! |---|---|---|
//! | `null` | getppid(2) | program to kernel and back; in a VM that is the guest's own kernel |
//! | `read` | pread(2) of one byte of the file that is the disk | the same, and whatever lies between kernel and byte |
//! | `open` | open(2) and close(2) of it | two calls, and the search for a name |
//! | `fault` | first touch of 4 KiB | the kernel finds a page; in a VM the *host's* kernel does |
//! | `exit-port`, `exit-mmio` | VMs only: an access that nothing answers | guest to VMM and back |
//!
//! 1. Count: the same operation once and 257 times, in two instances. The difference of their VM exits (`--stats`) and of
//!    the host's system calls (`host_calls.rs`), divided by 256. Whatever a start takes falls out.
//! 2. Time: as many operations as fit into 20 ms, of `fault` as many as there are pages to touch, from `ready` to `done` on the
//!    host's clock. Nothing counts meanwhile.
//!
//! The read means the same everywhere for the program, and that is the point: natively and in a container the byte is in the
//! kernel's page cache. The tiny guest has no cache, and asks its disk. A Linux guest has one of its own.
//!
//! A fault means one page of 4 KiB everywhere: the program asks for small pages, and VMs of ours get memory in small pages
//! (`--no-huge-pages`). In huge ones, as they usually have it, 512 such touches share one fault.
//!
//! Other results follow from these prices. A VM's 4 KiB read takes the native time, and its exits times the price of an exit.
//!
//! Read next: `workload/src/command/call.rs`, `vm_stats.rs`.

use guest_abi::{EMPTY_BUS_ADDR, PORT_NOTHING};

use super::{Effort, Experiment, Measurement, Rounds};
use crate::backend::{Backend, DISK_PATH, Disk, Job, Missing};
use crate::failure::Failure;
use crate::host::kernel::is_lab_machine;
use crate::instance::Finished;
use crate::lab::Lab;
use crate::memory_budget;
use crate::sample::Unit;
use crate::vm_stats::VmStats;

const CASES: [&str; 6] = ["null", "read", "open", "fault", "exit-port", "exit-mmio"];

/// Operations of the second instance that is counted, beside the one that the first makes too.
const COUNTED: u64 = 256;
const PAGE_BYTES: u64 = 4096;

/// What the workload says if a guest's kernel doesn't let it cause exits.
const REFUSALS: [&str; 2] = ["mapping /dev/mem", "ioperm"];

/// The price list.
#[derive(Debug)]
pub struct Syscall;

impl Experiment for Syscall {
    fn id(&self) -> &'static str {
        "syscall"
    }

    fn cases(&self) -> Vec<&'static str> {
        CASES.to_vec()
    }

    fn headline(&self, case: &str) -> &'static str {
        price(case)
    }

    fn rounds(&self, effort: Effort) -> Rounds {
        let (warm_up, measured) = match effort {
            Effort::Full => (1, 18),
            Effort::Quick => (0, 9),
            Effort::Emulated => (0, 2),
        };
        Rounds { warm_up, measured }
    }

    fn applies_to(&self, case: &str, backend: &dyn Backend) -> bool {
        // Where a machine of others has nothing, only they know.
        !case.starts_with("exit-") || (backend.is_vm() && !backend.is_peer())
    }

    fn needs_io_file(&self) -> bool {
        true
    }

    fn measure(
        &self,
        case: &str,
        backend: &dyn Backend,
        lab: &Lab,
    ) -> Result<Vec<Measurement>, Failure> {
        let job = |length: [&str; 2]| job(case, backend, lab, length);
        let one = job(["--ops", "1"])?;
        if let Some(bytes) = one.memory_bytes {
            memory_budget::check(lab.parameters.memory_budget, bytes)?;
        }
        let many = (COUNTED + 1).to_string();
        let once = counted(backend, lab, &one)?;
        let often = counted(backend, lab, &job(["--ops", &many])?)?;
        let (option, length) = timed_length(case, lab);
        let timed = lab.run(backend, &job([option, &length])?)?;
        let (exits_once, exits_often) = (exits(&once.0), exits(&often.0));
        let (calls_once, calls_often) = (calls(once.1), calls(often.1));
        Ok(vec![
            price_of_one(case, &timed)?,
            per_operation("syscall.exits_per_op", exits_once, exits_often),
            per_operation("syscall.host_calls_per_op", calls_once, calls_often),
        ])
    }
}

/// The metric that has a case's price.
fn price(case: &str) -> &'static str {
    match case {
        "fault" => "syscall.fault_ns",
        "exit-port" | "exit-mmio" => "syscall.exit_ns",
        _ => "syscall.call_ns",
    }
}

/// For how long, or how often, the timed instance repeats the operation: a page can be touched for the first time but once.
fn timed_length(case: &str, lab: &Lab) -> (&'static str, String) {
    let parameters = &lab.parameters;
    match case {
        "fault" => {
            let pages = parameters.syscall_memory_bytes / PAGE_BYTES;
            ("--ops", pages.to_string())
        }
        _ => {
            let duration = parameters.syscall_duration.as_millis();
            ("--duration-ms", duration.to_string())
        }
    }
}

/// An instance that repeats the operation of a case; `length` is `["--ops", n]` or `["--duration-ms", n]`.
///
/// # Errors
/// When the operation takes a file, and the lab has none.
pub fn job(
    case: &str,
    backend: &dyn Backend,
    lab: &Lab,
    length: [&str; 2],
) -> Result<Job, Failure> {
    let mut args = ["call", "--what", case, length[0], length[1]]
        .map(str::to_owned)
        .to_vec();
    let mut add = |option: &str, value: String| args.extend([option.to_owned(), value]);
    let mut job = lab.job(&[]);
    match case {
        "read" | "open" => {
            add("--file", DISK_PATH.to_owned());
            let missing = || Failure::Failed("the lab has no file for I/O".to_owned());
            job.disk = Some(Disk {
                file: lab.io_file.clone().ok_or_else(missing)?,
                direct: false,
            });
        }
        "fault" => {
            let touched = lab.parameters.syscall_memory_bytes;
            job.memory_bytes = Some(touched + backend.headroom_bytes());
            if backend.is_vm() && !backend.is_peer() {
                job.launcher_args.push("--no-huge-pages".to_owned());
            }
        }
        "exit-port" => add("--at", PORT_NOTHING.to_string()),
        "exit-mmio" => add("--at", EMPTY_BUS_ADDR.to_string()),
        _ => {}
    }
    job.args = args;
    Ok(job)
}

/// What a VMM says of a guest whose processor forbade something. QEMU's emulated one lets ring 3 use no port in a VM: it takes
/// a TSS that is in use, as every VM's is, for none.
const FORBIDDEN: &str = "general protection fault";

/// Runs and counts. A guest whose kernel shows no border to cross can't, and hasn't failed.
fn counted(
    backend: &dyn Backend,
    lab: &Lab,
    job: &Job,
) -> Result<(Finished, Result<u64, Missing>), Failure> {
    lab.run_counted(backend, job)
        .map_err(|failure| match failure {
            Failure::Failed(reason) if REFUSALS.iter().any(|what| reason.contains(what)) => {
                Failure::Unsupported(format!("the guest's kernel doesn't let programs: {reason}"))
            }
            Failure::Failed(reason) if is_lab_machine() && reason.contains(FORBIDDEN) => {
                let lab = "the lab machine's processor forbids programs of VMs all ports";
                Failure::Unsupported(format!("{lab}: {reason}"))
            }
            other => other,
        })
}

fn price_of_one(case: &str, finished: &Finished) -> Result<Measurement, Failure> {
    let missing = |what: &str| Failure::Failed(format!("the workload didn't report {what}"));
    let elapsed_ns = finished
        .work_ns()
        .ok_or_else(|| missing("`ready` and `done`"))?;
    let operations = finished
        .metric("syscall.ops")
        .filter(|count| *count >= 1.0)
        .ok_or_else(|| missing("syscall.ops"))?;
    let one_ns = elapsed_ns as f64 / operations;
    Ok(Measurement::new(price(case), Unit::Ns, one_ns))
}

/// A count, or why there is none.
type Count = Result<u64, String>;

fn exits(finished: &Finished) -> Count {
    let stats = finished.stats.as_ref();
    stats
        .map(VmStats::exit_count)
        .ok_or_else(|| "it is no VM".to_owned())
}

fn calls(counted: Result<u64, Missing>) -> Count {
    counted.map_err(|missing| format!("{} (remedy: {})", missing.what, missing.remedy))
}

fn per_operation(metric: &str, once: Count, often: Count) -> Measurement {
    match (once, often) {
        (Ok(once), Ok(often)) => {
            let more = often as f64 - once as f64;
            Measurement::new(metric, Unit::Ratio, more / COUNTED as f64)
        }
        (Err(reason), _) | (_, Err(reason)) => {
            Measurement::unsupported(metric, Unit::Ratio, reason)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::by_id;
    use crate::budget::Budget;
    use crate::parameters::Parameters;

    #[test]
    fn only_machines_of_ours_have_a_border_that_nothing_answers() {
        let applies = |case, id| Syscall.applies_to(case, by_id(id).unwrap());
        assert!(applies("exit-port", "microvm") && applies("exit-mmio", "linux-vm-small"));
        assert!(!applies("exit-port", "native") && !applies("exit-mmio", "container"));
        assert!(applies("fault", "native") && applies("null", "container"));
    }

    #[test]
    fn how_long_and_how_many_pages_are_those_of_the_bounds() {
        let mut lab = Lab::for_single_instances(Parameters::usual_timeout()).unwrap();
        lab.parameters.syscall_memory_bytes = 2 << 20;
        lab.parameters.syscall_duration = std::time::Duration::from_millis(7);
        assert_eq!(timed_length("fault", &lab), ("--ops", "512".to_owned()));
        assert_eq!(
            timed_length("null", &lab),
            ("--duration-ms", "7".to_owned())
        );
        let native = by_id("native").unwrap();
        let job = job("fault", native, &lab, ["--ops", "512"]).unwrap();
        assert_eq!(job.memory_bytes, Some((2 << 20) + native.headroom_bytes()));
        lab.parameters.memory_budget = Budget::Bytes(1 << 20);
        let declined = Syscall.measure("fault", native, &lab).unwrap_err();
        assert!(declined.reason().contains("--memory-budget"), "{declined}");
    }

    #[test]
    fn a_price_is_the_time_from_outside_divided_by_the_operations_told_inside() {
        let said = ["ready", "metric syscall.ops count 50", "done checksum=0"];
        let price = price_of_one("fault", &Finished::that_said(&said)).unwrap();
        assert_eq!(price.metric, "syscall.fault_ns");
        assert_eq!(price.value, Ok(40.0));
        let silent = Finished::that_said(&["ready", "done checksum=0"]);
        assert!(price_of_one("null", &silent).is_err());
    }

    #[test]
    fn what_a_start_takes_falls_out_of_the_counts() {
        let count = per_operation("syscall.exits_per_op", Ok(30), Ok(30 + 3 * COUNTED));
        assert_eq!(count.value, Ok(3.0));
        let none = per_operation("m", Err("it is no VM".to_owned()), Ok(1));
        assert!(matches!(none.value, Err(Failure::Unsupported(_))));
    }
}
