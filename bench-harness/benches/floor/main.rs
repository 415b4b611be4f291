//! How near the container is to the fastest that it could be: spawn until reaped, against a minimal C program that makes
//! the same container by the same system calls (`container-backend/benches/floor.c`), and against crun if it is installed.
//!
//! 1. Compile the floor and the payload, with the filter of `container-backend`; make an OCI bundle for crun.
//! 2. Try each once. What doesn't work here is named, with the reason, and left out.
//! 3. Measure in rounds: each rival once, in an order that rotates, so that a drift of the machine meets all of them.
//!    Criterion is served from these rounds.
//! 4. Print the ratios, with intervals.
//!
//! Read next: `rounds.rs`, `container-backend/src/lib.rs` ("What it costs").

mod crun;
mod floor_c;
mod rounds;

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::Result;
use bench_harness::binaries::Binaries;
use criterion::{Criterion, SamplingMode};

use rounds::{Rival, Rounds};

fn main() -> Result<()> {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(1000))
        .sample_size(40)
        .configure_from_args();
    if !nix::unistd::geteuid().is_root() {
        eprintln!("floor is skipped: not root, and only root can make its cgroups (remedy: sudo)");
        return Ok(());
    }
    if let Err(reason) = crun::enter_hybrid_free_view() {
        eprintln!("floor/crun may be refused by the host's cgroups: {reason}");
    }
    let folder = tempfile::tempdir()?;
    let mut rounds = Rounds::default();
    for (name, rival) in [
        ("floor", floor_c::rival(folder.path())),
        ("container", container(folder.path())),
        ("crun", crun::rival(folder.path())),
    ] {
        match rival.and_then(|rival| rival.run_once().map(|_| rival)) {
            Ok(rival) => rounds.rivals.push(rival),
            Err(reason) => eprintln!("floor/{name} is skipped: {reason:#}"),
        }
    }
    let mut group = criterion.benchmark_group("floor");
    group.sampling_mode(SamplingMode::Flat);
    for index in 0..rounds.rivals.len() {
        let name = rounds.rivals[index].name;
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|starts| (0..starts).map(|_| rounds.next_of(index)).sum());
        });
    }
    group.finish();
    rounds.print_ratios();
    criterion.final_summary();
    Ok(())
}

/// Ours, with everything that it does by default.
fn container(folder: &Path) -> Result<Rival> {
    let launcher = Binaries::unpack()?.container_backend.path;
    let payload = floor_c::payload(folder)?;
    Ok(Rival::new("container", move |_| {
        let mut command = Command::new(&launcher);
        command.args(["run", "--"]).arg(&payload);
        command
    }))
}
