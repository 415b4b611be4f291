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

/// What the processor, or a hypervisor in its place, says of itself: eax, ebx, ecx, edx.
pub fn cpuid(leaf: u32, subleaf: u32) -> [u32; 4] {
    #[allow(unused_unsafe, reason = "compilers since 1.94 know that it is safe")]
    // SAFETY: every 64-bit processor has the instruction, and it changes nothing but these registers.
    let answer = unsafe { std::arch::x86_64::__cpuid_count(leaf, subleaf) };
    [answer.eax, answer.ebx, answer.ecx, answer.edx]
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

    /// The same as words of 64 bits.
    pub fn words(&mut self) -> &mut [u64] {
        // SAFETY: the start is aligned to much more than a word, and every bit pattern is one.
        let (_, words, _) = unsafe { self.bytes().align_to_mut() };
        words
    }
}

/// getppid(2): into the kernel and back. The value differs between runs; what is returned doesn't.
pub fn null_call() -> u64 {
    // SAFETY: no arguments, and it can't fail. Called by number: a C library could answer from memory.
    unsafe { libc::syscall(libc::SYS_getppid) };
    0
}

const PAGE_BYTES: usize = 4096;

fn mapped(
    length: usize,
    protection: libc::c_int,
    flags: libc::c_int,
    fd: libc::c_int,
    offset: u64,
) -> io::Result<*mut u8> {
    let offset = libc::off_t::try_from(offset).map_err(|_| io::ErrorKind::InvalidInput)?;
    // SAFETY: a new mapping at an address of the kernel's choice touches nobody's memory.
    let start = unsafe { libc::mmap(std::ptr::null_mut(), length, protection, flags, fd, offset) };
    if start == libc::MAP_FAILED {
        return Err(io::Error::last_os_error());
    }
    Ok(start.cast())
}

/// Pages that nobody has touched, of 4 KiB each where the kernel has a say in it. Mapped to the end of the process.
#[derive(Debug)]
pub struct FreshPages {
    next: *mut u8,
    left: u64,
}

impl FreshPages {
    /// Maps so many, and touches none.
    pub fn map(pages: u64) -> io::Result<Self> {
        let length = usize::try_from(pages)
            .ok()
            .and_then(|pages| pages.checked_mul(PAGE_BYTES))
            .ok_or(io::ErrorKind::OutOfMemory)?;
        let next = mapped(
            length,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
            -1,
            0,
        )?;
        // SAFETY: the mapping just made; the advice changes no contents. A kernel that has only small pages refuses.
        unsafe { libc::madvise(next.cast(), length, libc::MADV_NOHUGEPAGE) };
        Ok(Self { next, left: pages })
    }

    /// Writes to the next page, if there is one.
    pub fn touch_next(&mut self) -> u64 {
        if self.left > 0 {
            // SAFETY: inside the mapping, of which `left` pages from `next` on are not used yet.
            unsafe {
                self.next.write_volatile(1);
                self.next = self.next.add(PAGE_BYTES);
            }
            self.left -= 1;
        }
        0
    }
}

/// An I/O port that this process may use.
#[derive(Debug)]
pub struct IoPort(u16);

impl IoPort {
    /// Asks the kernel for it. Only for ports that do no harm: on a real machine there may be something behind one.
    pub fn ask_for(port: u16) -> io::Result<Self> {
        // SAFETY: takes and gives only numbers.
        check(unsafe { libc::ioperm(port.into(), 1, 1) } as isize)?;
        Ok(Self(port))
    }

    /// `out`: in a VM an exit.
    pub fn write(&mut self, value: u32) {
        // SAFETY: the kernel has allowed the port. What it does is up to what is behind it; memory isn't touched.
        unsafe {
            std::arch::asm!("out dx, al", in("dx") self.0, in("eax") value, options(nostack, nomem, preserves_flags));
        }
    }
}

/// A page of the machine's bus, mapped to the end of the process.
#[derive(Debug)]
pub struct MappedPage(*const u32);

impl MappedPage {
    /// Maps the page at this physical address, for reading.
    pub fn of_bus(address: u64) -> io::Result<Self> {
        let memory = std::fs::File::open("/dev/mem")?;
        let fd = std::os::fd::AsRawFd::as_raw_fd(&memory);
        let page = mapped(PAGE_BYTES, libc::PROT_READ, libc::MAP_SHARED, fd, address)?;
        Ok(Self(page.cast()))
    }

    /// Reads its first word: where there is no memory, in a VM an exit.
    pub fn read(&self) -> u32 {
        let value;
        // SAFETY: the page is mapped. The one form of `mov` that every VMM can decode.
        unsafe {
            std::arch::asm!("mov {value:e}, [{address}]", address = in(reg) self.0, value = out(reg) value,
                options(nostack, readonly, preserves_flags));
        }
        value
    }
}

/// Which side of a fork this is.
#[derive(Debug)]
pub enum Forked {
    /// The new process.
    Child,
    /// The old one, and the new one's id.
    Parent(libc::pid_t),
}

/// fork(2).
pub fn fork() -> io::Result<Forked> {
    // SAFETY: this program has one thread, so the child may do whatever the parent may.
    match check(unsafe { libc::fork() } as isize)? {
        0 => Ok(Forked::Child),
        child => Ok(Forked::Parent(child as libc::pid_t)),
    }
}

/// Asks to be killed when the parent ends (prctl(2)).
pub fn die_with_parent() {
    // SAFETY: takes and gives only numbers.
    unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
}

/// Kills a child and waits for its end.
pub fn end_child(child: libc::pid_t) {
    // SAFETY: the first takes only numbers, and no status is asked for of the second. The child was not waited for before,
    // so its number is still its own.
    unsafe {
        libc::kill(child, libc::SIGKILL);
        libc::waitpid(child, std::ptr::null_mut(), 0);
    }
}

/// _exit(2): nothing of the parent's is flushed or closed twice.
pub fn exit_at_once(code: i32) -> ! {
    // SAFETY: takes only a number and doesn't return.
    unsafe { libc::_exit(code) }
}

/// Writes to address 8, which is mapped nowhere.
pub fn write_through_null() {
    // SAFETY: no memory of this program lies there: the CPU refuses, and the program is ended. An instruction of its own,
    // because the compiler may assume of its own writes that they go somewhere.
    unsafe { std::arch::asm!("mov byte ptr [{at}], 1", at = in(reg) 8_u64) };
}

/// Overwrites the tables by which the tiny guest finds any memory, and uses memory.
pub fn overwrite_page_tables() {
    // SAFETY: no memory of this program lies at 128 KiB. In a process the first write ends it. In the tiny guest the page
    // tables lie there: the kernel can't even report what follows, and this function doesn't return.
    unsafe {
        std::arch::asm!(
            "rep stosb",
            // Another 2 MiB at each step: some of them the CPU must look up.
            "2: mov byte ptr [rsi], 1",
            "add rsi, 0x200000",
            "cmp rsi, 0x1000000",
            "jb 2b",
            inout("rdi") 0x2_0000_u64 => _,
            inout("rcx") 0x7000_u64 => _,
            inout("rsi") 0x40_0000_u64 => _,
            in("al") 0xff_u8,
        );
    }
}
