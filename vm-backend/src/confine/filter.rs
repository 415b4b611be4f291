//! The filter as a program: what the kernel runs before each system call of this process.
//!
//! A seccomp filter is a program for a machine of a dozen instructions (BPF). It is given the call's number, the architecture, and
//! the arguments as numbers; pointers mean nothing to it. Jumps go forward only, so it always ends.
//!
//! ```text
//!          load  architecture;   not x86-64 → deny        (the same number is another call there)
//!          load  number
//!          ioctl → CONTROL
//!          mmap, mprotect → MEMORY
//!          each other call of the list → allow
//! DENY     kill the process
//! MEMORY   load  protection;     not executable → allow, else deny
//! CONTROL  load  request;        each request of the list → allow
//! DENY     kill the process
//! ALLOW    go on
//! ```
//!
//! `ioctl` comes first because a running machine makes hardly another call: KVM_RUN is one. When a filter is loaded the kernel runs
//! it once for every call that there is, to know which are always allowed; so its length is what loading it costs: 42 instructions
//! 63 µs on the development host, where a general compiler's 168 for the same list took 123 µs.
//!
//! Read next: seccomp(2); linux/filter.h; Documentation/userspace-api/seccomp_filter.rst.

use std::mem::offset_of;

use libc::{c_long, seccomp_data, sock_filter};

/// `load`: a 32-bit word of the call's description.
const LOAD: u32 = libc::BPF_LD | libc::BPF_W | libc::BPF_ABS;
/// Jump if the word is equal; if it has one of the bits.
const IF_EQUAL: u32 = libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K;
const IF_BITS: u32 = libc::BPF_JMP | libc::BPF_JSET | libc::BPF_K;
const RETURN: u32 = libc::BPF_RET | libc::BPF_K;
/// AUDIT_ARCH_X86_64; linux/audit.h: the machine of elf(5), 64 bits, little-endian.
const ARCHITECTURE: u32 = 62 | 1 << 31 | 1 << 30;
/// Where a description has what is looked at. Of an argument that is its lower half.
const ARCHITECTURE_AT: u32 = offset_of!(seccomp_data, arch) as u32;
const NUMBER_AT: u32 = offset_of!(seccomp_data, nr) as u32;
const ARGUMENTS_AT: u32 = offset_of!(seccomp_data, args) as u32;
const REQUEST_AT: u32 = ARGUMENTS_AT + 8;
const PROTECTION_AT: u32 = ARGUMENTS_AT + 2 * 8;

/// Calls whose arguments are looked at.
pub const RULED: [c_long; 3] = [libc::SYS_ioctl, libc::SYS_mmap, libc::SYS_mprotect];

/// A program that allows these calls, `ioctl` with these requests, and memory that isn't executable.
///
/// Jumps reach 255 instructions: the lists together must be shorter, which a test holds.
#[must_use]
pub fn program(calls: &[c_long], requests: &[u32]) -> Vec<sock_filter> {
    // Where each part begins; see the picture.
    let list = 4 + RULED.len();
    let deny = list + calls.len();
    let memory = deny + 1;
    let control = memory + 2;
    let deny_too = control + 1 + requests.len();
    let allow = deny_too + 1;

    let mut program = Program(Vec::new());
    program.load(ARCHITECTURE_AT);
    program.if_equal(ARCHITECTURE, 3);
    program.answer(libc::SECCOMP_RET_KILL_PROCESS);
    program.load(NUMBER_AT);
    for (call, part) in RULED.into_iter().zip([control, memory, memory]) {
        program.if_equal(call as u32, part);
    }
    for call in calls {
        program.if_equal(*call as u32, allow);
    }
    program.answer(libc::SECCOMP_RET_KILL_PROCESS);
    program.load(PROTECTION_AT);
    program.jump(IF_BITS, libc::PROT_EXEC as u32, deny_too, allow);
    program.load(REQUEST_AT);
    for request in requests {
        program.if_equal(*request, allow);
    }
    program.answer(libc::SECCOMP_RET_KILL_PROCESS);
    program.answer(libc::SECCOMP_RET_ALLOW);
    program.0
}

/// Instructions so far.
struct Program(Vec<sock_filter>);

impl Program {
    fn load(&mut self, at: u32) {
        self.add(LOAD, at, 0, 0);
    }

    fn answer(&mut self, answer: u32) {
        self.add(RETURN, answer, 0, 0);
    }

    /// Goes to the instruction with this number if the loaded word is this one, else to the next.
    fn if_equal(&mut self, word: u32, target: usize) {
        let next = self.0.len() + 1;
        self.jump(IF_EQUAL, word, target, next);
    }

    fn jump(&mut self, condition: u32, word: u32, if_so: usize, otherwise: usize) {
        // An instruction says how many to leave out.
        let next = self.0.len() + 1;
        self.add(
            condition,
            word,
            (if_so - next) as u8,
            (otherwise - next) as u8,
        );
    }

    fn add(&mut self, code: u32, k: u32, jt: u8, jf: u8) {
        let code = code as u16;
        self.0.push(sock_filter { code, jt, jf, k });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the kernel does with a program.
    fn run(program: &[sock_filter], call: &seccomp_data) -> u32 {
        let (mut at, mut word) = (0, 0);
        loop {
            let sock_filter { code, jt, jf, k } = program[at];
            at += 1;
            let jump = |is_so: bool| usize::from(if is_so { jt } else { jf });
            match u32::from(code) {
                LOAD => {
                    word = match k {
                        ARCHITECTURE_AT => call.arch,
                        NUMBER_AT => call.nr as u32,
                        REQUEST_AT => call.args[1] as u32,
                        PROTECTION_AT => call.args[2] as u32,
                        _ => panic!("word {k}?"),
                    }
                }
                IF_EQUAL => at += jump(word == k),
                IF_BITS => at += jump(word & k != 0),
                RETURN => return k,
                _ => panic!("instruction {code:#x}?"),
            }
        }
    }

    fn allows(program: &[sock_filter], arch: u32, number: i64, args: [u64; 3]) -> bool {
        let call = seccomp_data {
            nr: number as i32,
            arch,
            instruction_pointer: 0,
            args: [args[0], args[1], args[2], 0, 0, 0],
        };
        match run(program, &call) {
            libc::SECCOMP_RET_ALLOW => true,
            libc::SECCOMP_RET_KILL_PROCESS => false,
            answer => panic!("answer {answer:#x}?"),
        }
    }

    #[test]
    fn exactly_the_lists_are_allowed_of_all_calls_of_all_architectures() {
        let calls = [libc::SYS_read, libc::SYS_exit_group, libc::SYS_futex];
        let program = program(&calls, &[0xae80, 0x8090_ae81]);
        const I386: u32 = 3 | 1 << 30;
        // x32, which shares x86-64's architecture, has this bit in its numbers.
        const X32: i64 = 1 << 30;
        for number in 0..1000 {
            let executable = [0, 0xae80, libc::PROT_EXEC as u64];
            let is_listed = calls.contains(&number) || number == libc::SYS_ioctl;
            assert_eq!(
                allows(&program, ARCHITECTURE, number, executable),
                is_listed,
                "{number}"
            );
            assert!(
                !allows(&program, ARCHITECTURE, number | X32, [0; 3]),
                "{number}"
            );
            assert!(!allows(&program, I386, number, [0, 0xae80, 0]), "{number}");
        }
        for (request, is_allowed) in [(0xae80, true), (0x8090_ae81, true), (0x5413, false)] {
            let arguments = [9, request, 0];
            assert_eq!(
                allows(&program, ARCHITECTURE, libc::SYS_ioctl, arguments),
                is_allowed
            );
        }
        for call in [libc::SYS_mmap, libc::SYS_mprotect] {
            let with =
                |protection: i32| allows(&program, ARCHITECTURE, call, [0, 0, protection as u64]);
            assert!(
                with(libc::PROT_READ | libc::PROT_WRITE)
                    && !with(libc::PROT_READ | libc::PROT_EXEC)
            );
        }
    }
}
