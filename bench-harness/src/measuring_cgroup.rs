//! A cgroup put round a launcher only to read what the kernel charges for everything inside it.
//!
//! Page tables, sockets, namespaces and pipe buffers are memory too, but no process maps them: only a cgroup counts them.
//!
//! It is an [`Enclosure`] with the memory controller. Nothing that is timed runs in one of these.
//!
//! Read next: `enclosure.rs`; the kernel's `cgroup-v1/memory.rst` and `cgroup-v2.rst`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::enclosure::Enclosure;

/// A memory cgroup that exists as long as this value.
#[derive(Debug)]
pub struct MeasuringCgroup {
    enclosure: Enclosure,
    /// `memory.current` or `memory.usage_in_bytes`.
    usage_file: &'static str,
}

impl MeasuringCgroup {
    /// Makes the cgroup.
    ///
    /// # Errors
    /// When there is no memory controller, or no right to make cgroups.
    pub fn create() -> io::Result<Self> {
        let enclosure = Enclosure::create(&["memory"])?;
        let files = ["memory.usage_in_bytes", "memory.current"];
        let has = |file: &&str| {
            let mut folders = enclosure.folders().iter();
            folders.any(|folder| folder.join(file).exists())
        };
        let usage_file = files.into_iter().find(has).unwrap_or(files[1]);
        let cgroup = Self {
            enclosure,
            usage_file,
        };
        // Without the memory controller the folder exists but counts nothing.
        cgroup.charged_bytes()?;
        Ok(cgroup)
    }

    /// The same command, started inside this cgroup.
    #[must_use]
    pub fn wrap(&self, command: &Command) -> Command {
        self.enclosure.wrap(command)
    }

    /// Bytes charged now to everything inside, kernel memory included.
    ///
    /// # Errors
    /// When the counter can't be read.
    pub fn charged_bytes(&self) -> io::Result<u64> {
        read_bytes(&self.folder().join(self.usage_file))
    }

    /// The same, with cgroups of the instance that don't lie below this one: where they do, they are in it already.
    ///
    /// # Errors
    /// When a counter can't be read.
    pub fn charged_bytes_with(&self, cgroups: &[PathBuf]) -> io::Result<u64> {
        let beside = cgroups
            .iter()
            .filter(|path| !path.starts_with(self.folder()));
        let counters = beside.filter_map(|path| read_bytes(&path.join(self.usage_file)).ok());
        Ok(self.charged_bytes()? + counters.sum::<u64>())
    }

    /// What it is made of.
    #[must_use]
    pub fn enclosure(&self) -> &Enclosure {
        &self.enclosure
    }

    /// The folder, for tests.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.enclosure
            .folders()
            .first()
            .map_or(Path::new(""), AsRef::as_ref)
    }
}

fn read_bytes(file: &Path) -> io::Result<u64> {
    let text = fs::read_to_string(file)?;
    text.trim().parse().map_err(|_| {
        io::Error::new(
            io::ErrorKind::InvalidData,
            format!("not a number: {text:?}"),
        )
    })
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
