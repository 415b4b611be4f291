//! `--control FD`: what can be asked of a machine while it runs. There is one thing: more memory.
//!
//! ```text
//! memory BYTES                 RAM shall end there
//! memory BYTES ok              now it does
//! memory BYTES error: REASON   it stays as it was
//! ```
//!
//! A thread waits for a line, beside those that run the guest. How the request is carried out is the guest's affair ([`Resize`]); for
//! Linux see `linux/growth.rs`. For the tiny guest:
//!
//! RAM of `--memory-max` is set aside from the start, in this process and in the guest's page tables; both cost nothing as long
//! as nobody touches it. What is missing is the *slot*: without one the guest's addresses lead nowhere.
//!
//! 1. It adds a slot (KVM_SET_USER_MEMORY_REGION): from now on there is memory at these addresses. KVM lets all CPUs leave the
//!    old table of slots first, which takes it milliseconds; the guest runs on meanwhile.
//! 2. It writes the new end of RAM where the guest's kernel looks when it has none left ([`guest_abi::Growth`]). So there is
//!    no interrupt, and no time is lost by a guest that needs no more.
//!
//! The thread has started when the process gives up its rights, and for the tiny guest needs one of them more: that ioctl. Without
//! `--control` there is neither thread nor right.
//!
//! Simplified: the tiny guest's memory can't be taken back. Linux could also be told of new memory, by ACPI or virtio-mem.
//!
//! Read next: `ram.rs`, `linux/growth.rs`; the guest kernel's `memory/address_space.rs`; api.rst, 4.35.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::sync::{Arc, Barrier};

use guest_abi::{GROWTH_ADDR, Growth, LARGE_PAGE_SIZE};
use kvm_ioctls::VmFd;
use vm_memory::{Bytes, GuestAddress};

use crate::Error;
use crate::ram::Ram;
use crate::sys;

/// A machine whose memory can be changed while it runs.
pub trait Resize {
    /// Lets RAM end there, and returns when it does.
    ///
    /// # Errors
    /// With the reason why it stays as it was.
    fn resize(&mut self, bytes: u64) -> Result<(), String>;
}

/// Serves requests until the process ends or nobody is left to ask.
///
/// # Errors
/// When there can be no thread.
pub fn start(channel: File, mut machine: impl Resize + Send + 'static) -> Result<(), Error> {
    let answers = channel
        .try_clone()
        .map_err(Error::process("a second handle of --control"))?;
    let is_there = Arc::new(Barrier::new(2));
    let serve = {
        let is_there = Arc::clone(&is_there);
        move || {
            // The alarm of --timeout is for the thread that runs the guest.
            let blocked = sys::block_alarm();
            is_there.wait();
            blocked.and_then(|()| serve(&mut machine, BufReader::new(channel), answers))
        }
    };
    std::thread::Builder::new()
        .name("control".to_owned())
        .spawn(serve)
        .map_err(Error::process("starting the thread of --control"))?;
    // Its start takes calls that this process is about to give up.
    is_there.wait();
    Ok(())
}

fn serve(
    machine: &mut impl Resize,
    requests: impl BufRead,
    mut answers: impl Write,
) -> io::Result<()> {
    for line in requests.lines() {
        let line = line?;
        let resized = asked_bytes(&line).and_then(|bytes| machine.resize(bytes));
        let answer = match resized {
            Ok(()) => "ok".to_owned(),
            Err(reason) => format!("error: {reason}"),
        };
        writeln!(answers, "{line} {answer}")?;
    }
    Ok(())
}

fn asked_bytes(request: &str) -> Result<u64, String> {
    let bytes = request.strip_prefix("memory ");
    let bytes = bytes.and_then(|bytes| bytes.parse().ok());
    bytes.ok_or_else(|| "a request is `memory BYTES`".to_owned())
}

/// Adds memory to a machine with the tiny guest.
#[derive(Debug)]
pub struct Grower {
    vm: VmFd,
    ram: Arc<Ram>,
    /// Where RAM ends now.
    end: u64,
    /// The next slot: 0 is the memory that was there from the start.
    slot: u32,
}

impl Grower {
    /// For a machine that has the memory with which it began.
    #[must_use]
    pub fn new(vm: VmFd, ram: Arc<Ram>) -> Self {
        Self {
            end: ram.bytes(),
            slot: 1,
            vm,
            ram,
        }
    }
}

impl Resize for Grower {
    fn resize(&mut self, bytes: u64) -> Result<(), String> {
        if !bytes.is_multiple_of(LARGE_PAGE_SIZE) || bytes <= self.end {
            return Err(format!(
                "RAM ends at {} and grows in steps of {LARGE_PAGE_SIZE}",
                self.end
            ));
        }
        if bytes > self.ram.most_bytes() {
            return Err(format!("--memory-max is {}", self.ram.most_bytes()));
        }
        self.ram
            .plug_in_more(&self.vm, self.slot, self.end..bytes)
            .map_err(|error| error.to_string())?;
        self.slot += 1;
        self.end = bytes;
        // Last: whoever sees the new end may use what lies below it.
        let growth = sys::Shared(Growth { ram_bytes: bytes });
        self.ram
            .memory()
            .write_obj(growth, GuestAddress(GROWTH_ADDR))
            .map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kvm;
    use crate::layout::MIN_RAM_BYTES;

    const MOST: u64 = MIN_RAM_BYTES + 8 * LARGE_PAGE_SIZE;

    fn grower() -> Option<Grower> {
        let vm = match kvm::open().and_then(|kvm| kvm::create_vm(&kvm)) {
            Ok(vm) => vm,
            Err(error) => {
                println!("SKIP: {error}");
                return None;
            }
        };
        let ram = Ram::with_room(MIN_RAM_BYTES, MOST).unwrap();
        ram.plug_in(&vm).unwrap();
        Some(Grower::new(vm, Arc::new(ram)))
    }

    fn asked(grower: &mut Grower, requests: &str) -> String {
        let mut answers = Vec::new();
        serve(grower, requests.as_bytes(), &mut answers).unwrap();
        String::from_utf8(answers).unwrap()
    }

    #[test]
    fn memory_grows_step_by_step_and_the_guest_s_kernel_can_see_it() {
        let Some(mut grower) = grower() else { return };
        for end in [MIN_RAM_BYTES + LARGE_PAGE_SIZE, MOST] {
            let request = format!("memory {end}");
            assert_eq!(asked(&mut grower, &request), format!("{request} ok\n"));
            let sys::Shared(seen) = grower
                .ram
                .memory()
                .read_obj::<sys::Shared<Growth>>(GuestAddress(GROWTH_ADDR))
                .unwrap();
            assert_eq!(seen.ram_bytes, end);
        }
    }

    #[test]
    fn what_can_t_be_is_answered_with_the_reason_and_changes_nothing() {
        let Some(mut grower) = grower() else { return };
        for (request, reason) in [
            ("memory lots", "a request is"),
            ("cpu 2", "a request is"),
            ("memory 0", "grows in steps"),
            ("memory 12345678", "grows in steps"),
            ("memory 1073741824", "--memory-max is"),
            ("memory 18446744073709551615", "grows in steps"),
        ] {
            let answer = asked(&mut grower, request);
            assert!(
                answer.starts_with(&format!("{request} error: ")) && answer.contains(reason),
                "{answer}"
            );
        }
        assert_eq!((grower.end, grower.slot), (MIN_RAM_BYTES, 1));
    }
}
