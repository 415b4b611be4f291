//! The device filter of cgroup v2 is a BPF program: it is asked at every open or making of a device node.
//!
//! The rules of the full set ([`crate::full_set::DEVICE_RULES`]), compiled by hand and tested against them.
//!
//! Read next: the kernel's Documentation/admin-guide/cgroup-v2.rst ("Device controller"), Documentation/bpf/standardization/.

/// Register names, as BPF's documentation has them.
const R0: u8 = 0;
const R1: u8 = 1;
const R2: u8 = 2;
const R3: u8 = 3;
const R4: u8 = 4;
const R5: u8 = 5;

/// Load a 32-bit word: `to = *(u32 *)(from + offset)`.
const LOAD_WORD: u8 = 0x61;
/// `to = immediate`.
const SET: u8 = 0xb7;
/// `to = from`.
const COPY: u8 = 0xbf;
/// `to &= immediate`.
const AND: u8 = 0x57;
/// `to >>= immediate`.
const SHIFT_RIGHT: u8 = 0x77;
/// Skip `offset` instructions if `to == immediate`.
const IF_EQUAL: u8 = 0x15;
/// Skip `offset` instructions if `to != immediate`.
const IF_NOT_EQUAL: u8 = 0x55;
/// End; the result is in R0: 1 allows.
const EXIT: u8 = 0x95;

/// BPF_DEVCG_DEV_CHAR.
const CHARACTER_DEVICE: i32 = 2;
/// BPF_DEVCG_ACC_MKNOD, alone: nothing is opened.
const MAKE_NODE: i32 = 1;

/// The layout of `struct bpf_insn`, as one little-endian word.
const fn instruction(code: u8, to: u8, from: u8, offset: i16, immediate: i32) -> u64 {
    code as u64
        | (to as u64) << 8
        | (from as u64) << 12
        | (offset as u16 as u64) << 16
        | (immediate as u32 as u64) << 32
}

/// R1 points to `struct bpf_cgroup_dev_ctx { u32 access_type; u32 major; u32 minor; }`; the low half of `access_type` is
/// the device's type, the high half what is asked.
pub const PROGRAM: [u64; 24] = [
    instruction(LOAD_WORD, R2, R1, 0, 0),
    instruction(LOAD_WORD, R4, R1, 4, 0),
    instruction(LOAD_WORD, R5, R1, 8, 0),
    instruction(COPY, R3, R2, 0, 0),
    instruction(SHIFT_RIGHT, R3, 0, 0, 16),
    instruction(AND, R2, 0, 0, 0xffff),
    instruction(IF_EQUAL, R3, 0, 15, MAKE_NODE),
    instruction(IF_NOT_EQUAL, R2, 0, 8, CHARACTER_DEVICE),
    // Pseudo-terminals: 136:*.
    instruction(IF_EQUAL, R4, 0, 13, 136),
    instruction(IF_EQUAL, R4, 0, 8, 5),
    instruction(IF_NOT_EQUAL, R4, 0, 5, 1),
    // null, zero, full, random, urandom: 1:3, 1:5, 1:7, 1:8, 1:9.
    instruction(IF_EQUAL, R5, 0, 10, 3),
    instruction(IF_EQUAL, R5, 0, 9, 5),
    instruction(IF_EQUAL, R5, 0, 8, 7),
    instruction(IF_EQUAL, R5, 0, 7, 8),
    instruction(IF_EQUAL, R5, 0, 6, 9),
    // Refused.
    instruction(SET, R0, 0, 0, 0),
    instruction(EXIT, 0, 0, 0, 0),
    // tty and ptmx: 5:0, 5:2.
    instruction(IF_EQUAL, R5, 0, 3, 0),
    instruction(IF_EQUAL, R5, 0, 2, 2),
    instruction(SET, R0, 0, 0, 0),
    instruction(EXIT, 0, 0, 0, 0),
    // Allowed.
    instruction(SET, R0, 0, 0, 1),
    instruction(EXIT, 0, 0, 0, 0),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::full_set::DEVICE_RULES;

    const BLOCK_DEVICE: u32 = 1;
    const OPEN: u32 = 6;

    /// Runs the program as the kernel does.
    fn allows(device_type: u32, access: u32, major: u32, minor: u32) -> bool {
        let context = [device_type | access << 16, major, minor];
        let mut registers = [0u64; 6];
        let mut at = 0;
        loop {
            let word = PROGRAM[at];
            let (to, immediate) = (
                (word >> 8 & 0xf) as usize,
                (word >> 32) as u32 as i32 as i64 as u64,
            );
            let offset = (word >> 16) as i16;
            at += 1;
            match word as u8 {
                LOAD_WORD => registers[to] = context[offset as usize / 4].into(),
                SET => registers[to] = immediate,
                COPY => registers[to] = registers[(word >> 12 & 0xf) as usize],
                AND => registers[to] &= immediate,
                SHIFT_RIGHT => registers[to] >>= immediate,
                IF_EQUAL if registers[to] == immediate => at += offset as usize,
                IF_NOT_EQUAL if registers[to] != immediate => at += offset as usize,
                IF_EQUAL | IF_NOT_EQUAL => {}
                EXIT => return registers[0] == 1,
                code => panic!("unknown instruction {code:#x}"),
            }
        }
    }

    #[test]
    fn exactly_the_listed_devices_may_be_opened() {
        let fits = |part: Option<u32>, number| part.is_none_or(|wanted| wanted == number);
        for major in 0..300 {
            for minor in 0..20 {
                let expected = DEVICE_RULES.iter().any(|rule| {
                    rule.access == "rwm" && fits(rule.major, major) && fits(rule.minor, minor)
                });
                assert_eq!(
                    allows(CHARACTER_DEVICE as u32, OPEN, major, minor),
                    expected,
                    "{major}:{minor}"
                );
                assert!(!allows(BLOCK_DEVICE, OPEN, major, minor));
                assert!(allows(BLOCK_DEVICE, MAKE_NODE as u32, major, minor));
            }
        }
    }
}
