//! How a failure inside the container reaches the launcher: through a pipe that execve closes.
//!
//! The message is the step's number, errno and the object's name. The launcher doesn't wait for it: it looks when PID 1
//! has ended. So a successful start costs nothing but the pipe.

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use rustix::pipe::{PipeFlags, pipe_with};

use crate::error::Error;
use crate::step::Step;

/// A failure inside.
#[derive(Debug)]
pub struct Failure {
    /// Which step failed.
    pub step: Step,
    /// On what.
    pub object: String,
    /// Why.
    pub source: io::Error,
}

/// Names the step and the object of an error.
pub trait At<T> {
    /// `object` is made only when there is an error.
    fn at<S: Into<String>>(self, step: Step, object: impl FnOnce() -> S) -> Result<T, Failure>;
}

impl<T, E: Into<io::Error>> At<T> for Result<T, E> {
    fn at<S: Into<String>>(self, step: Step, object: impl FnOnce() -> S) -> Result<T, Failure> {
        self.map_err(|error| Failure {
            step,
            object: object().into(),
            source: error.into(),
        })
    }
}

impl From<Failure> for Error {
    /// A failure that happened in the launcher.
    fn from(failure: Failure) -> Self {
        let Failure {
            step,
            object,
            source,
        } = failure;
        Self::Outside {
            step,
            object,
            source,
        }
    }
}

impl Failure {
    /// Writes the failure to the launcher. If that is gone, there is nobody to tell.
    pub fn send(&self, pipe: impl AsFd) {
        let errno = self.source.raw_os_error().unwrap_or(0);
        let mut message = vec![self.step as u8];
        message.extend(errno.to_ne_bytes());
        message.extend(self.object.as_bytes());
        rustix::io::write(pipe, &message).ok();
    }

    /// Reads a failure, if one was sent.
    pub fn receive(pipe: impl AsFd) -> Option<Error> {
        let mut message = [0; 4096];
        let length = rustix::io::read(pipe, &mut message).ok()?;
        let (&number, rest) = message[..length].split_first()?;
        let (errno, object) = rest.split_first_chunk()?;
        Some(Error::Inside {
            step: Step::from_number(number)?,
            object: String::from_utf8_lossy(object).into_owned(),
            source: io::Error::from_raw_os_error(i32::from_ne_bytes(*errno)),
        })
    }
}

/// The pipe: the end to read from, the end to write to. Reading never waits.
pub fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    Ok(pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_arrives_with_its_step_object_and_reason() {
        let (read, write) = pipe().unwrap();
        assert!(Failure::receive(&read).is_none());
        Err::<(), _>(io::Error::from_raw_os_error(libc::ENOENT))
            .at(Step::Binds, || "/x")
            .unwrap_err()
            .send(&write);
        match Failure::receive(&read) {
            Some(Error::Inside {
                step,
                object,
                source,
            }) => {
                assert_eq!(
                    (step, object.as_str(), source.raw_os_error()),
                    (Step::Binds, "/x", Some(libc::ENOENT))
                );
            }
            other => panic!("{other:?}"),
        }
    }
}
