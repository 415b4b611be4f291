//! The memory of a launcher and everything it started, read from /proc.
//!
//! | word | what it says |
//! |---|---|
//! | RSS | pages mapped by a process; a page shared by two counts twice in a sum |
//! | PSS | a page shared by n mappings counts 1/n: sums add up to what is really there |
//! | guest RAM | a part of the VMM's mappings: what the guest touched of its memory |
//!
//! 1. Read every `/proc/<pid>/stat` once; the parent ids make the tree.
//! 2. Sum `smaps` of its members. What lies in the guest's RAM is told apart by its addresses, which our VMM reports, or by the
//!    size of the mapping, which is that of the RAM: no VMM has another one of just that size.
//!
//! Nothing here runs while anything is timed: walking the page tables of a big process takes milliseconds.
//!
//! Simplified: one pass over /proc; a tree that forks meanwhile could be seen incompletely. Held instances don't.
//!
//! Read next: `proc_pid_smaps(5)`, `experiment/memory.rs`.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::ops::Range;

/// How a guest's RAM is told from the rest of its VMM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GuestRam {
    /// The mappings that begin at these addresses.
    Within(Range<u64>),
    /// The mapping that is so long.
    Long(u64),
}

impl GuestRam {
    fn has(&self, mapping: &Range<u64>) -> bool {
        match self {
            Self::Within(ram) => ram.contains(&mapping.start),
            Self::Long(bytes) => mapping.end - mapping.start == *bytes,
        }
    }
}

/// Memory of one process, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProcessMemory {
    /// Resident set size, guest RAM included.
    pub rss_bytes: u64,
    /// Proportional set size, guest RAM included.
    pub pss_bytes: u64,
    /// Resident bytes of guest RAM.
    pub guest_ram_bytes: u64,
}

/// One process of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its id in the harness's pid namespace.
    pub pid: i32,
    /// True if nothing in the tree was started by it: the payload, when the launcher made more than one process.
    pub is_leaf: bool,
    /// What it maps.
    pub memory: ProcessMemory,
}

/// The tree, its root first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProcessTree {
    /// Root first, then by depth.
    pub members: Vec<Member>,
}

impl ProcessTree {
    /// Reads the tree below `root`, `root` included.
    ///
    /// # Errors
    /// When /proc can't be read, as for another user's processes.
    pub fn read(root: i32, guest_ram: Option<&GuestRam>) -> io::Result<Self> {
        let children = children_by_parent()?;
        let members = below(&[root], &children).into_iter().map(|pid| {
            let smaps = fs::read_to_string(format!("/proc/{pid}/smaps"))?;
            Ok(Member {
                pid,
                is_leaf: !children.contains_key(&pid),
                memory: sum_smaps(&smaps, guest_ram),
            })
        });
        Ok(Self {
            members: members.collect::<io::Result<_>>()?,
        })
    }

    /// RSS of all members.
    #[must_use]
    pub fn rss_bytes(&self) -> u64 {
        self.members
            .iter()
            .map(|member| member.memory.rss_bytes)
            .sum()
    }

    /// PSS of all members.
    #[must_use]
    pub fn pss_bytes(&self) -> u64 {
        self.members
            .iter()
            .map(|member| member.memory.pss_bytes)
            .sum()
    }

    /// Resident bytes of the guest's RAM.
    #[must_use]
    pub fn guest_ram_bytes(&self) -> u64 {
        self.members
            .iter()
            .map(|member| member.memory.guest_ram_bytes)
            .sum()
    }

    /// Resident bytes that are there because of the isolation: for a VM all that is not guest RAM, for anything else
    /// the processes that are not the payload.
    #[must_use]
    pub fn overhead_bytes(&self, is_vm: bool) -> u64 {
        self.members
            .iter()
            .filter(|member| is_vm || !member.is_leaf)
            .map(|member| member.memory.rss_bytes - member.memory.guest_ram_bytes)
            .sum()
    }
}

/// PSS of the trees below all these roots, as the kernel itself sums it up.
///
/// # Errors
/// When /proc can't be read, as for another user's processes.
pub fn pss_bytes_of(roots: &[i32]) -> io::Result<u64> {
    let pids = below(roots, &children_by_parent()?);
    let each = pids.into_iter().map(|pid| {
        let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
        Ok(sum_smaps(&rollup, None).pss_bytes)
    });
    each.sum()
}

/// The process and all its descendants, itself first.
///
/// # Errors
/// When /proc can't be read.
pub fn descendants(root: i32) -> io::Result<Vec<i32>> {
    descendants_of(&[root])
}

/// The same of several, in one look.
///
/// # Errors
/// When /proc can't be read.
pub fn descendants_of(roots: &[i32]) -> io::Result<Vec<i32>> {
    Ok(below(roots, &children_by_parent()?))
}

/// The roots, then what is below them by depth.
fn below(roots: &[i32], children: &BTreeMap<i32, Vec<i32>>) -> Vec<i32> {
    let mut pids = roots.to_vec();
    let mut next = 0;
    while let Some(pid) = pids.get(next) {
        pids.extend(children.get(pid).into_iter().flatten());
        next += 1;
    }
    pids
}

fn children_by_parent() -> io::Result<BTreeMap<i32, Vec<i32>>> {
    let mut children: BTreeMap<i32, Vec<i32>> = BTreeMap::new();
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        // A process that ended since the folder was listed is no member.
        let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else {
            continue;
        };
        if let Some(parent) = parent_of(&stat) {
            children.entry(parent).or_default().push(pid);
        }
    }
    Ok(children)
}

/// The parent's id: two words after the name, which stands in parentheses and may itself contain any byte.
fn parent_of(stat: &str) -> Option<i32> {
    let (_, after_name) = stat.rsplit_once(") ")?;
    after_name.split(' ').nth(1)?.parse().ok()
}

fn sum_smaps(smaps: &str, guest_ram: Option<&GuestRam>) -> ProcessMemory {
    let mut sum = ProcessMemory::default();
    let mut in_guest_ram = false;
    for line in smaps.lines() {
        if let Some(mapping) = mapping_of(line) {
            // The kernel may split or merge the range, but it never merges it with the VMM's other, differently flagged memory.
            in_guest_ram = guest_ram.is_some_and(|ram| ram.has(&mapping));
        } else if let Some(bytes) = bytes_of(line, "Rss:") {
            sum.rss_bytes += bytes;
            if in_guest_ram {
                sum.guest_ram_bytes += bytes;
            }
        } else if let Some(bytes) = bytes_of(line, "Pss:") {
            sum.pss_bytes += bytes;
        }
    }
    sum
}

/// `7f0000000000-7f0000001000 rw-p …`
fn mapping_of(line: &str) -> Option<Range<u64>> {
    let (start, end) = line.split(' ').next()?.split_once('-')?;
    Some(u64::from_str_radix(start, 16).ok()?..u64::from_str_radix(end, 16).ok()?)
}

/// `Rss:   12 kB`
fn bytes_of(line: &str, key: &str) -> Option<u64> {
    let kilobytes = line.strip_prefix(key)?.trim().strip_suffix(" kB")?;
    Some(kilobytes.parse::<u64>().ok()? * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMAPS: &str = "\
00400000-00500000 r-xp 00000000 fe:00 12 /bin/vmm
Rss:                 100 kB
Pss:                  50 kB
Pss_Dirty:             0 kB
7f0000000000-7f0000200000 rw-p 00000000 00:00 0
Rss:                 200 kB
Pss:                 200 kB
";

    #[test]
    fn guest_ram_is_told_apart_by_its_addresses() {
        let ram = GuestRam::Within(0x7f00_0000_0000..0x7f00_1000_0000);
        let memory = sum_smaps(SMAPS, Some(&ram));
        assert_eq!(memory.rss_bytes, 300 * 1024);
        assert_eq!(memory.pss_bytes, 250 * 1024);
        assert_eq!(memory.guest_ram_bytes, 200 * 1024);
        assert_eq!(sum_smaps(SMAPS, None).guest_ram_bytes, 0);
    }

    #[test]
    fn guest_ram_of_a_vmm_that_keeps_silent_is_told_apart_by_its_size() {
        let memory = sum_smaps(SMAPS, Some(&GuestRam::Long(2 << 20)));
        assert_eq!(memory.guest_ram_bytes, 200 * 1024);
        let none = sum_smaps(SMAPS, Some(&GuestRam::Long(4 << 20)));
        assert_eq!(none.guest_ram_bytes, 0);
    }

    #[test]
    fn a_process_name_with_parentheses_does_not_hide_the_parent() {
        assert_eq!(parent_of("7 (a) b) c) S 42 7 7 0"), Some(42));
    }

    #[test]
    fn a_child_is_in_the_tree_of_its_parent() {
        let mut child = std::process::Command::new("sleep")
            .arg("60")
            .spawn()
            .unwrap();
        let own = std::process::id().cast_signed();
        let tree = ProcessTree::read(own, None).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        let pid = child.id().cast_signed();
        assert!(
            tree.members
                .iter()
                .any(|member| member.pid == pid && member.is_leaf)
        );
        assert_eq!(tree.members[0].pid, own);
        assert!(tree.rss_bytes() >= tree.pss_bytes());
        assert!(tree.overhead_bytes(false) < tree.rss_bytes());
    }

    #[test]
    fn the_kernels_own_sum_of_a_tree_is_that_of_its_mappings() {
        let mut child = std::process::Command::new("sleep")
            .arg("60")
            .spawn()
            .unwrap();
        // Until it sleeps, it still loads libraries.
        std::thread::sleep(std::time::Duration::from_millis(100));
        let pid = child.id().cast_signed();
        let by_mapping = ProcessTree::read(pid, None).unwrap().pss_bytes();
        let by_kernel = pss_bytes_of(&[pid, pid]).unwrap() / 2;
        child.kill().unwrap();
        child.wait().unwrap();
        // Both round to KiB, one of them for each mapping; and who shares the C library changes all the time.
        assert!(
            by_kernel.abs_diff(by_mapping) <= by_mapping / 4,
            "{by_kernel} and {by_mapping}"
        );
    }
}
