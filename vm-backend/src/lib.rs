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
//! [`run`] is that sequence in one function, and [`step`] stops it after any of them. What guest and VMM have agreed on is in the
//! crate `guest-abi`; the system calls of the program are served inside the guest, by `guest-kernel`.
//!
//! The guest is hostile. Whatever it writes is copied out first and checked then; its addresses are looked up in `vm-memory`;
//! the worst that it can do is to end its own VM.
//!
//! The same VMM boots a whole operating system: [`linux`] tells what that takes in addition.
//!
//! # Where the time goes
//!
//! From the spawn to reaped with a guest of a dozen instructions and 128 MiB (`isolab run --experiments vmm-floor`), in µs: the fastest of
//! 200 starts of each on the development host, whose KVM has no help of the hardware and which is itself a VM. Each
//! number is the least by itself, so they add up to less than the whole.
//!
//! | what | tiny | Linux, bare | |
//! |---|--:|--:|---|
//! | exec, start of the C library | 730 | 713 | 68 CPUID instructions of glibc are most of it: each leaves the VM that the host is |
//! | KVM_CREATE_VM, memory slot | 137 | 137 | RAM first, else an irqchip makes the slot wait for milliseconds ([`linux`]) |
//! | KVM_GET_SUPPORTED_CPUID | 360 | 373 | KVM asks the CPU for each of some 40 leaves |
//! | KVM_CREATE_VCPU, KVM_SET_CPUID2 | 250 | 135 | |
//! | memory's contents, registers | 122 | 62 | tiny has a kernel, a program, page tables and a stack to write |
//! | seccomp | 52 | 86 | with threads it also waits until they are there |
//! | the guest, and exits | 486 | 68 | first touches of memory, 30 µs each: tiny has a kernel and a program to touch |
//! | end of the process, of the VM | 336 | 193 | |
//! | **all** | 2635 | 1961 | |
//!
//! In numbers: 72 (tiny) and 135 system calls, 15 and 22 of them ioctls; 75 and 58 page faults. The least that does the same (54 system
//! calls: kvm-ioctls and vm-memory, no irqchip, no tables, no filter) took 0.8 of either in turns with them.
//!
//! CPUID is the largest item that is KVM's. A table kept from an earlier start would save it, and would be wrong as soon as KVM is
//! loaded again with other options; it would have to be kept somewhere, trusted, and removed. Where CPUID doesn't trap, on hardware, the
//! same ioctl takes a twentieth. So it is asked each time. Two things did pay: a filter of 42 instructions instead of 168
//! ([`confine::filter`]: 60 µs), and no huge page for the first 2 MiB of a Linux guest, of which hardly anything is used (65 µs,
//! and 2 MiB less memory).
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
mod lock;
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
