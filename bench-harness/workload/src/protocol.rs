//! The lines by which a workload reports, on its standard output and nowhere else.
//!
//! ```text
//! main                              its first instruction: the harness stamps the arrival
//! ready                             its own initialization is over
//! metric NAME UNIT VALUE            a number it measured
//! fact KEY VALUE                    something it found; VALUE is the rest of the line
//! # anything                        filler: readers skip it
//! done checksum=0123456789abcdef    the last line of a success
//! error: MESSAGE                    the last line of a failure
//! ```
//!
//! Standard output is the one channel that a process, a container and a VM without a network all have. Lines are text, so
//! that a student can read them with nothing but a terminal.

use core::fmt;

/// One line, without its newline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Line<'a> {
    /// The first thing that `main` does.
    Main,
    /// The workload's own initialization is over.
    Ready,
    /// A number that the workload measured.
    Metric {
        /// Dotted name, no spaces.
        name: &'a str,
        /// What the value counts: `ns`, `bytes`, `count`, …
        unit: &'a str,
        /// The value; never NaN or infinite.
        value: f64,
    },
    /// Something that the workload found.
    Fact {
        /// One word.
        key: &'a str,
        /// May hold spaces, and may be empty.
        value: &'a str,
    },
    /// To be skipped.
    Filler,
    /// Success.
    Done {
        /// Of what was computed; equal in every backend.
        checksum: u64,
    },
    /// Failure, and why.
    Error {
        /// One clear sentence.
        message: &'a str,
    },
}

/// A line that is not of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotProtocol;

impl fmt::Display for NotProtocol {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("not a line of the workload's protocol")
    }
}

impl core::error::Error for NotProtocol {}

impl<'a> Line<'a> {
    /// Reads one line, with or without its newline.
    ///
    /// # Errors
    /// When the line is none of the protocol's.
    pub fn parse(text: &'a str) -> Result<Self, NotProtocol> {
        let text = text.strip_suffix('\n').unwrap_or(text);
        if text.starts_with('#') {
            return Ok(Self::Filler);
        }
        let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
        match word {
            "main" if rest.is_empty() => Ok(Self::Main),
            "ready" if rest.is_empty() => Ok(Self::Ready),
            "metric" => parse_metric(rest),
            "fact" => {
                let (key, value) = rest.split_once(' ').unwrap_or((rest, ""));
                if key.is_empty() {
                    Err(NotProtocol)
                } else {
                    Ok(Self::Fact { key, value })
                }
            }
            "done" => parse_done(rest),
            "error:" => Ok(Self::Error { message: rest }),
            _ => Err(NotProtocol),
        }
    }
}

fn parse_metric(rest: &str) -> Result<Line<'_>, NotProtocol> {
    let mut words = rest.split(' ');
    let (Some(name), Some(unit), Some(value), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(NotProtocol);
    };
    let value: f64 = value.parse().map_err(|_| NotProtocol)?;
    if name.is_empty() || unit.is_empty() || !value.is_finite() {
        return Err(NotProtocol);
    }
    Ok(Line::Metric { name, unit, value })
}

fn parse_done(rest: &str) -> Result<Line<'_>, NotProtocol> {
    let digits = rest.strip_prefix("checksum=").ok_or(NotProtocol)?;
    // from_str_radix alone would accept a sign and any length.
    if digits.len() != 16 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return Err(NotProtocol);
    }
    let checksum = u64::from_str_radix(digits, 16).map_err(|_| NotProtocol)?;
    Ok(Line::Done { checksum })
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Main => formatter.write_str("main"),
            Self::Ready => formatter.write_str("ready"),
            Self::Metric { name, unit, value } => write!(formatter, "metric {name} {unit} {value}"),
            Self::Fact { key, value } => write!(formatter, "fact {key} {value}"),
            Self::Filler => formatter.write_str("#"),
            Self::Done { checksum } => write!(formatter, "done checksum={checksum:016x}"),
            Self::Error { message } => write!(formatter, "error: {message}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::string::ToString;

    #[test]
    fn lines_that_are_almost_right_are_refused() {
        for text in [
            "",
            "Main",
            "main now",
            "ready now",
            "metric a ns",
            "metric a ns x",
            "metric a ns 1 2",
            "metric a ns NaN",
            "metric a ns inf",
            "fact",
            "done",
            "done checksum=1",
            "done checksum=+123456789abcdef",
            "error",
        ] {
            assert_eq!(Line::parse(text), Err(NotProtocol), "{text:?}");
        }
    }

    #[test]
    fn a_line_is_read_with_or_without_its_newline() {
        assert_eq!(Line::parse("ready\n"), Ok(Line::Ready));
        assert_eq!(Line::parse("#...\n"), Ok(Line::Filler));
        assert_eq!(
            Line::parse("error: no such file"),
            Ok(Line::Error {
                message: "no such file"
            })
        );
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            name in "[a-z.]{1,12}", unit in "[a-z_]{1,8}", value in -1e18_f64..1e18, key in "[a-z_]{1,8}",
            text in "[ -~]{0,40}", checksum: u64,
        ) {
            for line in [
                Line::Main, Line::Ready, Line::Filler, Line::Done { checksum }, Line::Error { message: &text },
                Line::Metric { name: &name, unit: &unit, value }, Line::Fact { key: &key, value: &text },
            ] {
                let written = line.to_string();
                prop_assert_eq!(Line::parse(&written), Ok(line));
            }
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in "\\PC*") {
            Line::parse(&text).ok();
        }
    }
}
