//! Cgroups of the harness's own round a launcher: to read what the kernel charges for all that is inside, or to limit it.
//!
//! 1. The harness makes a folder for each controller that is wanted: below its own cgroup (v1), or below the root of the
//!    hierarchy (v2, where a cgroup that holds processes, as the harness's own does, can't have children with controllers).
//! 2. The launcher joins before it is executed: a shell writes itself into `cgroup.procs`, then becomes the launcher.
//!    Cgroups that the launcher makes lie below its own one, so this one sees them.
//! 3. After the instance is gone the folders are removed: by a shell that waits from the beginning for the end of its standard
//!    input. That comes when this value is dropped, and also when the harness is killed and can't clear up any more.
//!
//! Joining costs milliseconds (CONTAINER facts: an RCU wait), so no start that is timed happens in one of these.
//!
//! Read next: `cgroups(7)`; `measuring_cgroup.rs`, `cgroup_limit.rs`.

use std::fs;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use crate::host::cgroup::place_for;

/// Waits, then removes the folders. EBUSY while the kernel is still taking the last process apart, hence the attempts.
const REMOVE: &str = r#"
read -r nothing
left=0
for folder; do
    for attempt in $(seq 1000); do
        rmdir "$folder" 2>/dev/null && break
        [ -e "$folder" ] || break
        sleep 0.005
    done
    [ ! -e "$folder" ] || left=1
done
exit "$left"
"#;

/// Cgroups that exist as long as this value.
#[derive(Debug)]
pub struct Enclosure {
    folders: Vec<PathBuf>,
    /// Who removes the folders.
    remover: Child,
}

impl Enclosure {
    /// Makes a cgroup for each of these controllers (by their names in v1).
    ///
    /// # Errors
    /// When there is no such controller, or no right to make cgroups.
    pub fn create(controllers: &[&str]) -> io::Result<Self> {
        let name = format!(
            "isolab-round-{}-{:x}",
            std::process::id(),
            crate::clock::monotonic_ns()
        );
        let mut folders: Vec<PathBuf> = Vec::new();
        for controller in controllers {
            let folder = place_for(controller)?.join(&name);
            // Of v2 there is one folder for all controllers.
            if !folders.contains(&folder) {
                folders.push(folder);
            }
        }
        // Before the folders: from the first one on there is somebody who removes them.
        let remover = remover(&folders)?;
        let enclosure = Self { folders, remover };
        for folder in &enclosure.folders {
            fs::create_dir(folder)?;
        }
        Ok(enclosure)
    }

    /// The same command, started inside.
    #[must_use]
    pub fn wrap(&self, command: &Command) -> Command {
        // The folders up to the `--`, then what is to be executed.
        const JOIN: &str = "while [ \"$1\" != -- ]; do echo 0 > \"$1/cgroup.procs\" || exit 1; shift; done; \
            shift; exec \"$@\"";
        let mut wrapped = Command::new("/bin/sh");
        wrapped
            .args(["-c", JOIN, "isolab-enclosure"])
            .args(&self.folders)
            .arg("--")
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

    /// One folder for each hierarchy.
    #[must_use]
    pub fn folders(&self) -> &[PathBuf] {
        &self.folders
    }
}

impl Drop for Enclosure {
    fn drop(&mut self) {
        self.remover.stdin = None;
        let are_removed = self.remover.wait().is_ok_and(|status| status.success());
        if !are_removed {
            eprintln!("isolab: could not remove the cgroups {:?}", self.folders);
        }
    }
}

/// In a process group of its own: what ends the harness's group must not end it.
fn remover(folders: &[PathBuf]) -> io::Result<Child> {
    Command::new("/bin/sh")
        .args(["-c", REMOVE, "isolab-enclosure"])
        .args(folders)
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_runs_inside_of_every_cgroup_and_the_folders_are_removed() {
        let enclosure = match Enclosure::create(&["memory", "cpu"]) {
            Ok(enclosure) => enclosure,
            Err(error) => return crate::require::skip("cgroup", &error.to_string()),
        };
        let folders = enclosure.folders().to_vec();
        let mut command = Command::new("sh");
        command.args(["-c", "cat /proc/self/cgroup"]);
        let output = enclosure.wrap(&command).output().unwrap();
        let inside = String::from_utf8_lossy(&output.stdout).into_owned();
        let name = folders[0].file_name().unwrap().to_str().unwrap();
        assert_eq!(inside.matches(name).count(), folders.len(), "{output:?}");
        drop(enclosure);
        assert!(folders.iter().all(|folder| !folder.exists()));
    }

    #[test]
    fn a_harness_that_is_killed_leaves_no_cgroup() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("round");
        fs::create_dir(&folder).unwrap();
        let mut remover = remover(std::slice::from_ref(&folder)).unwrap();
        // What the kernel does with the pipes of a process that was killed.
        drop(remover.stdin.take());
        assert!(remover.wait().unwrap().success());
        assert!(!folder.exists());
    }
}
