//! The filter against the policy: the program is run for every number, and nothing is taken on trust.

use super::emit::{
    ALLOW, ARCHITECTURE, DENY, FIRST_ARGUMENT, JUMP, JUMP_IF_ANY_BIT, JUMP_IF_EQUAL,
    JUMP_IF_GREATER_OR_EQUAL, LOAD, NOT_IMPLEMENTED, NUMBER, RETURN, X86_64,
};
use super::policy::{ALLOWED_PERSONALITIES, Action, DENIED_FAMILIES, NAMESPACE_FLAGS, TABLE};
use super::program;

const I386: u32 = 0x4000_0003;
const X32_BIT: u32 = 0x4000_0000;

/// Runs the program as the kernel does; returns the result and how many instructions it took.
fn run(architecture: u32, number: u32, argument: u64) -> (u32, usize) {
    let code = program();
    let (mut accumulator, mut at) = (0, 0);
    for executed in 1..=code.len() {
        let now = code[at];
        let jump =
            |condition: bool| usize::from(if condition { now.if_true } else { now.if_false });
        at += 1 + match now.code {
            LOAD => {
                accumulator = match now.operand {
                    NUMBER => number,
                    ARCHITECTURE => architecture,
                    FIRST_ARGUMENT => argument as u32,
                    offset => panic!("loads from offset {offset}"),
                };
                0
            }
            JUMP => now.operand as usize,
            JUMP_IF_EQUAL => jump(accumulator == now.operand),
            JUMP_IF_GREATER_OR_EQUAL => jump(accumulator >= now.operand),
            JUMP_IF_ANY_BIT => jump(accumulator & now.operand != 0),
            RETURN => return (now.operand, executed),
            code => panic!("unknown instruction {code:#x}"),
        };
    }
    panic!("the program does not end");
}

fn expected(number: u32, argument: u64) -> u32 {
    let allowed = |condition: bool| if condition { ALLOW } else { DENY };
    match TABLE.get(number as usize).copied().unwrap_or(Action::Deny) {
        Action::Allow => ALLOW,
        Action::Deny => DENY,
        Action::NotImplemented => NOT_IMPLEMENTED,
        Action::Clone => allowed(argument as u32 & NAMESPACE_FLAGS == 0),
        Action::Socket => allowed(!DENIED_FAMILIES.contains(&(argument as u32))),
        Action::Personality => allowed(ALLOWED_PERSONALITIES.contains(&(argument as u32))),
    }
}

fn arguments() -> impl Iterator<Item = u64> {
    let bits = (0..64).map(|bit| 1 << bit);
    bits.chain(0..64).chain([
        0x2_0000,
        0x2_0008,
        0xffff_ffff,
        u64::MAX,
        0x1_0000_0026,
        0x7e02_0000,
        0x0000_0f11,
    ])
}

#[test]
fn the_filter_does_what_the_policy_says_for_every_number_and_argument() {
    for number in (0..2048).chain([X32_BIT - 1, u32::MAX]) {
        for argument in arguments() {
            assert_eq!(
                run(X86_64, number, argument).0,
                expected(number, argument),
                "call {number}({argument:#x})"
            );
        }
    }
}

#[test]
fn another_abi_is_denied_whatever_it_calls() {
    for number in 0..1024 {
        assert_eq!(run(I386, number, 0).0, DENY);
        assert_eq!(run(X86_64, X32_BIT | number, 0).0, DENY);
    }
}

#[test]
fn every_jump_of_the_program_lands_inside_it() {
    let code = program();
    for (at, instruction) in code.iter().enumerate() {
        let farthest = match instruction.code {
            JUMP => instruction.operand as usize,
            JUMP_IF_EQUAL | JUMP_IF_GREATER_OR_EQUAL | JUMP_IF_ANY_BIT => {
                usize::from(instruction.if_true.max(instruction.if_false))
            }
            _ => continue,
        };
        assert!(at + 1 + farthest < code.len(), "instruction {at}");
    }
}

#[test]
fn the_filter_is_short_and_every_call_is_decided_in_a_few_steps() {
    // The module documentation speaks of these sizes.
    assert!(program().len() < 200, "{} instructions", program().len());
    let deepest = (0..512).map(|number| run(X86_64, number, 0).1).max();
    assert!(deepest < Some(20), "{deepest:?}");
}
