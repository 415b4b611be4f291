//! A command with pipes on all sides, as a shell runs it: with input, with any amount of output, and with a deadline.

#[allow(dead_code, reason = "each test file uses a part of it")]
pub mod compile;

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// No command takes this long, unless it hangs.
const DEADLINE: Duration = Duration::from_secs(60);

/// What a command has done.
#[derive(Debug)]
pub struct Finished {
    /// Its exit code; 128 + the signal that ended it.
    pub code: i32,
    /// What it wrote to stdout.
    pub stdout: Vec<u8>,
    /// What it wrote to stderr.
    pub stderr: String,
}

impl Finished {
    /// Stdout, with what isn't UTF-8 replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }
}

/// `vm-backend run OPTIONS -- PROGRAM`; the program's arguments can be added.
pub fn command(options: &[&str], program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vm-backend"));
    command.arg("run").args(options).arg("--").arg(program);
    command
}

/// Runs a command to its end, with this input.
///
/// # Panics
/// When it hangs: it is killed then.
pub fn finish(mut command: Command, input: &[u8]) -> Finished {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command can be started");
    let mut stdin = child.stdin.take().expect("piped");
    let stdout = child.stdout.take().expect("piped");
    let stderr = child.stderr.take().expect("piped");
    thread::scope(|scope| {
        // A command that doesn't read its input closes the pipe early.
        scope.spawn(move || stdin.write_all(input).ok());
        let stdout = scope.spawn(move || read_all(stdout));
        let stderr = scope.spawn(move || read_all(stderr));
        let status = wait(&mut child, &command);
        Finished {
            code: code(status),
            stdout: stdout.join().expect("no panic"),
            stderr: String::from_utf8_lossy(&stderr.join().expect("no panic")).into_owned(),
        }
    })
}

fn read_all(mut pipe: impl Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    pipe.read_to_end(&mut bytes).expect("pipes can be read");
    bytes
}

fn wait(child: &mut Child, command: &Command) -> ExitStatus {
    let deadline = Instant::now() + DEADLINE;
    loop {
        if let Some(status) = child.try_wait().expect("the child is ours") {
            return status;
        }
        if Instant::now() > deadline {
            child.kill().expect("the child is ours");
            child.wait().expect("the child is ours");
            panic!("{command:?} hangs");
        }
        thread::sleep(Duration::from_millis(1));
    }
}

fn code(status: ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt;
    status
        .code()
        .or_else(|| status.signal().map(|signal| 128 + signal))
        .expect("it has ended")
}
