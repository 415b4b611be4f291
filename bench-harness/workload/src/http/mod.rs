//! The little of HTTP/1.1 (RFC 9112) that a service on a pair of pipes needs.
//!
//! 1. A message begins with a *head*: a first line, then fields `Name: value`, then an empty line. Each ends with CR LF.
//! 2. An answer goes on with a body, whose length its field `Content-Length` says. Requests have no body here.
//! 3. Both sides keep the connection for the next request, unless one of them says `Connection: close`.
//!
//! A stream of bytes may be cut anywhere. So reading is a function of all bytes that have arrived: it gives the first message
//! and its length, or `None` while the rest of it is missing.
//!
//! A request that could be read in two ways is refused: where two readers disagree on where it ends, an attacker puts a second
//! one inside (request smuggling).
//!
//! Simplified: GET only; one request at a time, though a client may send the next before the answer; no transfer codings, no
//! bodies of requests, no dates. A server that faces the network also limits how long a client may take.
//!
//! Read next: [`request`], [`response`]; RFC 9112, sections 2 to 6 and 9.

pub mod request;
pub mod response;

/// A head may be so long.
const MOST_HEAD_BYTES: usize = 1024;

/// Where a message's head was not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum HeadError {
    /// Longer than [`MOST_HEAD_BYTES`].
    TooLong,
    /// Bytes that no head has.
    Malformed,
}

/// A message's first line and fields.
#[derive(Clone, Copy, Debug)]
struct Head<'a> {
    first_line: &'a str,
    fields: &'a str,
    /// Everything up to the body, with what was skipped before.
    length: usize,
}

impl<'a> Head<'a> {
    /// Reads the head with which the bytes begin; `None` if its end hasn't come yet. Empty lines before it are skipped
    /// (RFC 9112, 2.2).
    fn parse(bytes: &'a [u8]) -> Result<Option<Self>, HeadError> {
        let is_line_end = |byte: &u8| matches!(byte, b'\r' | b'\n');
        let skipped = bytes.iter().take_while(|byte| is_line_end(byte)).count();
        let head = &bytes[skipped..];
        let searched = &head[..head.len().min(MOST_HEAD_BYTES)];
        let Some(end) = searched.windows(4).position(|four| four == b"\r\n\r\n") else {
            return match bytes.len() > MOST_HEAD_BYTES {
                true => Err(HeadError::TooLong),
                false => Ok(None),
            };
        };
        let text = core::str::from_utf8(&head[..end]).map_err(|_| HeadError::Malformed)?;
        if !text.is_ascii() {
            return Err(HeadError::Malformed);
        }
        let (first_line, fields) = text.split_once("\r\n").unwrap_or((text, ""));
        Ok(Some(Self {
            first_line,
            fields,
            length: skipped + end + 4,
        }))
    }

    /// The fields, each with the blanks round its value removed. An error is a line that is none: without a colon, continued
    /// from the line before, or with a blank before the colon (RFC 9112, 5.1 and 5.2).
    fn fields(self) -> impl Iterator<Item = Result<(&'a str, &'a str), HeadError>> {
        let lines = self.fields.split("\r\n").filter(|line| !line.is_empty());
        lines.map(|line| {
            let (name, value) = line.split_once(':').ok_or(HeadError::Malformed)?;
            let is_part_of_name = |byte: u8| byte.is_ascii_graphic();
            if name.is_empty() || !name.bytes().all(is_part_of_name) || has_control(value) {
                return Err(HeadError::Malformed);
            }
            Ok((name, value.trim_matches([' ', '\t'])))
        })
    }
}

fn has_control(value: &str) -> bool {
    value
        .bytes()
        .any(|byte| byte.is_ascii_control() && byte != b'\t')
}

/// Whether a field `Connection` asks for the end of it: its value is a list.
fn says_close(name: &str, value: &str) -> bool {
    let mut options = value.split(',').map(|one| one.trim_matches([' ', '\t']));
    name.eq_ignore_ascii_case("connection") && options.any(|one| one.eq_ignore_ascii_case("close"))
}

/// The field by which a message says that the connection ends with it, or nothing.
fn close_field(closes: bool) -> &'static str {
    if closes { "Connection: close\r\n" } else { "" }
}

/// A decimal number without a sign: `parse` alone would accept one.
fn decimal(text: &str) -> Option<u64> {
    let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests;
