//! A kernel for tests, with memory at the same addresses as in the guest: system calls can be made as a program makes them.

use std::sync::{Mutex, MutexGuard, PoisonError};

use guest_abi::{
    BOOT_INFO_ADDR, BOOT_MAGIC, BootInfo, COUNTERS_ADDR, Counters, GROWTH_ADDR, Growth, PAGE_SIZE,
    TABLES_ADDR,
};
use libc::c_long;

use crate::Kernel;
use crate::dispatch::Frame;
use crate::files::table::Kind;
use crate::machine::{take_output, user_memory};

/// Where the program's memory starts. The test itself may be linked to PROGRAM_ADDR.
const RAM_START: u64 = 0x4000_0000;
/// End of RAM.
pub const RAM_END: u64 = RAM_START + (16 << 20);
/// As far as memory may be added.
pub const MOST_RAM_END: u64 = RAM_END + (8 << 20);
/// Where the heap starts: in the middle of a page.
pub const HEAP: u64 = RAM_START + 0x8800;
/// Below this lie the mappings.
pub const STACK: u64 = RAM_END - (1 << 20);
/// A place that the program may use for arguments.
pub const PLACE: u64 = STACK + 0x8000;
/// Size of the disk, which can be asked for but not transferred.
pub const DISK_BYTES: u64 = 1 << 20;

/// There is one such range of addresses, and tests run side by side.
static MEMORY: Mutex<bool> = Mutex::new(false);

/// The kernel, and the right to use the addresses.
pub struct Machine {
    pub kernel: Box<Kernel>,
    _memory: MutexGuard<'static, bool>,
}

/// The two ranges that are mapped: what is shared with the VMM, and the program's memory.
const RANGES: [(u64, u64); 2] = [(BOOT_INFO_ADDR, TABLES_ADDR), (RAM_START, MOST_RAM_END)];

impl Machine {
    /// A machine whose program is about to make its first call.
    pub fn new() -> Self {
        // A test that has failed leaves nothing that the next one would see.
        let mut mapped = MEMORY.lock().unwrap_or_else(PoisonError::into_inner);
        for (start, end) in RANGES {
            let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED;
            let exclusive = if *mapped {
                0
            } else {
                libc::MAP_FIXED_NOREPLACE
            };
            let (address, length) = (start as *mut libc::c_void, (end - start) as usize);
            let protection = libc::PROT_READ | libc::PROT_WRITE;
            // SAFETY: the range is free at first (NOREPLACE), and ours from then on. A new mapping is all zeros.
            let got = unsafe { libc::mmap(address, length, protection, flags | exclusive, -1, 0) };
            assert_eq!(got, address, "{}", std::io::Error::last_os_error());
        }
        *mapped = true;
        let mut name = [0; 256];
        name[..9].copy_from_slice(b"/bin/test");
        let info = BootInfo {
            magic: BOOT_MAGIC,
            ram_bytes: RAM_END,
            heap_start: HEAP,
            stack_bottom: STACK,
            stack_top: RAM_END,
            // A thousand times slower than the real one, so time runs a thousand times faster.
            tsc_khz: 1_000,
            tsc_base: 0,
            monotonic_base_ns: 1_000,
            realtime_base_ns: 2_000,
            disk_bytes: DISK_BYTES,
            disk_flags: 0,
            random_seed: [3; 32],
            program_name: name,
        };
        // SAFETY: the page has just been mapped.
        unsafe { (BOOT_INFO_ADDR as *mut BootInfo).write(info) };
        let mut kernel = Box::new(Kernel::before_boot());
        kernel.boot();
        kernel.user = user_memory(RAM_START..RAM_END);
        take_output();
        Self {
            kernel,
            _memory: mapped,
        }
    }

    /// Makes a system call; arguments that aren't given are 0.
    pub fn call<const N: usize>(&mut self, number: c_long, arguments: [u64; N]) -> i64 {
        let mut all = [0; 6];
        all[..N].copy_from_slice(&arguments);
        self.kernel.handle(&Frame::new(number as u64, all))
    }

    /// Adds memory as the VMM does: nobody tells the kernel.
    pub fn add_memory(&mut self, end: u64) {
        assert!(end <= MOST_RAM_END);
        // SAFETY: the page has been mapped, and the kernel isn't running.
        unsafe { (GROWTH_ADDR as *mut Growth).write(Growth { ram_bytes: end }) };
    }

    /// Opens the disk, without the device that isn't there.
    pub fn open_disk(&mut self, flags: i32) -> u64 {
        self.kernel.files.open(Kind::Disk, flags).unwrap()
    }

    /// Puts bytes into the program's memory, and returns where they are.
    pub fn put(&mut self, bytes: &[u8]) -> u64 {
        let room = self.kernel.user.bytes_mut(PLACE, bytes.len() as u64);
        room.unwrap().copy_from_slice(bytes);
        PLACE
    }

    /// Numbers, likewise.
    pub fn put_numbers(&mut self, numbers: &[u64]) -> u64 {
        let bytes: Vec<u8> = numbers.iter().flat_map(|n| n.to_le_bytes()).collect();
        self.put(&bytes)
    }

    /// A number in the program's memory.
    pub fn number(&self, address: u64) -> u64 {
        self.kernel.user.read(address).unwrap()
    }

    /// How often calls of this number were made, and of these answered with ENOSYS.
    pub fn counts(&self, number: c_long) -> (u64, u64) {
        let counters = COUNTERS_ADDR as *const Counters;
        // SAFETY: the pages are mapped, and all bit patterns are valid.
        unsafe {
            (
                (*counters).calls[number as usize],
                (*counters).enosys[number as usize],
            )
        }
    }

    /// How often numbers were too large, and the last of these.
    pub fn out_of_range(&self) -> (u64, u64) {
        let counters = COUNTERS_ADDR as *const Counters;
        // SAFETY: as above.
        unsafe { ((*counters).out_of_range, (*counters).last_out_of_range) }
    }
}

/// A failure as rax shows it.
pub fn failed(errno: i32) -> i64 {
    -i64::from(errno)
}

const _: () = assert!(STACK.is_multiple_of(PAGE_SIZE) && !HEAP.is_multiple_of(PAGE_SIZE));
