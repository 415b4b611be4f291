//! The launcher: reads the command line, runs the container, passes on its exit code.
//!
//! It has C's `main` and not Rust's, whose preparations take as long as all of the container's capabilities, mounts of /proc
//! and filters together; those of them that matter here are made by `start::prepare`.
#![no_main]

use std::ffi::{c_char, c_int};

use container_backend::cli::{self, Action};
use container_backend::{Error, cgroup, launch, start};

/// The launcher itself has failed, not the command (as with `docker run`).
const LAUNCHER_FAILED: u8 = 125;

/// The C library calls it. `std::env` has the arguments: the library hands them to it as well.
// SAFETY: it is the only symbol of this name, and it has the type that the C library expects.
#[unsafe(no_mangle)]
pub extern "C" fn main(_count: c_int, _arguments: *const *const c_char) -> c_int {
    let began = launch::Began::now();
    let result = start::prepare().and_then(|()| act(began));
    let code = result.unwrap_or_else(|error| {
        print_chain(&error);
        LAUNCHER_FAILED
    });
    start::end(code)
}

fn act(began: launch::Began) -> Result<u8, Error> {
    match cli::parse(std::env::args_os().skip(1))? {
        Action::Run(run) => launch::run(&run, began),
        Action::Sweep => cgroup::sweep().map(|()| 0),
        Action::Help => {
            print!("{}", cli::HELP);
            Ok(0)
        }
        Action::Version => {
            println!("container-backend {}", env!("CARGO_PKG_VERSION"));
            Ok(0)
        }
    }
}

fn print_chain(error: &Error) {
    let mut message = format!("container-backend: {error}");
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        message.push_str(&format!(": {error}"));
        cause = error.source();
    }
    eprintln!("{message}\nhelp: {}", error.help());
}
