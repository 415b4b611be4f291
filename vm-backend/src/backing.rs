//! How the host is to back the guest's RAM: `--prefault`, `--no-huge-pages`.
//!
//! Usually nothing is there before it is touched, and the free part of RAM asks for huge pages ([`crate::ram`]).
//!
//! - Prefaulted: the host finds every page before the guest runs. The start takes longer, by the time it takes to zero them;
//!   afterwards no first touch costs anything. A VMM that must never wait for memory later does this.
//! - Small pages: each first touch gets 4 KiB, which shows what one costs.
//!
//! Prefaulting takes memory at once that would otherwise be taken bit by bit or never. So it is refused if it would leave the
//! host without.
//!
//! Read next: madvise(2), MADV_POPULATE_WRITE; proc_meminfo(5), MemAvailable.

use std::fs;
use std::io;
use std::ops::Range;

use crate::Error;
use crate::ram::Ram;

/// What was chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backing {
    /// All pages are there before the guest runs.
    pub prefault: bool,
    /// They are small, even where the host could give huge ones.
    pub small_pages: bool,
}

impl Backing {
    /// Prepares RAM that nothing lies in yet.
    ///
    /// # Errors
    /// When the host has too little memory, or is too old for that.
    pub fn apply(self, ram: &Ram) -> Result<(), Error> {
        if self.small_pages {
            ram.forbid_huge_pages()
                .map_err(Error::process("asking for small pages"))?;
        }
        if self.prefault {
            let available = available_bytes().map_err(Error::process("reading /proc/meminfo"))?;
            if ram.bytes() > available / 2 {
                return Err(Error::MemoryInUse {
                    bytes: ram.bytes(),
                    available,
                });
            }
            self.advise(ram, 0..ram.bytes());
            ram.populate()
                .map_err(Error::process("finding all pages of RAM (Linux 5.14)"))?;
        }
        Ok(())
    }

    /// Asks for huge pages in a part of RAM, unless they shall be small.
    pub fn advise(self, ram: &Ram, free: Range<u64>) {
        if !self.small_pages {
            ram.advise_huge_pages(free);
        }
    }
}

/// What the host could give away without swapping.
fn available_bytes() -> io::Result<u64> {
    let table = fs::read_to_string("/proc/meminfo")?;
    let line = table
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:")?.strip_suffix("kB"));
    let kilobytes = line.and_then(|number| number.trim().parse::<u64>().ok());
    let missing = || io::Error::other("there is no MemAvailable");
    kilobytes.map(|number| number << 10).ok_or_else(missing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::MIN_RAM_BYTES;

    /// Resident bytes of this process.
    fn resident_bytes() -> u64 {
        let table = fs::read_to_string("/proc/self/statm").unwrap();
        let pages: u64 = table.split(' ').nth(1).unwrap().parse().unwrap();
        pages * guest_abi::PAGE_SIZE
    }

    #[test]
    fn prefaulted_ram_is_resident_and_other_ram_is_not() {
        const BYTES: u64 = 256 << 20;
        let grown = |prefault| {
            let before = resident_bytes();
            let ram = Ram::new(BYTES).unwrap();
            let backing = Backing {
                prefault,
                small_pages: true,
            };
            backing.apply(&ram).unwrap();
            resident_bytes().saturating_sub(before)
        };
        // Other tests of this process come and go meanwhile, with far less.
        assert!(grown(false) < BYTES / 2);
        assert!(grown(true) > BYTES / 2);
    }

    #[test]
    fn the_host_keeps_half_of_what_is_available() {
        let available = available_bytes().unwrap();
        let ram = Ram::up_to(u64::MAX, available).unwrap();
        let backing = Backing {
            prefault: true,
            small_pages: false,
        };
        let refused = backing.apply(&ram).unwrap_err();
        assert!(matches!(refused, Error::MemoryInUse { .. }), "{refused}");
        let small = Ram::new(MIN_RAM_BYTES).unwrap();
        backing.apply(&small).unwrap();
    }
}
