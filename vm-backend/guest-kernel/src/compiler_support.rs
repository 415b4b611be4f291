//! What compiled code calls without being asked to: copying, filling and comparing memory.
//!
//! A C library has these otherwise. Today's CPUs copy and fill with one instruction as fast as any loop. They are written in
//! assembly, because the compiler would turn a loop that copies into a call of `memcpy`: itself.
//!
//! Read next: Intel SDM volume 1, 7.3.9.3 (fast-string operation); Rust's crate `compiler_builtins`.

use core::arch::global_asm;

global_asm!(
    // memcpy(rdi: destination, rsi: source, rdx: bytes) -> rax: destination
    ".global memcpy",
    "memcpy:",
    "mov rax, rdi",
    "mov rcx, rdx",
    "rep movsb",
    "ret",
    // memmove: as memcpy, but backwards if the destination begins within the source.
    ".global memmove",
    "memmove:",
    "mov rax, rdi",
    "mov rcx, rdx",
    "sub rdi, rsi",
    "cmp rdi, rdx",
    "mov rdi, rax",
    "jb 2f",
    "rep movsb",
    "ret",
    "2:",
    "lea rdi, [rdi + rcx - 1]",
    "lea rsi, [rsi + rcx - 1]",
    "std",
    "rep movsb",
    "cld",
    "ret",
    // memset(rdi: destination, esi: byte, rdx: bytes) -> rax: destination
    ".global memset",
    "memset:",
    "mov r8, rdi",
    "mov eax, esi",
    "mov rcx, rdx",
    "rep stosb",
    "mov rax, r8",
    "ret",
    // memcmp(rdi, rsi, rdx: bytes) -> eax: difference of the first bytes that differ; bcmp only needs zero or not zero
    ".global memcmp",
    ".global bcmp",
    "memcmp:",
    "bcmp:",
    "mov rcx, rdx",
    "xor eax, eax",
    "xor edx, edx",
    // Sets the flags for the case of no bytes at all.
    "test rcx, rcx",
    "jz 3f",
    "repe cmpsb",
    "movzx eax, byte ptr [rdi - 1]",
    "movzx edx, byte ptr [rsi - 1]",
    "3:",
    "sub eax, edx",
    "ret",
);
