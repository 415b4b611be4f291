//! What was typed after `export`: what another VMM's machine is like.

use std::path::PathBuf;
use std::str::FromStr;

use guest_abi::other_vmm::PORTS;

use super::{Run, usage};
use crate::Error;

/// What to write for another VMM.
#[derive(Debug, Default)]
pub struct Export {
    /// The folder.
    pub out: PathBuf,
    /// The kernel as an ELF file, whatever it is packed in.
    pub elf: bool,
    /// The machine that boots it.
    pub machine: OtherMachine,
    /// Kernel, program, and what else goes into the initramfs.
    pub run: Run,
}

/// What the machine of another VMM is like, as far as its guest must know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OtherMachine {
    /// Its virtio devices are found on a PCI bus.
    pub pci: bool,
    /// What carries the program's standard streams.
    pub console: Console,
    /// It ends when it is switched off; otherwise when it is reset.
    pub power_off: bool,
}

/// What carries the program's standard streams out of the guest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Console {
    /// Ports of a virtio console that are named stdin, stdout and stderr.
    #[default]
    Ports,
    /// One terminal of the guest, by its path.
    Terminal(String),
}

impl FromStr for Console {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            PORTS => Ok(Self::Ports),
            // It becomes a word on the kernel's command line.
            path if path.starts_with("/dev/") && !path.contains([' ', '"']) => {
                Ok(Self::Terminal(path.to_owned()))
            }
            _ => Err("a console is ports or a path such as /dev/ttyS0"),
        }
    }
}

impl Export {
    /// What no single option can tell.
    pub(super) fn check(self) -> Result<Self, Error> {
        if self.run.bare {
            return Err(usage("--bare is for run: an export has a program"));
        }
        if self.run.memory_max.is_some() {
            return Err(usage(
                "--memory-max is for run: another VMM has options of its own for that",
            ));
        }
        if self.run.kernel.is_none() {
            return Err(usage("export writes a kernel: --kernel PATH"));
        }
        if self.out.as_os_str().is_empty() {
            return Err(usage("export writes three files: --out DIR"));
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Action, parse};
    use super::*;

    #[test]
    fn a_machine_of_another_vmm_is_described_by_its_options() {
        let line = "export --kernel /k --out d --elf --pci --power-off --console /dev/hvc0 --disk f -- /p -x";
        let words = line.split(' ').map(std::ffi::OsString::from);
        let Ok(Action::Export(export)) = parse(words) else {
            panic!("{line}");
        };
        let machine = OtherMachine {
            pci: true,
            console: Console::Terminal("/dev/hvc0".to_owned()),
            power_off: true,
        };
        assert_eq!((export.elf, export.machine), (true, machine));
        assert_eq!(
            (export.out, export.run.kernel),
            ("d".into(), Some("/k".into()))
        );
        assert_eq!(export.run.command, ["/p", "-x"]);
    }
}
