//! What was typed. What it means is decided in `command/` and `plan.rs`.
//!
//! Names of backends and experiments are checked where the registries are known, so that the message can list them.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::language::Language;
use crate::memory_budget::MemoryBudget;

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
    Run(RunArgs),
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
    /// Measured rounds of every experiment, instead of each one's own number
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
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
    /// Size of the file for I/O [default: 256M, with --quick 64M, in the lab machine 16M]
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub io_size: Option<u64>,
    /// Duration of each I/O case in milliseconds [default: 100, with --quick 40]
    #[arg(long, value_name = "MS", value_parser = parse_milliseconds)]
    pub io_duration: Option<Duration>,
    /// What many instances at once may take of the memory that is free: a share such as 25%, or a size [default: 25%]
    #[arg(long, value_name = "SHARE|SIZE")]
    pub memory_budget: Option<MemoryBudget>,
    /// How many instances the density experiment holds at most, up to 128 [default: 64, with --quick 8, in the lab machine 2]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=128))]
    pub density_instances: Option<u32>,
    /// How many instances each burst of the scale-out experiment starts, up to 300 [default: 75, with --quick 12, in the lab machine 4]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=300))]
    pub scaleout_starts: Option<u32>,
    /// How many requests the service experiment makes in each trial, up to 100000 [default: 400, with --quick 60, in the lab machine 16]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub service_requests: Option<u32>,
    /// The service experiment has cases of 1, 2, 4, 8 and 16 instances: only those up to N take part
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=16))]
    pub service_instances: u32,
    /// Seconds after which an instance is stopped and recorded as a timeout [default: 30, in the lab machine 180]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    pub timeout: Option<u64>,
    /// Also measure a VM that boots this kernel, as the backend `linux-vm`
    #[arg(long, value_name = "PATH")]
    pub kernel: Option<PathBuf>,
    /// Also measure the OCI runtime PATH, as the backend NAME; can be repeated
    #[arg(long, value_name = "NAME=PATH", value_parser = parse_named_path)]
    pub oci_runtime: Vec<(String, PathBuf)>,
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

/// `64M`, `64MiB`, `1G`, or plain bytes.
pub(crate) fn parse_size(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let shift = match text[digits.len()..].to_ascii_lowercase().as_str() {
        "" | "b" => 0,
        "k" | "kib" => 10,
        "m" | "mib" => 20,
        "g" | "gib" => 30,
        _ => return Err("a size is a number with K, M or G, such as 64M".to_owned()),
    };
    digits
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(1 << shift))
        .filter(|bytes| *bytes > 0)
        .ok_or_else(|| "a size is a number with K, M or G, such as 64M".to_owned())
}

/// `crun-static=/opt/crun`: a name as results have it, and a path.
fn parse_named_path(text: &str) -> Result<(String, PathBuf), String> {
    let is_name = |name: &str| {
        let plain =
            |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'-';
        !name.is_empty() && name.bytes().all(plain)
    };
    match text.split_once('=') {
        Some((name, path)) if is_name(name) && !path.is_empty() => {
            Ok((name.to_owned(), PathBuf::from(path)))
        }
        _ => Err("it is NAME=PATH, with a name of small letters, digits and -".to_owned()),
    }
}

/// `90s`, `3m`, `1h`.
fn parse_time(text: &str) -> Result<Duration, String> {
    let wrong = || "a time is a number with s, m or h, such as 3m".to_owned();
    let unit = text.chars().last().ok_or_else(wrong)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        _ => return Err(wrong()),
    };
    let number: Option<u64> = text[..text.len() - 1].parse().ok();
    let seconds = number.and_then(|number| number.checked_mul(seconds));
    seconds
        .filter(|seconds| *seconds > 0)
        .map(Duration::from_secs)
        .ok_or_else(wrong)
}

fn parse_milliseconds(text: &str) -> Result<Duration, String> {
    let digits = text.strip_suffix("ms").unwrap_or(text);
    match digits.parse() {
        Ok(ms) if ms > 0 => Ok(Duration::from_millis(ms)),
        _ => Err("a duration is a number of milliseconds above 0".to_owned()),
    }
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
    fn sizes_are_powers_of_two() {
        assert_eq!(parse_size("64M"), Ok(64 << 20));
        assert_eq!(parse_size("64MiB"), Ok(64 << 20));
        assert_eq!(parse_size("1G"), Ok(1 << 30));
        assert_eq!(parse_size("4096"), Ok(4096));
        for wrong in ["", "M", "-1", "0", "1.5G", "1T", "99999999999999G"] {
            assert!(parse_size(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_runtime_is_given_with_the_name_that_results_will_have() {
        let expected = ("crun-static".to_owned(), PathBuf::from("/opt/a=b"));
        assert_eq!(parse_named_path("crun-static=/opt/a=b"), Ok(expected));
        for wrong in ["crun", "=/opt/crun", "Crun=/opt/crun", "a,b=/x", "crun="] {
            assert!(parse_named_path(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_budget_is_a_time_with_its_unit() {
        assert_eq!(parse_time("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(parse_time("3m"), Ok(Duration::from_secs(180)));
        assert_eq!(parse_time("1h"), Ok(Duration::from_secs(3600)));
        for wrong in ["", "3", "m", "0m", "-1s", "3 m", "3d", "3é"] {
            assert!(parse_time(wrong).is_err(), "{wrong}");
        }
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
