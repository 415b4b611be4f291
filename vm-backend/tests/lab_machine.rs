//! `scripts/lab-machine`: a command runs in it, only what it was told to gets out, and it goes when it is told to.
//!
//! Each start takes seconds, so this runs only where ISOLAB_REQUIRE names `lab-machine`; needs what the script needs.

#![allow(
    clippy::unwrap_used,
    reason = "clippy's exemption for tests does not reach the functions that tests share"
)]

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Longer than anything here takes on a busy host.
const PATIENCE: Duration = Duration::from_secs(120);
/// An ordinary user, and a group.
const NOBODY: u32 = 65534;

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/lab-machine")
}

fn wanted() -> bool {
    let required = std::env::var("ISOLAB_REQUIRE").unwrap_or_default();
    let is_wanted = required.split(',').any(|name| name.trim() == "lab-machine");
    if !is_wanted {
        println!("SKIP: slow; ISOLAB_REQUIRE=lab-machine runs it");
    }
    is_wanted
}

/// The script with its temporary files in this folder.
fn lab_machine(temporary: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(script());
    command.args(arguments).env("TMPDIR", temporary);
    command.stdin(Stdio::null());
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn expect(output: &Output, code: i32, stdout: &str) {
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{out}{err}");
    assert_eq!(out, stdout, "{err}");
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().flatten();
    entries
        .map(|entry| text(entry.file_name().as_encoded_bytes()))
        .collect()
}

/// Whether a process has this in its command line.
fn runs(words: &Path) -> bool {
    let words = words.as_os_str().as_encoded_bytes();
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let mut lines = entries.filter_map(|entry| fs::read(entry.path().join("cmdline")).ok());
    lines.any(|line| line.windows(words.len()).any(|part| part == words))
}

#[track_caller]
fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < PATIENCE, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_command_has_kvm_and_its_output_and_its_exit_code_are_passed_on() {
    if !wanted() {
        return;
    }
    let temporary = tempfile::tempdir().unwrap();
    let command = "test -c /dev/kvm && echo out; echo err >&2; exit 7";
    let output = lab_machine(temporary.path(), &["--", "sh", "-c", command])
        .output()
        .unwrap();
    expect(&output, 7, "out\n");
    assert_eq!(text(&output.stderr), "err\n");
    wait_until("nothing is left", || names_in(temporary.path()).is_empty());
}

#[test]
fn files_come_back_only_through_out() {
    if !wanted() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let [temporary, out] = ["temporary", "out"].map(|name| folder.path().join(name));
    fs::create_dir(&temporary).unwrap();
    let here = folder.path().display();
    let command = format!(
        "echo changed >{here}/kept && echo new >{here}/new && rm -r {here}/folder && echo result >{here}/out/result"
    );
    fs::write(folder.path().join("kept"), "as it was").unwrap();
    fs::create_dir(folder.path().join("folder")).unwrap();
    let out_option = out.to_str().unwrap();
    let arguments = ["--out", out_option, "--", "sh", "-c", &command];
    let output = lab_machine(&temporary, &arguments).output().unwrap();
    expect(&output, 0, "");
    assert_eq!(fs::read_to_string(out.join("result")).unwrap(), "result\n");
    assert_eq!(names_in(&out), ["result"]);
    let kept = fs::read_to_string(folder.path().join("kept")).unwrap();
    assert_eq!(kept, "as it was");
    assert!(!folder.path().join("new").exists());
    assert!(folder.path().join("folder").is_dir());
}

#[test]
fn it_needs_no_root() {
    if !wanted() {
        return;
    }
    // A folder that is theirs, with the lab machine's kernel in a cache that they may read.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    let [temporary, out, cache] = ["temporary", "out", "cache"].map(|name| path.join(name));
    for folder in [&temporary, &out, &cache] {
        fs::create_dir(folder).unwrap();
        chown(folder, Some(NOBODY), Some(NOBODY)).unwrap();
    }
    let kernel = Command::new(script().with_file_name("guest-kernel"))
        .args(["path", "lab"])
        .output()
        .unwrap();
    let kernels = cache.join("isolab/kernels");
    fs::create_dir_all(&kernels).unwrap();
    let copied = Command::new("cp")
        .args([OsStr::new("-rT"), text(&kernel.stdout).trim_end().as_ref()])
        .arg(kernels.join("lab"))
        .status();
    assert!(copied.unwrap().success());
    // The scripts, too: the folders above them may be closed to others.
    let scripts = path.join("scripts");
    fs::create_dir(&scripts).unwrap();
    for name in ["lab-machine", "guest-kernel"] {
        fs::copy(script().with_file_name(name), scripts.join(name)).unwrap();
    }
    let nobody = NOBODY.to_string();
    let output = Command::new("setpriv")
        .args(["--reuid", &nobody, "--regid", &nobody, "--clear-groups"])
        .arg(scripts.join("lab-machine"))
        .arg("--out")
        .arg(&out)
        .args(["--", "sh", "-c"])
        .arg(format!("id -u; echo mine >{}/file; exit 3", out.display()))
        .current_dir(path)
        .env("XDG_CACHE_HOME", &cache)
        .env("HOME", path)
        .env("TMPDIR", &temporary)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    // Root inside, which is nobody outside.
    expect(&output, 3, "0\n");
    assert_eq!(fs::read_to_string(out.join("file")).unwrap(), "mine\n");
}

#[test]
fn it_stops_when_it_is_killed_and_leaves_nothing() {
    if !wanted() {
        return;
    }
    for signal in ["TERM", "INT", "KILL"] {
        let temporary = tempfile::tempdir().unwrap();
        let arguments = ["--", "sh", "-c", "echo there; sleep 1000"];
        let mut running = lab_machine(temporary.path(), &arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let stdout = running.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        assert_eq!(line, "there\n", "{signal}");
        assert!(runs(temporary.path()), "its job is named by QEMU's options");
        let killed = Command::new("kill")
            .args(["-s", signal, &running.id().to_string()])
            .status();
        assert!(killed.unwrap().success());
        wait_until("it ends", || running.try_wait().unwrap().is_some());
        wait_until("no process is left", || !runs(temporary.path()));
        wait_until("no file is left", || names_in(temporary.path()).is_empty());
    }
}

#[test]
fn a_time_limit_ends_it() {
    if !wanted() {
        return;
    }
    let temporary = tempfile::tempdir().unwrap();
    let arguments = ["--timeout", "3", "--", "sleep", "1000"];
    let output = lab_machine(temporary.path(), &arguments).output().unwrap();
    expect(&output, 125, "");
    assert!(text(&output.stderr).contains("still running after 3 s"));
    wait_until("nothing is left", || names_in(temporary.path()).is_empty());
}
