//! How many system calls the running kernel has.
//!
//! The kernel's symbols name the function behind each call (`__x64_sys_read`). A call that was not configured in is there
//! as a weak alias of "not implemented": its letter in the list is `W`. Everybody may read the names; the addresses, which
//! only root may see, aren't needed.
//!
//! Read next: `kallsyms` in proc(5), nm(1) for the letters.

use std::collections::BTreeSet;
use std::fs;

use syscalls::Sysno;

/// What the symbol of a function begins with that a 64-bit program can call.
const PREFIX: &str = "__x64_sys_";

/// How many calls of the x86-64 table there are in this kernel; `None` if it doesn't list its symbols.
#[must_use]
pub fn implemented() -> Option<usize> {
    let symbols = fs::read_to_string("/proc/kallsyms").ok()?;
    Some(in_table(&symbols)).filter(|count| *count > 0)
}

/// The table is needed too: among the symbols are also calls that only 32-bit programs have.
fn in_table(symbols: &str) -> usize {
    let functions: BTreeSet<&str> = symbols.lines().filter_map(function).collect();
    Sysno::iter()
        .filter(|call| functions.contains(symbol_of(call.name())))
        .count()
}

/// The call of a line such as `ffffffff8120ed26 T __x64_sys_read`.
fn function(line: &str) -> Option<&str> {
    let mut words = line.split_whitespace().skip(1);
    match (words.next()?, words.next()?) {
        ("T" | "t", name) => name.strip_prefix(PREFIX),
        _ => None,
    }
}

/// The one call whose function has another name.
fn symbol_of(call: &str) -> &str {
    match call {
        "umount2" => "umount",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_calls_of_the_table_that_are_configured_in_are_counted() {
        let symbols = "\
0000000000000000 T __x64_sys_read
0000000000000000 T __x64_sys_umount
0000000000000000 T __x64_sys_chown16
0000000000000000 W __x64_sys_kexec_load
0000000000000000 t __x64_sys_setitimer.cold
0000000000000000 T __ia32_sys_write
";
        assert_eq!(in_table(symbols), 2);
    }

    #[test]
    fn this_kernel_has_hundreds_of_calls() {
        match implemented() {
            Some(count) => assert!((300..500).contains(&count), "{count}"),
            None => crate::require::skip("kallsyms", "the kernel doesn't list its symbols"),
        }
    }
}
