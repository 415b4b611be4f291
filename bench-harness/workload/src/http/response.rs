//! An answer: a status, and a body whose length is told before it.
//!
//! ```text
//! HTTP/1.1 200 OK
//! Content-Length: 17
//!
//! 0123456789abcdef
//! ```

use alloc::format;
use alloc::string::String;

use super::{Head, close_field, decimal, says_close};

/// A client of this service takes no longer bodies.
const MOST_BODY_BYTES: u64 = 4096;

/// The status of an answer that is one.
pub const OK: (u16, &str) = (200, "OK");

/// What a server says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Response<'a> {
    /// The status code.
    pub status: u16,
    /// The connection ends here.
    pub closes: bool,
    /// What was asked for.
    pub body: &'a [u8],
}

/// Bytes that are no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotHttp;

impl core::fmt::Display for NotHttp {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str("not an answer of HTTP/1.1 with a length")
    }
}

impl core::error::Error for NotHttp {}

impl<'a> Response<'a> {
    /// Reads the answer with which the bytes begin, and how many of them are its; `None` while its end is missing.
    ///
    /// # Errors
    /// When what has come can't be the beginning of one.
    pub fn parse(bytes: &'a [u8]) -> Result<Option<(Self, usize)>, NotHttp> {
        let Some(head) = Head::parse(bytes).map_err(|_| NotHttp)? else {
            return Ok(None);
        };
        let status = status_of(head.first_line).ok_or(NotHttp)?;
        let (mut length, mut closes) = (None, false);
        for field in head.fields() {
            let (name, value) = field.map_err(|_| NotHttp)?;
            if name.eq_ignore_ascii_case("transfer-encoding") {
                return Err(NotHttp);
            }
            if name.eq_ignore_ascii_case("content-length") {
                let told = decimal(value).filter(|told| *told <= MOST_BODY_BYTES);
                if length.replace(told.ok_or(NotHttp)?).is_some() {
                    return Err(NotHttp);
                }
            }
            closes |= says_close(name, value);
        }
        let end = head.length + length.ok_or(NotHttp)? as usize;
        let body = bytes.get(head.length..end);
        Ok(body.map(|body| {
            let response = Self {
                status,
                closes,
                body,
            };
            (response, end)
        }))
    }
}

/// As a server sends it: head and body in one piece.
#[must_use]
pub fn to_text((code, words): (u16, &str), closes: bool, body: &str) -> String {
    format!(
        "HTTP/1.1 {code} {words}\r\nContent-Length: {}\r\n{}\r\n{body}",
        body.len(),
        close_field(closes)
    )
}

/// The body of the answer that is this number.
#[must_use]
pub fn body_of(answer: u64) -> String {
    format!("{answer:016x}\n")
}

/// The code in `VERSION CODE WORDS`; the words may be missing (RFC 9112, 4).
fn status_of(first_line: &str) -> Option<u16> {
    let rest = first_line.strip_prefix("HTTP/1.1 ")?;
    let (code, _) = rest.split_once(' ').unwrap_or((rest, ""));
    let code = decimal(code).filter(|_| code.len() == 3)?;
    u16::try_from(code).ok()
}
