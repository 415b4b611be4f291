//! The console: registers, queues and control messages, by a driver that does anything, while there is input for the guest.
#![no_main]

use std::fs::{File, OpenOptions};
use std::sync::LazyLock;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use vm_backend::device::Console;
use vm_backend::device::console::Streams;
use vm_backend_fuzz::driver::{Act, Driver, RAM_BYTES};
use vm_backend_fuzz::sys::{self, MemoryFile};
use vm_memory::GuestMemoryMmap;

static MEMORY: LazyLock<GuestMemoryMmap> =
    LazyLock::new(|| sys::guarded_memory(RAM_BYTES).unwrap());

#[derive(Arbitrary, Debug)]
struct Input {
    show_kernel: bool,
    input_bytes: u16,
    acts: Vec<Act>,
}

fn nowhere() -> File {
    OpenOptions::new().write(true).open("/dev/null").unwrap()
}

fuzz_target!(|input: Input| {
    let stdin = MemoryFile::new(&vec![b'x'; input.input_bytes.into()]).unwrap();
    let streams = Streams {
        input: File::open(stdin.path()).unwrap(),
        output: nowhere(),
        error: nowhere(),
        show_kernel: input.show_kernel,
    };
    let mut driver = Driver::new(Console::start(streams).unwrap(), &MEMORY);
    driver.boot(u64::MAX);
    for act in input.acts {
        driver.perform(act);
    }
    let log = driver.registers.device().log().last_lines();
    // Each byte that isn't text becomes a sign of three.
    assert!(log.len() <= 3 * (8 << 10));
    driver.boot(u64::MAX);
});
