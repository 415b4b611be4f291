//! What the guest kernel can ask of the VMM: write, read, sleep, end. Everything that a program does beyond its own memory and
//! disk comes through here: five operations on three descriptors are all the host that a guest can reach.
//!
//! The request is a block in guest memory ([`HostCall`]). It is copied out first, and checked then, so that the guest can't
//! change it in between; its buffer is looked up in guest RAM, and the kernel reads or writes it in place: one exit and one
//! system call for any number of bytes.
//!
//! Read next: guest-kernel's `machine.rs` for the other end.

use std::io::{self, ErrorKind};
use std::os::fd::{AsFd, BorrowedFd};

use guest_abi::{HOST_CALL_ADDR, HostCall, host_call};
use vm_memory::{
    Bytes, GuestAddress, GuestMemoryBackend, GuestMemoryMmap, ReadVolatile, VolatileMemoryError,
    VolatileSlice, WriteVolatile,
};

use crate::exits::Ending;
use crate::sys::{self, Shared};

/// The longest transfer of one system call (read(2): MAX_RW_COUNT, almost 2 GiB).
const MAX_TRANSFER_BYTES: u64 = 0x7fff_f000;
/// No clock gets there; more would not fit the kernel's type.
const MAX_DEADLINE_NS: u64 = i64::MAX as u64;

/// Serves the block; `Some` if the guest has ended.
pub fn serve(memory: &GuestMemoryMmap) -> Option<Ending> {
    let block = GuestAddress(HOST_CALL_ADDR);
    let Ok(Shared(mut call)) = memory.read_obj::<Shared<HostCall>>(block) else {
        return Some(Ending::Broken(
            "the host call block isn't in guest memory".to_owned(),
        ));
    };
    let result = match call.operation {
        host_call::EXIT => return Some(Ending::Exited((call.length & 0xff) as u8)),
        host_call::KILLED => return Some(Ending::Killed((call.length & 0x7f) as u8)),
        host_call::WRITE => write(memory, &call),
        host_call::READ => read(memory, &call),
        host_call::SLEEP_UNTIL => {
            let slept = sys::sleep_until(call.address.min(MAX_DEADLINE_NS));
            slept.map(|()| 0)
        }
        _ => Err(io::Error::from_raw_os_error(libc::ENOSYS)),
    };
    call.result = match result {
        Ok(count) => count as i64,
        Err(error) => -i64::from(error.raw_os_error().unwrap_or(libc::EIO)),
    };
    match memory.write_obj(Shared(call), block) {
        Ok(()) => None,
        Err(_) => Some(Ending::Broken(
            "the host call block isn't in guest memory".to_owned(),
        )),
    }
}

fn write(memory: &GuestMemoryMmap, call: &HostCall) -> io::Result<usize> {
    let (stdout, stderr) = (io::stdout(), io::stderr());
    let mut fd = match call.fd {
        1 => stdout.as_fd(),
        2 => stderr.as_fd(),
        _ => return Err(io::Error::from_raw_os_error(libc::EBADF)),
    };
    transfer(memory, call, |buffer| fd.write_volatile(buffer))
}

fn read(memory: &GuestMemoryMmap, call: &HostCall) -> io::Result<usize> {
    if call.fd != 0 {
        return Err(io::Error::from_raw_os_error(libc::EBADF));
    }
    let stdin = io::stdin();
    let mut fd: BorrowedFd<'_> = stdin.as_fd();
    transfer(memory, call, |buffer| fd.read_volatile(buffer))
}

/// One system call on the call's buffer. A signal is repeated here only if it wasn't the alarm: that ends the VM.
fn transfer(
    memory: &GuestMemoryMmap,
    call: &HostCall,
    mut system_call: impl FnMut(&mut VolatileSlice<'_>) -> Result<usize, VolatileMemoryError>,
) -> io::Result<usize> {
    let length = call.length.min(MAX_TRANSFER_BYTES) as usize;
    if length == 0 {
        return Ok(0);
    }
    let mut buffer = memory
        .get_slice(GuestAddress(call.address), length)
        .map_err(|_| io::Error::from_raw_os_error(libc::EFAULT))?;
    loop {
        match system_call(&mut buffer) {
            Ok(count) => return Ok(count),
            Err(VolatileMemoryError::IOError(error)) if error.kind() == ErrorKind::Interrupted => {
                if sys::alarm_has_rung() {
                    return Err(error);
                }
            }
            Err(VolatileMemoryError::IOError(error)) => return Err(error),
            Err(_) => return Err(io::Error::from_raw_os_error(libc::EFAULT)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::MIN_RAM_BYTES;
    use crate::ram::Ram;

    fn served(call: HostCall) -> (Option<Ending>, i64) {
        let ram = Ram::new(MIN_RAM_BYTES).unwrap();
        let block = GuestAddress(HOST_CALL_ADDR);
        ram.memory().write_obj(Shared(call), block).unwrap();
        let ending = serve(ram.memory());
        let Shared(after) = ram.memory().read_obj::<Shared<HostCall>>(block).unwrap();
        (ending, after.result)
    }

    #[test]
    fn only_the_three_standard_descriptors_are_there() {
        for (operation, fd) in [
            (host_call::WRITE, 0),
            (host_call::WRITE, 3),
            (host_call::READ, 1),
        ] {
            let call = HostCall {
                operation,
                fd,
                address: 0x20_0000,
                length: 1,
                result: 0,
            };
            assert_eq!(served(call), (None, -i64::from(libc::EBADF)));
        }
    }

    #[test]
    fn a_buffer_outside_of_ram_is_refused() {
        for (address, length) in [
            (MIN_RAM_BYTES - 1, 2),
            (MIN_RAM_BYTES, 1),
            (u64::MAX, 1),
            (0x20_0000, u64::MAX),
            (u64::MAX - 4, u64::MAX),
        ] {
            let call = HostCall {
                operation: host_call::WRITE,
                fd: 2,
                address,
                length,
                result: 0,
            };
            assert_eq!(
                served(call),
                (None, -i64::from(libc::EFAULT)),
                "{address:#x}"
            );
        }
    }

    #[test]
    fn the_guest_ends_with_a_code_of_eight_bits() {
        let call = HostCall {
            operation: host_call::EXIT,
            length: 0x1_0007,
            ..HostCall::default()
        };
        assert_eq!(served(call).0, Some(Ending::Exited(7)));
        let killed = HostCall {
            operation: host_call::KILLED,
            length: 6,
            ..HostCall::default()
        };
        assert_eq!(served(killed).0, Some(Ending::Killed(6)));
    }

    #[test]
    fn an_unknown_operation_is_answered() {
        let call = HostCall {
            operation: 99,
            ..HostCall::default()
        };
        assert_eq!(served(call), (None, -i64::from(libc::ENOSYS)));
    }

    #[test]
    fn a_deadline_in_the_past_doesn_t_wait() {
        let call = HostCall {
            operation: host_call::SLEEP_UNTIL,
            address: 1,
            ..HostCall::default()
        };
        assert_eq!(served(call), (None, 0));
    }
}
