//! How many system calls a launcher and everything that it starts make on the host.
//!
//! 1. The kernel has a tracepoint at the entry of every system call. A counter of the perf subsystem hangs on it: it adds one
//!    and stops nobody, unlike strace, which stops the caller twice for each call.
//! 2. The counter belongs to this thread and is switched off. Processes that the thread starts inherit it, and theirs goes
//!    on with their execve: what this process does itself is not counted.
//! 3. When one of them ends, the kernel adds its count to ours.
//!
//! While a counter hangs there, every system call of the machine takes a little longer: whoever counts doesn't time.
//!
//! It takes root, and the list of tracepoints below /sys/kernel/tracing.
//!
//! Simplified: execve itself isn't counted, since the counter is off until it has succeeded.
//!
//! Read next: perf_event_open(2) on `inherit` and `enable_on_exec`; `experiment/syscall.rs`.

use std::fs;
use std::io;

use perf_event::events::Tracepoint;
use perf_event::{Builder, Counter};

use crate::backend::Missing;

/// Where the kernel tells the tracepoint's number.
const ENTRY: &str = "/sys/kernel/tracing/events/raw_syscalls/sys_enter/id";

/// A counter for what is started while it is there.
#[derive(Debug)]
pub struct HostCalls(Counter);

impl HostCalls {
    /// Makes one. Only what this thread starts from now on is counted.
    ///
    /// # Errors
    /// What is missing.
    pub fn watch() -> Result<Self, Missing> {
        let number = fs::read_to_string(ENTRY).map_err(|error| Missing {
            what: format!("system calls of the host can't be counted: {ENTRY}: {error}"),
            remedy: "sudo mount -t tracefs tracefs /sys/kernel/tracing, and run as root".to_owned(),
        })?;
        let counter = number
            .trim()
            .parse()
            .map_err(io::Error::other)
            .and_then(counter);
        counter.map(Self).map_err(|error| Missing {
            what: format!("system calls of the host can't be counted: perf_event_open: {error}"),
            remedy: "run as root, or sudo sysctl kernel.perf_event_paranoid=-1".to_owned(),
        })
    }

    /// The calls of everything that was started and has ended.
    ///
    /// # Errors
    /// When the counter can't be read.
    pub fn count(mut self) -> io::Result<u64> {
        self.0.read()
    }
}

fn counter(number: u64) -> io::Result<Counter> {
    Builder::new(Tracepoint::with_id(number))
        .exclude_kernel(false)
        .exclude_hv(false)
        .inherit(true)
        .enabled(false)
        .enable_on_exec(true)
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::require;
    use std::process::Command;

    fn calls_of(program: &str, args: &[&str]) -> Option<u64> {
        match HostCalls::watch() {
            Ok(calls) => {
                assert!(Command::new(program).args(args).status().unwrap().success());
                Some(calls.count().unwrap())
            }
            Err(missing) => {
                require::skip("tracing", &missing.what);
                None
            }
        }
    }

    #[test]
    fn a_thousand_more_calls_are_a_thousand_more_and_grandchildren_count() {
        let count = |writes: u32| {
            let script = format!("for i in $(seq {writes}); do echo; done >/dev/null; (exit 0)");
            calls_of("/bin/sh", &["-c", &script])
        };
        if let Some((few, many)) = count(1000).zip(count(2000)) {
            let more = many - few;
            // The list that seq prints is longer, too, and is read in several pieces.
            assert!((1000..1100).contains(&more), "{few} {many}");
        }
    }

    #[test]
    fn what_this_process_does_itself_is_not_counted() {
        let Ok(calls) = HostCalls::watch() else {
            return;
        };
        for _ in 0..100 {
            fs::metadata("/").unwrap();
        }
        assert_eq!(calls.count().unwrap(), 0);
    }
}
