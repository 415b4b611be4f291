//! The launcher: reads the command line, runs the VM, passes on its exit code.

use std::process::ExitCode;

use vm_backend::cli::{self, Action, Guest};
use vm_backend::clock::Moment;
use vm_backend::{Error, linux, run};

/// The VMM itself has failed, not the program in it (as with `docker run`).
const VMM_FAILED: u8 = 125;

fn main() -> ExitCode {
    let began = Moment::now();
    ExitCode::from(act(began).unwrap_or_else(|error| {
        print_chain(&error);
        VMM_FAILED
    }))
}

fn act(began: Moment) -> Result<u8, Error> {
    let options = match cli::parse(std::env::args_os().skip(1))? {
        Action::Run(options) => options,
        Action::Export(options) => {
            linux::export::run(&options)?;
            return Ok(0);
        }
        Action::Help => {
            print!("{}", cli::HELP);
            return Ok(0);
        }
        Action::Version => {
            println!("vm-backend {}", env!("CARGO_PKG_VERSION"));
            return Ok(0);
        }
    };
    let ending = match options.guest {
        Guest::Tiny => run::run(&options, began),
        Guest::Linux => linux::run(&options, began),
    }?;
    if let Some(report) = ending.report() {
        eprintln!("vm-backend: {report}");
    }
    Ok(ending.exit_code())
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
