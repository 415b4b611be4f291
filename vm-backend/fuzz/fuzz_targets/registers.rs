//! The disk: its registers, its queue, and guest memory, by a driver that does anything.
#![no_main]

use std::sync::LazyLock;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use vm_backend::device::{Block, DiskFile, DiskSpec};
use vm_backend_fuzz::driver::{Act, Driver, RAM_BYTES};
use vm_backend_fuzz::sys::{self, MemoryFile};
use vm_memory::GuestMemoryMmap;

static MEMORY: LazyLock<GuestMemoryMmap> =
    LazyLock::new(|| sys::guarded_memory(RAM_BYTES).unwrap());
static SECTORS: [u8; 64 * 512] = [7; 64 * 512];

const FLUSH: u8 = 4;
const MOST_REQUESTS: u64 = 128;

#[derive(Arbitrary, Debug)]
struct Input {
    read_only: bool,
    tells_segments: bool,
    features: u64,
    acts: Vec<Act>,
}

fuzz_target!(|input: Input| {
    let file = MemoryFile::new(&SECTORS).unwrap();
    let spec = DiskSpec {
        path: file.path(),
        read_only: input.read_only,
        direct: false,
    };
    let disk = DiskFile::open(&spec).unwrap();
    let block = match input.tells_segments {
        true => Block::with_segments(disk),
        false => Block::new(disk),
    };
    let mut driver = Driver::new(block, &MEMORY);
    driver.boot(input.features);
    for act in input.acts {
        let before = served(&driver);
        driver.perform(act);
        assert!(
            served(&driver) - before <= MOST_REQUESTS,
            "one store, endless work"
        );
    }
    let contents = std::fs::read(file.path()).unwrap();
    assert_eq!(contents.len(), SECTORS.len());
    assert!(!input.read_only || contents == SECTORS);
    driver.boot(u64::MAX);
    driver.header(FLUSH, 0);
    assert_eq!(driver.request(0, 0, false), 0, "a reset heals everything");
});

fn served(driver: &Driver<'_, Block>) -> u64 {
    let counts = driver.registers.counts();
    counts.reads + counts.writes + counts.flushes
}
