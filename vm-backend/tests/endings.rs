//! However a program ends, and whatever it tries, the launcher reports it and ends too.

mod support;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use support::{Ended, compile, has_kvm, run};

fn endings() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| compile("cc", &["-O1", "-Wall", "-static"], "endings.c"))
}

fn end(ending: &[&str]) -> Ended {
    run(&["--timeout", "10"], endings(), ending)
}

#[test]
fn exit_codes_pass_through() {
    if !has_kvm() {
        return;
    }
    for code in [0, 1, 7, 125, 255] {
        end(&["exit", &code.to_string()]).expect_code(code);
    }
    end(&["exit", "256"]).expect_code(0);
}

#[test]
fn a_fault_is_reported_with_what_and_where() {
    if !has_kvm() {
        return;
    }
    // (how, exit code as a shell gives it, words of the report)
    for (ending, code, words) in [
        (
            "null",
            139,
            &[
                "page fault",
                "vector 14",
                "in write_to",
                "writing address 0x8 (cr2)",
                "rip 0x",
            ][..],
        ),
        ("recurse", 139, &["page fault", "in recurse"]),
        ("beyond", 139, &["page fault", "0xc1000000"]),
        ("ud2", 132, &["invalid instruction", "vector 6", "in main"]),
        ("divide", 136, &["division error", "vector 0"]),
        ("breakpoint", 133, &["breakpoint", "vector 3"]),
        (
            "halt",
            139,
            &["general protection fault", "vector 13", "in main"],
        ),
        ("port", 139, &["general protection fault"]),
    ] {
        let ended = end(&[ending]);
        let ended = ended.expect_code(code);
        for word in words {
            assert!(ended.err.contains(word), "no {word:?} in {ended:#?}");
        }
        assert_eq!(
            ended.out,
            format!("{ending}\n"),
            "output before the fault is kept"
        );
    }
}

#[test]
fn a_program_s_own_abort_is_its_signal() {
    if !has_kvm() {
        return;
    }
    let ended = end(&["abort"]).expect_code(128 + libc::SIGABRT);
    assert_eq!(ended.err, "");
}

#[test]
fn a_guest_that_does_not_end_is_ended() {
    if !has_kvm() {
        return;
    }
    for ending in ["loop", "sleep"] {
        let ended = run(&["--timeout", "1"], endings(), &[ending]).expect_code(124);
        assert!(ended.err.contains("still running"), "{ended:#?}");
    }
}

#[test]
fn a_program_that_talks_to_the_vmm_itself_harms_only_itself() {
    if !has_kvm() {
        return;
    }
    // The port bitmap lets ring 3 through. QEMU's emulation of SVM doesn't honour the bitmap of a TSS in use (its type is 11,
    // and QEMU wants 9): there the program ends at its first call.
    let ended = end(&["host-calls"]);
    assert!(matches!(ended.code, Some(0 | 139)), "{ended:#?}");
    end(&["registers"]).expect_code(0);
    // A report that no fault has filled.
    let ended = end(&["fault-port"]);
    assert!(ended.err.contains("the guest stopped"), "{ended:#?}");
}

#[test]
fn a_program_that_destroys_its_kernel_or_its_page_tables_ends_in_a_report() {
    if !has_kvm() {
        return;
    }
    // Which one depends on what is left: a fault, or an exit that nothing can answer, or faults without end.
    for ending in ["kernel-code", "page-tables"] {
        let ended = run(&["--timeout", "2"], endings(), &[ending]);
        assert!(ended.code.is_some_and(|code| code >= 124), "{ended:#?}");
        assert!(ended.err.starts_with("vm-backend: the guest"), "{ended:#?}");
    }
}

#[test]
fn registers_of_a_disk_may_be_used_at_random() {
    if !has_kvm() {
        return;
    }
    let disk = tempfile::NamedTempFile::new().unwrap();
    disk.as_file().set_len(1 << 20).unwrap();
    let option = disk.path().to_str().unwrap();
    run(
        &["--timeout", "10", "--disk", option],
        endings(),
        &["registers"],
    )
    .expect_code(0);
    let contents = std::fs::read(disk.path()).unwrap();
    assert!(contents.iter().all(|byte| *byte == 0));
}
