//! What was typed. What it means is decided in `command/` and `plan.rs`.
//!
//! Names of backends and experiments are checked where the registries are known, so that the message can list them.
//!
//! Read next: `cli/bounds.rs` (how far a run may go), `cli/parse.rs` (sizes, times).

mod bounds;
mod parse;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use bounds::BoundArgs;
pub(crate) use parse::parse_size;
use parse::{parse_named_path, parse_time};

use crate::language::Language;

/// Runs the same program as a process, in a container and in a virtual machine, and compares what each costs.
#[derive(Debug, Parser)]
#[command(name = "isolab", version, max_term_width = 100)]
pub struct LowArgs {
    /// Language of reports [default: from LC_ALL, LC_MESSAGES or LANG]
    #[arg(long, global = true, value_enum, value_name = "LANG")]
    pub lang: Option<Language>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// What this machine can run, and the exact command that mends each thing that is missing
    Doctor {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// The backends and experiments there are
    List,
    /// Measure, and write a folder with data, charts and a report
    Run(Box<RunArgs>),
    /// Start one instance and tell its life step by step: `isolab exec microvm -- hello`
    Exec(ExecArgs),
    /// Make summary, charts and report again from a run's folder (needs no root, no KVM)
    Report {
        /// The run's folder, such as results/latest
        dir: PathBuf,
    },
    /// Ratios of several runs side by side, and what differs between the runs
    Compare {
        /// The runs' folders
        #[arg(required = true, value_name = "DIR")]
        runs: Vec<PathBuf>,
    },
    /// A run's numbers for other programs, on standard output (needs no root, no KVM)
    Export {
        /// The run's folder, such as results/latest
        dir: PathBuf,
        /// One line per series, or everything in one document
        #[arg(long, value_enum, default_value = "csv")]
        format: ExportFormat,
    },
    /// What a metric means, what decides a claim, or how a chart is read: `isolab explain c2`
    Explain {
        /// A metric of samples.csv, a claim such as c2, or a chart such as io-latency
        name: String,
    },
}

/// How `isolab export` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// Tidy CSV.
    Csv,
    /// Record, summary and claims.
    Json,
}

/// Arguments of `isolab run`.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// A minute, and another one for each kernel that is booted: fewer rounds, a smaller file, shorter I/O
    #[arg(long)]
    pub quick: bool,
    /// Comma-separated; see `isolab list`; `ours`, or `all` with the peers that are installed [default: ours]
    #[arg(long, value_delimiter = ',', value_name = "NAME")]
    pub backends: Option<Vec<String>>,
    /// Comma-separated; see `isolab list` [default: all]
    #[arg(long, value_delimiter = ',', value_name = "NAME")]
    pub experiments: Option<Vec<String>>,
    /// Comma-separated: in these of the run's experiments, and in no others, the peers that are installed take part as well
    #[arg(long, value_delimiter = ',', value_name = "EXPERIMENT")]
    pub peers: Vec<String>,
    /// Measured rounds of every experiment, up to 100000, instead of each one's own number
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub rounds: Option<u32>,
    /// How long to measure, such as 90s, 3m or 1h: after a few rounds of everything, time goes where intervals are widest
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub budget: Option<Duration>,
    /// Seed of the random order of trials [default: from the clock]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// The run's folder; must not exist or be empty [default: results/DATE]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Where the file for I/O is made [default: the run's folder]
    #[arg(long, value_name = "DIR")]
    pub io_dir: Option<PathBuf>,
    /// Also measure a VM that boots this kernel, as the backend `linux-vm`
    #[arg(long, value_name = "PATH")]
    pub kernel: Option<PathBuf>,
    /// Also measure the OCI runtime PATH, as the backend NAME; can be repeated
    #[arg(long, value_name = "NAME=PATH", value_parser = parse_named_path)]
    pub oci_runtime: Vec<(String, PathBuf)>,
    /// How far the experiments may go.
    #[command(flatten)]
    pub bounds: BoundArgs,
}

/// Arguments of `isolab exec`.
#[derive(Debug, Args)]
pub struct ExecArgs {
    /// A backend; see `isolab list`
    pub backend: String,
    /// Memory limit of the container, or size of the VM
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub memory: Option<u64>,
    /// Give this file to the workload as a disk; write {disk} in its arguments for the path
    #[arg(long, value_name = "FILE")]
    pub disk: Option<PathBuf>,
    /// Seconds after which the instance is stopped [default: 60, in the lab machine 180]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    pub timeout: Option<u64>,
    /// The kernel that the backend `linux-vm` boots
    #[arg(long, value_name = "PATH")]
    pub kernel: Option<PathBuf>,
    /// The OCI runtime that the backend NAME is
    #[arg(long, value_name = "NAME=PATH", value_parser = parse_named_path)]
    pub oci_runtime: Vec<(String, PathBuf)>,
    /// The workload's subcommand and its arguments: hello, cpu, call, io, emit, inspect, hold, unit, burn, offend, grow, serve
    #[arg(last = true, required = true, value_name = "WORKLOAD ARGS")]
    pub workload: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        LowArgs::command().debug_assert();
    }

    #[test]
    fn lists_are_separated_by_commas() {
        let args =
            LowArgs::parse_from(["isolab", "run", "--backends", "native,container", "--quick"]);
        let Command::Run(run) = args.command else {
            panic!("it is a run");
        };
        assert_eq!(run.backends.unwrap(), ["native", "container"]);
        assert!(run.quick);
    }
}
