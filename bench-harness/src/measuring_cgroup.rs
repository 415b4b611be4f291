//! A cgroup put round a launcher only to read what the kernel charges for everything inside it.
//!
//! Page tables, sockets, namespaces and pipe buffers are memory too, but no process maps them: only a cgroup counts them.
//!
//! 1. The harness makes a memory cgroup below its own (v1), or below the root of the hierarchy (v2, where a cgroup that
//!    holds processes, as the harness's own does, can't have children with controllers).
//! 2. The launcher joins it before it is executed: a shell writes itself into `cgroup.procs`, then becomes the launcher.
//!    Cgroups that the launcher makes lie below its own one, so this one sees them.
//! 3. After the instance is gone the folder is removed: by a shell that waits from the beginning for the end of its standard
//!    input. That comes when this value is dropped, and also when the harness is killed and can't clear up any more.
//!
//! Joining costs milliseconds (CONTAINER facts: an RCU wait), so nothing that is timed runs in one of these.
//!
//! Read next: `cgroups(7)`, the kernel's `cgroup-v1/memory.rst` and `cgroup-v2.rst`.

use std::fs;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::host::cgroup::{Mode, mounts, own_path};

/// Waits, then removes the folder $0. EBUSY while the kernel is still taking its last process apart, hence the attempts.
const REMOVE: &str = r#"
read -r nothing
for attempt in $(seq 1000); do
    rmdir "$0" 2>/dev/null && exit 0
    [ -e "$0" ] || exit 0
    sleep 0.005
done
exit 1
"#;

/// A memory cgroup that exists as long as this value.
#[derive(Debug)]
pub struct MeasuringCgroup {
    folder: PathBuf,
    /// `memory.current` or `memory.usage_in_bytes`.
    usage_file: &'static str,
    /// Who removes the folder.
    remover: Child,
}

impl MeasuringCgroup {
    /// Makes the cgroup.
    ///
    /// # Errors
    /// When there is no memory controller, or no right to make cgroups.
    pub fn create() -> io::Result<Self> {
        let (parent, usage_file) = place()?;
        let name = format!(
            "isolab-measure-{}-{:x}",
            std::process::id(),
            crate::clock::monotonic_ns()
        );
        let folder = parent.join(name);
        fs::create_dir(&folder)?;
        let remover = remover(&folder).inspect_err(|_| {
            fs::remove_dir(&folder).ok();
        })?;
        let cgroup = Self {
            folder,
            usage_file,
            remover,
        };
        // Without the memory controller the folder exists but counts nothing.
        cgroup.charged_bytes()?;
        Ok(cgroup)
    }

    /// The same command, started inside this cgroup.
    #[must_use]
    pub fn wrap(&self, command: &Command) -> Command {
        let mut wrapped = Command::new("/bin/sh");
        wrapped
            .args(["-c", "echo 0 > \"$0\" && exec \"$@\""])
            .arg(self.folder.join("cgroup.procs"))
            .arg(command.get_program())
            .args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => wrapped.env(name, value),
                None => wrapped.env_remove(name),
            };
        }
        wrapped
    }

    /// Bytes charged now to everything inside, kernel memory included.
    ///
    /// # Errors
    /// When the counter can't be read.
    pub fn charged_bytes(&self) -> io::Result<u64> {
        let text = fs::read_to_string(self.folder.join(self.usage_file))?;
        text.trim().parse().map_err(|_| {
            io::Error::new(
                io::ErrorKind::InvalidData,
                format!("not a number: {text:?}"),
            )
        })
    }

    /// The folder, for tests.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for MeasuringCgroup {
    fn drop(&mut self) {
        self.remover.stdin = None;
        let removed = self.remover.wait().is_ok_and(|status| status.success());
        if !removed {
            eprintln!(
                "isolab: could not remove the cgroup {}",
                self.folder.display()
            );
        }
    }
}

/// In a process group of its own: what ends the harness's group must not end it.
fn remover(folder: &Path) -> io::Result<Child> {
    Command::new("/bin/sh")
        .args(["-c", REMOVE])
        .arg(folder)
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
}

fn place() -> io::Result<(PathBuf, &'static str)> {
    let unsupported = |text: &str| io::Error::new(io::ErrorKind::Unsupported, text.to_owned());
    let mounts = mounts()?;
    if let Some(mount) = mounts.v1("memory") {
        // Inside a container the path in /proc may lie outside what is mounted: then the mount's root is our place.
        let below = mount.join(own_path(Mode::V1("memory"))?.trim_start_matches('/'));
        let parent = if below.is_dir() {
            below
        } else {
            mount.to_path_buf()
        };
        return Ok((parent, "memory.usage_in_bytes"));
    }
    let root = mounts
        .v2()
        .ok_or_else(|| unsupported("no cgroup hierarchy with a memory controller is mounted"))?;
    let enabled = fs::read_to_string(root.join("cgroup.subtree_control"))?;
    if !enabled
        .split_whitespace()
        .any(|controller| controller == "memory")
    {
        return Err(unsupported(
            "the memory controller is not enabled for cgroups below the root (echo +memory > /sys/fs/cgroup/cgroup.subtree_control)",
        ));
    }
    Ok((root.to_path_buf(), "memory.current"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrapped_command_runs_inside_and_the_folder_is_removed() {
        let cgroup = match MeasuringCgroup::create() {
            Ok(cgroup) => cgroup,
            Err(error) => return crate::require::skip("cgroup", &error.to_string()),
        };
        let folder = cgroup.folder().to_path_buf();
        let mut command = Command::new("sh");
        command.args(["-c", "cat /proc/self/cgroup"]);
        let output = cgroup.wrap(&command).output().unwrap();
        let name = folder.file_name().unwrap().to_str().unwrap();
        assert!(
            String::from_utf8_lossy(&output.stdout).contains(name),
            "{output:?}"
        );
        assert!(cgroup.charged_bytes().unwrap() < 64 << 20);
        drop(cgroup);
        assert!(!folder.exists());
    }
}
