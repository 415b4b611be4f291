//! What is read, and what is refused.

use super::*;

fn parsed(line: &str) -> Result<Action, Error> {
    parse(line.split_whitespace().map(OsString::from))
}

#[track_caller]
fn run(line: &str) -> Run {
    match parsed(line) {
        Ok(Action::Run(run)) => run,
        other => panic!("{line}: {other:?}"),
    }
}

#[test]
fn every_option_is_read() {
    let run = run(
        "run --guest linux --memory=1G --disk d:ro --kernel /k --initrd-extra /e --cmdline-extra a=b --cpus 2 --serial \
         --timeout 9 --die-with-parent --timeline 7 --stats 8 -- /p -x --memory 3",
    );
    assert_eq!((run.guest, run.memory), (Guest::Linux, Some(Size(1 << 30))));
    assert!(run.disk.is_some_and(|disk| disk.read_only));
    assert_eq!(
        (run.kernel, run.initrd_extra),
        (Some("/k".into()), Some("/e".into()))
    );
    assert_eq!(
        (run.cmdline_extra.as_deref(), run.cpus),
        (Some("a=b"), Some(2))
    );
    assert!(run.serial && run.die_with_parent);
    assert_eq!(
        (run.timeout, run.timeline, run.stats),
        (Some(9), Some(7), Some(8))
    );
    assert_eq!(run.command, ["/p", "-x", "--memory", "3"]);
}

#[test]
fn both_guests_may_get_more_memory() {
    let tiny = run("run --memory-max 64M --control 5 -- /p");
    let linux = run("run --guest linux --memory 1G --memory-max 1G --control 5 -- /p");
    assert_eq!((tiny.memory_bytes(), tiny.control), (32 << 20, Some(5)));
    assert_eq!(linux.memory_max, Some(Size(linux.memory_bytes())));
}

#[test]
fn options_of_the_tiny_guest_are_read() {
    let run = run("run --until memory --irqchip full --prefault --no-huge-pages -- /p");
    assert_eq!(
        (run.until, run.irqchip),
        (Some(Step::Memory), Some(Irqchip::Full))
    );
    assert!(run.backing.prefault && run.backing.small_pages);
}

#[test]
fn the_programs_own_options_and_dashes_are_left_alone() {
    assert_eq!(run("run -- a -- -h").command, ["a", "--", "-h"]);
    assert_eq!(run("run a --serial").command, ["a", "--serial"]);
}

#[test]
fn mistakes_are_named() {
    for (line, message) in [
        ("", "`run`"),
        ("start", "\"start\""),
        ("run", "no program"),
        ("run --kernel", "'--kernel'"),
        ("run --nonsense -- a", "'--nonsense'"),
        ("run --memory lots -- a", "--memory lots"),
        ("run --guest bsd -- a", "tiny or linux"),
        ("run --timeout 0 -- a", "--timeout 0"),
        ("run --guest linux --cpus 17 -- a", "1 to 16"),
        ("run --serial -- a", "--serial is for Linux"),
        ("run --bare", "--bare is for Linux"),
        ("run --guest linux --bare -- a", "leave the program away"),
        ("run --out d -- a", "'--out'"),
        ("export -- a", "--kernel PATH"),
        ("export --kernel k -- a", "--out DIR"),
        ("export --kernel k --out d", "no program"),
        ("export --kernel k --out d --bare", "--bare"),
        (
            "export --kernel k --out d --console ttyS0 -- a",
            "ports or a path",
        ),
        ("run --kernel k -- a", "--kernel is for Linux"),
        ("run --until boot -- a", "the steps are open-files"),
        ("run --irqchip ioapic -- a", "none, split or full"),
        ("run --memory-max 64M -- a", "give both or neither"),
        (
            "run --memory-max 64M --control 5 --prefault -- a",
            "none of --memory-max yet",
        ),
        (
            "run --memory 64M --memory-max 63M --control 5 -- a",
            "less than the VM has from the start: 67108864",
        ),
        (
            "run --guest linux --memory-max 64M --control 5 -- a",
            "less than the VM has from the start: 134217728",
        ),
        (
            "run --guest linux --bare --memory-max 256M --control 5",
            "--memory-max needs a balloon",
        ),
        (
            "export --kernel k --out d --memory-max 256M --control 5 -- a",
            "--memory-max is for run",
        ),
        (
            "run --guest linux --until memory -- a",
            "--until is for the tiny guest",
        ),
    ] {
        let error = parsed(line).err().map(|error| error.to_string());
        assert!(
            error.as_ref().is_some_and(|error| error.contains(message)),
            "{line}: {error:?}"
        );
    }
}

#[test]
fn the_help_names_every_option() {
    for option in [
        "guest",
        "memory",
        "disk",
        "prefault",
        "no-huge-pages",
        "irqchip",
        "memory-max",
        "control",
        "until",
        "timeout",
        "die-with-parent",
        "timeline",
        "stats",
        "kernel",
        "cpus",
        "initrd-extra",
        "cmdline-extra",
        "serial",
    ] {
        assert!(HELP.contains(&format!("--{option} ")), "{option}");
    }
}
