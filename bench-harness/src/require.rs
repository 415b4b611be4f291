//! Whether a test that can't run here may be skipped.
//!
//! `ISOLAB_REQUIRE=root,kvm,cgroup` names what a machine is meant to have: there a missing one is a failure and not a skip,
//! so that CI never goes green by testing nothing. `linux-vm` stands for `linux-vm-small` and `linux-vm-cloud` too.

/// Says that a test is skipped, and why.
///
/// # Panics
/// When `ISOLAB_REQUIRE` names what is missing.
pub fn skip(what: &str, reason: &str) {
    let required = std::env::var("ISOLAB_REQUIRE").unwrap_or_default();
    let names = |name: &str| {
        let rest = what.strip_prefix(name.trim());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    let is_required = required
        .split(',')
        .any(|name| !name.trim().is_empty() && names(name));
    assert!(!is_required, "ISOLAB_REQUIRE names {what}, but: {reason}");
    println!("SKIP: {reason}");
}
