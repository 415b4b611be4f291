//! What a killed harness can't see to any more: the cgroups of its containers.
//!
//! Our launchers end when the harness is killed, and their containers with them, but a launcher that dies of SIGKILL leaves its
//! cgroups. The next start would remove them (container-backend's `cgroup/remove.rs`); there may be none for weeks. So a shell
//! waits for the harness's end: after an orderly one it is told so and has nothing to do, after any other it has the
//! launcher sweep.
//!
//! Read next: `remover.rs`, which does the same for what the harness itself has made.

use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

use crate::binaries::Binaries;

/// $0 is the launcher. Repeatedly, because a cgroup is left alone until its launcher has ended, and stays busy until the kernel has
/// taken its processes apart: on a busy machine, of dozens of containers, that takes seconds.
const SCRIPT: &str = r#"
read -r orderly && exit 0
for pause in 0.1 0.4 1 2 4 8; do
    sleep "$pause"
    "$0" sweep
done
"#;

/// Sweeps if the harness doesn't come to drop it.
#[derive(Debug)]
pub struct Aftermath {
    shell: Child,
}

impl Aftermath {
    /// Begins to wait.
    ///
    /// # Errors
    /// When no shell can be started.
    pub fn of(binaries: &Binaries) -> io::Result<Self> {
        let shell = Command::new("/bin/sh")
            .args(["-c", SCRIPT])
            .arg(&binaries.container_backend.path)
            // What ends the harness's group must not end it.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Self { shell })
    }
}

impl Drop for Aftermath {
    fn drop(&mut self) {
        if let Some(mut stdin) = self.shell.stdin.take() {
            // If it is gone already there is nobody to tell.
            stdin.write_all(b"orderly\n").ok();
        }
        if let Err(error) = self.shell.wait() {
            eprintln!("isolab: could not wait for the shell that would have swept: {error}");
        }
    }
}
