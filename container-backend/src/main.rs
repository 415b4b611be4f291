//! The launcher: parses the command line, runs the container, passes on its exit code.

use std::process::ExitCode;

use clap::Parser;
use container_backend::cli::{Action, Cli};
use container_backend::{Error, cgroup, launch};

/// The launcher itself has failed, not the command (as with `docker run`).
const LAUNCHER_FAILED: u8 = 125;

fn main() -> ExitCode {
    let began = launch::Began::now();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are not failures. When even the message can't be printed, the exit code remains.
            error.print().ok();
            return ExitCode::from(if error.use_stderr() {
                LAUNCHER_FAILED
            } else {
                0
            });
        }
    };
    let result = match &cli.action {
        Action::Run(run) => launch::run(run, began),
        Action::Sweep => cgroup::sweep().map(|()| 0),
    };
    match result {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            print_chain(&error);
            ExitCode::from(LAUNCHER_FAILED)
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
