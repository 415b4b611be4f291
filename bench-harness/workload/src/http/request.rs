//! A request: `GET /units/7`, which asks for what [`crate::work::answer`] computes of 7.
//!
//! ```text
//! GET /units/7 HTTP/1.1
//! Host: isolab
//!
//! ```

use alloc::format;
use alloc::string::String;

use super::{Head, HeadError, close_field, decimal, says_close};

/// Before the number.
const TARGET: &str = "/units/";

/// What a client asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// Of which number.
    pub number: u64,
    /// It is the connection's last one.
    pub closes: bool,
}

/// Why a request isn't answered, as a status code. The connection ends with it: nobody knows where the next one begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is none, or could be read in two ways.
    BadRequest,
    /// There is nothing of that name.
    NotFound,
    /// Its head doesn't end.
    FieldsTooLarge,
    /// Another method than GET.
    NotImplemented,
    /// Another version than 1.1.
    VersionNotSupported,
}

impl Refusal {
    /// The code and its words (RFC 9110, 15; RFC 6585, 5).
    #[must_use]
    pub fn status(self) -> (u16, &'static str) {
        match self {
            Self::BadRequest => (400, "Bad Request"),
            Self::NotFound => (404, "Not Found"),
            Self::FieldsTooLarge => (431, "Request Header Fields Too Large"),
            Self::NotImplemented => (501, "Not Implemented"),
            Self::VersionNotSupported => (505, "HTTP Version Not Supported"),
        }
    }
}

impl From<HeadError> for Refusal {
    fn from(error: HeadError) -> Self {
        match error {
            HeadError::TooLong => Self::FieldsTooLarge,
            HeadError::Malformed => Self::BadRequest,
        }
    }
}

impl Request {
    /// Reads the request with which the bytes begin, and how many of them are its; `None` while its end is missing.
    ///
    /// # Errors
    /// Why it won't be answered.
    pub fn parse(bytes: &[u8]) -> Result<Option<(Self, usize)>, Refusal> {
        let Some(head) = Head::parse(bytes)? else {
            return Ok(None);
        };
        let target = target_of(head.first_line)?;
        let (mut hosts, mut closes) = (0, false);
        for field in head.fields() {
            let (name, value) = field?;
            // What says that a body follows: who doesn't read it would take it for the next request.
            let has_body = name.eq_ignore_ascii_case("transfer-encoding")
                || name.eq_ignore_ascii_case("content-length") && value != "0";
            if has_body {
                return Err(Refusal::BadRequest);
            }
            hosts += u32::from(name.eq_ignore_ascii_case("host"));
            closes |= says_close(name, value);
        }
        // RFC 9112, 3.2: exactly one.
        if hosts != 1 {
            return Err(Refusal::BadRequest);
        }
        let number = target.strip_prefix(TARGET).and_then(decimal);
        let number = number.ok_or(Refusal::NotFound)?;
        Ok(Some((Self { number, closes }, head.length)))
    }

    /// As a client sends it.
    #[must_use]
    pub fn to_text(self) -> String {
        format!(
            "GET {TARGET}{} HTTP/1.1\r\nHost: isolab\r\n{}\r\n",
            self.number,
            close_field(self.closes)
        )
    }
}

/// The target in `METHOD TARGET VERSION`, three words with one blank between them (RFC 9112, 3).
fn target_of(first_line: &str) -> Result<&str, Refusal> {
    let mut words = first_line.split(' ');
    let (Some(method), Some(target), Some(version), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(Refusal::BadRequest);
    };
    match (method, version) {
        ("GET", "HTTP/1.1") => Ok(target),
        (_, version) if !version.starts_with("HTTP/") => Err(Refusal::BadRequest),
        (_, "HTTP/1.1") => Err(Refusal::NotImplemented),
        _ => Err(Refusal::VersionNotSupported),
    }
}
