//! The ways into the kernel: `syscall`, and the 32 exceptions.
//!
//! **A system call.** The CPU puts the return address into rcx and the flags into r11, and jumps to `syscall_entry`; it does
//! not even change the stack. So:
//! 1. keep the program's stack pointer, and switch to the kernel's stack. There is one CPU and one thread, so a fixed
//!    variable will do; kernels with more than that find theirs through `swapgs`.
//! 2. Push what `iretq` returns to: stack, flags, address, and the program's segments.
//! 3. Push the call's number and arguments: this is the [`Frame`] that the dispatcher gets.
//! 4. Save the floating point registers: the compiler uses them in the kernel too. The upper halves of the AVX registers
//!    survive, because the kernel has no AVX instructions.
//! 5. Call the dispatcher, restore everything, return with the result in rax.
//!
//! None of this needs ring 0. Where KVM works without hardware support (module kvm_pvm), this code runs with the program's own
//! privileges; on other hosts the same code runs in ring 0. Therefore `iretq` instead of `sysret`, and no `swapgs`.
//!
//! **An exception** ends the VM: nothing here could continue the program. The CPU pushes where it happened onto a stack of
//! its own; the stub copies that to the report and rings the VMM. Plain integer instructions, because some hosts emulate
//! ring 0 one instruction at a time and don't know any others.
//!
//! `Simplified:` production kernels deliver SIGSEGV and the like to the program's handler.
//!
//! Read next: Intel SDM volume 2, SYSCALL and IRET; volume 3, 6.14 (exceptions in 64-bit mode); [`guest_kernel::dispatch`].

use core::arch::global_asm;
use core::cell::UnsafeCell;

use guest_abi::{FAULT_REPORT_ADDR, FaultReport, PORT_FAULT, USER_CS, USER_SS};
use guest_kernel::Kernel;
use guest_kernel::dispatch::Frame;

/// Bytes of the kernel's stack: many times what the deepest call needs.
const STACK_BYTES: usize = 32 << 10;

global_asm!(
    ".global syscall_entry",
    "syscall_entry:",
    // 1. The kernel's stack.
    "mov [rip + program_stack], rsp",
    "lea rsp, [rip + kernel_stack_top]",
    // 2. The frame of iretq.
    "push {user_ss}",
    "push [rip + program_stack]",
    "push r11",
    "push {user_cs}",
    "push rcx",
    // 3. Number and arguments, in the order of `Frame` from its end.
    "push rax",
    "push r9",
    "push r8",
    "push r10",
    "push rdx",
    "push rsi",
    "push rdi",
    "mov rdi, rsp",
    // 4. 512 bytes, aligned to 16: twelve pushes of 8 bytes have kept the alignment.
    "sub rsp, 512",
    "fxsave64 [rsp]",
    // 5. The result stays in rax.
    "call {handle}",
    "fxrstor64 [rsp]",
    "add rsp, 512",
    "pop rdi",
    "pop rsi",
    "pop rdx",
    "pop r10",
    "pop r8",
    "pop r9",
    "add rsp, 8",
    "iretq",
    // One stub per exception, 16 bytes apart, so that the VMM can compute their addresses. Some exceptions push an error
    // code; for the others the stub pushes 0, and all look the same.
    ".balign 16",
    ".global fault_stubs",
    "fault_stubs:",
    ".set vector, 0",
    ".rept 32",
    ".balign 16",
    ".if ({with_error_code} >> vector) & 1",
    ".else",
    "push 0",
    ".endif",
    "push vector",
    "jmp report_fault",
    ".set vector, vector + 1",
    ".endr",
    "report_fault:",
    "pop rax",
    "mov [{report} + {vector}], rax",
    "pop rax",
    "mov [{report} + {error_code}], rax",
    "pop rax",
    "mov [{report} + {rip}], rax",
    "pop rax",
    "mov [{report} + {cs}], rax",
    "pop rax",
    "mov [{report} + {rflags}], rax",
    "pop rax",
    "mov [{report} + {rsp}], rax",
    "mov rax, cr2",
    "mov [{report} + {cr2}], rax",
    "mov edx, {port}",
    "out dx, eax",
    "2: jmp 2b",
    ".pushsection .bss.entry, \"aw\", @nobits",
    ".balign 16",
    "program_stack: .skip 16",
    ".skip {stack_bytes}",
    "kernel_stack_top:",
    ".popsection",
    user_ss = const USER_SS,
    user_cs = const USER_CS,
    handle = sym handle_syscall,
    with_error_code = const WITH_ERROR_CODE,
    stack_bytes = const STACK_BYTES,
    report = const FAULT_REPORT_ADDR,
    vector = const core::mem::offset_of!(FaultReport, vector),
    error_code = const core::mem::offset_of!(FaultReport, error_code),
    rip = const core::mem::offset_of!(FaultReport, rip),
    cs = const core::mem::offset_of!(FaultReport, cs),
    rflags = const core::mem::offset_of!(FaultReport, rflags),
    rsp = const core::mem::offset_of!(FaultReport, rsp),
    cr2 = const core::mem::offset_of!(FaultReport, cr2),
    port = const PORT_FAULT,
);

/// One bit for each exception that pushes an error code: double fault, TSS, segment, stack, general protection, page fault,
/// alignment, control protection, and two of AMD's virtualization.
const WITH_ERROR_CODE: u32 = 1 << 8
    | 1 << 10
    | 1 << 11
    | 1 << 12
    | 1 << 13
    | 1 << 14
    | 1 << 17
    | 1 << 21
    | 1 << 29
    | 1 << 30;

/// The one kernel.
struct OneKernel(UnsafeCell<Kernel>);

// SAFETY: there is one CPU and no interrupt; only `handle_syscall` uses the kernel, and it isn't entered a second time
// before it has returned: the kernel makes no system calls, and an exception in it ends the VM.
unsafe impl Sync for OneKernel {}

static KERNEL: OneKernel = OneKernel(UnsafeCell::new(Kernel::before_boot()));

/// Called by `syscall_entry` with the frame it has pushed.
extern "C" fn handle_syscall(frame: &Frame) -> i64 {
    // SAFETY: nobody else refers to the kernel now, see `OneKernel`.
    let kernel = unsafe { &mut *KERNEL.0.get() };
    kernel.handle(frame)
}
