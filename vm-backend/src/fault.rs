//! What a guest's fault report says to a reader.

use std::fmt;

use guest_abi::{FAULT_REPORT_ADDR, FaultReport, PROGRAM_ADDR};
use vm_memory::{Bytes, GuestAddress, GuestMemoryMmap};

use crate::kernel_image;
use crate::program::Program;
use crate::sys::Shared;

/// An exception that ended the guest. Everything in it is the guest's word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    vector: u64,
    error_code: u64,
    rip: u64,
    rsp: u64,
    cr2: u64,
    /// The function at `rip`.
    symbol: Option<String>,
}

/// Reads the report, and looks up where it happened.
#[must_use]
pub fn read(memory: &GuestMemoryMmap, program: &Program) -> Option<Fault> {
    let Shared(report) = memory
        .read_obj::<Shared<FaultReport>>(GuestAddress(FAULT_REPORT_ADDR))
        .ok()?;
    let symbol = match report.rip {
        kernel if kernel < PROGRAM_ADDR => kernel_image::symbols()
            .name_at(kernel)
            .map(|name| format!("{name} of the guest kernel")),
        address => program.symbol_at(GuestAddress(address)),
    };
    Some(Fault {
        vector: report.vector,
        error_code: report.error_code,
        rip: report.rip,
        rsp: report.rsp,
        cr2: report.cr2,
        symbol,
    })
}

const PAGE_FAULT: u64 = 14;

impl Fault {
    /// The signal by which Linux would have ended the program (arch/x86/kernel/traps.c).
    #[must_use]
    pub fn signal(&self) -> u8 {
        let signal = match self.vector {
            0 | 16 | 19 => libc::SIGFPE,
            1 | 3 => libc::SIGTRAP,
            6 => libc::SIGILL,
            17 => libc::SIGBUS,
            _ => libc::SIGSEGV,
        };
        signal as u8
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.vector {
            0 => "division error",
            1 => "debug exception",
            3 => "breakpoint",
            6 => "invalid instruction",
            8 => "double fault",
            12 => "stack fault",
            13 => "general protection fault",
            PAGE_FAULT => "page fault",
            16 | 19 => "floating point exception",
            17 => "alignment check",
            _ => "exception",
        };
        write!(
            out,
            "the guest stopped at a {name} (vector {}, error code {:#x}) at rip {:#x}",
            self.vector, self.error_code, self.rip
        )?;
        if let Some(symbol) = &self.symbol {
            write!(out, " in {symbol}")?;
        }
        if self.vector == PAGE_FAULT {
            let access = match self.error_code {
                code if code & 16 != 0 => "executing",
                code if code & 2 != 0 => "writing",
                _ => "reading",
            };
            write!(out, ", {access} address {:#x} (cr2)", self.cr2)?;
        }
        write!(out, ", rsp {:#x}", self.rsp)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_fault_says_what_was_done_where() {
        let fault = Fault {
            vector: 14,
            error_code: 6,
            rip: 0x20_1234,
            rsp: 0x1ff_f000,
            cr2: 0x10,
            symbol: Some("main+0x4".to_owned()),
        };
        assert_eq!(
            fault.to_string(),
            "the guest stopped at a page fault (vector 14, error code 0x6) at rip 0x201234 in main+0x4, writing address \
             0x10 (cr2), rsp 0x1fff000"
        );
        assert_eq!(i32::from(fault.signal()), libc::SIGSEGV);
    }
}
