//! A serial port, for people: the kernel's messages from its first line on (`--serial`).
//!
//! The 16550 of 1987 is the one console that every kernel can use before it has any driver. It takes an exit for each
//! character, and another one to ask whether the next may come: with it, a boot is mostly that. So it is not there unless asked
//! for.
//!
//! Output only, and without interrupts: the kernel looks whether the port is ready.

use std::convert::Infallible;
use std::io::{self, Write};

use vm_superio::{Serial, Trigger};

/// First port of a PC's first serial port; it has eight.
pub const FIRST_PORT: u16 = 0x3f8;
const PORTS: u16 = 8;
/// What is kept for a report.
const KEPT_BYTES: usize = 4096;

/// An interrupt that nobody waits for.
#[derive(Debug)]
struct NoInterrupt;

impl Trigger for NoInterrupt {
    type E = Infallible;

    fn trigger(&self) -> Result<(), Infallible> {
        Ok(())
    }
}

/// Where it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// For people, beside a program whose output has stdout alone.
    Stderr,
    /// There is no program.
    Stdout,
}

/// What was written goes on at once; the last part is kept.
#[derive(Debug)]
struct Output {
    place: Place,
    last: Vec<u8>,
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.last.extend(bytes);
        let excess = self.last.len().saturating_sub(KEPT_BYTES);
        self.last.drain(..excess);
        match self.place {
            Place::Stderr => io::stderr().write(bytes),
            Place::Stdout => {
                // Rust keeps a line back until it is complete.
                let mut stdout = io::stdout();
                stdout.write_all(bytes)?;
                stdout.flush()?;
                Ok(bytes.len())
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The port.
#[derive(Debug)]
pub struct Port(Serial<NoInterrupt, vm_superio::serial::NoEvents, Output>);

impl Port {
    /// As after a reset.
    #[must_use]
    pub fn new(place: Place) -> Self {
        let output = Output {
            place,
            last: Vec::new(),
        };
        Self(Serial::new(NoInterrupt, output))
    }

    /// The register that a port is, if it is one of these.
    #[must_use]
    pub fn register(port: u16) -> Option<u8> {
        let register = port
            .checked_sub(FIRST_PORT)
            .filter(|register| *register < PORTS)?;
        u8::try_from(register).ok()
    }

    /// A CPU reads.
    pub fn read(&mut self, register: u8) -> u8 {
        self.0.read(register)
    }

    /// A CPU writes. If the output is closed, nobody wants to know.
    pub fn write(&mut self, register: u8, value: u8) {
        self.0.write(register, value).unwrap_or_default();
    }

    /// The end of what was written.
    #[must_use]
    pub fn last_words(&self) -> String {
        String::from_utf8_lossy(&self.0.writer().last).into_owned()
    }
}
