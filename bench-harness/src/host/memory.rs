//! How much memory the host could still give away.
//!
//! MemAvailable alone is blind for what an instance takes: each CPU keeps lists of freed pages (up to hundreds of MiB on
//! a big machine), which are neither used nor counted as free. The pages that one instance gave back are the first that
//! the next one gets, so MemAvailable doesn't move at all. They are counted here too.
//!
//! 1. Ask the kernel to add up its per-CPU counters now (`/proc/sys/vm/stat_refresh`; root only, and else a second late).
//! 2. MemAvailable, plus the pages of all per-CPU lists.
//!
//! Read next: the entry MemAvailable in `proc_meminfo(5)`; `count:` in `/proc/zoneinfo`.

use std::fs;
use std::io;

const PAGE_BYTES: u64 = 4096;

/// Bytes that could be given away.
///
/// # Errors
/// When /proc can't be read.
pub fn available_bytes() -> io::Result<u64> {
    // Without the right to do so the counters are at most a second old.
    fs::read("/proc/sys/vm/stat_refresh").ok();
    let kilobytes = available_kilobytes(&fs::read_to_string("/proc/meminfo")?)
        .ok_or_else(|| io::Error::other("/proc/meminfo has no MemAvailable"))?;
    let listed = pages_in_cpu_lists(&fs::read_to_string("/proc/zoneinfo")?);
    Ok(kilobytes * 1024 + listed * PAGE_BYTES)
}

fn available_kilobytes(meminfo: &str) -> Option<u64> {
    let line = meminfo
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

fn pages_in_cpu_lists(zoneinfo: &str) -> u64 {
    let counts = zoneinfo
        .lines()
        .filter_map(|line| line.trim().strip_prefix("count:"));
    counts
        .filter_map(|count| count.trim().parse::<u64>().ok())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_all_cpus_in_all_zones_are_added() {
        let zoneinfo = "Node 0, zone Normal\n  pages free 100\n    cpu: 0\n              count:    6138\n              high:     6422\n    cpu: 1\n              count:    2\n";
        assert_eq!(pages_in_cpu_lists(zoneinfo), 6140);
    }

    #[test]
    fn available_memory_is_found_and_this_host_has_some() {
        assert_eq!(
            available_kilobytes("MemTotal: 9 kB\nMemAvailable:     7 kB\n"),
            Some(7)
        );
        assert!(available_bytes().unwrap() > 1 << 20);
    }
}
