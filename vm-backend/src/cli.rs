//! What was typed.
//!
//! Read by hand, as container-backend does: a parser that describes its options first would be a sixth of this executable, and
//! resident in every VMM.

mod export;

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

pub use export::{Console, Export, OtherMachine};

/// The text of `--help`.
pub const HELP: &str = "\
Runs a program in a virtual machine of its own.

Usage: vm-backend run [OPTIONS] -- ELF [ARG]...
       vm-backend run --guest linux --bare --kernel PATH [OPTIONS]
       vm-backend export --kernel PATH --out DIR [OPTIONS] -- ELF [ARG]...

ELF is a static Linux program of the host. `export` writes what `run --guest linux` would boot, for another VMM: DIR/kernel,
DIR/initramfs and DIR/command-line.

Options:
      --guest tiny|linux     what runs below the program: our own kernel, which doesn't boot, or a stock Linux, which does
                             (default: tiny)
      --memory SIZE          RAM of the VM, rounded up to 2 MiB (default: 32M tiny, 128M linux)
      --memory-max SIZE      as much RAM as may be asked for over --control while the guest runs, in all; until then Linux keeps
                             the difference in a balloon
      --control FD           socket to which requests are written, and which answers: `memory BYTES` lets RAM end there
      --disk FILE[:ro][:direct]
                             file of the host that is the disk (inside: /data/disk), writable unless :ro; :direct bypasses the
                             host's page cache
      --prefault             find all pages of RAM before the guest runs, not when they are touched
      --no-huge-pages        back RAM by pages of 4 KiB, even where huge ones are to be had
      --timeout SECONDS      end the VM after so many seconds
      --die-with-parent      end with SIGKILL when the process that started this one ends
      --timeline FD          descriptor to which the finished steps are written
      --stats FD             descriptor to which exits and system calls are written, counted, at the end

Options of the tiny guest:
      --irqchip none|split|full
                             interrupt controllers in KVM, which the guest doesn't need (default: none)
      --until STEP           stop after a step and take everything apart again, without running anything: open-files, create-vm,
                             memory, irqchip, create-vcpu, cpuid, load-kernel, load-program, tables, registers, sandbox-ready;
                             up to the step memory, RAM may be 4G

Options of Linux:
      --kernel PATH          the kernel, a bzImage or a vmlinux; modules come from lib/modules beside it, or from the host
      --cpus N               CPUs of the VM, 1 to 16 (default: 1)
      --initrd-extra DIR     folder of the host whose contents are added to the initramfs
      --cmdline-extra WORDS  words added to the kernel's command line
      --serial               add a serial port, and show the kernel's messages on stderr (slow)
      --bare                 the kernel alone, without initramfs and virtio devices: its serial port is stdout, and a reset ends it

Options of export:
      --out DIR              folder for the three files; made if it isn't there
      --elf                  unpack a bzImage to the vmlinux in it, for a VMM that takes no other
      --pci                  bring the driver of virtio over PCI too, and let the kernel look for that bus
      --console ports|PATH   the program's standard streams: ports named stdin, stdout, stderr of a virtio console (default), or a
                             terminal of the guest such as /dev/ttyS0 or /dev/hvc0
      --power-off            end by switching the machine off, for a VMM that boots again after a reset

  -h, --help                 print this
  -V, --version              print the version
";

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

/// What no single option can tell.
fn check(run: &Run) -> Result<(), Error> {
    if run.command.is_empty() != run.bare {
        return Err(usage(match run.bare {
            true => "--bare runs the kernel alone: leave the program away",
            false => "there is no program: vm-backend run [OPTIONS] -- ELF",
        }));
    }
    let of_linux = [
        (run.kernel.is_some(), "--kernel"),
        (run.initrd_extra.is_some(), "--initrd-extra"),
        (run.cmdline_extra.is_some(), "--cmdline-extra"),
        (run.cpus.is_some(), "--cpus"),
        (run.serial, "--serial"),
        (run.bare, "--bare"),
    ];
    if run.memory_max.is_some() != run.control.is_some() {
        return Err(usage(
            "--memory-max is what may be asked for over --control: give both or neither",
        ));
    }
    if let Some(most) = run.memory_max
        && most.0 < run.memory_bytes()
    {
        return Err(usage(format!(
            "--memory-max {} is less than the VM has from the start: {}",
            most.0,
            run.memory_bytes()
        )));
    }
    if run.memory_max.is_some() && run.bare {
        return Err(usage(
            "--bare has no devices, and --memory-max needs a balloon: leave one of them out",
        ));
    }
    if run.memory_max.is_some() && run.backing.prefault {
        return Err(usage(
            "--prefault finds all pages before the guest runs: there are none of --memory-max yet",
        ));
    }
    let of_tiny = [
        (run.irqchip.is_some(), "--irqchip"),
        (run.until.is_some(), "--until"),
    ];
    let given = |options: &[(bool, &'static str)]| {
        let mut options = options.iter();
        options.find(|(given, _)| *given).map(|(_, option)| *option)
    };
    match run.guest {
        Guest::Tiny => given(&of_linux)
            .map(|option| usage(format!("{option} is for Linux: add --guest linux"))),
        Guest::Linux => given(&of_tiny).map(|option| {
            usage(format!(
                "{option} is for the tiny guest: leave --guest linux out"
            ))
        }),
    }
    .map_or(Ok(()), Err)
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
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Action, Error> {
        parse(line.split_whitespace().map(OsString::from))
    }

    #[track_caller]
    fn run(line: &str) -> Run {
        match parsed(line) {
            Ok(Action::Run(run)) => run,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn every_option_is_read() {
        let run = run(
            "run --guest linux --memory=1G --disk d:ro --kernel /k --initrd-extra /e --cmdline-extra a=b --cpus 2 --serial \
             --timeout 9 --die-with-parent --timeline 7 --stats 8 -- /p -x --memory 3",
        );
        assert_eq!((run.guest, run.memory), (Guest::Linux, Some(Size(1 << 30))));
        assert!(run.disk.is_some_and(|disk| disk.read_only));
        assert_eq!(
            (run.kernel, run.initrd_extra),
            (Some("/k".into()), Some("/e".into()))
        );
        assert_eq!(
            (run.cmdline_extra.as_deref(), run.cpus),
            (Some("a=b"), Some(2))
        );
        assert!(run.serial && run.die_with_parent);
        assert_eq!(
            (run.timeout, run.timeline, run.stats),
            (Some(9), Some(7), Some(8))
        );
        assert_eq!(run.command, ["/p", "-x", "--memory", "3"]);
    }

    #[test]
    fn both_guests_may_get_more_memory() {
        let tiny = run("run --memory-max 64M --control 5 -- /p");
        let linux = run("run --guest linux --memory 1G --memory-max 1G --control 5 -- /p");
        assert_eq!((tiny.memory_bytes(), tiny.control), (32 << 20, Some(5)));
        assert_eq!(linux.memory_max, Some(Size(linux.memory_bytes())));
    }

    #[test]
    fn options_of_the_tiny_guest_are_read() {
        let run = run("run --until memory --irqchip full --prefault --no-huge-pages -- /p");
        assert_eq!(
            (run.until, run.irqchip),
            (Some(Step::Memory), Some(Irqchip::Full))
        );
        assert!(run.backing.prefault && run.backing.small_pages);
    }

    #[test]
    fn the_programs_own_options_and_dashes_are_left_alone() {
        assert_eq!(run("run -- a -- -h").command, ["a", "--", "-h"]);
        assert_eq!(run("run a --serial").command, ["a", "--serial"]);
    }

    #[test]
    fn mistakes_are_named() {
        for (line, message) in [
            ("", "`run`"),
            ("start", "\"start\""),
            ("run", "no program"),
            ("run --kernel", "'--kernel'"),
            ("run --nonsense -- a", "'--nonsense'"),
            ("run --memory lots -- a", "--memory lots"),
            ("run --guest bsd -- a", "tiny or linux"),
            ("run --timeout 0 -- a", "--timeout 0"),
            ("run --guest linux --cpus 17 -- a", "1 to 16"),
            ("run --serial -- a", "--serial is for Linux"),
            ("run --bare", "--bare is for Linux"),
            ("run --guest linux --bare -- a", "leave the program away"),
            ("run --out d -- a", "'--out'"),
            ("export -- a", "--kernel PATH"),
            ("export --kernel k -- a", "--out DIR"),
            ("export --kernel k --out d", "no program"),
            ("export --kernel k --out d --bare", "--bare"),
            (
                "export --kernel k --out d --console ttyS0 -- a",
                "ports or a path",
            ),
            ("run --kernel k -- a", "--kernel is for Linux"),
            ("run --until boot -- a", "the steps are open-files"),
            ("run --irqchip ioapic -- a", "none, split or full"),
            ("run --memory-max 64M -- a", "give both or neither"),
            (
                "run --memory-max 64M --control 5 --prefault -- a",
                "none of --memory-max yet",
            ),
            (
                "run --memory 64M --memory-max 63M --control 5 -- a",
                "less than the VM has from the start: 67108864",
            ),
            (
                "run --guest linux --memory-max 64M --control 5 -- a",
                "less than the VM has from the start: 134217728",
            ),
            (
                "run --guest linux --bare --memory-max 256M --control 5",
                "--memory-max needs a balloon",
            ),
            (
                "export --kernel k --out d --memory-max 256M --control 5 -- a",
                "--memory-max is for run",
            ),
            (
                "run --guest linux --until memory -- a",
                "--until is for the tiny guest",
            ),
        ] {
            let error = parsed(line).err().map(|error| error.to_string());
            assert!(
                error.as_ref().is_some_and(|error| error.contains(message)),
                "{line}: {error:?}"
            );
        }
    }

    #[test]
    fn the_help_names_every_option() {
        for option in [
            "guest",
            "memory",
            "disk",
            "prefault",
            "no-huge-pages",
            "irqchip",
            "memory-max",
            "control",
            "until",
            "timeout",
            "die-with-parent",
            "timeline",
            "stats",
            "kernel",
            "cpus",
            "initrd-extra",
            "cmdline-extra",
            "serial",
        ] {
            assert!(HELP.contains(&format!("--{option} ")), "{option}");
        }
    }
}
