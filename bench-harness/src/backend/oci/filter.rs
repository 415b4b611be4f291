//! Our system-call policy in the words of the OCI runtime specification, from which a runtime compiles a filter of its own.
//!
//! The specification knows lists of names with conditions on arguments, and no order: a call is allowed if any entry
//! allows it. So "any family but these two" becomes three entries: below, between and above them.
//!
//! What differs from our filter: calls by the i386 and x32 interfaces end the process here, while ours refuses them.
//!
//! Read next: container-backend's `seccomp/policy.rs`, config-linux.md ("Seccomp").

use container_backend::seccomp::policy;
use oci_spec::OciSpecError;
use oci_spec::runtime::{
    Arch, LinuxSeccomp, LinuxSeccompAction, LinuxSeccompArgBuilder, LinuxSeccompBuilder,
    LinuxSeccompOperator, LinuxSyscall, LinuxSyscallBuilder,
};

use crate::failure::Failure;

type Result<T> = std::result::Result<T, OciSpecError>;

const EPERM: u32 = 1;
const ENOSYS: u32 = 38;

/// The policy as engines read it from a file: the same words.
pub fn policy_as_json() -> std::result::Result<String, Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::Failed(format!("the filter: {error}"));
    let policy = of_the_policy().map_err(|error| failed(&error))?;
    serde_json::to_string(&policy).map_err(|error| failed(&error))
}

/// The whole policy.
pub(super) fn of_the_policy() -> Result<LinuxSeccomp> {
    use LinuxSeccompOperator::{ScmpCmpEq, ScmpCmpGt, ScmpCmpLt};
    let mut calls = vec![always_allowed()?, no_new_namespaces()?, unknown("clone3")?];
    for personality in policy::ALLOWED_PERSONALITIES {
        calls.push(allowed_if("personality", ScmpCmpEq, personality)?);
    }
    let [low, high] = policy::DENIED_FAMILIES;
    calls.push(allowed_if("socket", ScmpCmpLt, low)?);
    for between in low + 1..high {
        calls.push(allowed_if("socket", ScmpCmpEq, between)?);
    }
    calls.push(allowed_if("socket", ScmpCmpGt, high)?);
    LinuxSeccompBuilder::default()
        .default_action(LinuxSeccompAction::ScmpActErrno)
        .default_errno_ret(EPERM)
        .architectures(vec![Arch::ScmpArchX86_64])
        .syscalls(calls)
        .build()
}

fn always_allowed() -> Result<LinuxSyscall> {
    LinuxSyscallBuilder::default()
        .names(
            policy::allowed_names()
                .map(str::to_owned)
                .collect::<Vec<_>>(),
        )
        .action(LinuxSeccompAction::ScmpActAllow)
        .build()
}

/// clone, as long as none of the flags for new namespaces is set.
fn no_new_namespaces() -> Result<LinuxSyscall> {
    let flags = LinuxSeccompArgBuilder::default()
        .index(0usize)
        .value(u64::from(policy::NAMESPACE_FLAGS))
        .value_two(0u64)
        .op(LinuxSeccompOperator::ScmpCmpMaskedEq)
        .build()?;
    LinuxSyscallBuilder::default()
        .names(vec!["clone".to_owned()])
        .action(LinuxSeccompAction::ScmpActAllow)
        .args(vec![flags])
        .build()
}

/// Answered as a kernel does that hasn't heard of the call.
fn unknown(call: &str) -> Result<LinuxSyscall> {
    LinuxSyscallBuilder::default()
        .names(vec![call.to_owned()])
        .action(LinuxSeccompAction::ScmpActErrno)
        .errno_ret(ENOSYS)
        .build()
}

fn allowed_if(call: &str, compare: LinuxSeccompOperator, value: u32) -> Result<LinuxSyscall> {
    let argument = LinuxSeccompArgBuilder::default()
        .index(0usize)
        .value(u64::from(value))
        .op(compare)
        .build()?;
    LinuxSyscallBuilder::default()
        .names(vec![call.to_owned()])
        .action(LinuxSeccompAction::ScmpActAllow)
        .args(vec![argument])
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use container_backend::seccomp::policy::{Action, TABLE};

    #[test]
    fn every_call_that_our_filter_may_allow_is_in_the_list_and_no_other() {
        let filter = of_the_policy().unwrap();
        let allowed = filter.syscalls().clone().unwrap_or_default();
        let mut names: Vec<String> = allowed
            .iter()
            .filter(|call| call.action() == LinuxSeccompAction::ScmpActAllow)
            .flat_map(|call| call.names().clone())
            .collect();
        names.sort();
        names.dedup();
        let ours = TABLE
            .iter()
            .filter(|action| !matches!(action, Action::Deny | Action::NotImplemented));
        assert_eq!(names.len(), ours.count());
    }

    #[test]
    fn the_two_denied_families_fall_through_every_condition() {
        let filter = of_the_policy().unwrap();
        let allows = |family: u64| {
            let calls = filter.syscalls().clone().unwrap_or_default();
            let sockets = calls
                .into_iter()
                .filter(|call| call.names() == &["socket".to_owned()]);
            sockets
                .flat_map(|call| call.args().clone().unwrap_or_default())
                .any(|argument| match argument.op() {
                    LinuxSeccompOperator::ScmpCmpLt => family < argument.value(),
                    LinuxSeccompOperator::ScmpCmpEq => family == argument.value(),
                    LinuxSeccompOperator::ScmpCmpGt => family > argument.value(),
                    _ => false,
                })
        };
        let denied: Vec<u64> = (0..64).filter(|family| !allows(*family)).collect();
        assert_eq!(denied, policy::DENIED_FAMILIES.map(u64::from));
    }
}
