//! The guest kernel as it runs: the library, entered through a little assembly.
//!
//! There is no `main`: the VMM starts the program, not the kernel. The kernel's code runs when the program executes
//! `syscall`, and when it does something the CPU refuses.
//!
//! Read next: [`entry`], then the library's map in `lib.rs`.
#![no_std]
#![no_main]

mod compiler_support;
mod entry;

use core::fmt::Write;
use core::panic::PanicInfo;

use guest_kernel::machine::{self, Console};
use guest_kernel::vdso;

/// Nothing in the kernel refers to the image, only the VMM does: this keeps it.
#[used]
static VDSO: &vdso::Image = &vdso::IMAGE;

/// A bug in the kernel: says where, and ends the VM as a fault does. `ud2` lets the VMM report the kernel's registers.
#[panic_handler]
fn panic(info: &PanicInfo) -> ! {
    // There is nobody left to tell if the console fails.
    writeln!(Console, "guest kernel: {info}").unwrap_or_default();
    machine::invalid_instruction()
}
