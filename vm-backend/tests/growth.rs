//! `--control`: a machine gets more memory while it runs, and the program in it can use it.

#![allow(
    clippy::unwrap_used,
    reason = "clippy's exemption for tests does not reach the functions that tests share"
)]

mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use support::{compile, has_kvm, vm};

fn program() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| compile("cc", &["-O1", "-Wall", "-static"], "grow.c"))
}

/// A machine that takes all its memory and waits.
struct Growing {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    control: BufReader<UnixStream>,
}

impl Growing {
    fn start(memory: &str, most: &str) -> Self {
        let (ours, theirs) = UnixStream::pair().unwrap();
        ours.set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        let theirs: OwnedFd = theirs.into();
        let inherited = rustix::io::dup(&theirs).unwrap();
        let fd = inherited.as_raw_fd().to_string();
        let options = [
            "--timeout",
            "60",
            "--memory",
            memory,
            "--memory-max",
            most,
            "--control",
            &fd,
        ];
        let mut child = vm(&options, program(), &[])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            stdin: child.stdin.take().unwrap(),
            stdout: BufReader::new(child.stdout.take().unwrap()),
            control: BufReader::new(ours),
            child,
        }
    }

    /// How many MiB the program could take.
    fn taken(&mut self) -> u32 {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        line.trim().parse().unwrap()
    }

    fn ask(&mut self, request: &str) -> String {
        writeln!(self.control.get_mut(), "{request}").unwrap();
        let mut answer = String::new();
        self.control.read_line(&mut answer).unwrap();
        answer.trim().to_owned()
    }

    fn take_more(&mut self) -> u32 {
        self.stdin.write_all(b"+").unwrap();
        self.taken()
    }

    /// The program's exit code: 0 if all memory held what was written.
    fn end(mut self) -> Option<i32> {
        drop(self.stdin);
        let status = self.child.wait().unwrap();
        let mut rest = String::new();
        self.control.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "", "nobody was asked anything more");
        status.code()
    }
}

#[test]
fn a_running_machine_gets_memory_twice_and_all_of_it_is_used() {
    if !has_kvm() {
        return;
    }
    let mut machine = Growing::start("32M", "128M");
    let first = machine.taken();
    assert!((20..32).contains(&first), "{first}");
    assert_eq!(machine.take_more(), 0, "before anybody has asked");
    let request = format!("memory {}", 64 << 20);
    assert_eq!(machine.ask(&request), format!("{request} ok"));
    assert_eq!(machine.take_more(), 32);
    let request = format!("memory {}", 128 << 20);
    assert_eq!(machine.ask(&request), format!("{request} ok"));
    assert_eq!(machine.take_more(), 64);
    assert_eq!(machine.end(), Some(0));
}

#[test]
fn more_than_memory_max_is_refused_and_the_machine_goes_on() {
    if !has_kvm() {
        return;
    }
    let mut machine = Growing::start("32M", "48M");
    machine.taken();
    let answer = machine.ask(&format!("memory {}", 64 << 20));
    assert!(answer.contains("error: --memory-max is"), "{answer}");
    assert!(machine.ask("hello").contains("a request is"));
    assert_eq!(machine.take_more(), 0);
    assert_eq!(machine.end(), Some(0));
}

#[test]
fn a_machine_that_nobody_controls_any_more_runs_to_its_end() {
    if !has_kvm() {
        return;
    }
    let mut machine = Growing::start("32M", "48M");
    machine.taken();
    machine
        .control
        .get_ref()
        .shutdown(std::net::Shutdown::Both)
        .unwrap();
    assert_eq!(machine.take_more(), 0);
    assert_eq!(machine.end(), Some(0));
}
