//! The VMM, as far as tests need one: output is kept, there is no input, time passes, and there is no disk.

use std::cell::RefCell;

use guest_abi::{HOST_CALL_ADDR, HostCall, host_call};

thread_local! {
    static OUTPUT: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
}

/// What has been written since the last time, by write.
pub fn take_output() -> Vec<Vec<u8>> {
    OUTPUT.take()
}

/// Serves the block as the VMM does.
///
/// # Panics
/// When the program ends: with how.
pub fn ring_host() {
    // SAFETY: the test machine has mapped the page, and nobody else uses it while that machine lives.
    let block = unsafe { &mut *(HOST_CALL_ADDR as *mut HostCall) };
    block.result = match block.operation {
        host_call::WRITE => {
            let start = core::ptr::with_exposed_provenance(block.address as usize);
            // SAFETY: the kernel has checked the range.
            let bytes = unsafe { core::slice::from_raw_parts(start, block.length as usize) };
            OUTPUT.with_borrow_mut(|output| output.push(bytes.to_vec()));
            block.length as i64
        }
        host_call::READ | host_call::SLEEP_UNTIL => 0,
        host_call::EXIT => panic!("exit {}", block.length),
        host_call::KILLED => panic!("signal {}", block.length),
        operation => panic!("unknown operation {operation}"),
    };
}

/// Nothing answers at the registers' address.
pub fn read_register(_: u32) -> u32 {
    0
}

/// As above.
pub fn write_register(_: u32, _: u32) {}
