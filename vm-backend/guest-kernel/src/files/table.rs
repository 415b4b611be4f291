//! Descriptors and open files: two tables, as in every Unix.
//!
//! 1. A descriptor is a small number of the program's; it names an open file.
//! 2. An open file has what dup(2)ed descriptors share: the offset and the flags. It ends with its last descriptor.
//!
//! Read next: open(2), "Open file descriptions"; dup(2).

use crate::errno::{Errno, Result};

/// Most descriptors, and so most open files: what RLIMIT_NOFILE says.
pub const CAPACITY: usize = 64;

/// What an open file is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// The entry is free.
    #[default]
    Free,
    /// The host's stdin.
    Input,
    /// The host's stdout (1) or stderr (2).
    Output(u8),
    /// The disk.
    Disk,
    /// The bus: only to be mapped.
    Bus,
}

/// An open file.
#[derive(Clone, Copy, Debug)]
pub struct OpenFile {
    /// What it is.
    pub kind: Kind,
    /// Flags of open(2); F_SETFL changes some of them.
    pub flags: i32,
    /// Where read(2) and write(2) continue, in bytes. Streams have none.
    pub offset: u64,
    /// How many descriptors name it.
    descriptors: u16,
}

impl OpenFile {
    const FREE: Self = Self {
        kind: Kind::Free,
        flags: 0,
        offset: 0,
        descriptors: 0,
    };

    /// Whether it was opened for reading.
    pub fn is_readable(&self) -> bool {
        self.flags & libc::O_ACCMODE != libc::O_WRONLY
    }

    /// Whether it was opened for writing.
    pub fn is_writable(&self) -> bool {
        self.flags & libc::O_ACCMODE != libc::O_RDONLY
    }
}

/// What a descriptor number stands for.
#[derive(Clone, Copy, Debug)]
struct Descriptor {
    /// Index of the open file + 1; 0: the number is free.
    file: u8,
    /// FD_CLOEXEC: remembered for F_GETFD; there is no exec.
    close_on_exec: bool,
}

/// Both tables.
#[derive(Debug)]
pub struct Files {
    descriptors: [Descriptor; CAPACITY],
    open: [OpenFile; CAPACITY],
}

impl Files {
    /// No file is open.
    pub const fn before_boot() -> Self {
        Self {
            descriptors: [Descriptor {
                file: 0,
                close_on_exec: false,
            }; CAPACITY],
            open: [OpenFile::FREE; CAPACITY],
        }
    }

    /// Opens what every program starts with.
    pub fn boot(&mut self) {
        let stdio = [
            (Kind::Input, libc::O_RDONLY),
            (Kind::Output(1), libc::O_WRONLY),
            (Kind::Output(2), libc::O_WRONLY),
        ];
        for (index, (kind, flags)) in stdio.into_iter().enumerate() {
            self.open[index] = OpenFile {
                kind,
                flags,
                offset: 0,
                descriptors: 1,
            };
            self.descriptors[index].file = index as u8 + 1;
        }
    }

    fn descriptor(&self, fd: u64) -> Result<usize> {
        // An int: the upper half of the register means nothing.
        let index = fd as u32 as usize;
        match self.descriptors.get(index) {
            Some(descriptor) if descriptor.file != 0 => Ok(index),
            _ => Err(Errno(libc::EBADF)),
        }
    }

    /// The open file that a descriptor names.
    pub fn get(&self, fd: u64) -> Result<&OpenFile> {
        let index = self.descriptor(fd)?;
        Ok(&self.open[usize::from(self.descriptors[index].file) - 1])
    }

    /// The open file that a descriptor names, to be changed.
    pub fn get_mut(&mut self, fd: u64) -> Result<&mut OpenFile> {
        let index = self.descriptor(fd)?;
        Ok(&mut self.open[usize::from(self.descriptors[index].file) - 1])
    }

    fn free_descriptor(&self, lowest: usize) -> Result<usize> {
        (lowest..CAPACITY)
            .find(|index| self.descriptors[*index].file == 0)
            .ok_or(Errno(libc::EMFILE))
    }

    /// Opens a file under the lowest free number.
    pub fn open(&mut self, kind: Kind, flags: i32) -> Result<u64> {
        let number = self.free_descriptor(0)?;
        let index = self
            .open
            .iter()
            .position(|file| file.kind == Kind::Free)
            .ok_or(Errno(libc::ENFILE))?;
        self.open[index] = OpenFile {
            kind,
            flags: flags & !(libc::O_CLOEXEC | libc::O_CREAT | libc::O_EXCL | libc::O_TRUNC),
            offset: 0,
            descriptors: 1,
        };
        self.descriptors[number] = Descriptor {
            file: index as u8 + 1,
            close_on_exec: flags & libc::O_CLOEXEC != 0,
        };
        Ok(number as u64)
    }

    /// Frees a descriptor.
    pub fn close(&mut self, fd: u64) -> Result<()> {
        let index = self.descriptor(fd)?;
        let file = &mut self.open[usize::from(self.descriptors[index].file) - 1];
        file.descriptors -= 1;
        if file.descriptors == 0 {
            *file = OpenFile::FREE;
        }
        self.descriptors[index].file = 0;
        Ok(())
    }

    /// A second descriptor for the same open file: the lowest free number from `lowest` on.
    pub fn duplicate(&mut self, fd: u64, lowest: u64, close_on_exec: bool) -> Result<u64> {
        self.descriptor(fd)?;
        let lowest = usize::try_from(lowest).unwrap_or(CAPACITY);
        if lowest >= CAPACITY {
            return Err(Errno(libc::EINVAL));
        }
        let number = self.free_descriptor(lowest)?;
        self.share(fd, number, close_on_exec)
    }

    /// A second descriptor with a certain number, which is closed first.
    pub fn duplicate_to(&mut self, fd: u64, to: u64, close_on_exec: bool) -> Result<u64> {
        let from = self.descriptor(fd)?;
        let number = to as u32 as usize;
        if number >= CAPACITY {
            return Err(Errno(libc::EBADF));
        }
        if from == number {
            return Ok(to);
        }
        if self.descriptor(to).is_ok() {
            self.close(to)?;
        }
        self.share(fd, number, close_on_exec)
    }

    fn share(&mut self, fd: u64, number: usize, close_on_exec: bool) -> Result<u64> {
        let file = self.descriptors[self.descriptor(fd)?].file;
        self.open[usize::from(file) - 1].descriptors += 1;
        self.descriptors[number] = Descriptor {
            file,
            close_on_exec,
        };
        Ok(number as u64)
    }

    /// FD_CLOEXEC of a descriptor, to be read or changed.
    pub fn close_on_exec(&mut self, fd: u64) -> Result<&mut bool> {
        let index = self.descriptor(fd)?;
        Ok(&mut self.descriptors[index].close_on_exec)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn booted() -> Files {
        let mut files = Files::before_boot();
        files.boot();
        files
    }

    #[test]
    fn the_lowest_free_number_is_taken() {
        let mut files = booted();
        assert_eq!(files.open(Kind::Disk, libc::O_RDWR), Ok(3));
        assert_eq!(files.duplicate(3, 0, false), Ok(4));
        files.close(0).unwrap();
        assert_eq!(files.open(Kind::Disk, libc::O_RDONLY), Ok(0));
        assert_eq!(files.duplicate(3, 10, true), Ok(10));
        assert!(*files.close_on_exec(10).unwrap());
    }

    #[test]
    fn duplicates_share_the_offset_and_the_last_one_closes_the_file() {
        let mut files = booted();
        let first = files.open(Kind::Disk, libc::O_RDWR).unwrap();
        let second = files.duplicate_to(first, 9, false).unwrap();
        files.get_mut(first).unwrap().offset = 512;
        assert_eq!(files.get(second).unwrap().offset, 512);
        files.close(first).unwrap();
        assert_eq!(files.get(second).unwrap().offset, 512);
        assert!(files.get(first).is_err());
        files.close(second).unwrap();
        assert!(files.open.iter().all(|file| file.kind != Kind::Disk));
    }

    #[test]
    fn unknown_numbers_are_refused() {
        let mut files = booted();
        for fd in [3, 63, 64, u64::from(u32::MAX), u64::MAX] {
            assert_eq!(files.close(fd), Err(Errno(libc::EBADF)));
            assert!(files.get(fd).is_err());
        }
        assert_eq!(files.duplicate_to(0, 64, false), Err(Errno(libc::EBADF)));
        assert_eq!(files.duplicate(0, 64, false), Err(Errno(libc::EINVAL)));
    }

    #[test]
    fn the_table_is_full_at_its_capacity() {
        let mut files = booted();
        for _ in 3..CAPACITY {
            files.open(Kind::Disk, libc::O_RDONLY).unwrap();
        }
        assert_eq!(files.open(Kind::Disk, 0), Err(Errno(libc::EMFILE)));
        assert_eq!(files.duplicate(0, 0, false), Err(Errno(libc::EMFILE)));
        assert!(files.duplicate_to(1, 5, false).is_ok());
    }
}
