//! `isolab`: see the library for the map.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use bench_harness::cli::LowArgs;
use clap::Parser;

fn main() -> ExitCode {
    match bench_harness::command::dispatch(LowArgs::parse()) {
        Ok(code) => code,
        // `isolab list | head`: who reads has read enough.
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // The whole chain on one line, once.
            eprintln!("isolab: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let cause = error.downcast_ref::<std::io::Error>();
    cause.is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}
