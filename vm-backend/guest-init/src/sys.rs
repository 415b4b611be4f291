//! System calls for which std has no function.

use std::ffi::CString;
use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;

fn check(result: libc::c_long) -> io::Result<()> {
    match result {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Mounts a file system that needs no device.
pub fn mount(kind: &str, target: &str) -> io::Result<()> {
    let (kind, target) = (CString::new(kind)?, CString::new(target)?);
    // SAFETY: the strings live until the call returns, and no data is passed.
    let result = unsafe {
        libc::mount(
            kind.as_ptr(),
            target.as_ptr(),
            kind.as_ptr(),
            libc::MS_NOSUID,
            std::ptr::null(),
        )
    };
    // The kernel may have mounted /dev itself.
    check(result.into()).or_else(|error| match error.raw_os_error() {
        Some(libc::EBUSY) => Ok(()),
        _ => Err(error),
    })
}

/// Loads a kernel module (init_module(2)).
pub fn init_module(contents: &[u8], parameters: &str) -> io::Result<()> {
    let parameters = CString::new(parameters)?;
    // SAFETY: the contents and the parameters live until the call returns.
    let result = unsafe {
        libc::syscall(
            libc::SYS_init_module,
            contents.as_ptr(),
            contents.len(),
            parameters.as_ptr(),
        )
    };
    // A driver may be in the kernel already.
    check(result).or_else(|error| match error.raw_os_error() {
        Some(libc::EEXIST) => Ok(()),
        _ => Err(error),
    })
}

/// Makes everything written so far durable.
pub fn sync() {
    // SAFETY: takes nothing and can't fail.
    unsafe { libc::sync() };
}

/// Lets every byte through a terminal as it is (cfmakeraw(3)).
pub fn make_raw(terminal: &File) -> io::Result<()> {
    let fd = terminal.as_raw_fd();
    // SAFETY: all fields of the structure are plain numbers.
    let mut modes: libc::termios = unsafe { std::mem::zeroed() };
    // SAFETY: both calls get an open descriptor and a structure that lives until they return.
    unsafe {
        check(libc::tcgetattr(fd, &raw mut modes).into())?;
        libc::cfmakeraw(&raw mut modes);
        check(libc::tcsetattr(fd, libc::TCSANOW, &raw const modes).into())
    }
}

/// Waits until a terminal has sent everything. A port has none to wait for: its writes return when the bytes are out.
pub fn drain(terminal: &File) {
    // SAFETY: gets an open descriptor; fails on what isn't a terminal, and changes nothing then.
    unsafe { libc::tcdrain(terminal.as_raw_fd()) };
}

/// Resets the machine or switches it off; ends the process if the kernel refuses, which then panics and resets.
pub fn end_machine(power_off: bool) -> ! {
    let how = match power_off {
        true => libc::RB_POWER_OFF,
        false => libc::RB_AUTOBOOT,
    };
    // SAFETY: takes only a number.
    unsafe { libc::reboot(how) };
    std::process::exit(1);
}
