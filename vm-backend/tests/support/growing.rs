//! A machine whose memory is changed while it runs, and the program in it that uses it.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::time::Duration;

use crate::support::vm;

/// Longer than any answer takes, in an emulated machine too.
const PATIENCE: Duration = Duration::from_secs(120);

/// Seconds that the machine has for all of it.
const TIMEOUT: &str = "300";

/// A program that does as it is told, and answers each order with a number.
pub struct Growing {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    control: BufReader<UnixStream>,
}

#[allow(dead_code, reason = "each test file uses a part of it")]
impl Growing {
    /// Starts a machine that has so much memory, and may get so much.
    pub fn start(options: &[&str], memory: &str, most: &str, program: &Path) -> Self {
        let (ours, theirs) = UnixStream::pair().unwrap();
        ours.set_read_timeout(Some(PATIENCE)).unwrap();
        let theirs: OwnedFd = theirs.into();
        let inherited = rustix::io::dup(&theirs).unwrap();
        let fd = inherited.as_raw_fd().to_string();
        let sizes = ["--memory", memory, "--memory-max", most, "--control", &fd];
        let all = [&["--timeout", TIMEOUT], options, &sizes].concat();
        let mut child = vm(&all, program, &[])
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

    /// The next number that the program says.
    #[track_caller]
    pub fn number(&mut self) -> u32 {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        let number = line.trim().parse();
        number.unwrap_or_else(|_| panic!("{line:?} is no number"))
    }

    /// Gives the program orders, a byte each.
    pub fn say(&mut self, orders: &str) {
        self.stdin.write_all(orders.as_bytes()).unwrap();
    }

    /// Gives the program orders, and returns the answer to the last.
    #[track_caller]
    pub fn order(&mut self, orders: &str) -> u32 {
        self.say(orders);
        orders.bytes().fold(0, |_, _| self.number())
    }

    /// The VMM's answer to a request.
    pub fn ask(&mut self, request: &str) -> String {
        writeln!(self.control.get_mut(), "{request}").unwrap();
        let mut answer = String::new();
        self.control.read_line(&mut answer).unwrap();
        answer.trim().to_owned()
    }

    /// Asks for so much memory, and gets it.
    #[track_caller]
    pub fn resize(&mut self, mib: u64) {
        let request = format!("memory {}", mib << 20);
        assert_eq!(self.ask(&request), format!("{request} ok"));
    }

    /// Nobody will ask for anything any more.
    pub fn let_alone(&self) {
        let socket = self.control.get_ref();
        socket.shutdown(std::net::Shutdown::Both).unwrap();
    }

    /// The VMM's process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The VMM's exit code.
    pub fn end(mut self) -> Option<i32> {
        drop(self.stdin);
        let status = self.child.wait().unwrap();
        let mut rest = String::new();
        self.control.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "", "nobody was asked anything more");
        status.code()
    }
}
