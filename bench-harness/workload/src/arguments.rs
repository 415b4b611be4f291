//! The command line: a subcommand, then `--key value` pairs and flags without a value.
//!
//! By hand, because a parser crate would be most of this program.

use std::str::FromStr;

use crate::Failure;

/// What was typed; the subcommands take out what they know, and [`Arguments::finish`] refuses the rest.
#[derive(Debug)]
pub struct Arguments {
    command: String,
    rest: Vec<String>,
}

impl Arguments {
    /// Reads the process's own command line.
    ///
    /// # Errors
    /// When there is no subcommand, or an argument is not UTF-8.
    pub fn from_command_line() -> Result<Self, Failure> {
        let typed: Result<Vec<String>, _> = std::env::args_os()
            .skip(1)
            .map(std::ffi::OsString::into_string)
            .collect();
        Self::from_words(
            typed.map_err(|argument| {
                Failure::Usage(format!("argument {argument:?} is not UTF-8"))
            })?,
        )
    }

    fn from_words(words: Vec<String>) -> Result<Self, Failure> {
        let mut words = words.into_iter();
        let command = words.next().ok_or_else(|| {
            Failure::Usage(format!(
                "no subcommand given: one of {}",
                crate::command::names()
            ))
        })?;
        Ok(Self {
            command,
            rest: words.collect(),
        })
    }

    /// The subcommand.
    pub fn command(&self) -> &str {
        &self.command
    }

    /// Takes out `--key value`.
    ///
    /// # Errors
    /// When the value is missing or can't be read.
    pub fn take<T: FromStr>(&mut self, key: &str) -> Result<Option<T>, Failure> {
        let Some(at) = self.rest.iter().position(|word| word == key) else {
            return Ok(None);
        };
        if at + 1 == self.rest.len() {
            return Err(Failure::Usage(format!("{key} needs a value")));
        }
        self.rest.remove(at);
        let value = self.rest.remove(at);
        value
            .parse()
            .map(Some)
            .map_err(|_| Failure::Usage(format!("{key} can't be {value:?}")))
    }

    /// Takes out `--key value`, which must be there.
    ///
    /// # Errors
    /// When it is missing or can't be read.
    pub fn require<T: FromStr>(&mut self, key: &str) -> Result<T, Failure> {
        self.take(key)?
            .ok_or_else(|| Failure::Usage(format!("{} needs {key}", self.command)))
    }

    /// Takes out a flag.
    pub fn flag(&mut self, key: &str) -> bool {
        let at = self.rest.iter().position(|word| word == key);
        at.map(|at| self.rest.remove(at)).is_some()
    }

    /// Refuses what nobody has taken.
    ///
    /// # Errors
    /// When something is left.
    pub fn finish(self) -> Result<(), Failure> {
        match self.rest.first() {
            None => Ok(()),
            Some(left) => Err(Failure::Usage(format!(
                "{} doesn't know {left:?}",
                self.command
            ))),
        }
    }
}
