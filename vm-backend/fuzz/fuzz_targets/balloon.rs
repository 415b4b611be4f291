//! The balloon: its registers and its two queues, by a driver that does anything, while the host changes its mind.
#![no_main]

use std::sync::LazyLock;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use vm_backend::device::{Balloon, BalloonGauge};
use vm_backend_fuzz::driver::{Act, Driver, RAM_BYTES};
use vm_backend_fuzz::sys;
use vm_memory::{Bytes, GuestAddress, GuestMemoryMmap};

static MEMORY: LazyLock<GuestMemoryMmap> =
    LazyLock::new(|| sys::guarded_memory(RAM_BYTES).unwrap());

const INFLATE: u8 = 0;
const PAGE: usize = 4096;
/// The last page of RAM: queues and messages lie elsewhere.
const TAKEN: u32 = (RAM_BYTES / PAGE) as u32 - 1;

#[derive(Arbitrary, Debug)]
enum Step {
    Guest(Act),
    /// From now on it shall hold so many pages.
    Host(u32),
}

fuzz_target!(|steps: Vec<Step>| {
    let gauge = BalloonGauge::new(1);
    let mut driver = Driver::new(Balloon::new(gauge.clone()), &MEMORY);
    driver.boot(u64::MAX);
    let mut wanted = 1;
    for step in steps {
        match step {
            Step::Guest(act) => driver.perform(act),
            Step::Host(pages) => {
                assert_eq!(gauge.want(pages), wanted);
                wanted = pages;
            }
        }
        assert!(gauge.missing_pages() <= wanted);
    }
    driver.boot(u64::MAX);
    assert_eq!(gauge.missing_pages(), wanted, "a reset empties it");
    let taken = GuestAddress(u64::from(TAKEN) * PAGE as u64);
    MEMORY.write_slice(&[7; PAGE], taken).unwrap();
    let numbers = u64::from(TAKEN) | u64::from(u32::MAX) << 32;
    driver.perform(Act::Message(INFLATE, numbers.to_le_bytes()));
    let mut page = [7; PAGE];
    MEMORY.read_slice(&mut page, taken).unwrap();
    assert_eq!(page, [0; PAGE], "a reset heals everything");
});
