//! The tiny guest kernel: enough of the Linux system-call interface for any static program with one thread.
//!
//! It is a library below the program rather than an operating system beside it: it never runs unless called, has no scheduler,
//! no interrupts, no page tables and no boot. The VMM starts the program; the program's system calls come here. That is why a VM
//! with this kernel starts in milliseconds: what costs time in other VMs is their second operating system.
//!
//! The way of a system call:
//! 1. `entry.rs`: from `syscall` to Rust and back (assembly);
//! 2. [`dispatch`]: from its number to its function;
//! 3. [`memory`], [`files`], [`time`], [`process`], [`random`]: the functions;
//! 4. [`user`]: the program's memory, checked;
//! 5. [`disk`]: virtio-blk, for the one file there is;
//! 6. [`machine`]: ports, registers and pages shared with the VMM.
//!
//! And [`vdso`]: what a program can have without a system call.
//!
//! Unsafe code is in four places: `entry.rs` (the ways in), [`machine`] (the ways out), [`user`] (the program's memory), and
//! [`vdso`], which runs as a part of the program.
//!
//! `Simplified:` one CPU, one thread, one process; no signals are delivered; no page is protected from anybody. A program that
//! overwrites this kernel harms nobody: what protects the host is the wall round the VM.
//!
//! Read next: `guest-abi` (what kernel and VMM agree on), then `entry.rs`.
#![cfg_attr(not(test), no_std)]

pub mod clock;
pub mod disk;
pub mod dispatch;
pub mod errno;
pub mod files;
pub mod machine;
pub mod memory;
pub mod process;
pub mod random;
#[cfg(test)]
mod test_machine;
pub mod time;
pub mod user;
pub mod vdso;

use guest_abi::{BOOT_MAGIC, PROGRAM_ADDR};

use disk::Disk;
use dispatch::Frame;
use errno::Errno;
use files::table::Files;
use memory::address_space::AddressSpace;
use process::Process;
use random::Random;
use user::UserMemory;

/// A buffer for what can't go directly: small pieces of output, unaligned parts of the disk. Aligned, so that the host can
/// transfer to it with O_DIRECT.
#[derive(Debug)]
#[repr(align(4096))]
struct Scratch([u8; 64 << 10]);

impl Scratch {
    fn bytes(&mut self) -> &mut [u8] {
        &mut self.0
    }
}

/// Everything that the kernel remembers. All zeros at first, so that none of it is in the kernel's file.
#[derive(Debug)]
pub struct Kernel {
    /// The first system call has been here.
    booted: bool,
    user: UserMemory,
    memory: AddressSpace,
    files: Files,
    disk: Disk,
    process: Process,
    random: Random,
    scratch: Scratch,
}

impl Kernel {
    /// A kernel that has not been called yet.
    pub const fn before_boot() -> Self {
        Self {
            booted: false,
            user: UserMemory::none(),
            memory: AddressSpace::before_boot(),
            files: Files::before_boot(),
            disk: Disk::before_boot(),
            process: Process::before_boot(),
            random: Random::before_boot(),
            scratch: Scratch([0; 64 << 10]),
        }
    }

    /// Does what the program asks for; the answer is what rax shows it.
    pub fn handle(&mut self, frame: &Frame) -> i64 {
        if !self.booted {
            self.boot();
        }
        machine::count_call(frame.number());
        let answer = dispatch::call(self, frame);
        if answer == Err(Errno(libc::ENOSYS)) {
            machine::count_unknown(frame.number());
        }
        match answer {
            Ok(value) => value.cast_signed(),
            Err(Errno(number)) => -i64::from(number),
        }
    }

    /// Takes over memory that the VMM has added since the last look; false if there is none.
    fn take_over_added_memory(&mut self) -> bool {
        let end = machine::end_of_ram();
        if end <= self.memory.end() {
            return false;
        }
        self.user = machine::user_memory(self.user.start()..end);
        self.memory.add(end);
        true
    }

    /// Takes over what the VMM has written down. There is no earlier moment: the kernel doesn't run before it is called.
    fn boot(&mut self) {
        machine::note_first_call();
        let info = machine::boot_info();
        assert!(info.magic == BOOT_MAGIC, "this VMM speaks another language");
        self.user = machine::user_memory(PROGRAM_ADDR..info.ram_bytes);
        self.memory.boot(info);
        self.files.boot();
        self.disk.boot(info);
        self.process.boot(&info.program_name);
        self.random.boot(info.random_seed);
        self.booted = true;
    }
}
