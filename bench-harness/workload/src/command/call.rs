//! `call --what KIND (--ops N | --duration-ms D) [--file PATH] [--at N]`: crosses one border, again and again.
//!
//! | KIND | an operation |
//! |---|---|
//! | `null` | getppid(2): into the kernel and back, with nothing to do there |
//! | `read` | pread(2) of the first byte of the file: wherever that byte comes from |
//! | `open` | open(2) and close(2) of the file |
//! | `fault` | the first touch of a page of 4 KiB: the kernel finds one and fills it with zeros. Only with `--ops` |
//! | `exit-port` | VMs only: an `out` to port `--at`, behind which there is nothing |
//! | `exit-mmio` | VMs only: a load from address `--at` of the bus, where there is no memory and no device |
//!
//! The harness times it from outside, from `ready` to `done`. With a duration, the clock is looked at after every 64 operations,
//! and the number of operations is told: they take anything from 0.1 to 100 µs.
//!
//! The checksum covers the first operation, so that it is equal everywhere.
//!
//! Read next: `sys.rs`; getppid(2), ioperm(2), mem(4).

use std::fs::File;
use std::os::unix::fs::FileExt;

use workload::checksum::Checksum;
use workload::protocol::Line;

use crate::Failure;
use crate::arguments::Arguments;
use crate::report::{Burst, say};
use crate::sys::{self, FreshPages, IoPort, MappedPage, monotonic_ns};

/// Operations between two looks at the clock.
const BATCH: u64 = 64;

/// When to stop.
#[derive(Clone, Copy, Debug)]
enum Length {
    Operations(u64),
    DurationNs(u64),
}

/// Prepares the operation, and repeats it.
pub fn run(mut arguments: Arguments) -> Result<(), Failure> {
    let what: String = arguments.require("--what")?;
    let length = match (arguments.take("--ops")?, arguments.take("--duration-ms")?) {
        (Some(operations), None) if operations > 0 => Length::Operations(operations),
        (None, Some(ms)) => Length::DurationNs(u64::saturating_mul(ms, 1_000_000)),
        _ => {
            return Err(Failure::Usage(
                "call needs either --ops, at least 1, or --duration-ms".to_owned(),
            ));
        }
    };
    let path: Option<String> = arguments.take("--file")?;
    let at: Option<u64> = arguments.take("--at")?;
    arguments.finish()?;
    let path = || path.as_deref().ok_or_else(|| lacks("--file", &what));
    let at = || at.ok_or_else(|| lacks("--at", &what));
    match what.as_str() {
        "null" => repeat(length, || Ok(sys::null_call())),
        "read" => {
            let file = opened(path()?)?;
            repeat(length, || first_byte(&file, path()?))
        }
        "open" => {
            // The first time a disk may have to be set up.
            drop(opened(path()?)?);
            repeat(length, || opened(path()?).map(|_| 0))
        }
        "fault" => faults(length),
        "exit-port" => {
            let port = u16::try_from(at()?).map_err(|_| lacks("a port at --at", &what))?;
            let mut port = IoPort::ask_for(port).map_err(refused("ioperm"))?;
            repeat(length, || {
                port.write(0);
                Ok(0)
            })
        }
        "exit-mmio" => {
            let page = MappedPage::of_bus(at()?).map_err(refused("mapping /dev/mem"))?;
            repeat(length, || {
                page.read();
                Ok(0)
            })
        }
        other => Err(Failure::Usage(format!(
            "--what can't be {other:?}: null, read, open, fault, exit-port or exit-mmio"
        ))),
    }
}

fn lacks(option: &str, what: &str) -> Failure {
    Failure::Usage(format!("{what} needs {option}"))
}

fn refused(what: &'static str) -> impl Fn(std::io::Error) -> Failure {
    move |error| Failure::Failed(format!("{what}: {error}"))
}

fn opened(path: &str) -> Result<File, Failure> {
    File::open(path).map_err(|error| Failure::Failed(format!("opening {path}: {error}")))
}

fn first_byte(file: &File, path: &str) -> Result<u64, Failure> {
    let mut byte = [0];
    match file.read_at(&mut byte, 0) {
        Ok(1) => Ok(byte[0].into()),
        Ok(_) => Err(Failure::Failed(format!("{path} is empty"))),
        Err(error) => Err(Failure::Failed(format!("reading {path}: {error}"))),
    }
}

/// Each page can be touched for the first time once, so their number is that of the operations.
fn faults(length: Length) -> Result<(), Failure> {
    let Length::Operations(pages) = length else {
        return Err(lacks("--ops", "fault"));
    };
    let mut memory = FreshPages::map(pages).map_err(refused("mapping memory"))?;
    repeat(length, || Ok(memory.touch_next()))
}

fn repeat(
    length: Length,
    mut operation: impl FnMut() -> Result<u64, Failure>,
) -> Result<(), Failure> {
    say(&Line::Ready)?;
    let mut checksum = Checksum::default();
    checksum.add(operation()?);
    let mut done = 1;
    match length {
        Length::Operations(wanted) => {
            while done < wanted {
                operation()?;
                done += 1;
            }
        }
        Length::DurationNs(duration_ns) => {
            let end_ns = monotonic_ns().saturating_add(duration_ns);
            while monotonic_ns() < end_ns {
                for _ in 0..BATCH {
                    operation()?;
                }
                done += BATCH;
            }
        }
    }
    let mut burst = Burst::default();
    burst.metric("syscall.ops", "count", done as f64);
    burst.add(&Line::Done {
        checksum: checksum.value(),
    });
    burst.say()
}
