//! A pipe through which a launcher reports to the harness: `--timeline FD` and `--stats FD`.
//!
//! 1. Both ends are made close-on-exec, as every descriptor should be.
//! 2. Right before the launcher is spawned, the writing end loses that flag, so that it survives the exec. The harness
//!    spawns from one thread: nothing else can inherit it in between. This needs no code between fork and exec, so that
//!    `std::process::Command` may use `posix_spawn`, which doesn't copy the harness's page tables.
//! 3. Right after the spawn the harness closes its copy of the writing end: end-of-file then means that the launcher and
//!    everything it started have closed theirs.
//!
//! The reading end never blocks: a pipe takes 64 KiB before its writer has to wait, more than a launcher reports.
//!
//! Read next: `pipe(7)`, `fcntl(2)`, `instance.rs`.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};

use nix::fcntl::{FcntlArg, FdFlag, OFlag, fcntl};
use nix::unistd::pipe2;

/// One reporting pipe of one instance.
#[derive(Debug)]
pub struct Channel {
    /// The harness's end, non-blocking.
    reader: File,
    /// The launcher's end; `None` once the launcher has been spawned.
    writer: Option<OwnedFd>,
    /// All bytes that have arrived so far.
    arrived: Vec<u8>,
}

impl Channel {
    /// Makes the pipe.
    ///
    /// # Errors
    /// When the process has too many open files.
    pub fn open() -> io::Result<Self> {
        let (reader, writer) = pipe2(OFlag::O_CLOEXEC)?;
        // A pipe's ends have status flags of their own: the launcher's end stays blocking.
        make_nonblocking(&reader)?;
        Ok(Self {
            reader: reader.into(),
            writer: Some(writer),
            arrived: Vec::new(),
        })
    }

    /// The number under which the launcher will find its end.
    #[must_use]
    pub fn launcher_fd(&self) -> Option<RawFd> {
        self.writer.as_ref().map(AsRawFd::as_raw_fd)
    }

    pub(crate) fn let_inherit(&self) -> io::Result<()> {
        if let Some(writer) = &self.writer {
            fcntl(writer, FcntlArg::F_SETFD(FdFlag::empty()))?;
        }
        Ok(())
    }

    pub(crate) fn close_writer(&mut self) {
        self.writer = None;
    }

    /// Everything that the launcher has reported up to now.
    ///
    /// # Errors
    /// When reading fails for another reason than that nothing is there.
    pub fn text_so_far(&mut self) -> io::Result<String> {
        read_available(&mut self.reader, &mut self.arrived, usize::MAX)?;
        Ok(String::from_utf8_lossy(&self.arrived).into_owned())
    }
}

/// Makes reads from `fd` return at once.
pub(crate) fn make_nonblocking(fd: &impl std::os::fd::AsFd) -> io::Result<()> {
    fcntl(fd, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
    Ok(())
}

/// Appends what can be read without waiting, up to about `most` bytes. Returns false at end-of-file.
pub(crate) fn read_available(
    from: &mut impl Read,
    to: &mut Vec<u8>,
    most: usize,
) -> io::Result<bool> {
    let mut buffer = [0; 65_536];
    let mut taken = 0;
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok(false),
            Ok(count) => {
                to.extend_from_slice(&buffer[..count]);
                taken += count;
                if taken >= most {
                    return Ok(true);
                }
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(true),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn a_child_writes_to_the_number_it_was_given_and_the_text_arrives() {
        let mut channel = Channel::open().unwrap();
        let fd = channel.launcher_fd().unwrap();
        channel.let_inherit().unwrap();
        // A shell need not know numbers of more than one digit, and how many are taken depends on the tests beside this one.
        let mut child = Command::new("sh")
            .args(["-c", &format!("echo hello >/proc/self/fd/{fd}")])
            .spawn()
            .unwrap();
        channel.close_writer();
        child.wait().unwrap();
        assert_eq!(channel.text_so_far().unwrap(), "hello\n");
        assert_eq!(channel.launcher_fd(), None);
    }

    #[test]
    fn reading_an_empty_channel_does_not_wait() {
        assert_eq!(Channel::open().unwrap().text_so_far().unwrap(), "");
    }
}
