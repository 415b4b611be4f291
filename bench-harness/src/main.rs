//! `isolab`: see the library for the map.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use bench_harness::cli::LowArgs;
use clap::Parser;

fn main() -> ExitCode {
    match bench_harness::command::dispatch(LowArgs::parse()) {
        Ok(code) => code,
        Err(error) => {
            // The whole chain on one line, once.
            eprintln!("isolab: {error:#}");
            ExitCode::FAILURE
        }
    }
}
