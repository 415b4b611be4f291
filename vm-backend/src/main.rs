//! The launcher: parses the command line, runs the VM, passes on its exit code.

use std::process::ExitCode;

use clap::Parser;
use vm_backend::cli::{Action, Cli, Guest};
use vm_backend::clock::Moment;
use vm_backend::{Error, linux, run};

/// The VMM itself has failed, not the program in it (as with `docker run`).
const VMM_FAILED: u8 = 125;

fn main() -> ExitCode {
    let began = Moment::now();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are not failures. When even the message can't be printed, the exit code remains.
            error.print().ok();
            return ExitCode::from(if error.use_stderr() { VMM_FAILED } else { 0 });
        }
    };
    let Action::Run(options) = &cli.action;
    let ran = match options.guest {
        Guest::Tiny => run::run(options, began),
        Guest::Linux => linux::run(options, began),
    };
    match ran {
        Ok(ending) => {
            if let Some(report) = ending.report() {
                eprintln!("vm-backend: {report}");
            }
            ExitCode::from(ending.exit_code())
        }
        Err(error) => {
            print_chain(&error);
            ExitCode::from(VMM_FAILED)
        }
    }
}

fn print_chain(error: &Error) {
    let mut message = format!("vm-backend: {error}");
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        message.push_str(&format!(": {error}"));
        cause = error.source();
    }
    eprintln!("{message}\nhelp: {}", error.help());
}
