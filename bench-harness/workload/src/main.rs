//! The one program that isolab runs everywhere: as a process, in a container, in a virtual machine.
//!
//! It is a single static ELF file, and byte for byte the same one in every backend, so that a difference between two results
//! can't come from the program. It speaks the lines of [`workload::protocol`] and needs few system calls: our guest kernel
//! implements just those.
//!
//! 1. Say `main`: the harness stamps the moment when that byte arrives.
//! 2. Read the arguments (`--key value`).
//! 3. Run the subcommand: it says `ready` when its own initialization is over, and then does what is measured.
//! 4. Say `done` with a checksum, or `error:` with the reason and end with a code other than 0.
//!
//! There is no Rust `main`: Rust's runtime would first poll the standard streams, set signal handlers and an alternate
//! stack (9 system calls), and none of it is needed here. The C library calls `main` directly.
//!
//! Read next: `command/hello.rs`, then its siblings.
#![no_main]

mod arguments;
mod command;
mod report;
mod sys;

use std::fmt;

use arguments::Arguments;
use workload::protocol::Line;

/// Why a subcommand ended without a result.
#[derive(Debug)]
pub enum Failure {
    /// The command line makes no sense.
    Usage(String),
    /// It was tried, and it went wrong.
    Failed(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(message) | Self::Failed(message) => formatter.write_str(message),
        }
    }
}

impl Failure {
    fn exit_code(&self) -> i32 {
        match self {
            Self::Failed(_) => 1,
            Self::Usage(_) => 2,
        }
    }
}

/// Called by the C library's start code. The arguments are taken from the standard library, which the C library has handed
/// them to as well.
#[unsafe(no_mangle)]
pub extern "C" fn main() -> i32 {
    match run() {
        Ok(()) => 0,
        Err(failure) => {
            let message = failure.to_string().replace('\n', " ");
            // Where standard output itself is what failed, only the exit code is left to tell.
            report::say(&Line::Error { message: &message }).ok();
            failure.exit_code()
        }
    }
}

fn run() -> Result<(), Failure> {
    report::say(&Line::Main)?;
    let arguments = Arguments::from_command_line()?;
    let command = command::by_name(arguments.command())?;
    command(arguments)
}
