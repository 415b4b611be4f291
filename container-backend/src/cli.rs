//! What was typed.

use std::ffi::OsString;
use std::os::fd::RawFd;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::part::Part;
use crate::spec::{Bind, Size};

/// Runs a command in a container made from Linux namespaces, cgroups, capabilities and seccomp.
#[derive(Debug, Parser)]
#[command(name = "container-backend", version)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub action: Action,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Run a command in a new container
    Run(Run),
    /// Remove cgroups of containers whose launcher was killed
    Sweep,
}

/// How to run it.
#[derive(Args, Debug)]
pub struct Run {
    /// Folder that becomes the container's root (default: an empty one with the command's file in it)
    #[arg(long, value_name = "DIR")]
    pub rootfs: Option<PathBuf>,
    /// Memory limit
    #[arg(long, value_name = "SIZE", default_value = "64M")]
    pub memory: Size,
    /// CPU limit, in CPUs
    #[arg(long, value_name = "N", default_value_t = 1.0)]
    pub cpus: f64,
    /// Limit of processes and threads
    #[arg(long, value_name = "N", default_value_t = 64)]
    pub pids: u64,
    /// File or folder of the host to show inside, writable unless :ro
    #[arg(long = "bind", value_name = "SRC:DST[:ro]")]
    pub binds: Vec<Bind>,
    /// Host name inside
    #[arg(long, default_value = "container")]
    pub hostname: String,
    /// Use a user namespace even as root (without root it is always used)
    #[arg(long)]
    pub userns: bool,
    /// Parts to leave out, separated by commas
    #[arg(long, value_name = "PART,…", value_delimiter = ',')]
    pub without: Vec<Part>,
    /// End with SIGKILL when the process that started this one ends
    #[arg(long)]
    pub die_with_parent: bool,
    /// Descriptor to which the finished steps are written
    #[arg(long, value_name = "FD")]
    pub timeline: Option<RawFd>,
    /// The command and its arguments
    #[arg(last = true, required = true, value_name = "CMD")]
    pub command: Vec<OsString>,
}
