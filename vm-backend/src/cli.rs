//! What was typed.
//!
//! Read by hand, as container-backend does: a parser that describes its options first would be a sixth of this executable, and
//! resident in every VMM.

mod check;
mod export;
mod help;

use std::ffi::OsString;
use std::fmt::Display;
use std::os::fd::RawFd;
use std::path::PathBuf;
use std::str::FromStr;

use lexopt::{Arg, Parser};

use crate::backing::Backing;
use crate::device::DiskSpec;
use crate::irqchip::Irqchip;
use crate::spec::Size;
use crate::step::Step;
use crate::{Error, linux, run};

use check::check;
pub use export::{Console, Export, OtherMachine};
pub use help::HELP;

/// As many CPUs as one VM may have.
const MAX_CPUS: u8 = 16;

/// What to do.
#[derive(Debug)]
pub enum Action {
    /// Run a program in a new VM.
    Run(Run),
    /// Write what another VMM boots.
    Export(Export),
    /// Print [`HELP`].
    Help,
    /// Print the version.
    Version,
}

/// What runs below the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Guest {
    /// Our own kernel: system calls of one static program, no boot.
    #[default]
    Tiny,
    /// A stock Linux kernel, which boots.
    Linux,
}

impl FromStr for Guest {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "tiny" => Ok(Self::Tiny),
            "linux" => Ok(Self::Linux),
            _ => Err("a guest is tiny or linux"),
        }
    }
}

/// How to run it; the fields are the options.
#[derive(Debug, Default)]
pub struct Run {
    /// What runs below the program.
    pub guest: Guest,
    /// RAM of the VM; `None` is the guest's default.
    pub memory: Option<Size>,
    /// RAM that may be had while the guest runs, what it has from the start included.
    pub memory_max: Option<Size>,
    /// Descriptor from which requests are read.
    pub control: Option<RawFd>,
    /// File of the host that is the disk.
    pub disk: Option<DiskSpec>,
    /// How the host backs RAM.
    pub backing: Backing,
    /// Tiny: interrupt controllers; `None` is the default, which is none.
    pub irqchip: Option<Irqchip>,
    /// Tiny: the step after which everything is taken apart again.
    pub until: Option<Step>,
    /// Linux: the kernel.
    pub kernel: Option<PathBuf>,
    /// Linux: folder of the host whose contents are added to the initramfs.
    pub initrd_extra: Option<PathBuf>,
    /// Linux: words added to the kernel's command line.
    pub cmdline_extra: Option<String>,
    /// Linux: CPUs of the VM; `None` is one.
    pub cpus: Option<u8>,
    /// Linux: with a serial port.
    pub serial: bool,
    /// Linux: the kernel alone.
    pub bare: bool,
    /// Seconds after which the VM is ended.
    pub timeout: Option<u32>,
    /// End with SIGKILL when the process that started this one ends.
    pub die_with_parent: bool,
    /// Descriptor to which the finished steps are written.
    pub timeline: Option<RawFd>,
    /// Descriptor to which counts are written.
    pub stats: Option<RawFd>,
    /// The program and its arguments.
    pub command: Vec<OsString>,
}

impl Run {
    /// RAM of the VM: what was asked for, or the guest's default.
    #[must_use]
    pub fn memory_bytes(&self) -> u64 {
        let usual = match self.guest {
            Guest::Tiny => run::MEMORY_BYTES,
            Guest::Linux => linux::MEMORY_BYTES,
        };
        self.memory.map_or(usual, |size| size.0)
    }
}

impl From<lexopt::Error> for Error {
    fn from(error: lexopt::Error) -> Self {
        usage(error)
    }
}

fn usage(message: impl Display) -> Error {
    Error::Usage {
        message: message.to_string(),
    }
}

/// Reads the arguments after the program's name.
///
/// # Errors
/// When an option is unknown, lacks its value, has one that can't be read, or belongs to the other guest.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Action, Error> {
    let mut parser = Parser::from_args(arguments);
    match parser.next()? {
        Some(Arg::Value(action)) if action == "run" => parse_options(&mut parser, false),
        Some(Arg::Value(action)) if action == "export" => parse_options(&mut parser, true),
        Some(Arg::Short('h') | Arg::Long("help")) => Ok(Action::Help),
        Some(Arg::Short('V') | Arg::Long("version")) => Ok(Action::Version),
        Some(other) => Err(other.unexpected().into()),
        None => Err(usage("there is no `run`")),
    }
}

/// The options of `run`, or of `export`, which has some of its own.
fn parse_options(parser: &mut Parser, is_export: bool) -> Result<Action, Error> {
    let (mut run, mut export) = (Run::default(), Export::default());
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("out") if is_export => export.out = parser.value()?.into(),
            Arg::Long("elf") if is_export => export.elf = true,
            Arg::Long("pci") if is_export => export.machine.pci = true,
            Arg::Long("power-off") if is_export => export.machine.power_off = true,
            Arg::Long("console") if is_export => {
                export.machine.console = value("--console", parser)?
            }
            Arg::Long("guest") => run.guest = value("--guest", parser)?,
            Arg::Long("memory") => run.memory = Some(value("--memory", parser)?),
            Arg::Long("memory-max") => run.memory_max = Some(value("--memory-max", parser)?),
            Arg::Long("control") => run.control = Some(value("--control", parser)?),
            Arg::Long("disk") => run.disk = Some(value("--disk", parser)?),
            Arg::Long("prefault") => run.backing.prefault = true,
            Arg::Long("no-huge-pages") => run.backing.small_pages = true,
            Arg::Long("irqchip") => run.irqchip = Some(value("--irqchip", parser)?),
            Arg::Long("until") => run.until = Some(value("--until", parser)?),
            Arg::Long("kernel") => run.kernel = Some(parser.value()?.into()),
            Arg::Long("initrd-extra") => run.initrd_extra = Some(parser.value()?.into()),
            Arg::Long("cmdline-extra") => {
                run.cmdline_extra = Some(value("--cmdline-extra", parser)?)
            }
            Arg::Long("cpus") => run.cpus = Some(cpus(value("--cpus", parser)?)?),
            Arg::Long("serial") => run.serial = true,
            Arg::Long("bare") => run.bare = true,
            Arg::Long("timeout") => run.timeout = Some(timeout(value("--timeout", parser)?)?),
            Arg::Long("die-with-parent") => run.die_with_parent = true,
            Arg::Long("timeline") => run.timeline = Some(value("--timeline", parser)?),
            Arg::Long("stats") => run.stats = Some(value("--stats", parser)?),
            Arg::Short('h') | Arg::Long("help") => return Ok(Action::Help),
            // Its own options are the program's affair.
            Arg::Value(program) => {
                run.command = std::iter::once(program).chain(parser.raw_args()?).collect()
            }
            other => return Err(other.unexpected().into()),
        }
    }
    if is_export {
        run.guest = Guest::Linux;
        check(&run)?;
        let export = Export { run, ..export };
        return export.check().map(Action::Export);
    }
    check(&run)?;
    Ok(Action::Run(run))
}

fn cpus(count: u8) -> Result<u8, Error> {
    match count {
        1..=MAX_CPUS => Ok(count),
        _ => Err(usage(format!("--cpus {count}: a VM has 1 to {MAX_CPUS}"))),
    }
}

fn timeout(seconds: u32) -> Result<u32, Error> {
    match seconds {
        0 => Err(usage("--timeout 0: that is no time at all")),
        _ => Ok(seconds),
    }
}

fn value<T: FromStr<Err: Display>>(option: &str, parser: &mut Parser) -> Result<T, Error> {
    let text = parser.value()?;
    let text = text
        .to_str()
        .ok_or_else(|| usage(format!("{option} {}: not UTF-8", text.display())))?;
    text.parse()
        .map_err(|error| usage(format!("{option} {text}: {error}")))
}

#[cfg(test)]
mod tests;
