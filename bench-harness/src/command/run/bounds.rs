//! The bounds of a run: what was typed, and the defaults for the rest.

use std::time::Duration;

use crate::cli::BoundArgs;
use crate::experiment::{Effort, NeighbourBounds};
use crate::parameters::Parameters;

/// The parameters of a run.
pub(super) fn parameters(args: &BoundArgs, effort: Effort) -> Parameters {
    let usual = Parameters::of(effort);
    Parameters {
        memory_budget: args.memory_budget.unwrap_or(usual.memory_budget),
        disk_budget: args.disk_budget.unwrap_or(usual.disk_budget),
        timeout: args.timeout.map_or(usual.timeout, Duration::from_secs),
        output_bytes: args.output_limit.unwrap_or(usual.output_bytes),
        memory_copies: args.memory_copies.unwrap_or(usual.memory_copies),
        io_size_bytes: args.io_size.unwrap_or(usual.io_size_bytes),
        io_duration: args.io_duration.unwrap_or(usual.io_duration),
        cpu_memory_bytes: args.cpu_memory.unwrap_or(usual.cpu_memory_bytes),
        syscall_duration: args.syscall_duration.unwrap_or(usual.syscall_duration),
        syscall_memory_bytes: args.syscall_memory.unwrap_or(usual.syscall_memory_bytes),
        ablation_memory_bytes: args.ablation_memory.unwrap_or(usual.ablation_memory_bytes),
        density_instances: args.density_instances.unwrap_or(usual.density_instances),
        scaleout_starts: args.scaleout_starts.unwrap_or(usual.scaleout_starts),
        scaleout_parallel: args.scaleout_parallel.unwrap_or(usual.scaleout_parallel),
        service_requests: args.service_requests.unwrap_or(usual.service_requests),
        elasticity_memory_bytes: args
            .elasticity_memory
            .unwrap_or(usual.elasticity_memory_bytes),
        neighbours: neighbours(args, usual.neighbours),
    }
}

fn neighbours(args: &BoundArgs, usual: NeighbourBounds) -> NeighbourBounds {
    NeighbourBounds {
        instances: args.neighbours.or(usual.instances),
        duration: args.neighbour_duration.unwrap_or(usual.duration),
        least_units: args.neighbour_units.unwrap_or(usual.least_units),
        memory_bytes: args.neighbour_memory.unwrap_or(usual.memory_bytes),
        file_bytes: args.neighbour_file.unwrap_or(usual.file_bytes),
        limit_cpus: args.neighbour_cpus.unwrap_or(usual.limit_cpus),
        limit_memory_bytes: args
            .neighbour_memory_limit
            .unwrap_or(usual.limit_memory_bytes),
        limit_disk_bytes_per_s: args
            .neighbour_disk_limit
            .unwrap_or(usual.limit_disk_bytes_per_s),
        processes: args.offender_processes.unwrap_or(usual.processes),
        excess_bytes: args.offender_memory.unwrap_or(usual.excess_bytes),
    }
}

#[cfg(test)]
mod tests;
