//! The program's address space: program and heap at the bottom, mappings from the top.
//!
//! ```text
//! program_start   heap_start     brk                lowest mapping          stack_bottom   end at boot      end of RAM
//!      │ segments │ heap      ▲  │      free                │ mappings   ▼  │    stack     │ mappings ▲ free │
//! ```
//!
//! What lies above the stack was added later ([`AddressSpace::add`]); mostly there is nothing.
//!
//! New memory must read as zeros. RAM that was never used is zero already, and touching a page for the first time is what
//! memory costs in a VM: the host has to find a page for it. So the kernel zeroes only what was used before, and remembers two
//! watermarks: everything between the highest heap end and the lowest mapping so far is untouched. (And a third one for added memory,
//! which is used from its bottom, so that still more can be added.)
//!
//! Nothing here touches memory: the caller zeroes what [`Stale`] says.
//!
//! Read next: [`super::calls`], brk(2), mmap(2).

use core::ops::Range;

use guest_abi::{BootInfo, PAGE_SIZE, PROGRAM_ADDR};

use super::regions::Regions;
use crate::errno::{Errno, Result};

/// The ranges of new memory that were used before: they must be zeroed. Either may be empty.
pub type Stale = [Range<u64>; 2];

/// Who owns which addresses.
#[derive(Debug)]
pub struct AddressSpace {
    /// Where the heap starts; set at boot.
    heap_start: u64,
    /// The program break: the heap's end, as the program asked for it.
    brk: u64,
    /// The highest heap end so far, in whole pages.
    highest_brk: u64,
    /// The lowest mapping so far.
    lowest_mapping: u64,
    /// Mappings made in the free space lie below this.
    stack_bottom: u64,
    /// Memory that was added: from the end of RAM at boot to the end of RAM now.
    added: Range<u64>,
    /// Added memory is untouched from here on.
    highest_added: u64,
    /// The mappings.
    regions: Regions,
}

/// Rounds up to whole pages; `None` beyond the last address.
fn page_up(address: u64) -> Option<u64> {
    address.checked_next_multiple_of(PAGE_SIZE)
}

impl AddressSpace {
    /// Before boot: no memory.
    pub const fn before_boot() -> Self {
        Self {
            heap_start: 0,
            brk: 0,
            highest_brk: 0,
            lowest_mapping: 0,
            stack_bottom: 0,
            added: 0..0,
            highest_added: 0,
            regions: Regions::before_boot(),
        }
    }

    /// Takes over what the VMM has laid out.
    pub fn boot(&mut self, info: &BootInfo) {
        self.heap_start = info.heap_start;
        self.brk = info.heap_start;
        self.highest_brk = page_up(info.heap_start).unwrap_or(info.stack_bottom);
        self.lowest_mapping = info.stack_bottom;
        self.stack_bottom = info.stack_bottom;
        self.added = info.ram_bytes..info.ram_bytes;
        self.highest_added = info.ram_bytes;
    }

    /// Takes over RAM that now ends at `end`, further up than before.
    pub fn add(&mut self, end: u64) {
        self.added.end = self.added.end.max(end);
    }

    /// End of RAM.
    pub fn end(&self) -> u64 {
        self.added.end
    }

    /// The parts of `range` outside of the untouched middle, and of the untouched top.
    fn stale(&self, range: &Range<u64>) -> Stale {
        let below = range.start..range.end.min(self.highest_brk);
        let top = range.end.min(self.highest_added);
        let above = range.start.max(self.lowest_mapping).max(below.end)..top;
        [below, above]
    }

    /// The program break.
    pub fn brk(&self) -> u64 {
        self.brk
    }

    /// Moves the program break. `None`: it can't go there and stays.
    pub fn set_brk(&mut self, to: u64) -> Option<Stale> {
        let old_end = page_up(self.brk)?;
        let new_end = page_up(to).filter(|_| to >= self.heap_start)?;
        let ceiling = self
            .regions
            .next_mapped(old_end)
            .map_or(self.stack_bottom, |mapped| mapped.min(self.stack_bottom));
        if new_end > ceiling {
            return None;
        }
        let stale = self.stale(&(old_end..new_end.max(old_end)));
        self.brk = to;
        self.highest_brk = self.highest_brk.max(new_end);
        Some(stale)
    }

    /// Finds room for `length` bytes, at `hint` if that is free, and maps it.
    pub fn map(&mut self, hint: u64, length: u64) -> Result<(u64, Stale)> {
        let length = whole_pages(length)?;
        let window = page_up(self.brk).ok_or(Errno(libc::ENOMEM))?..self.stack_bottom;
        let hint = hint / PAGE_SIZE * PAGE_SIZE;
        let wanted = hint..hint.saturating_add(length);
        let free = wanted.start >= window.start
            && wanted.end <= window.end
            && !self.regions.overlaps(&wanted);
        let start = if free {
            hint
        } else {
            self.regions
                .highest_gap(length, window)
                .or_else(|| self.place_in_added(length))
                .ok_or(Errno(libc::ENOMEM))?
        };
        self.take(start..start + length)
    }

    /// Room in added memory: where nobody was yet, or else wherever there is a gap.
    fn place_in_added(&self, length: u64) -> Option<u64> {
        let untouched = self.highest_added..self.highest_added.checked_add(length)?;
        if untouched.end <= self.added.end && !self.regions.overlaps(&untouched) {
            return Some(untouched.start);
        }
        self.regions.highest_gap(length, self.added.clone())
    }

    /// Maps exactly this range, whatever was there.
    pub fn map_fixed(&mut self, start: u64, length: u64) -> Result<(u64, Stale)> {
        let range = self.range(start, length)?;
        self.take(range)
    }

    /// Whether anything is mapped in this range, the program, heap and stack included.
    pub fn is_occupied(&self, start: u64, length: u64) -> Result<bool> {
        let range = self.range(start, length)?;
        Ok(range.start < page_up(self.brk).unwrap_or(u64::MAX)
            || self.meets_stack(&range)
            || self.regions.overlaps(&range))
    }

    fn meets_stack(&self, range: &Range<u64>) -> bool {
        range.start < self.added.start && range.end > self.stack_bottom
    }

    fn take(&mut self, range: Range<u64>) -> Result<(u64, Stale)> {
        let stale = self.stale(&range);
        self.regions.insert(range.clone())?;
        // The stack isn't a mapping, even where a program maps something over it.
        self.lowest_mapping = self.lowest_mapping.min(range.start);
        if range.end > self.added.start {
            self.highest_added = self.highest_added.max(range.end);
        }
        Ok((range.start, stale))
    }

    /// Gives a range back, whatever of it is mapped.
    pub fn unmap(&mut self, start: u64, length: u64) -> Result<()> {
        if !start.is_multiple_of(PAGE_SIZE) || length == 0 {
            return Err(Errno(libc::EINVAL));
        }
        let end = page_up(length).and_then(|length| start.checked_add(length));
        self.regions.remove(start..end.ok_or(Errno(libc::EINVAL))?)
    }

    /// Checks that a range of whole pages is in use: mapped, or program, heap or stack.
    pub fn check_used(&self, start: u64, length: u64) -> Result<Range<u64>> {
        if length == 0 {
            return Ok(start..start);
        }
        let range = self.range(start, length)?;
        let heap_end = page_up(self.brk).ok_or(Errno(libc::ENOMEM))?;
        let used = range.end <= heap_end
            || (range.start >= self.stack_bottom && range.end <= self.added.start)
            || self.regions.contains(&range);
        if used {
            Ok(range)
        } else {
            Err(Errno(libc::ENOMEM))
        }
    }

    /// Whether the range is a mapping, or a part of one.
    pub fn is_mapping(&self, range: &Range<u64>) -> bool {
        self.regions.contains(range)
    }

    /// Makes a mapping longer where it is, if what follows is free.
    pub fn grow_in_place(&mut self, old: &Range<u64>, length: u64) -> Option<Stale> {
        let more = old.end..old.start.checked_add(length)?;
        if more.end > self.end() || self.meets_stack(&more) || self.regions.overlaps(&more) {
            return None;
        }
        self.take(more).ok().map(|(_, stale)| stale)
    }

    /// Makes a mapping longer downwards, if what is below is free: the new start.
    pub fn grow_down(&mut self, old: &Range<u64>, length: u64) -> Option<u64> {
        let start = old.end.checked_sub(length)?;
        let more = start..old.start;
        if start < page_up(self.brk)? || self.meets_stack(&more) || self.regions.overlaps(&more) {
            return None;
        }
        self.take(more).ok().map(|_| start)
    }

    /// Bytes that nobody uses.
    pub fn free_bytes(&self) -> u64 {
        self.stack_bottom
            .saturating_sub(self.brk)
            .saturating_add(self.added.end - self.added.start)
            .saturating_sub(self.regions.mapped_bytes())
    }

    /// A range of whole pages within what a program may own.
    fn range(&self, start: u64, length: u64) -> Result<Range<u64>> {
        if !start.is_multiple_of(PAGE_SIZE) {
            return Err(Errno(libc::EINVAL));
        }
        let end = start
            .checked_add(whole_pages(length)?)
            .ok_or(Errno(libc::ENOMEM))?;
        if start < PROGRAM_ADDR || end > self.end() {
            return Err(Errno(libc::ENOMEM));
        }
        Ok(start..end)
    }
}

/// A length in whole pages, at least one.
pub fn whole_pages(length: u64) -> Result<u64> {
    if length == 0 {
        return Err(Errno(libc::EINVAL));
    }
    page_up(length).ok_or(Errno(libc::ENOMEM))
}

#[cfg(test)]
mod tests;
