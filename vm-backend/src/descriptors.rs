//! Step 7: segments, exceptions, ports.
//!
//! Three tables that a 64-bit CPU insists on:
//! - **GDT**: segments. They no longer limit anything; what remains is the privilege level, a code and a data segment for ring 0
//!   and for ring 3, with the numbers that Linux gives them.
//! - **IDT**: where to go on each exception: the guest kernel's fault stubs, on a stack of their own.
//! - **TSS**: where that stack is, and a bitmap of the I/O ports that ring 3 may use: two that reach the VMM, so that the
//!   guest kernel can call it even where `syscall` doesn't leave ring 3, and flags play no part in it; and one that reaches
//!   nothing, for whoever wants to know what an exit costs.
//!
//! Read next: Intel SDM volume 3, 3.4.5 (segment descriptors), 6.14 (exceptions), 7.7 (TSS), volume 1, 19.5.2 (port bitmap).

use guest_abi::{
    KERNEL_CS, KERNEL_SS, PORT_FAULT, PORT_HOST_CALL, PORT_NOTHING, TSS_SELECTOR, USER_CS, USER_SS,
};
use vm_memory::{Bytes, GuestAddress, GuestMemoryMmap};

use crate::Error;
use crate::layout::{FAULT_STACK_TOP, GDT, IDT, TSS};

/// Bytes from one fault stub to the next.
const STUB_BYTES: u64 = 16;
/// Exceptions that the CPU defines.
const EXCEPTIONS: u64 = 32;
/// Descriptors of 8 bytes; the TSS' is two of them.
const GDT_ENTRIES: usize = TSS_SELECTOR as usize / 8 + 2;
/// The part of a TSS that the CPU defines.
const TSS_BYTES: usize = 104;
/// First port after those that ring 3 may use.
const PORTS_END: u16 = PORT_FAULT + 4;

/// Last byte of the GDT, as its register wants it.
pub const GDT_LIMIT: u16 = (GDT_ENTRIES * 8 - 1) as u16;
/// Last byte of the IDT.
pub const IDT_LIMIT: u16 = (EXCEPTIONS * 16 - 1) as u16;
/// Last byte of the TSS: bitmap, and a byte of ones that ends it.
pub const TSS_LIMIT: u32 = (TSS_BYTES + PORTS_END as usize / 8) as u32;

/// Writes all three.
///
/// # Errors
/// When the layout is wrong.
pub fn write(memory: &GuestMemoryMmap, fault_stubs: GuestAddress) -> Result<(), Error> {
    let failed = || Error::memory("the descriptor tables");
    let words =
        |words: &[u64]| -> Vec<u8> { words.iter().flat_map(|word| word.to_le_bytes()).collect() };
    memory.write_slice(&words(&gdt()), GDT).map_err(failed())?;
    memory.write_slice(&tss(), TSS).map_err(failed())?;
    let gates: Vec<u64> = (0..EXCEPTIONS)
        .flat_map(|vector| gate(vector, fault_stubs.0 + vector * STUB_BYTES))
        .collect();
    memory.write_slice(&words(&gates), IDT).map_err(failed())
}

/// Segments. Base 0 and limit 4 GiB, which 64-bit mode ignores; present, accessed.
fn gdt() -> [u64; GDT_ENTRIES] {
    const CODE: u64 = 0x00af_9b00_0000_ffff;
    const DATA: u64 = 0x00cf_9300_0000_ffff;
    const RING_3: u64 = 3 << 45;
    let mut table = [0; GDT_ENTRIES];
    let mut put = |selector: u16, descriptor: u64| table[usize::from(selector / 8)] = descriptor;
    put(KERNEL_CS, CODE);
    put(KERNEL_SS, DATA);
    put(USER_SS, DATA | RING_3);
    put(USER_CS, CODE | RING_3);
    // Type 11, a busy 64-bit TSS; its address is spread over the descriptor.
    let base = TSS.0;
    let low =
        u64::from(TSS_LIMIT) | (base & 0xff_ffff) << 16 | 0x8b << 40 | (base >> 24 & 0xff) << 56;
    put(TSS_SELECTOR, low);
    put(TSS_SELECTOR + 8, base >> 32);
    table
}

/// The TSS: stack pointers, and the port bitmap.
fn tss() -> Vec<u8> {
    let mut tss = vec![0; TSS_BYTES];
    let mut put = |at: usize, bytes: &[u8]| tss[at..at + bytes.len()].copy_from_slice(bytes);
    put(4, &FAULT_STACK_TOP.0.to_le_bytes()); // RSP0
    put(36, &FAULT_STACK_TOP.0.to_le_bytes()); // IST1
    put(102, &(TSS_BYTES as u16).to_le_bytes()); // where the bitmap begins
    // A bit per port, 0 allows.
    let allowed = |port: u16| (PORT_HOST_CALL..PORTS_END).contains(&port) || port == PORT_NOTHING;
    tss.extend((0..PORTS_END / 8).map(|byte| {
        (0..8).fold(0u8, |bits, bit| {
            bits | u8::from(!allowed(byte * 8 + bit)) << bit
        })
    }));
    tss.push(0xff);
    tss
}

/// An interrupt gate: present, on stack IST1. Breakpoints and INTO may come from ring 3, as on Linux.
fn gate(vector: u64, handler: u64) -> [u64; 2] {
    const BREAKPOINT: u64 = 3;
    const OVERFLOW: u64 = 4;
    let ring = match vector {
        BREAKPOINT | OVERFLOW => 3,
        _ => 0,
    };
    let flags = 0x8e | ring << 5;
    let low = (handler & 0xffff)
        | u64::from(KERNEL_CS) << 16
        | 1 << 32
        | flags << 40
        | (handler >> 16 & 0xffff) << 48;
    [low, handler >> 32]
}

const _: () = assert!(PORT_HOST_CALL.is_multiple_of(8) && PORTS_END.is_multiple_of(8));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ring_3_may_use_the_ports_of_the_vmm_and_the_one_with_nothing() {
        let tss = tss();
        assert_eq!(tss.len(), TSS_LIMIT as usize + 1);
        let allowed: Vec<usize> = (0..(tss.len() - TSS_BYTES) * 8)
            .filter(|port| tss[TSS_BYTES + port / 8] & 1 << (port % 8) == 0)
            .collect();
        let expected: Vec<usize> = std::iter::once(0x80).chain(0x600..0x608).collect();
        assert_eq!(allowed, expected);
    }

    #[test]
    fn a_gate_holds_its_handler() {
        let [low, high] = gate(14, 0x1234_5678_9abc_def0);
        assert_eq!(
            low & 0xffff | low >> 32 & 0xffff_0000 | high << 32,
            0x1234_5678_9abc_def0
        );
        assert_eq!(low >> 45 & 3, 0);
        assert_eq!(gate(3, 0)[0] >> 45 & 3, 3);
    }

    #[test]
    fn selectors_name_segments_of_their_ring() {
        let gdt = gdt();
        for selector in [KERNEL_CS, KERNEL_SS, USER_CS, USER_SS] {
            let descriptor = gdt[usize::from(selector / 8)];
            assert_eq!(descriptor >> 45 & 3, u64::from(selector & 3));
            assert_eq!(descriptor >> 47 & 1, 1);
        }
    }
}
