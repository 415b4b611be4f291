use super::*;
use crate::elf::tests::valid;
use crate::layout::MIN_RAM_BYTES;
use proptest::prelude::*;
use std::io::Write;

fn program(bytes: &[u8]) -> Result<Program, ProgramError> {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    Program::new(file)
}

fn put(file: &mut [u8], at: usize, value: u64) {
    file[at..at + 8].copy_from_slice(&value.to_le_bytes());
}

fn load(bytes: &[u8], ram_bytes: u64) -> (Ram, Result<Loaded, Error>) {
    let ram = Ram::new(ram_bytes).unwrap();
    let loaded = program(bytes).unwrap().load(&ram, Path::new("test"));
    (ram, loaded)
}

#[test]
fn a_program_lies_where_it_was_linked_with_zeros_after_it() {
    let mut file = valid();
    file[4095] = 0xaa;
    put(&mut file, 104, 3 * 4096);
    let (ram, loaded) = load(&file, 16 << 20);
    let loaded = loaded.unwrap();
    assert_eq!(loaded.entry.0, 0x40_0100);
    assert_eq!(loaded.program_headers.0, 0x40_0040);
    assert_eq!(loaded.heap_start, 0x40_3000);
    assert_eq!(
        ram.memory()
            .read_obj::<u8>(GuestAddress(0x40_0fff))
            .unwrap(),
        0xaa
    );
    assert_eq!(
        ram.memory()
            .read_obj::<u8>(GuestAddress(0x40_1000))
            .unwrap(),
        0
    );
}

#[test]
fn what_the_file_has_after_a_segment_is_not_in_its_bss() {
    let mut file = valid();
    file[2048..].fill(0xaa);
    put(&mut file, 96, 2048);
    let (ram, loaded) = load(&file, 16 << 20);
    loaded.unwrap();
    assert_eq!(
        ram.memory()
            .read_obj::<u64>(GuestAddress(0x40_0800))
            .unwrap(),
        0
    );
    let code: u32 = ram.memory().read_obj(GuestAddress(0x40_0000)).unwrap();
    assert_eq!(code.to_le_bytes(), *b"\x7fELF");
}

#[test]
fn a_segment_out_of_step_with_its_file_is_copied() {
    let mut file = valid();
    put(&mut file, 80, 0x40_0010);
    let (ram, loaded) = load(&file, 16 << 20);
    loaded.unwrap();
    let code: u32 = ram.memory().read_obj(GuestAddress(0x40_0010)).unwrap();
    assert_eq!(code.to_le_bytes(), *b"\x7fELF");
}

#[test]
fn a_position_independent_program_is_moved() {
    let mut file = valid();
    file[16] = 3;
    put(&mut file, 24, 0x100);
    put(&mut file, 80, 0);
    let (_ram, loaded) = load(&file, 16 << 20);
    assert_eq!(loaded.unwrap().entry.0, PROGRAM_ADDR + 0x100);
}

#[test]
fn the_kernel_s_addresses_are_not_for_programs() {
    let mut file = valid();
    put(&mut file, 24, 0x10_0100);
    put(&mut file, 80, 0x10_0000);
    assert!(matches!(program(&file), Err(ProgramError::Place { .. })));
}

#[test]
fn too_little_memory_says_how_much_is_needed() {
    let mut file = valid();
    put(&mut file, 104, 64 << 20);
    let (_ram, loaded) = load(&file, MIN_RAM_BYTES);
    let Err(Error::TooLittleMemory { needed, .. }) = loaded else {
        panic!("{loaded:?}")
    };
    let (_ram, loaded) = load(&file, needed);
    assert!(loaded.is_ok());
}

proptest! {
    #[test]
    fn a_damaged_file_is_loaded_inside_of_ram_or_refused(
        damage in proptest::collection::vec((0usize..128, any::<u8>()), 1..8)
    ) {
        let mut file = valid();
        for (at, byte) in damage {
            file[at] = byte;
        }
        if let Ok(program) = program(&file) {
            let ram = Ram::new(16 << 20).unwrap();
            if let Ok(loaded) = program.load(&ram, Path::new("test")) {
                prop_assert!(loaded.heap_start < ram.bytes());
                prop_assert!(loaded.entry.0 >= PROGRAM_ADDR && loaded.entry.0 < loaded.heap_start);
            }
        }
    }
}
