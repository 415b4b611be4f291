//! Whether a test that can't run here may be skipped.
//!
//! `ISOLAB_REQUIRE=root,kvm,cgroup` names what a machine is meant to have: there a missing one is a failure and not a skip,
//! so that CI never goes green by testing nothing.

/// Says that a test is skipped, and why.
///
/// # Panics
/// When `ISOLAB_REQUIRE` names what is missing.
pub fn skip(what: &str, reason: &str) {
    let required = std::env::var("ISOLAB_REQUIRE").unwrap_or_default();
    let is_required = required.split(',').any(|name| name.trim() == what);
    assert!(!is_required, "ISOLAB_REQUIRE names {what}, but: {reason}");
    println!("SKIP: {reason}");
}
