//! Cgroups of the harness's own round a launcher: to read what the kernel charges for all that is inside, or to limit it.
//!
//! 1. The harness makes a folder for each controller that is wanted: below its own cgroup (v1), or below the root of the
//!    hierarchy (v2, where a cgroup that holds processes, as the harness's own does, can't have children with controllers).
//! 2. The launcher joins before it is executed: a shell writes itself into `cgroup.procs`, then becomes the launcher.
//!    Cgroups that the launcher makes lie below its own one, so this one sees them.
//! 3. After the instance is gone the folders are removed, also if the harness was killed (`remover.rs`).
//!
//! Joining costs milliseconds (CONTAINER facts: an RCU wait), so no start that is timed happens in one of these.
//!
//! Read next: `cgroups(7)`; `measuring_cgroup.rs`, `cgroup_limit.rs`.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::process::Command;

use crate::backend::started_by;
use crate::host::cgroup::place_for;
use crate::remover::Remover;

/// Cgroups that exist as long as this value.
#[derive(Debug)]
pub struct Enclosure {
    folders: Vec<PathBuf>,
    _remover: Remover,
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
        let enclosure = Self {
            _remover: Remover::of_cgroups(&folders)?,
            folders,
        };
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
        let mut shell = Command::new("/bin/sh");
        shell
            .args(["-c", JOIN, "isolab-enclosure"])
            .args(&self.folders)
            .arg("--");
        started_by(shell, command)
    }

    /// One folder for each hierarchy.
    #[must_use]
    pub fn folders(&self) -> &[PathBuf] {
        &self.folders
    }
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
}
