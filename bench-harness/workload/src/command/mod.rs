//! The subcommands, one file each, all in the same shape: take the arguments, initialize, say `ready`, work, say `done`.

mod burn;
mod call;
mod cpu;
mod emit;
mod grow;
mod hello;
mod hold;
mod inspect;
mod io;
mod offend;
mod serve;
mod unit;

use crate::Failure;
use crate::arguments::Arguments;

type Command = fn(Arguments) -> Result<(), Failure>;

static ALL: [(&str, Command); 12] = [
    ("hello", hello::run),
    ("hold", hold::run),
    ("cpu", cpu::run),
    ("call", call::run),
    ("io", io::run),
    ("emit", emit::run),
    ("inspect", inspect::run),
    ("unit", unit::run),
    ("burn", burn::run),
    ("offend", offend::run),
    ("grow", grow::run),
    ("serve", serve::run),
];

/// The names, for error messages.
pub fn names() -> String {
    ALL.map(|(name, _)| name).join(", ")
}

/// Looks a subcommand up.
///
/// # Errors
/// When there is none of that name.
pub fn by_name(name: &str) -> Result<Command, Failure> {
    let found = ALL.iter().find(|(known, _)| *known == name);
    found.map(|(_, command)| *command).ok_or_else(|| {
        Failure::Usage(format!(
            "there is no subcommand {name:?}: one of {}",
            names()
        ))
    })
}
