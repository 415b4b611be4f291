//! A limit, and the files by which a cgroup has it; the same for a cgroup that a container's launcher made and for one that
//! the harness puts round a VMM.
//!
//! | limit | v1 | v2 |
//! |---|---|---|
//! | CPU time | `cpu.cfs_quota_us` | `cpu.max` |
//! | memory, page cache included | `memory.limit_in_bytes`, `memory.memsw.limit_in_bytes` | `memory.max`, `memory.swap.max` |
//! | traffic to a disk | `blkio.throttle.{read,write}_bps_device` | `io.max` |
//!
//! There is none for memory *bandwidth* and none for the caches of the CPU: what shares them can't be kept apart by cgroups.
//!
//! Read next: the kernel's `sched-bwc.rst`, `cgroup-v1/memory.rst`, `cgroup-v1/blkio-controller.rst`, `cgroup-v2.rst`.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use nix::sys::stat::{major, minor};

/// Length of a CPU accounting period, in microseconds: the kernel's default.
const CPU_PERIOD_US: f64 = 100_000.0;

/// One limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Limit {
    /// CPU time per time, in CPUs.
    Cpus(f64),
    /// Memory, and page cache that is charged to it.
    MemoryBytes(u64),
    /// Reading from and writing to a disk, each.
    Disk {
        /// The disk's number.
        device: (u64, u64),
        /// Bytes per second.
        bytes_per_s: u64,
    },
}

impl Limit {
    /// The controller that has it, by its name in v1.
    #[must_use]
    pub fn controller(self) -> &'static str {
        match self {
            Self::Cpus(_) => "cpu",
            Self::MemoryBytes(_) => "memory",
            Self::Disk { .. } => "blkio",
        }
    }

    /// Writes it to that one of an instance's cgroups which has the controller.
    ///
    /// # Errors
    /// When none has, or the kernel refuses.
    pub fn write(self, folders: &[PathBuf]) -> io::Result<()> {
        for folder in folders {
            let files = self.files(folder);
            // A hierarchy of v1 has one controller's files.
            if !files.iter().any(|(path, _)| path.exists()) {
                continue;
            }
            for (path, value) in files {
                match write_existing(&path, &value) {
                    // Kernels without swap accounting lack the file, v1 and v2 those of each other.
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    other => other.map_err(|error| {
                        io::Error::new(error.kind(), format!("{}: {error}", path.display()))
                    })?,
                }
            }
            return Ok(());
        }
        Err(io::Error::new(
            io::ErrorKind::Unsupported,
            format!("it has no cgroup with the controller {}", self.controller()),
        ))
    }

    fn files(self, folder: &Path) -> Vec<(PathBuf, String)> {
        let file = |name: &str, value: String| (folder.join(name), value);
        match self {
            Self::Cpus(cpus) => {
                let quota = format!("{:.0}", cpus * CPU_PERIOD_US);
                vec![
                    file("cpu.max", format!("{quota} {CPU_PERIOD_US:.0}")),
                    file("cpu.cfs_quota_us", quota),
                ]
            }
            Self::MemoryBytes(bytes) => {
                let mut files = vec![
                    file("memory.swap.max", "0".to_owned()),
                    file("memory.max", bytes.to_string()),
                    file("memory.limit_in_bytes", bytes.to_string()),
                    file("memory.memsw.limit_in_bytes", bytes.to_string()),
                ];
                // Memory can't be allowed more than memory and swap together: whoever raises both raises that first.
                if bytes > limit_now(folder) {
                    files.reverse();
                }
                files
            }
            Self::Disk {
                device: (major, minor),
                bytes_per_s,
            } => {
                let device = format!("{major}:{minor}");
                vec![
                    file(
                        "io.max",
                        format!("{device} rbps={bytes_per_s} wbps={bytes_per_s}"),
                    ),
                    file(
                        "blkio.throttle.read_bps_device",
                        format!("{device} {bytes_per_s}"),
                    ),
                    file(
                        "blkio.throttle.write_bps_device",
                        format!("{device} {bytes_per_s}"),
                    ),
                ]
            }
        }
    }
}

/// Not [`fs::write`], which asks for a file to be made where there is none: here that is forbidden, not missing.
fn write_existing(path: &Path, value: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(path)?;
    file.write_all(value.as_bytes())
}

/// What v1 allows at present; without limit a large number.
fn limit_now(folder: &Path) -> u64 {
    fs::read_to_string(folder.join("memory.limit_in_bytes"))
        .ok()
        .and_then(|text| text.trim().parse().ok())
        .unwrap_or(u64::MAX)
}

/// The number of the whole disk on which a file lies: limits are not for partitions.
///
/// # Errors
/// When the file lies on no disk (a tmpfs, a network's file system).
pub fn disk_of(file: &Path) -> io::Result<(u64, u64)> {
    let device = fs::metadata(file)?.dev();
    let number = format!("{}:{}", major(device), minor(device));
    let folder = Path::new("/sys/dev/block").join(&number);
    if !folder.exists() {
        return Err(io::Error::new(
            io::ErrorKind::Unsupported,
            format!("{} lies on no disk of its own", file.display()),
        ));
    }
    let of_disk = match folder.join("partition").exists() {
        true => folder.join("../dev"),
        false => folder.join("dev"),
    };
    let text = fs::read_to_string(of_disk)?;
    let numbers = text.trim().split_once(':');
    numbers
        .and_then(|(major, minor)| Some((major.parse().ok()?, minor.parse().ok()?)))
        .ok_or_else(|| io::Error::other(format!("{number} is no disk's number")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder_with(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            fs::write(folder.path().join(file), "").unwrap();
        }
        folder
    }

    #[test]
    fn a_limit_goes_to_the_cgroup_that_has_its_controller_in_either_version() {
        let cpu = folder_with(&["cpu.cfs_quota_us"]);
        let unified = folder_with(&["cpu.max", "memory.max", "io.max"]);
        let read = |folder: &tempfile::TempDir, file| {
            fs::read_to_string(folder.path().join(file)).unwrap_or_default()
        };
        Limit::Cpus(0.25)
            .write(&[unified.path().to_path_buf()])
            .unwrap();
        assert_eq!(read(&unified, "cpu.max"), "25000 100000");
        let disk = Limit::Disk {
            device: (8, 16),
            bytes_per_s: 1000,
        };
        disk.write(&[unified.path().to_path_buf()]).unwrap();
        assert_eq!(read(&unified, "io.max"), "8:16 rbps=1000 wbps=1000");
        let memory = folder_with(&["memory.limit_in_bytes"]);
        let both = [memory.path().to_path_buf(), cpu.path().to_path_buf()];
        Limit::Cpus(2.0).write(&both).unwrap();
        assert_eq!(read(&cpu, "cpu.cfs_quota_us"), "200000");
        Limit::MemoryBytes(4096).write(&both).unwrap();
        assert_eq!(read(&memory, "memory.limit_in_bytes"), "4096");
    }

    #[test]
    fn without_the_controller_it_is_an_error_that_names_it() {
        let empty = tempfile::tempdir().unwrap();
        let error = Limit::Cpus(1.0)
            .write(&[empty.path().to_path_buf()])
            .unwrap_err();
        assert!(error.to_string().contains("controller cpu"), "{error}");
    }

    #[test]
    fn a_file_in_memory_lies_on_no_disk() {
        let error = disk_of(Path::new("/proc/self/stat")).unwrap_err();
        assert!(error.to_string().contains("no disk"), "{error}");
    }
}
