//! The system calls that the standard library doesn't offer in the form needed here. The only module with `unsafe`.

use std::io;

fn check(result: isize) -> io::Result<usize> {
    usize::try_from(result).map_err(|_| io::Error::last_os_error())
}

/// write(2) to standard output, without a buffer.
pub fn write_stdout(bytes: &[u8]) -> io::Result<usize> {
    // SAFETY: the kernel reads `bytes.len()` bytes at `bytes`, which the borrow keeps alive during the call.
    check(unsafe { libc::write(libc::STDOUT_FILENO, bytes.as_ptr().cast(), bytes.len()) })
}

/// read(2) from standard input, without a buffer; 0 is the end of the input.
pub fn read_stdin(bytes: &mut [u8]) -> io::Result<usize> {
    // SAFETY: the kernel writes at most `bytes.len()` bytes at `bytes`, exclusively borrowed during the call.
    check(unsafe { libc::read(libc::STDIN_FILENO, bytes.as_mut_ptr().cast(), bytes.len()) })
}

/// CLOCK_MONOTONIC in nanoseconds.
pub fn monotonic_ns() -> u64 {
    let mut now = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `now` is a valid timespec, exclusively borrowed during the call. CLOCK_MONOTONIC always exists.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut now) };
    now.tv_sec as u64 * 1_000_000_000 + now.tv_nsec as u64
}

/// uname(2): system name, node name, release, version, machine.
pub fn uname() -> io::Result<[String; 5]> {
    // SAFETY: utsname is arrays of integers, for which all zeros is a value.
    let mut names: libc::utsname = unsafe { std::mem::zeroed() };
    // SAFETY: `names` is exclusively borrowed during the call.
    check(unsafe { libc::uname(&raw mut names) } as isize)?;
    let text = |field: &[libc::c_char]| {
        let bytes: Vec<u8> = field
            .iter()
            .map(|&byte| byte as u8)
            .take_while(|&byte| byte != 0)
            .collect();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    Ok([
        text(&names.sysname),
        text(&names.nodename),
        text(&names.release),
        text(&names.version),
        text(&names.machine),
    ])
}

/// How many CPUs this process may run on (sched_getaffinity(2)).
pub fn usable_cpus() -> io::Result<u32> {
    let mut mask = [0u64; 128];
    let size = size_of_val(&mask);
    // SAFETY: the kernel writes at most `size` bytes at `mask`, exclusively borrowed during the call.
    let result = unsafe { libc::syscall(libc::SYS_sched_getaffinity, 0, size, mask.as_mut_ptr()) };
    check(result as isize)?;
    Ok(mask.iter().map(|word| word.count_ones()).sum())
}

/// Total memory in bytes, as the kernel tells it (sysinfo(2)).
pub fn total_memory_bytes() -> io::Result<u64> {
    // SAFETY: sysinfo is integers, for which all zeros is a value.
    let mut info: libc::sysinfo = unsafe { std::mem::zeroed() };
    // SAFETY: `info` is exclusively borrowed during the call.
    check(unsafe { libc::sysinfo(&raw mut info) } as isize)?;
    Ok(info.totalram * u64::from(info.mem_unit))
}

/// The effective user and group id.
pub fn user_and_group() -> (u32, u32) {
    // SAFETY: these calls have no arguments and can't fail.
    unsafe { (libc::geteuid(), libc::getegid()) }
}

/// Memory in a huge page, if the kernel has one to give.
///
/// O_DIRECT wants a page boundary. A huge page matters because storage moves contiguous memory in one piece: 1 MiB in 4 KiB
/// pages takes more than twice as long. The memory of a VM usually lies in huge pages, so a buffer that doesn't would make
/// the VM faster than the machine it runs on.
#[derive(Debug)]
pub struct AlignedBuffer {
    memory: Vec<u8>,
    start: usize,
    length: usize,
}

impl AlignedBuffer {
    const ALIGNMENT: usize = 2 << 20;

    /// Allocates `length` zero bytes.
    pub fn new(length: usize) -> Self {
        let whole = length.next_multiple_of(Self::ALIGNMENT);
        // Zeros come from the kernel: what is not used is never touched, and no page is there before the advice.
        let mut memory = vec![0; whole + Self::ALIGNMENT];
        let start = memory.as_ptr().align_offset(Self::ALIGNMENT);
        let aligned = memory[start..].as_mut_ptr();
        // SAFETY: the range lies in `memory`, and the advice doesn't change what is read there. A kernel without huge
        // pages refuses, and then the pages are small.
        unsafe { libc::madvise(aligned.cast(), whole, libc::MADV_HUGEPAGE) };
        Self {
            memory,
            start,
            length,
        }
    }

    /// The aligned part.
    pub fn bytes(&mut self) -> &mut [u8] {
        &mut self.memory[self.start..self.start + self.length]
    }
}
