//! `serve`: a small web service on its standard streams, as inetd starts one: a single connection is all that there is.
//!
//! 1. Say `ready`.
//! 2. Read a request (`GET /units/7`), compute [`answer`], answer; one read(2) and one write(2) for each.
//! 3. At the end of the input, or when a request says `Connection: close`: say `done`. The checksum covers every answer, in
//!    order: whoever asked can tell that none is missing.
//!
//! There is no network in our microVM, and with one the number would be the network's. So everybody gets pipes: what is
//! measured is computing, and the way of a few bytes in and out.
//!
//! Read next: `workload::http`.

use workload::checksum::Checksum;
use workload::http::request::{Refusal, Request};
use workload::http::response::{OK, body_of, to_text};
use workload::protocol::Line;
use workload::work::answer;

use crate::Failure;
use crate::arguments::Arguments;
use crate::report::{say, write_out};
use crate::sys::read_stdin;

/// More than a request can be long, so that there is always room for the rest of it.
const ROOM_BYTES: usize = 2048;

/// What has arrived and was not answered yet.
struct Connection {
    bytes: [u8; ROOM_BYTES],
    length: usize,
}

/// Serves one connection.
pub fn run(arguments: Arguments) -> Result<(), Failure> {
    arguments.finish()?;
    let mut connection = Connection {
        bytes: [0; ROOM_BYTES],
        length: 0,
    };
    let mut checksum = Checksum::default();
    say(&Line::Ready)?;
    while let Some(request) = connection.next_request()? {
        let word = answer(request.number);
        checksum.add(word);
        write_out(to_text(OK, request.closes, &body_of(word)).as_bytes())?;
        if request.closes {
            break;
        }
    }
    say(&Line::Done {
        checksum: checksum.value(),
    })
}

impl Connection {
    /// `None` at the end of the input between two requests.
    fn next_request(&mut self) -> Result<Option<Request>, Failure> {
        loop {
            let arrived = &self.bytes[..self.length];
            match Request::parse(arrived) {
                Ok(Some((request, length))) => {
                    self.bytes.copy_within(length..self.length, 0);
                    self.length -= length;
                    return Ok(Some(request));
                }
                Ok(None) => {}
                Err(refusal) => return Err(refuse(refusal)?),
            }
            // A request without an end is refused before it fills this.
            let count = read_stdin(&mut self.bytes[self.length..])
                .map_err(|error| Failure::Failed(format!("reading a request: {error}")))?;
            if count == 0 {
                return self.at_the_end();
            }
            self.length += count;
        }
    }

    /// Line ends alone are no request: whoever started this may send one to say that it can end.
    fn at_the_end(&self) -> Result<Option<Request>, Failure> {
        let mut rest = self.bytes[..self.length].iter();
        match rest.all(|byte| matches!(byte, b'\r' | b'\n')) {
            true => Ok(None),
            false => Err(Failure::Failed("the input ends in a request".to_owned())),
        }
    }
}

/// Answers what is not served, and gives the reason for the end.
fn refuse(refusal: Refusal) -> Result<Failure, Failure> {
    let (code, words) = refusal.status();
    write_out(to_text((code, words), true, "").as_bytes())?;
    Ok(Failure::Failed(format!("a request got {code} {words}")))
}
