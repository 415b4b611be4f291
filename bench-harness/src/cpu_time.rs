//! The CPU time of processes that go on running, in nanoseconds.
//!
//! `getrusage(2)` tells it only of those that have ended, `/proc/PID/stat` in ticks of 10 ms. The scheduler itself counts in
//! nanoseconds, for each thread: the first number in `/proc/PID/task/TID/schedstat`. It is exact while the thread sleeps; of
//! one that runs, the time since the last tick is missing. A VM's virtual CPU is a thread of its VMM, and its guest's time is
//! that thread's.
//!
//! Simplified: the time of threads that end between two readings is lost, and threads of the kernel that work for a process
//! (vhost, block I/O) are not found.
//!
//! Read next: the kernel's Documentation/scheduler/sched-stats.rst.

use std::fs;
use std::io::{self, ErrorKind};

/// What these processes have used so far, all together.
///
/// # Errors
/// When the kernel keeps no such count (CONFIG_SCHED_INFO), or one of the processes has ended.
pub fn of_processes(pids: &[i32]) -> io::Result<u64> {
    let mut sum_ns = 0;
    for pid in pids {
        for thread in fs::read_dir(format!("/proc/{pid}/task"))? {
            match fs::read_to_string(thread?.path().join("schedstat")) {
                Ok(text) => sum_ns += first_number(&text)?,
                // The thread has ended since the folder was listed.
                Err(error) if is_gone(&error) => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(sum_ns)
}

/// That the file isn't there is also what a kernel without the count says. Then this process has none either.
fn is_gone(error: &io::Error) -> bool {
    let is_missing = error.kind() == ErrorKind::NotFound
        || error.raw_os_error() == Some(nix::Error::ESRCH as i32);
    is_missing && fs::exists("/proc/self/schedstat").unwrap_or(false)
}

fn first_number(text: &str) -> io::Result<u64> {
    let number = text
        .split_whitespace()
        .next()
        .and_then(|word| word.parse().ok());
    number.ok_or_else(|| io::Error::new(ErrorKind::InvalidData, format!("schedstat is {text:?}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    #[test]
    fn a_process_that_computes_uses_time_and_one_that_sleeps_none() {
        let mut busy = std::process::Command::new("sh")
            .args(["-c", "while :; do :; done"])
            .spawn()
            .unwrap();
        let mut idle = std::process::Command::new("sleep")
            .arg("60")
            .spawn()
            .unwrap();
        let of = |child: &std::process::Child| of_processes(&[child.id().cast_signed()]).unwrap();
        let began = Instant::now();
        while of(&busy) < 20_000_000 && began.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(5));
        }
        let idle_ns = of(&idle);
        std::thread::sleep(Duration::from_millis(5));
        let (used_ns, later_idle_ns) = (of(&busy), of(&idle));
        for child in [&mut busy, &mut idle] {
            child.kill().unwrap();
            child.wait().unwrap();
        }
        assert!(used_ns >= 20_000_000, "{used_ns}");
        assert_eq!(later_idle_ns, idle_ns);
    }

    #[test]
    fn a_process_that_is_gone_is_an_error() {
        let mut child = std::process::Command::new("true").spawn().unwrap();
        child.wait().unwrap();
        assert!(of_processes(&[child.id().cast_signed()]).is_err());
        assert!(first_number("none").is_err());
    }
}
