//! System calls for which std has no function.

use std::ffi::CString;
use std::io;

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
pub fn init_module(contents: &[u8]) -> io::Result<()> {
    // SAFETY: the contents and the empty parameters live until the call returns.
    let result = unsafe {
        libc::syscall(
            libc::SYS_init_module,
            contents.as_ptr(),
            contents.len(),
            c"".as_ptr(),
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
