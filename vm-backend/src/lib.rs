//! How a virtual machine is made, in numbered steps.
//!
//! KVM turns a process into a machine. The process (this one, the *VMM*) brings everything that a mainboard and its firmware
//! would: memory, the CPU's first state, devices. The kernel runs the guest's instructions on the real CPU and comes back,
//! with an *exit*, when the guest does something that only the VMM can answer.
//!
//! 1. [`kvm`]: open /dev/kvm and make a VM: an empty machine.
//! 2. [`ram`]: its memory is a mapping of this process, shown to the guest from address 0.
//! 3. [`kernel_image`]: the guest kernel goes into it, from inside this executable.
//! 4. [`program`]: the program's ELF file is mapped where its headers say, so that its pages are those of the page cache.
//! 5. [`initial_stack`]: what every Linux program finds on its stack: arguments, environment, auxiliary vector.
//! 6. [`paging`]: page tables: all of RAM, identity-mapped.
//! 7. [`descriptors`]: segments, the exceptions' entries, the ports that ring 3 may use.
//! 8. [`vcpu`]: one CPU; its CPUID answers and its first register values. It starts **in ring 3, at the program's first
//!    instruction**: there is nothing to boot.
//! 9. [`confine`]: the VMM gives up every system call that it won't need any more.
//! 10. [`exits`]: run, answer an exit, run: until the program ends.
//!
//! [`run`] is that sequence in one function, and [`step`] stops it after any of them. What guest and VMM have agreed on is in the crate `guest-abi`; the system calls of
//! the program are served inside the guest, by `guest-kernel`.
//!
//! The guest is hostile. Whatever it writes is copied out first and checked then; its addresses are looked up in `vm-memory`;
//! the worst that it can do is to end its own VM.
//!
//! The same VMM boots a whole operating system: [`linux`] tells what that takes in addition.
//!
//! Simplified: one vCPU, no interrupts, no device but a disk, and a kernel of our own instead of an operating system's.
//!
//! Read next: [`run`], then the modules in this order; Documentation/virt/kvm/api.rst.

pub mod backing;
pub mod boot_info;
pub mod cli;
pub mod clock;
pub mod confine;
pub mod control;
pub mod descriptors;
pub mod device;
pub mod elf;
pub mod error;
pub mod exits;
pub mod fault;
pub mod host_call;
pub mod initial_stack;
pub mod irqchip;
pub mod kernel_image;
pub mod kvm;
pub mod layout;
pub mod linux;
pub mod paging;
pub mod program;
pub mod ram;
pub mod run;
pub mod spec;
pub mod stats;
pub mod step;
pub mod symbols;
mod sys;
pub mod timeline;
pub mod timeout;
pub mod vcpu;

pub use error::Error;
