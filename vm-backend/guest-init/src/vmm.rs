//! The VMM round this guest: how it is told something, and how the machine ends.
//!
//! Our own VMM has a doorbell and a console device with named ports. Other VMMs boot the very same initramfs and have no doorbell:
//! a word on the kernel's command line says what they have instead. The kernel hands words that it doesn't know to its first
//! process, as environment variables.
//!
//! | `ISOLAB_CONSOLE=` | the program's standard streams are | phases | exit code |
//! |---|---|---|---|
//! | (not there) | ports named stdin, stdout, stderr | doorbell | doorbell |
//! | `ports` | the same | nobody asks | the line `exit CODE`, after the program's last one |
//! | `/dev/ttyS0`, `/dev/hvc0` | that terminal | nobody asks | the same line |
//!
//! And `ISOLAB_END=poweroff` where a reset would boot the machine again, instead of ending it.
//!
//! Read next: `guest_abi::other_vmm`; bench-harness, `backend/qemu.rs`.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::process::Stdio;

use guest_abi::doorbell::{INIT_FAILED, SIGNAL_SHIFT};
use guest_abi::other_vmm::{CONSOLE, END, EXIT_LINE, PORTS, POWER_OFF};

use crate::{doorbell, ports, sys};

/// Who runs this machine.
#[derive(Debug)]
pub enum Vmm {
    /// Ours.
    Ours,
    /// Another one.
    Other(Other),
}

/// Another VMM, by what it has.
#[derive(Debug)]
pub struct Other {
    /// The terminal, if it isn't named ports.
    terminal: Option<String>,
    /// The machine is switched off, not reset.
    power_off: bool,
}

/// The program's standard streams.
#[derive(Debug)]
pub struct Streams {
    /// Read by the program.
    pub stdin: File,
    /// Written by the program.
    pub stdout: File,
    /// Written by the program.
    pub stderr: File,
}

impl Vmm {
    /// As the command line says.
    pub fn of_command_line() -> Self {
        match std::env::var(CONSOLE) {
            Err(_) => Self::Ours,
            Ok(console) => Self::Other(Other {
                terminal: (console != PORTS).then_some(console),
                power_off: std::env::var(END).is_ok_and(|end| end == POWER_OFF),
            }),
        }
    }

    /// Gets ready to tell it something.
    pub fn reach(&self) -> Result<(), String> {
        match self {
            Self::Ours => doorbell::allow()
                .map_err(|error| format!("reaching the VMM's ports (ioperm): {error}")),
            Self::Other(_) => Ok(()),
        }
    }

    /// Says which phase begins.
    pub fn ring(&self, phase: u32) {
        if let Self::Ours = self {
            doorbell::ring(phase);
        }
    }

    /// Opens what becomes the program's standard streams.
    pub fn streams(&self) -> Result<Streams, String> {
        match self {
            Self::Other(Other {
                terminal: Some(path),
                ..
            }) => terminal(path),
            _ => Ok(Streams {
                stdin: ports::open("stdin", OpenOptions::new().read(true))?,
                stdout: ports::open("stdout", OpenOptions::new().write(true))?,
                stderr: ports::open("stderr", OpenOptions::new().write(true))?,
            }),
        }
    }

    /// Says how it ended, and ends the machine. Without streams there is no way to say it: then another VMM's machine just ends.
    pub fn end(self, code: u32, streams: Option<File>) -> ! {
        let Self::Other(other) = self else {
            doorbell::end(code)
        };
        if let Some(mut stdout) = streams {
            // Nobody is left to tell if that fails; whoever waits for the line misses it.
            writeln!(stdout, "{EXIT_LINE} {}", as_shells_say(code)).unwrap_or_default();
            sys::drain(&stdout);
        }
        sys::end_machine(other.power_off)
    }
}

/// One terminal for all three, without what terminals do to bytes.
fn terminal(path: &str) -> Result<Streams, String> {
    let open = || {
        let terminal = OpenOptions::new().read(true).write(true).open(path)?;
        sys::make_raw(&terminal)?;
        let stderr = terminal.try_clone()?;
        Ok::<_, io::Error>(Streams {
            stdin: terminal.try_clone()?,
            stdout: terminal,
            stderr,
        })
    };
    let opened = crate::wait_for(path, || match open() {
        // Its driver may still be looking for the device.
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        result => Some(result),
    })?;
    opened.map_err(|error| format!("opening the terminal {path}: {error}"))
}

/// A signal is 128 and its number, as in a shell; without a program it is 125, as with `docker run`.
fn as_shells_say(code: u32) -> u32 {
    const NO_PROGRAM: u32 = 125;
    const SIGNALLED: u32 = 128;
    match code >> SIGNAL_SHIFT & 0x7f {
        _ if code & INIT_FAILED != 0 => NO_PROGRAM,
        0 => code & 0xff,
        signal => SIGNALLED | signal,
    }
}

impl Streams {
    /// A further handle on the output, for what is said when the program has ended.
    pub fn keep_stdout(&self) -> Option<File> {
        self.stdout.try_clone().ok()
    }

    /// As a program takes them.
    pub fn into_stdio(self) -> [Stdio; 3] {
        [self.stdin, self.stdout, self.stderr].map(Stdio::from)
    }
}
