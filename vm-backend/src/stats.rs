//! What happened, counted: exits by reason, system calls of the guest by number, disk requests (`--stats FD`).
//!
//! ```text
//! exit <reason> <count>
//! syscall <nr> <name> <count>
//! enosys <nr> <name> <count>        of these, calls that the guest kernel doesn't have
//! disk <reads|writes|flushes|read-bytes|write-bytes> <n>
//! ```
//!
//! Exits are what virtualization costs; system calls aren't exits here, because the guest kernel answers them inside.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

use guest_abi::{COUNTERS_ADDR, Counters};
use syscalls::Sysno;
use vm_memory::{Bytes, GuestAddress, GuestMemoryMmap};

use crate::device::DiskCounts;
use crate::sys::Shared;

/// Why the guest stopped and the VMM ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Reason {
    /// The guest kernel asks for something.
    HostCall,
    /// A fault stub has filled its report.
    Fault,
    /// A register of the disk is read.
    MmioRead,
    /// A register of the disk is written.
    MmioWrite,
    /// A signal came, such as the alarm's.
    Interrupted,
    /// The I/O APIC of a Linux guest.
    IoApic,
    /// The doorbell of a Linux guest's first process.
    Doorbell,
    /// A serial port.
    Serial,
    /// A port behind which there is nothing.
    EmptyPort,
    /// Anything else: it ends the VM.
    Other,
}

impl Reason {
    const NAMES: [&'static str; 10] = [
        "io-host-call",
        "io-fault",
        "mmio-read",
        "mmio-write",
        "interrupted",
        "mmio-ioapic",
        "io-doorbell",
        "io-serial",
        "io-empty",
        "other",
    ];
}

/// Exits by reason.
#[derive(Debug, Default)]
pub struct ExitCounts([AtomicU64; Reason::NAMES.len()]);

impl ExitCounts {
    /// One more. Any CPU's thread may count.
    pub fn count(&self, reason: Reason) {
        self.0[reason as usize].fetch_add(1, Ordering::Relaxed);
    }
}

/// The guest kernel's counters. They lie in guest memory, so they are what the guest says they are.
#[must_use]
pub fn guest_counters(memory: &GuestMemoryMmap) -> Option<Counters> {
    let read = memory.read_obj::<Shared<Counters>>(GuestAddress(COUNTERS_ADDR));
    read.ok().map(|Shared(counters)| counters)
}

/// The report.
#[must_use]
pub fn report(exits: &ExitCounts, guest: Option<&Counters>, disk: Option<DiskCounts>) -> String {
    let mut text = String::new();
    // Writing to a String can't fail.
    let mut line = |words: std::fmt::Arguments<'_>| writeln!(text, "{words}").unwrap_or_default();
    let counts = exits.0.iter().map(|count| count.load(Ordering::Relaxed));
    for (name, count) in Reason::NAMES
        .iter()
        .zip(counts)
        .filter(|(_, count)| *count > 0)
    {
        line(format_args!("exit {name} {count}"));
    }
    if let Some(guest) = guest {
        for (kind, counts) in [("syscall", &guest.calls), ("enosys", &guest.enosys)] {
            for (number, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
                line(format_args!("{kind} {number} {} {count}", name_of(number)));
            }
        }
        if guest.out_of_range > 0 {
            let (number, count) = (guest.last_out_of_range, guest.out_of_range);
            line(format_args!("enosys {number} out-of-range {count}"));
        }
    }
    if let Some(disk) = disk {
        for (what, count) in [
            ("reads", disk.reads),
            ("writes", disk.writes),
            ("flushes", disk.flushes),
            ("read-bytes", disk.read_bytes),
            ("write-bytes", disk.write_bytes),
        ] {
            line(format_args!("disk {what} {count}"));
        }
    }
    text
}

/// Writes it. Whoever wanted to know may have gone.
pub fn write(out: Option<File>, text: &str) {
    if let Some(mut out) = out {
        out.write_all(text.as_bytes()).unwrap_or_default();
    }
}

fn name_of(number: usize) -> &'static str {
    Sysno::new(number).map_or("unknown", |call| call.name())
}

#[cfg(test)]
mod tests {
    use super::*;
    use guest_abi::COUNTED_SYSCALLS;

    #[test]
    fn only_what_happened_is_reported() {
        let exits = ExitCounts::default();
        exits.count(Reason::HostCall);
        exits.count(Reason::HostCall);
        exits.count(Reason::MmioWrite);
        let mut guest = Counters {
            calls: [0; COUNTED_SYSCALLS],
            enosys: [0; COUNTED_SYSCALLS],
            out_of_range: 1,
            last_out_of_range: 1000,
            first_call_tsc: 0,
        };
        guest.calls[1] = 3;
        guest.enosys[57] = 2;
        let disk = DiskCounts {
            reads: 7,
            ..DiskCounts::default()
        };
        assert_eq!(
            report(&exits, Some(&guest), Some(disk)),
            "exit io-host-call 2\nexit mmio-write 1\nsyscall 1 write 3\nenosys 57 fork 2\nenosys 1000 out-of-range 1\n\
             disk reads 7\ndisk writes 0\ndisk flushes 0\ndisk read-bytes 0\ndisk write-bytes 0\n"
        );
    }
}
