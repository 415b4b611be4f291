//! Nothing may outlive the harness, also if it is killed: programs of others don't end with their parent as our launchers do.
//!
//! 1. Each gets a mark in its environment, which its descendants inherit: this harness's process id and the time of its first mark.
//! 2. One small shell waits, from the first mark on, for the end of its standard input, whose other end only the harness has.
//! 3. However the harness ends, the kernel closes that end. Then the shell kills whatever still bears the mark, and ends.
//!
//! It sleeps in a read all the while: nothing of it runs while something is timed. A process that clears its environment (Firecracker's
//! jailer does) isn't found.
//!
//! Read next: `backend/other_vmm.rs`, `leftovers.rs`.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use crate::clock::monotonic_ns;

/// The mark's name.
const NAME: &str = "ISOLAB_INSTANCE_OF";

/// `$0` is the mark as a line of the environment.
const SCRIPT: &str = r#"
read -r ignored
for environment in /proc/[0-9]*/environ; do
    if tr '\0' '\n' <"$environment" | grep -qxF "$0"; then
        process=${environment#/proc/}
        kill -KILL "${process%/environ}"
    fi
done
"#;

/// The shell, and the mark that it looks for.
#[derive(Debug)]
struct Guard {
    mark: String,
    /// Held for its standard input.
    _shell: Child,
}

/// The environment variable that marks a process as one of this harness's.
///
/// # Errors
/// When the guard can't be started.
pub fn mark() -> io::Result<(&'static str, &'static str)> {
    static GUARD: OnceLock<Guard> = OnceLock::new();
    let guard = match GUARD.get() {
        Some(guard) => guard,
        None => {
            let started = start()?;
            GUARD.get_or_init(|| started)
        }
    };
    Ok((NAME, &guard.mark))
}

fn start() -> io::Result<Guard> {
    let mark = format!("{}-{}", std::process::id(), monotonic_ns());
    let shell = Command::new("/bin/sh")
        .args(["-c", SCRIPT, &format!("{NAME}={mark}")])
        .stdin(Stdio::piped())
        // Whoever reads the harness's output must not wait for the shell.
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // Ctrl-C is for the harness.
        .process_group(0)
        .spawn()?;
    Ok(Guard {
        mark,
        _shell: shell,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::process::ExitStatusExt;

    #[test]
    fn what_bears_the_mark_is_killed_when_the_harness_is_gone_and_nothing_else() {
        let Guard { mark, mut _shell } = start().unwrap();
        let sleep = |mark: &str| {
            let mut command = Command::new("sleep");
            command.arg("600").env(NAME, mark).spawn().unwrap()
        };
        let (mut marked, mut other) = (sleep(&mark), sleep("another harness"));
        // As if the harness had been killed.
        drop(_shell.stdin.take());
        assert_eq!(marked.wait().unwrap().signal(), Some(9));
        _shell.wait().unwrap();
        assert_eq!(other.try_wait().unwrap(), None);
        other.kill().unwrap();
        other.wait().unwrap();
    }
}
