//! `offend --by memory --mib N | --by processes --count N | --by crash | --by kernel`: does what it shouldn't, within bounds.
//!
//! | by | what it does | the bound |
//! |---|---|---|
//! | `memory` | takes memory, MiB by MiB, and touches all of it | N MiB |
//! | `processes` | starts processes that do nothing | N; the first refusal ends it, and all of them |
//! | `crash` | writes to address 8, as through a null pointer | itself |
//! | `kernel` | overwrites what lies at 128 KiB, where the tiny guest's kernel has its page tables | its address space |
//!
//! What ends it is the kernel below it, or a refusal, which it reports as its error. It succeeds only if nothing stopped
//! it: then it has had all N.
//!
//! In a process or a container nothing is mapped at 128 KiB: there `kernel` is one more crash.

use std::time::Duration;

use workload::checksum::Checksum;
use workload::protocol::Line;

use crate::Failure;
use crate::arguments::Arguments;
use crate::report::{Burst, say};
use crate::sys::{self, Forked};

const MIB: usize = 1 << 20;
const PAGE_BYTES: usize = 4096;
/// Whoever asks for more has made a mistake.
const MOST_MIB: usize = 1024;
/// As above. Less than any host's limit, and far from a fork bomb.
const MOST_PROCESSES: u32 = 200;
/// A process that was forgotten ends by itself.
const PROCESS_LIFE: Duration = Duration::from_secs(5);

/// Does it.
pub fn run(mut arguments: Arguments) -> Result<(), Failure> {
    let by: String = arguments.require("--by")?;
    match by.as_str() {
        "memory" => {
            let mib = bounded(arguments.require("--mib")?, MOST_MIB, "--mib")?;
            arguments.finish()?;
            take_memory(mib)
        }
        "processes" => {
            let count = bounded(arguments.require("--count")?, MOST_PROCESSES, "--count")?;
            arguments.finish()?;
            start_processes(count)
        }
        "crash" | "kernel" => {
            arguments.finish()?;
            say(&Line::Ready)?;
            if by == "crash" {
                sys::write_through_null();
            } else {
                sys::overwrite_page_tables();
            }
            Err(Failure::Failed(
                "writing to an address that isn't mapped had no consequence".to_owned(),
            ))
        }
        other => Err(Failure::Usage(format!(
            "--by can't be {other:?}: memory, processes, crash or kernel"
        ))),
    }
}

fn bounded<T: PartialOrd + std::fmt::Display>(
    asked: T,
    most: T,
    option: &str,
) -> Result<T, Failure> {
    if asked > most {
        return Err(Failure::Usage(format!(
            "{option} {asked} is more than {most}"
        )));
    }
    Ok(asked)
}

fn done() -> Result<(), Failure> {
    say(&Line::Done {
        checksum: Checksum::default().value(),
    })
}

fn take_memory(mib: usize) -> Result<(), Failure> {
    say(&Line::Ready)?;
    let mut taken: Vec<Vec<u8>> = Vec::new();
    for number in 0..mib {
        let mut piece = Vec::new();
        piece
            .try_reserve_exact(MIB)
            .map_err(|error| Failure::Failed(format!("refused after {number} MiB: {error}")))?;
        piece.resize(MIB, 0);
        for page in piece.chunks_exact_mut(PAGE_BYTES) {
            page[0] = 1;
        }
        taken.push(piece);
    }
    std::hint::black_box(&taken);
    done()
}

fn start_processes(count: u32) -> Result<(), Failure> {
    say(&Line::Ready)?;
    let mut children = Vec::new();
    let mut refusal = None;
    while children.len() < count as usize && refusal.is_none() {
        match sys::fork() {
            Ok(Forked::Child) => {
                sys::die_with_parent();
                std::thread::sleep(PROCESS_LIFE);
                sys::exit_at_once(0);
            }
            Ok(Forked::Parent(child)) => children.push(child),
            Err(error) => refusal = Some(error),
        }
    }
    let started = children.len();
    for child in children {
        sys::end_child(child);
    }
    let mut burst = Burst::default();
    burst.metric("neighbour.processes", "count", started as f64);
    burst.say()?;
    match refusal {
        Some(error) => Err(Failure::Failed(format!(
            "refused after {started} processes: {error}"
        ))),
        None => done(),
    }
}
