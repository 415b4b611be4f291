//! What is in a balloon's messages: page numbers, and what becomes of the pages.
//!
//! A number is a guest address divided by 4096, in 32 bits. The guest may write any: numbers are of RAM or of nothing, and those of
//! nothing are passed over. Linux lists 256 pages at a time, often neighbours; one system call for a run of them does instead of one
//! for each.
//!
//! Guest RAM is private memory of this process, so MADV_DONTNEED is the call by which the host gets a page back. (Of memory that is
//! shared with other processes, it would only take our entry in the page table; there MADV_REMOVE would be the one.)
//!
//! Read next: virtio 1.2, 5.5.6; madvise(2).

use std::ops::Range;

use guest_abi::PAGE_SIZE;
use vm_memory::{GuestAddress, GuestMemoryBackend, GuestMemoryMmap};

use crate::device::chain::Malformed;
use crate::sys;

/// Bytes of a number.
const NUMBER_BYTES: usize = 4;
/// The longest message: a page of numbers. Linux has a quarter of that, others the whole. It bounds what one message makes the VMM do.
pub const MOST_BYTES: usize = PAGE_SIZE as usize;

/// The numbers in a message.
///
/// # Errors
/// When the last one is cut off.
pub fn numbers(message: &[u8]) -> Result<Vec<u32>, Malformed> {
    let (numbers, []) = message.as_chunks::<NUMBER_BYTES>() else {
        return Err(Malformed::Length);
    };
    Ok(numbers.iter().copied().map(u32::from_le_bytes).collect())
}

/// Gives the pages with these numbers back to the host.
pub fn take_back(memory: &GuestMemoryMmap, mut numbers: Vec<u32>) {
    numbers.retain(|number| is_ram(memory, *number));
    for run in runs(numbers) {
        let length = (run.end - run.start) * PAGE_SIZE;
        let start = GuestAddress(run.start * PAGE_SIZE);
        if let Ok(pages) = memory.get_slice(start, length as usize) {
            // Where the host can't take a page back it loses one, and the guest doesn't use it all the same.
            sys::discard(&pages).unwrap_or_default();
        }
    }
}

fn is_ram(memory: &GuestMemoryMmap, number: u32) -> bool {
    let start = GuestAddress(u64::from(number) * PAGE_SIZE);
    memory.check_range(start, PAGE_SIZE as usize)
}

/// The numbers as runs of neighbours, in ascending order.
fn runs(mut numbers: Vec<u32>) -> Vec<Range<u64>> {
    numbers.sort_unstable();
    let mut runs: Vec<Range<u64>> = Vec::new();
    for number in numbers.into_iter().map(u64::from) {
        match runs.last_mut() {
            Some(run) if number <= run.end => run.end = number + 1,
            _ => runs.push(number..number + 1),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_become_runs_whatever_their_order() {
        assert_eq!(runs(vec![7, 3, 5, 4, 4, 9]), [3..6, 7..8, 9..10]);
        assert_eq!(
            runs(vec![u32::MAX, 0]),
            [0..1, u64::from(u32::MAX)..1 << 32]
        );
        assert_eq!(runs(Vec::new()), Vec::<Range<u64>>::new());
    }

    #[test]
    fn a_message_is_whole_numbers() {
        assert_eq!(numbers(&[1, 0, 0, 0, 0, 1, 0, 0]), Ok(vec![1, 256]));
        assert_eq!(numbers(&[]), Ok(Vec::new()));
        assert_eq!(numbers(&[0; 7]), Err(Malformed::Length));
    }
}
