//! The command, as execve takes it.
//!
//! The library's `Command` would start it as well, and as safely: posix_spawn shares memory with the child instead of copying
//! it, but asks for and sets the action of each of the 64 signals, every one of these calls going through the filter that
//! is loaded by then. Here nothing but SIGPIPE has another action than the default.
//!
//! Read next: execve(2), vfork(2), `sys::spawn`.

use std::convert::Infallible;
use std::ffi::{CString, OsStr};
use std::io;
use std::os::unix::ffi::OsStrExt;

use nix::unistd::execve;

use crate::full_set::ENVIRONMENT;
use crate::spec::Spec;
use crate::{signals, sys};

/// Program, arguments and environment.
#[derive(Debug)]
pub struct Prepared {
    program: CString,
    /// With the program's name first.
    arguments: Vec<CString>,
    environment: Vec<CString>,
}

impl Prepared {
    /// Copies them out of the description. The host's environment is the host's affair.
    pub fn new(spec: &Spec) -> io::Result<Self> {
        let program = text(spec.program.as_os_str())?;
        let arguments = spec.arguments.iter().map(|argument| text(argument));
        let [path, home] = ENVIRONMENT;
        let environment = [path, home, &format!("HOSTNAME={}", spec.hostname)];
        Ok(Self {
            arguments: std::iter::once(Ok(program.clone()))
                .chain(arguments)
                .collect::<io::Result<_>>()?,
            environment: environment
                .into_iter()
                .map(|pair| text(OsStr::new(pair)))
                .collect::<io::Result<_>>()?,
            program,
        })
    }

    /// Starts it as a child, and returns its pid once it executes.
    pub fn spawn(&self) -> io::Result<i32> {
        sys::spawn(
            &self.program,
            &self.arguments,
            &self.environment,
            &signals::forwarded(),
        )
    }

    /// Becomes it.
    pub fn exec(&self) -> io::Result<Infallible> {
        signals::unblock()?;
        sys::set_broken_pipes(sys::BrokenPipes::AreDeadly)?;
        Ok(execve(&self.program, &self.arguments, &self.environment)?)
    }
}

/// A string of the command line can't contain NUL, but one of another caller's could.
fn text(text: &OsStr) -> io::Result<CString> {
    Ok(CString::new(text.as_bytes())?)
}
