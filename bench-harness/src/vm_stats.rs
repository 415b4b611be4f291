//! What a VMM counted (`vm-backend run --stats FD`): exits by reason, guest system calls by number, disk requests.
//!
//! ```text
//! exit <reason> <count>
//! syscall <nr> <name> <count>
//! enosys <nr> <name> <count>
//! disk <reads|writes|flushes|read-bytes|write-bytes> <n>
//! ```
//!
//! Every exit is a switch from guest to VMM and back: where a microVM is slower than a process, the reason is counted here.
//!
//! Read next: `experiment/io.rs` (exits per operation), `command/exec.rs` (prints the counts).

/// Counters of one microVM's life.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VmStats {
    /// Exits by reason.
    pub exits: Vec<(String, u64)>,
    /// System calls of the guest program by name.
    pub system_calls: Vec<(String, u64)>,
    /// System calls that the guest kernel doesn't have, by name.
    pub refused_calls: Vec<(String, u64)>,
    /// Disk requests and bytes.
    pub disk: Vec<(String, u64)>,
}

impl VmStats {
    /// Reads a report; `None` when there is none (a launcher that has nothing to count).
    ///
    /// # Errors
    /// Names the first malformed line.
    pub fn parse(text: &str) -> Result<Option<Self>, String> {
        let mut stats = Self::default();
        for line in text.lines().filter(|line| !line.is_empty()) {
            stats
                .add(line)
                .ok_or_else(|| format!("the VMM's statistics have a malformed line: {line:?}"))?;
        }
        Ok((stats != Self::default()).then_some(stats))
    }

    fn add(&mut self, line: &str) -> Option<()> {
        let words: Vec<&str> = line.split(' ').collect();
        let (list, name, count) = match words[..] {
            ["exit", reason, count] => (&mut self.exits, reason, count),
            ["syscall", _, name, count] => (&mut self.system_calls, name, count),
            ["enosys", _, name, count] => (&mut self.refused_calls, name, count),
            ["disk", what, count] => (&mut self.disk, what, count),
            _ => return None,
        };
        list.push((name.to_owned(), count.parse().ok()?));
        Some(())
    }

    /// All exits together.
    #[must_use]
    pub fn exit_count(&self) -> u64 {
        self.exits.iter().map(|(_, count)| count).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_read_and_summed() {
        let stats = VmStats::parse(
            "exit io-host-call 12\nexit mmio-write 3\nsyscall 1 write 4\nenosys 9 mmap 1\ndisk reads 7\n",
        )
        .unwrap()
        .unwrap();
        assert_eq!(stats.exit_count(), 15);
        assert_eq!(stats.system_calls, [("write".to_owned(), 4)]);
        assert_eq!(stats.refused_calls, [("mmap".to_owned(), 1)]);
        assert_eq!(stats.disk, [("reads".to_owned(), 7)]);
    }

    #[test]
    fn no_report_is_not_a_report_of_zero() {
        assert_eq!(VmStats::parse("").unwrap(), None);
    }

    #[test]
    fn a_malformed_line_is_an_error() {
        assert!(VmStats::parse("exit io\n").is_err());
        assert!(VmStats::parse("exit io many\n").is_err());
    }
}
