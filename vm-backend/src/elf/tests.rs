use super::*;
use proptest::prelude::*;
use std::io::Write;

/// A small program: one segment of code at 0x40_0000, 4 KiB in file and memory.
pub fn valid() -> Vec<u8> {
    let mut file = vec![0; 4096];
    let mut put = |at: usize, bytes: &[u8]| file[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, b"\x7fELF\x02\x01\x01");
    put(16, &ET_EXEC.to_le_bytes());
    put(18, &EM_X86_64.to_le_bytes());
    put(24, &0x40_0100u64.to_le_bytes());
    put(32, &64u64.to_le_bytes());
    put(54, &56u16.to_le_bytes());
    put(56, &1u16.to_le_bytes());
    put(64, &PT_LOAD.to_le_bytes());
    put(68, &(PF_X | 4).to_le_bytes());
    put(72, &0u64.to_le_bytes());
    put(80, &0x40_0000u64.to_le_bytes());
    put(96, &4096u64.to_le_bytes());
    put(104, &4096u64.to_le_bytes());
    file
}

fn read(bytes: &[u8]) -> Result<Headers, ProgramError> {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    read_headers(&file, bytes.len() as u64)
}

/// The small program with some bytes replaced.
fn damaged(at: usize, bytes: &[u8]) -> Result<Headers, ProgramError> {
    let mut file = valid();
    file[at..at + bytes.len()].copy_from_slice(bytes);
    read(&file)
}

#[test]
fn a_program_is_its_segments_and_its_entry() {
    let headers = read(&valid()).unwrap();
    assert_eq!(headers.entry, 0x40_0100);
    assert!(!headers.position_independent);
    let [segment] = headers.segments[..] else {
        panic!("{headers:?}")
    };
    assert_eq!((segment.address, segment.memory_bytes), (0x40_0000, 4096));
    assert!(segment.executable && !segment.writable);
}

#[test]
fn what_is_no_program_is_said_to_be_what_it_is() {
    assert!(matches!(read(b""), Err(ProgramError::NotElf)));
    assert!(matches!(read(b"#!/bin/sh\n"), Err(ProgramError::NotElf)));
    // 32 bit; big-endian; ARM; an object file.
    for (at, byte) in [(4, 1), (5, 2), (18, 183)] {
        assert!(matches!(
            damaged(at, &[byte]),
            Err(ProgramError::OtherMachine)
        ));
    }
    assert!(matches!(damaged(16, &[1]), Err(ProgramError::NotAProgram)));
    assert!(matches!(damaged(64, &[3]), Err(ProgramError::Dynamic)));
}

#[test]
fn headers_that_contradict_themselves_are_refused() {
    let huge = u64::MAX.to_le_bytes();
    for (at, bytes) in [
        (32, &huge[..]),                   // program headers outside of the file
        (32, &4090u64.to_le_bytes()),      // and across its end
        (54, &[55, 0]),                    // of a wrong size
        (56, &[0, 0]),                     // none
        (56, &[0xff, 0xff]),               // too many
        (72, &huge),                       // segment outside of the file
        (72, &1u64.to_le_bytes()),         // and across its end
        (80, &huge),                       // outside of memory
        (96, &huge),                       // larger than the file
        (104, &0u64.to_le_bytes()),        // larger in the file than in memory
        (24, &0x50_0000u64.to_le_bytes()), // entry outside
        (68, &[4]),                        // nothing is executable
    ] {
        let result = damaged(at, bytes);
        assert!(
            matches!(result, Err(ProgramError::Malformed(_))),
            "{at} {bytes:?}: {result:?}"
        );
    }
}

#[test]
fn a_file_that_was_cut_short_is_refused_at_every_length() {
    let file = valid();
    for length in 0..file.len() {
        assert!(read(&file[..length]).is_err(), "{length}");
    }
}

proptest! {
    #[test]
    fn any_damage_gives_an_error_or_segments_inside_of_the_file(
        damage in proptest::collection::vec((0usize..256, any::<u8>()), 1..12)
    ) {
        let mut file = valid();
        for (at, byte) in damage {
            file[at] = byte;
        }
        if let Ok(headers) = read(&file) {
            for segment in &headers.segments {
                prop_assert!(segment.offset + segment.file_bytes <= file.len() as u64);
                prop_assert!(segment.address.checked_add(segment.memory_bytes).is_some());
            }
        }
    }
}
