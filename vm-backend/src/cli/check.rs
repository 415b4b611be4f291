//! Options that don't go together.

use super::{Guest, Run, usage};
use crate::Error;

/// What no single option can tell.
pub(super) fn check(run: &Run) -> Result<(), Error> {
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
