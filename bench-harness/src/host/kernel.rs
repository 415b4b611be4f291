//! The kernel: version, timer frequency, and the settings that change what things cost.

use std::fs;
use std::path::Path;
use std::process::Command;

use nix::sys::utsname::uname;

use super::{chosen, line};

/// The kernel's release and build, as `uname -rv`.
#[must_use]
pub fn release() -> (String, String) {
    uname().map_or_else(
        |_| ("unknown".to_owned(), "unknown".to_owned()),
        |names| {
            let text = |part: &std::ffi::OsStr| part.to_string_lossy().into_owned();
            (text(names.release()), text(names.version()))
        },
    )
}

/// Timer interrupts per second: how late a CPU limit or a scheduler may act. `None` if the configuration isn't public.
#[must_use]
pub fn timer_hz() -> Option<u64> {
    let configuration = configuration()?;
    configuration
        .lines()
        .find_map(|line| line.strip_prefix("CONFIG_HZ="))
        .and_then(|hz| hz.parse().ok())
}

fn configuration() -> Option<String> {
    let (release, _) = release();
    if let Ok(text) = fs::read_to_string(format!("/boot/config-{release}")) {
        return Some(text);
    }
    // gzip is everywhere where /proc/config.gz is; a decompressor of our own for one number is not worth its code.
    let output = Command::new("gzip")
        .args(["-dc", "/proc/config.gz"])
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Transparent huge pages: `always`, `madvise`, `never`.
#[must_use]
pub fn transparent_huge_pages() -> String {
    let choices = line("/sys/kernel/mm/transparent_hugepage/enabled");
    choices.map_or_else(|| "none".to_owned(), |choices| chosen(&choices).to_owned())
}

/// What CLOCK_MONOTONIC is made of.
#[must_use]
pub fn clocksource() -> String {
    line("/sys/devices/system/clocksource/clocksource0/current_clocksource")
        .unwrap_or_else(|| "unknown".to_owned())
}

/// The word of the kernel's command line that begins with `name`.
#[must_use]
pub fn command_line_word(name: &str) -> Option<String> {
    let words = line("/proc/cmdline")?;
    words
        .split(' ')
        .find(|word| word.starts_with(name))
        .map(str::to_owned)
}

/// Whether this is the emulated lab machine (`scripts/lab-machine` says so on the command line): its times mean nothing.
#[must_use]
pub fn is_lab_machine() -> bool {
    command_line_word("isolab.lab").is_some()
}

/// Changes with every boot. Empty if /proc doesn't say.
#[must_use]
pub fn boot_id() -> String {
    line("/proc/sys/kernel/random/boot_id").unwrap_or_default()
}

/// Type and source of the filesystem that holds `path`.
#[must_use]
pub fn filesystem_of(path: &Path) -> Option<(String, String)> {
    let path = path.canonicalize().ok()?;
    filesystem_in(&fs::read_to_string("/proc/self/mountinfo").ok()?, &path)
}

fn filesystem_in(mountinfo: &str, path: &Path) -> Option<(String, String)> {
    let mounts = mountinfo.lines().filter_map(|line| {
        let (left, right) = line.split_once(" - ")?;
        let point = Path::new(left.split(' ').nth(4)?);
        let mut right = right.split(' ');
        let (kind, source) = (right.next()?, right.next()?);
        path.starts_with(point).then(|| {
            (
                point.components().count(),
                kind.to_owned(),
                source.to_owned(),
            )
        })
    });
    // The longest mount point wins; of two at the same place the later one, which covers the other.
    let (_, kind, source) = mounts.max_by_key(|(depth, _, _)| *depth)?;
    Some((kind, source))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_innermost_and_latest_mount_holds_the_path() {
        let mountinfo = "1 0 8:1 / / rw - ext4 /dev/vda rw\n2 1 0:5 / /tmp rw - ext4 /dev/vdb rw\n\
                         3 1 0:6 / /tmp rw,nosuid shared:1 - tmpfs none rw\n";
        let of = |path: &str| filesystem_in(mountinfo, Path::new(path)).unwrap().0;
        assert_eq!(of("/tmp/run"), "tmpfs");
        assert_eq!(of("/tmpfile"), "ext4");
    }

    #[test]
    fn this_kernel_has_a_release() {
        assert_ne!(release().0, "unknown");
    }
}
