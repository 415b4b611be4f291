//! `isolab run`: from what was typed to a folder of results.
//!
//! 1. Decide what it means: backends, experiments, parameters, seed, folder.
//! 2. Make the folder and write run.json: a killed run must still say where it ran.
//! 3. Make the file for I/O, if an experiment needs one, and run the plan.
//! 4. Write down what happened to the machine meanwhile.
//! 5. Summarize, draw, print the table; of whatever was measured, also after Ctrl-C.

mod bounds;
mod record;

use std::path::Path;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};

use super::{Given, backend_named, experiment_named};
use crate::aftermath::Aftermath;
use crate::backend::{self, Backend};
use crate::binaries::Binaries;
use crate::cli::RunArgs;
use crate::clock::utc_stamp;
use crate::disk_budget;
use crate::experiment::{self, Effort, Experiment};
use crate::host::cgroup_view;
use crate::host::watch::Watch;
use crate::interrupt::Interrupt;
use crate::io_file::IoFile;
use crate::lab::Lab;
use crate::language::{Language, Messages};
use crate::parameters::Parameters;
use crate::plan::{Limited, Request};
use crate::runner::Runner;
use crate::store::RunDir;

/// The exit code that a shell gives to a command ended by SIGINT.
const INTERRUPTED: u8 = 130;

pub(super) fn run(args: &RunArgs, language: Language) -> Result<ExitCode> {
    let request = request(args)?;
    let refuses_hybrid =
        |backend: &&dyn Backend| backend.refuses_hybrid_cgroups() && backend.availability().is_ok();
    if request.backends.iter().any(refuses_hybrid) {
        // Now, and not at their first start: all backends are to run on the same host, and run.json says on which.
        cgroup_view::without_v2_tree()?;
    }
    let parameters = bounds::parameters(&args.bounds, request.effort);
    let stamp = utc_stamp();
    let path = args.out.clone().unwrap_or_else(|| {
        let kind = if args.quick { "-quick" } else { "" };
        Path::new("results").join(format!("{stamp}{kind}"))
    });
    let io_parent = args.io_dir.clone().unwrap_or_else(|| path.clone());
    if needs_io_file(&request) {
        disk_budget::check(parameters.disk_budget, &io_parent, parameters.disk_bytes())?;
    }
    let folder = RunDir::create(&path)?;
    let run_id = path
        .file_name()
        .map_or(stamp.clone(), |name| name.to_string_lossy().into_owned());

    // From here on Ctrl-C ends the run in order: what was made is removed, what was measured is kept.
    let interrupt = Interrupt::on_signals().context("watching for Ctrl-C")?;
    let binaries = Binaries::unpack()?;
    let _aftermath = Aftermath::of(&binaries).context("starting who clears up after a kill")?;
    let io_file = make_io_file(&request, &parameters, &io_parent)?;
    let mut lab = Lab {
        binaries,
        parameters,
        interrupt,
        io_file: io_file.as_ref().map(|file| file.path().to_path_buf()),
    };
    let mut record = record::of(&run_id, &stamp, &request, &lab, &io_parent);
    folder.write_record(&record)?;

    let watch = Watch::begin();
    let outcomes = Runner::new(&lab, &run_id, folder.append_samples()?, language).run(&request)?;
    record.watched = watch.end();
    folder.write_record(&record)?;
    // The file goes before the report is made: nothing may fail in between and leave it.
    lab.io_file = None;
    drop(io_file);
    if args.out.is_none() {
        folder.link_latest()?;
    }
    if outcomes.interrupted {
        let folder = path.display().to_string();
        let said = Messages::of(language).with("run-interrupted", &[("folder", &folder)]);
        eprintln!("isolab: {said}");
    }
    if outcomes.measured > 0 {
        super::report::report(&path, language)?;
    }
    if outcomes.interrupted {
        return Ok(ExitCode::from(INTERRUPTED));
    }
    ensure!(
        outcomes.measured > 0,
        "nothing could be measured; the reasons are in {}",
        path.display()
    );
    Ok(ExitCode::SUCCESS)
}

fn request(args: &RunArgs) -> Result<Request> {
    let given = Given {
        kernel: args.kernel.as_deref(),
        oci_runtimes: &args.oci_runtime,
    };
    let named = |name: &str| backend_named(name, given);
    // Whoever brings a kernel or a runtime wants it measured.
    let brought = args.kernel.iter().map(|_| backend::WITH_KERNEL.to_owned());
    let brought = brought.chain(args.oci_runtime.iter().map(|(name, _)| name.clone()));
    let ours = ["ours".to_owned()];
    let asked = args.backends.as_deref().unwrap_or(&ours);
    let names: Vec<String> = spelled_out(asked).into_iter().chain(brought).collect();
    let backends = each(&names, named, |one| one.id())?;
    let experiments = match &args.experiments {
        None => experiment::ALL.to_vec(),
        Some(names) => each(names, experiment_named, |one| one.id())?,
    };
    let (peers, limited) = further_peers(&args.peers, &backends, &experiments)?;
    // Test doubles alone are not to be compared with anything.
    let is_comparison = backends.iter().any(|one| !one.is_hidden());
    let yardsticks = experiments
        .iter()
        .filter(|_| is_comparison)
        .flat_map(|one| backend::yardsticks(one.id()));
    let backends = backends.iter().copied().chain(yardsticks).chain(peers);
    Ok(Request {
        backends: backends.collect(),
        experiments,
        limited,
        effort: Effort::here(args.quick),
        rounds: args.rounds,
        service_instances: args.bounds.service_instances,
        budget: args.budget,
        seed: args.seed.unwrap_or_else(seed_from_clock),
    })
}

/// The peers of `--peers`: those that are here and were not asked for anyway, and the experiments in which they take part.
fn further_peers(
    asked: &[String],
    backends: &[&'static dyn Backend],
    experiments: &[&'static dyn Experiment],
) -> Result<(Vec<&'static dyn Backend>, Limited)> {
    if asked.is_empty() {
        return Ok((Vec::new(), Limited::default()));
    }
    let ids = |experiments: &[&'static dyn Experiment]| -> Vec<&'static str> {
        experiments.iter().map(|one| one.id()).collect()
    };
    let (of_run, asked) = (
        ids(experiments),
        ids(&each(asked, experiment_named, |one| one.id())?),
    );
    for id in &asked {
        ensure!(
            of_run.contains(id),
            "--peers {id}: this run has no {id}; it has {}",
            of_run.join(", ")
        );
    }
    let is_new = |peer: &&dyn Backend| backends.iter().all(|one| one.id() != peer.id());
    let here = backend::here().filter(|backend| backend.is_peer());
    let peers: Vec<&'static dyn Backend> = here.filter(is_new).collect();
    let limited = Limited {
        backends: peers.iter().map(|peer| peer.id()).collect(),
        experiments: asked,
    };
    Ok((peers, limited))
}

/// `ours` and `all` stand for several backends.
fn spelled_out(names: &[String]) -> Vec<String> {
    let ids = |backends: Vec<&'static dyn Backend>| -> Vec<String> {
        backends.iter().map(|one| one.id().to_owned()).collect()
    };
    let meant = |name: &String| match name.trim() {
        "ours" => ids(backend::ours().collect()),
        "all" => ids(backend::here().collect()),
        other => vec![other.to_owned()],
    };
    names.iter().flat_map(meant).collect()
}

/// Looks each name up; one that is given twice counts once.
fn each<T: ?Sized>(
    names: &[String],
    find: impl Fn(&str) -> Result<&'static T>,
    id: impl Fn(&T) -> &'static str,
) -> Result<Vec<&'static T>> {
    let mut found: Vec<&'static T> = Vec::new();
    for name in names {
        let one = find(name.trim())?;
        if found.iter().all(|other| id(other) != id(one)) {
            found.push(one);
        }
    }
    Ok(found)
}

fn seed_from_clock() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(0, |elapsed| elapsed.as_secs())
}

fn needs_io_file(request: &Request) -> bool {
    let mut experiments = request.experiments.iter();
    experiments.any(|experiment| experiment.needs_io_file())
}

fn make_io_file(
    request: &Request,
    parameters: &Parameters,
    parent: &Path,
) -> Result<Option<IoFile>> {
    if !needs_io_file(request) {
        return Ok(None);
    }
    let file = IoFile::create(parent, parameters.io_size_bytes)
        .with_context(|| format!("making the file for I/O below {}", parent.display()))?;
    Ok(Some(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by_name(name: &str) -> Result<&'static dyn Backend> {
        backend_named(name, Given::default())
    }

    #[test]
    fn the_backend_of_a_given_kernel_needs_that_kernel() {
        let error = by_name("linux-vm").unwrap_err();
        assert!(error.to_string().contains("--kernel PATH"), "{error}");
        let kernel = Path::new("/boot/mine");
        let given = Given {
            kernel: Some(kernel),
            ..Given::default()
        };
        let backend = backend_named("linux-vm", given).unwrap();
        assert_eq!(backend.id(), "linux-vm");
    }

    #[test]
    fn an_unknown_backend_is_one_error_that_lists_the_known_ones() {
        let error = each(&["qemo".to_owned()], by_name, |one| one.id()).unwrap_err();
        let known: Vec<&str> = backend::visible().map(|one| one.id()).collect();
        assert_eq!(
            error.to_string(),
            format!(
                "there is no backend \"qemo\"; there are: {}",
                known.join(", ")
            )
        );
    }

    #[test]
    fn a_backend_that_is_named_twice_runs_once() {
        let names = ["native", "fake", " native"].map(str::to_owned);
        assert_eq!(each(&names, by_name, |one| one.id()).unwrap().len(), 2);
    }
}
