//! The subcommands, one file each.

mod compare;
mod doctor;
mod exec;
mod explain;
mod export;
mod list;
mod report;
mod run;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};

use crate::backend::{self, Backend};
use crate::cli::{Command, LowArgs};
use crate::experiment::{self, Experiment};
use crate::language::Language;

/// Does what was typed.
///
/// # Errors
/// What the user must know, as a chain of causes.
pub fn dispatch(args: LowArgs) -> Result<ExitCode> {
    let language = args.lang.unwrap_or_else(Language::of_environment);
    match args.command {
        Command::Doctor { json } => doctor::doctor(json, language),
        Command::List => list::list(language),
        Command::Run(args) => run::run(&args, language),
        Command::Exec(args) => exec::exec(&args),
        Command::Report { dir } => report::report(&dir, language),
        Command::Compare { runs } => compare::compare(&runs, language),
        Command::Export { dir, format } => export::export(&dir, format),
        Command::Explain { name } => explain::explain(&name, language),
    }
}

/// What the command line brings for backends that aren't known by name alone.
#[derive(Clone, Copy, Debug, Default)]
struct Given<'a> {
    /// For `linux-vm`.
    kernel: Option<&'a Path>,
    /// Names and paths.
    oci_runtimes: &'a [(String, PathBuf)],
}

/// The backend of this name; `linux-vm` is that of `--kernel`, others may be those of `--oci-runtime`.
fn backend_named(name: &str, given: Given) -> Result<&'static dyn Backend> {
    if name == backend::WITH_KERNEL {
        let kernel = given.kernel.context("linux-vm boots the kernel of --kernel PATH; linux-vm-cloud and linux-vm-small bring theirs")?;
        let kernel = std::path::absolute(kernel).context("--kernel")?;
        return Ok(backend::with_kernel(kernel));
    }
    let mut runtimes = given.oci_runtimes.iter();
    if let Some((_, path)) = runtimes.find(|(of_runtime, _)| of_runtime == name) {
        ensure!(
            backend::by_id(name).is_none(),
            "--oci-runtime {name}=…: there is a backend {name} already; choose another name"
        );
        let path = std::path::absolute(path).context("--oci-runtime")?;
        return Ok(backend::oci_runtime(name, path));
    }
    backend::by_id(name).ok_or_else(|| {
        let known: Vec<&str> = backend::visible().map(Backend::id).collect();
        anyhow::anyhow!(
            "there is no backend {name:?}; there are: {}",
            known.join(", ")
        )
    })
}

fn experiment_named(name: &str) -> Result<&'static dyn Experiment> {
    experiment::by_id(name).ok_or_else(|| {
        let known: Vec<&str> = experiment::ALL.iter().map(|one| one.id()).collect();
        anyhow::anyhow!(
            "there is no experiment {name:?}; there are: {}",
            known.join(", ")
        )
    })
}
