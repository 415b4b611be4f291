//! Every bound on what a run may take of the machine: memory, disk, processes, time.
//!
//! Nothing that an experiment does fills the disk or the memory, or goes on after the run. A value outside its range is refused
//! here; one that this machine has no room for is declined when it comes to it, with the reason and the flag
//! (`memory_budget.rs`, `disk_budget.rs`).
//!
//! Read next: `parameters.rs`, which has the defaults.

use std::time::Duration;

use clap::Args;
use clap::value_parser as number;

use super::parse::{mib_between, milliseconds_up_to, part_of_a_cpu};
use crate::budget::Budget;

/// The bounds that were typed; without one the default of `Parameters::of`.
#[derive(Debug, Args)]
#[command(next_help_heading = "Bounds")]
pub struct BoundArgs {
    /// What all instances of a trial may take of the memory that is free: a share of at most 80%, or a size [default: 25%]
    #[arg(long, value_name = "SHARE|SIZE")]
    pub memory_budget: Option<Budget>,
    /// What the files for I/O may take of the disk that is free: a share of at most 80%, or a size [default: 50%]
    #[arg(long, value_name = "SHARE|SIZE")]
    pub disk_budget: Option<Budget>,
    /// Seconds after which an instance is stopped and recorded as a timeout, up to 3600 [default: 30, in the lab machine 180]
    #[arg(long, value_name = "SECONDS", value_parser = number!(u64).range(1..=3600))]
    pub timeout: Option<u64>,
    /// What an instance may say: one that says more is ended and recorded as failed [default: 16M]
    #[arg(long, value_name = "SIZE", value_parser = mib_between(1, 1024))]
    pub output_limit: Option<u64>,
    /// How many instances the memory experiment holds at once, up to 64 [default: 8, with --quick 4, in the lab machine 2]
    #[arg(long, value_name = "N", value_parser = number!(u32).range(1..=64))]
    pub memory_copies: Option<u32>,
    /// Size of the file for I/O [default: 256M, with --quick 64M, in the lab machine 16M]
    #[arg(long, value_name = "SIZE", value_parser = mib_between(1, 1 << 20))]
    pub io_size: Option<u64>,
    /// Duration of each I/O case in milliseconds [default: 100, with --quick 40, in the lab machine 60]
    #[arg(long, value_name = "MS", value_parser = milliseconds_up_to(60_000))]
    pub io_duration: Option<Duration>,
    /// What cpu's kernels of memory go through [default: 32M]
    #[arg(long, value_name = "SIZE", value_parser = mib_between(2, 1024))]
    pub cpu_memory: Option<u64>,
    /// For how many milliseconds the syscall experiment repeats each call [default: 20]
    #[arg(long, value_name = "MS", value_parser = milliseconds_up_to(10_000))]
    pub syscall_duration: Option<Duration>,
    /// What the syscall experiment touches page by page [default: 16M]
    #[arg(long, value_name = "SIZE", value_parser = mib_between(1, 1024))]
    pub syscall_memory: Option<u64>,
    /// The largest VM of the ladder whose memory is taken at once; larger ones are declined [default: 4G]
    #[arg(long, value_name = "SIZE", value_parser = mib_between(32, 4096))]
    pub ablation_memory: Option<u64>,
    /// How many instances the density experiment holds at most, up to 128 [default: 64, with --quick 8, in the lab machine 2]
    #[arg(long, value_name = "N", value_parser = number!(u32).range(1..=128))]
    pub density_instances: Option<u32>,
    /// How many instances each burst of the scale-out experiment starts, up to 300 [default: 75, with --quick 12, in the lab machine 4]
    #[arg(long, value_name = "N", value_parser = number!(u32).range(1..=300))]
    pub scaleout_starts: Option<u32>,
    /// How many of them may be in flight; cases of more are declined [default: 16]
    #[arg(long, value_name = "N", value_parser = number!(u32).range(1..=16))]
    pub scaleout_parallel: Option<u32>,
    /// How many requests the service experiment makes in each trial, up to 100000 [default: 400, with --quick 60, in the lab machine 16]
    #[arg(long, value_name = "N", value_parser = number!(u32).range(1..=100_000))]
    pub service_requests: Option<u32>,
    /// The service experiment has cases of 1, 2, 4, 8 and 16 instances: only those up to N take part
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = number!(u32).range(1..=16))]
    pub service_instances: u32,
    /// What a growing instance takes beyond its first memory; it is given twice as much [default: 32M]
    #[arg(long, value_name = "SIZE", value_parser = mib_between(32, 1024))]
    pub elasticity_memory: Option<u64>,
    /// How many noisy neighbours there are at once at the most, up to 256 [default: one for each CPU]
    #[arg(long, value_name = "N", value_parser = number!(u32).range(1..=256))]
    pub neighbours: Option<u32>,
    /// For how many milliseconds is measured beside neighbours [default: 100, with --quick 50, in the lab machine 50]
    #[arg(long, value_name = "MS", value_parser = milliseconds_up_to(10_000))]
    pub neighbour_duration: Option<Duration>,
    /// Units of work that are measured at the least, however long they take, up to 10000 [default: 100, in the lab machine 20]
    #[arg(long, value_name = "N", value_parser = number!(u32).range(1..=10_000))]
    pub neighbour_units: Option<u32>,
    /// What each noisy neighbour copies to and fro [default: 32M]
    #[arg(long, value_name = "SIZE", value_parser = mib_between(2, 1024))]
    pub neighbour_memory: Option<u64>,
    /// The neighbours' own file, at most as long as that of --io-size [default: 64M]
    #[arg(long, value_name = "SIZE", value_parser = mib_between(1, 1 << 20))]
    pub neighbour_file: Option<u64>,
    /// The limit on each neighbour's CPU time, where there is one: a part of a CPU [default: 0.25]
    #[arg(long, value_name = "CPUS", value_parser = part_of_a_cpu)]
    pub neighbour_cpus: Option<f64>,
    /// The limit on each neighbour's memory and page cache, where there is one [default: 16M]
    #[arg(long, value_name = "SIZE", value_parser = mib_between(4, 1024))]
    pub neighbour_memory_limit: Option<u64>,
    /// The limit on each neighbour's traffic to the disk per second, where there is one [default: 20000000 bytes]
    #[arg(long, value_name = "SIZE", value_parser = mib_between(1, 10_240))]
    pub neighbour_disk_limit: Option<u64>,
    /// How many processes an offender starts, if nothing stops it, up to 200 [default: 200]
    #[arg(long, value_name = "N", value_parser = number!(u32).range(1..=200))]
    pub offender_processes: Option<u32>,
    /// What an offender takes beyond its limit, if nothing stops it [default: 32M]
    #[arg(long, value_name = "SIZE", value_parser = mib_between(1, 512))]
    pub offender_memory: Option<u64>,
}
