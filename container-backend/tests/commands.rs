//! The launcher as a command: exit codes, signals, options, and what it says when something is wrong.

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::Command;

use rustix::process::Signal;
use support::{Ended, Running, container, has_root_and_cgroups, launcher, run, skip, walls};

/// An ordinary user: nobody.
const NOBODY: u32 = 65534;

#[test]
fn the_exit_code_is_the_commands() {
    if !has_root_and_cgroups() {
        return;
    }
    for code in [0, 7, 125, 255] {
        run(&[], &[&format!("exit:{code}")]).expect_code(code);
    }
}

#[test]
fn a_command_that_a_signal_ended_gives_128_and_the_signal() {
    if !has_root_and_cgroups() {
        return;
    }
    for signal in [libc::SIGKILL, libc::SIGTERM, libc::SIGSEGV] {
        run(&[], &[&format!("kill:2:{signal}")]).expect_code(128 + signal);
    }
}

#[test]
fn signals_to_the_launcher_reach_the_command() {
    if !has_root_and_cgroups() {
        return;
    }
    for options in [&[][..], &["--without", "init"], &["--without", "pid"]] {
        for signal in [
            Signal::TERM,
            Signal::INT,
            Signal::HUP,
            Signal::QUIT,
            Signal::USR1,
            Signal::USR2,
        ] {
            let trap = format!("trap:{}:{}", signal.as_raw(), 40 + signal.as_raw());
            let mut running = Running::start(&mut container(options, &[&trap, "pause"]));
            running.wait_for_output("== pause");
            running.signal(signal);
            running.wait().expect_code(40 + signal.as_raw());
        }
    }
    // Without a handler it ends the command, which isn't PID 1.
    let mut running = Running::start(&mut container(&[], &["pause"]));
    running.wait_for_output("== pause");
    running.signal(Signal::TERM);
    running.wait().expect_code(128 + libc::SIGTERM);
}

#[test]
fn a_signal_before_the_command_runs_is_not_lost() {
    if !has_root_and_cgroups() {
        return;
    }
    for pause_us in (0..12_000).step_by(600) {
        let running = Running::start(&mut container(&[], &["pause"]));
        std::thread::sleep(std::time::Duration::from_micros(pause_us));
        running.signal(Signal::TERM);
        let ended = running.wait();
        // Very early it ends the launcher itself; later its container; last the command.
        let expected = [128 + libc::SIGTERM, 128 + libc::SIGKILL];
        let is_orderly = ended.code.is_some_and(|code| expected.contains(&code));
        assert!(
            is_orderly || ended.signal == Some(libc::SIGTERM),
            "{ended:#?}"
        );
    }
}

#[test]
fn what_the_command_leaves_running_ends_with_it() {
    if !has_root_and_cgroups() {
        return;
    }
    for options in [&[][..], &["--without", "init"], &["--without", "pid"]] {
        let tag = support::tag();
        let ended = run(options, &[&format!("tag:{tag}"), "fork", "exit:3"]).expect_code(3);
        support::eventually(&ended.line, || support::processes_with(&tag).is_empty());
    }
}

#[test]
fn a_bind_shows_a_folder_writable_or_not() {
    if !has_root_and_cgroups() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "from outside\n").unwrap();
    let source = folder.path().display();
    let (writable, read_only) = (format!("{source}:/in/side"), format!("{source}:/safe:ro"));
    let file = format!("{source}/file:/single:ro");
    let options = ["--bind", &writable, "--bind", &read_only, "--bind", &file];
    let actions = [
        "cat:/in/side/file",
        "cat:/single",
        "write:/in/side/new:x",
        "write:/safe/other:x",
        "write:/single:x",
    ];
    let ended = run(&options, &actions).expect_code(0);
    assert_eq!(ended.one("cat:/in/side/file"), "from outside");
    assert_eq!(ended.one("cat:/single"), "from outside");
    assert_eq!(ended.one("write:/in/side/new:x"), "ok");
    assert_eq!(ended.one("write:/safe/other:x"), "!EROFS");
    assert_eq!(ended.one("write:/single:x"), "!EROFS");
    assert_eq!(fs::read_to_string(folder.path().join("new")).unwrap(), "x");
    assert!(!folder.path().join("other").exists());
}

#[test]
fn a_given_folder_becomes_the_root() {
    if !has_root_and_cgroups() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    fs::copy(walls(), folder.path().join("program")).unwrap();
    let mut command = launcher();
    command.args(["run", "--rootfs"]).arg(folder.path());
    command.args([
        "--",
        "/program",
        "ls:/",
        "ids",
        "write:/written:x",
        "look:/proc",
    ]);
    let ended = Running::start(&mut command).wait().expect_code(0);
    let mut names = ended.of("ls:/");
    names.sort_unstable();
    assert_eq!(names, ["dev", "proc", "program", "sys"]);
    assert_eq!(ended.one("look:/proc"), "folder 0:0 fs 9fa0");
    assert_eq!(
        fs::read_to_string(folder.path().join("written")).unwrap(),
        "x"
    );
}

#[test]
fn root_inside_is_somebody_else_in_a_user_namespace() {
    if !has_root_and_cgroups() {
        return;
    }
    let actions = [
        "ids",
        "cat:/proc/self/uid_map",
        "cat:/proc/self/setgroups",
        "open:w:/dev/null",
        "loopback",
    ];
    let ended = run(&["--userns"], &actions).expect_code(0);
    check_user(&ended, 0);
}

#[test]
fn an_ordinary_user_gets_a_container_without_limits_and_is_told() {
    // Neither the build's folder nor its parents need be open to other users.
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
    let [program, payload] = ["launcher", "walls"].map(|name| folder.path().join(name));
    fs::copy(env!("CARGO_BIN_EXE_container-backend"), &program).unwrap();
    fs::copy(walls(), &payload).unwrap();
    let mut command = Command::new(&program);
    let user = rustix::process::geteuid();
    if user.is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    let actions = [
        "ids",
        "cat:/proc/self/uid_map",
        "cat:/proc/self/setgroups",
        "open:w:/dev/null",
        "loopback",
        "calls",
    ];
    command.args(["run", "--"]).arg(&payload).args(actions);
    let ended = Running::start(&mut command).wait();
    if ended.code == Some(125) && ended.err.contains("user namespaces") {
        skip(
            "userns",
            "this host forbids user namespaces to ordinary users",
        );
        return;
    }
    let ended = ended.expect_code(0);
    check_user(
        &ended,
        if user.is_root() {
            NOBODY
        } else {
            user.as_raw()
        },
    );
    assert!(
        ended
            .err
            .contains("warning: no memory, CPU, process and device limits"),
        "{ended:#?}"
    );
    assert!(ended.of("calls").contains(&"unshare !EPERM"), "{ended:#?}");
}

#[track_caller]
fn check_user(ended: &Ended, outside: u32) {
    assert_eq!(ended.one("ids"), "pid 2 parent 1 uid 0 gid 0");
    let map: Vec<&str> = ended
        .one("cat:/proc/self/uid_map")
        .split_whitespace()
        .collect();
    assert_eq!(map, ["0", &outside.to_string(), "1"]);
    assert_eq!(ended.one("cat:/proc/self/setgroups"), "deny");
    assert_eq!(ended.one("open:w:/dev/null"), "ok");
    assert_eq!(ended.one("loopback"), "ok");
}

#[test]
fn every_part_can_be_left_out() {
    if !has_root_and_cgroups() {
        return;
    }
    let names: Vec<&str> = container_backend::part::ALL
        .iter()
        .map(|(_, name)| *name)
        .collect();
    for name in &names {
        run(&["--without", name], &["exit:3"]).expect_code(3);
        run(&["--userns", "--without", name], &["exit:3"]).expect_code(3);
    }
    let ended = run(
        &["--without", &names.join(",")],
        &["readlink:/proc/self/ns/mnt", "cat:/proc/self/status"],
    );
    let ended = ended.expect_code(0);
    let host = support::run_on_host(&["readlink:/proc/self/ns/mnt"]);
    assert_eq!(
        ended.one("readlink:/proc/self/ns/mnt"),
        host.one("readlink:/proc/self/ns/mnt")
    );
    assert_eq!(ended.field("cat:/proc/self/status", "Seccomp"), "0");
    assert_eq!(ended.field("cat:/proc/self/status", "NoNewPrivs"), "0");
}

#[test]
fn a_mistake_is_answered_with_one_message_and_help() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().to_str().unwrap();
    let cases: &[(&[&str], &str)] = &[
        (
            &["run", "--", "/no/such/command"],
            "finding /no/such/command",
        ),
        (&["run", "--", "no-such-command"], "finding no-such-command"),
        (
            &["run", "--rootfs", "/no/such/root", "--", "/x"],
            "finding /no/such/root",
        ),
        (
            &["run", "--rootfs", root, "--", "x"],
            "absolute path inside",
        ),
        (
            &["run", "--bind", "/no/such:/x", "--", "/bin/true"],
            "finding /no/such",
        ),
        (&["run", "--cpus", "0", "--", "/bin/true"], "--cpus 0"),
        (&["run", "--pids", "0", "--", "/bin/true"], "limit of 0"),
        (
            &["run", "--timeline", "77", "--", "/bin/true"],
            "--timeline: not an open descriptor",
        ),
        (&["run"], "no command"),
        (&[], "neither `run` nor `sweep`"),
        (&["run", "--bind", "/a", "--", "/bin/true"], "SRC:DST"),
        (
            &["run", "--bind", "/a:/../b", "--", "/bin/true"],
            "without `..`",
        ),
        (
            &["run", "--memory", "many", "--", "/bin/true"],
            "is not a size",
        ),
        (
            &["run", "--without", "network", "--", "/bin/true"],
            "the parts are",
        ),
    ];
    for (arguments, message) in cases {
        check_message(arguments, message);
    }
}

#[test]
fn help_and_version_are_no_mistakes() {
    for (arguments, text) in [
        (&["--help"][..], "--without PART"),
        (&["run", "--help"], "--without PART"),
        (&["--version"], env!("CARGO_PKG_VERSION")),
    ] {
        let ended = Running::start(launcher().args(arguments))
            .wait()
            .expect_code(0);
        assert!(
            ended.out.contains(text) && ended.err.is_empty(),
            "{ended:#?}"
        );
    }
}

#[test]
fn a_failure_inside_is_reported_by_the_launcher() {
    if !has_root_and_cgroups() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().to_str().unwrap();
    let data = folder.path().join("data");
    fs::write(&data, "no program").unwrap();
    let data = data.to_str().unwrap();
    let inside: &[(&[&str], &str)] = &[
        (&["run", "--", data], "executing the command"),
        (
            &["run", "--rootfs", root, "--", "/missing"],
            "executing the command: /missing",
        ),
        (
            &[
                "run",
                "--bind",
                "/etc/hostname:/proc/nothing/x",
                "--",
                "/bin/true",
            ],
            "showing the host's files inside",
        ),
        (
            &["run", "--hostname", &"x".repeat(65), "--", "/bin/true"],
            "setting the host name",
        ),
    ];
    for (arguments, message) in inside {
        check_message(arguments, message);
    }
}

#[track_caller]
fn check_message(arguments: &[&str], message: &str) {
    let ended = Running::start(launcher().args(arguments))
        .wait()
        .expect_code(125);
    let lines: Vec<&str> = ended.err.lines().collect();
    assert_eq!(lines.len(), 2, "{ended:#?}");
    assert!(
        lines[0].starts_with("container-backend: ") && lines[0].contains(message),
        "{ended:#?}"
    );
    assert!(lines[1].starts_with("help: "), "{ended:#?}");
    assert!(ended.out.is_empty());
}
