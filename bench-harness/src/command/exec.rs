//! `isolab exec BACKEND -- WORKLOAD ARGS`: one instance, and the story of its life.
//!
//! 1. What the workload says is printed as it said it.
//! 2. The launcher's marks and the harness's own stamps are merged in the order of time; each step gets its duration.
//! 3. At the end: what the VMM counted, or the CPU time of a process.

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use super::{Given, backend_named};
use crate::aftermath::Aftermath;
use crate::backend::{Disk, Job};
use crate::cli::ExecArgs;
use crate::instance::Finished;
use crate::lab::Lab;
use crate::parameters::Parameters;
use crate::report::units::human;
use crate::sample::Unit;
use crate::timeline::Mark;
use crate::vm_stats::VmStats;

pub(super) fn exec(args: &ExecArgs) -> Result<ExitCode> {
    let backend = backend_named(
        &args.backend,
        Given {
            kernel: args.kernel.as_deref(),
            oci_runtimes: &args.oci_runtime,
        },
    )?;
    if let Err(missing) = backend.availability() {
        bail!(
            "{} can't run here: {}\nhelp: {}",
            backend.id(),
            missing.what,
            missing.remedy
        );
    }
    let lab = Lab::for_single_instances(timeout(args))?;
    let _aftermath = Aftermath::of(&lab.binaries).context("starting who clears up after a kill")?;
    let words: Vec<&str> = args.workload.iter().map(String::as_str).collect();
    let direct = words.contains(&"--direct");
    let job = Job {
        memory_bytes: args.memory,
        disk: args
            .disk
            .as_deref()
            .map(|file| disk(file, direct))
            .transpose()?,
        ..lab.job(&words)
    };
    let (finished, failure) = lab.start(backend, &job)?.end()?;
    tell(&finished, backend.id())?;
    match failure {
        // One line in samples.csv, but people read lines: a VM's fault report has several.
        Some(failure) => bail!(failure.reason().replace("; ", "\n")),
        None => Ok(ExitCode::SUCCESS),
    }
}

fn timeout(args: &ExecArgs) -> Duration {
    let usual = Parameters::usual_timeout().max(Duration::from_secs(60));
    args.timeout.map_or(usual, Duration::from_secs)
}

fn disk(file: &std::path::Path, direct: bool) -> Result<Disk> {
    let file = file
        .canonicalize()
        .with_context(|| format!("the disk {}", file.display()))?;
    ensure!(
        file.is_file(),
        "the disk {} is not a regular file",
        file.display()
    );
    Ok(Disk { file, direct })
}

fn tell(finished: &Finished, backend: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    for line in &finished.lines {
        writeln!(out, "{}", line.text)?;
    }
    writeln!(
        out,
        "\nThe life of this {backend} instance, in the order it happened"
    )?;
    writeln!(
        out,
        "{:>12} {:>12}  {:<9} step",
        "after spawn", "took", "who"
    )?;
    let mut before_ns = finished.spawned_ns;
    for mark in merged(finished) {
        writeln!(
            out,
            "{:>12} {:>12}  {:<9} {}",
            time(mark.at_ns.saturating_sub(finished.spawned_ns)),
            time(mark.at_ns.saturating_sub(before_ns)),
            mark.actor,
            mark.step
        )?;
        before_ns = mark.at_ns;
    }
    writeln!(
        out,
        "\nCPU time of the whole tree: {}",
        time(finished.used.cpu_ns)
    )?;
    if let Some(stats) = &finished.stats {
        tell_counts(&mut out, stats)?;
    }
    Ok(())
}

fn time(ns: u64) -> String {
    human(ns as f64, Unit::Ns)
}

/// The launcher's marks and what the harness itself saw.
fn merged(finished: &Finished) -> Vec<Mark> {
    let seen = |at_ns: u64, step: &str| Mark {
        at_ns,
        actor: "harness".to_owned(),
        step: step.to_owned(),
    };
    let mut marks = finished.timeline.marks.clone();
    for line in &finished.lines {
        if let Some(word @ ("main" | "ready" | "done")) = line.text.split(' ').next() {
            marks.push(seen(line.at_ns, &format!("the workload said `{word}`")));
        }
    }
    marks.push(seen(finished.reaped_ns, "the launcher was reaped"));
    marks.push(seen(finished.gone_ns, "nothing was left"));
    marks.sort_by_key(|mark| mark.at_ns);
    marks
}

fn tell_counts(out: &mut impl Write, stats: &VmStats) -> Result<()> {
    let lists = [
        ("Exits from the guest, by reason", &stats.exits),
        ("System calls in the guest", &stats.system_calls),
        (
            "System calls that the guest kernel doesn't have",
            &stats.refused_calls,
        ),
        ("Disk", &stats.disk),
    ];
    for (title, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
        let total: u64 = list.iter().map(|(_, count)| count).sum();
        let sum = if title == "Disk" {
            String::new()
        } else {
            format!(": {total}")
        };
        writeln!(out, "\n{title}{sum}")?;
        let mut sorted = list.clone();
        sorted.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        for (name, count) in sorted {
            writeln!(out, "{count:>12}  {name}")?;
        }
    }
    Ok(())
}
