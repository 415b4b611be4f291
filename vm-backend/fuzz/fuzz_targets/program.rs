//! The program's ELF file, as a whole.
#![no_main]

use std::os::unix::fs::FileExt;

use guest::*;
use libfuzzer_sys::fuzz_target;
use vm_backend::elf;
use vm_backend::layout::MIN_RAM_BYTES;
use vm_backend::program::Program;
use vm_backend::ram::Ram;
use vm_backend_fuzz::sys::MemoryFile;
use vm_memory::{Bytes, GuestAddress};

/// What a guest's memory holds.
mod guest {
    pub const PAGE: u64 = 4096;
    /// Everything of ours lies below.
    pub const PROGRAM: u64 = 0x20_0000;
}

fuzz_target!(|contents: &[u8]| {
    let file = MemoryFile::new(contents).unwrap();
    let Ok(program) = Program::open(&file.path()) else {
        return;
    };
    let ram = Ram::new(MIN_RAM_BYTES).unwrap();
    let Ok(loaded) = program.load(&ram, &file.path()) else {
        return;
    };
    assert!((PROGRAM..loaded.heap_start).contains(&loaded.entry.0));
    assert!(loaded.heap_start <= ram.bytes());
    let page = |at: u64| {
        let mut page = [0; PAGE as usize];
        ram.memory()
            .read_slice(&mut page, GuestAddress(at))
            .unwrap();
        page
    };
    for empty in [0, PROGRAM - PAGE, ram.bytes() - PAGE] {
        assert_eq!(page(empty), [0; PAGE as usize], "{empty:#x}");
    }
    let headers = elf::read_headers(&file.0, contents.len() as u64).unwrap();
    let bias = loaded.entry.0 - headers.entry;
    // Of segments that share a page the last one wins, as in Linux.
    let is_alone = headers.segments.is_sorted_by(|one, next| {
        (one.address + one.memory_bytes).next_multiple_of(PAGE) <= next.address / PAGE * PAGE
    });
    for segment in headers.segments.iter().filter(|_| is_alone) {
        let mut expected = vec![0; segment.memory_bytes as usize];
        let (of_file, _) = expected.split_at_mut(segment.file_bytes as usize);
        file.0.read_exact_at(of_file, segment.offset).unwrap();
        let mut found = vec![0xff; expected.len()];
        let start = GuestAddress(segment.address + bias);
        ram.memory().read_slice(&mut found, start).unwrap();
        assert!(found == expected, "{segment:?}");
    }
    let name = program.symbol_at(loaded.entry);
    assert!(name.is_none_or(|name| name.len() < 3 * contents.len() + 20));
});
