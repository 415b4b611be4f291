//! Reads the image as libcs do, from its header on.

use super::*;

fn read<T: Copy>(address: usize) -> T {
    // SAFETY: only addresses within the image are given.
    unsafe { core::ptr::with_exposed_provenance::<T>(address).read_unaligned() }
}

fn name_at(address: usize) -> String {
    (address..)
        .map(read::<u8>)
        .take_while(|byte| *byte != 0)
        .map(char::from)
        .collect()
}

/// The steps of musl's `__vdsosym`: names and addresses of all functions.
fn functions() -> Vec<(String, usize)> {
    let header = (&raw const IMAGE).expose_provenance();
    assert_eq!(read::<[u8; 4]>(header), *b"\x7fELF");
    let segments = header + read::<u64>(header + 32) as usize;
    let (mut base, mut dynamic) = (usize::MAX, 0);
    for index in 0..usize::from(read::<u16>(header + 56)) {
        let segment = segments + index * usize::from(read::<u16>(header + 54));
        let [offset, address] = [8, 16].map(|at| read::<u64>(segment + at) as usize);
        match read::<u32>(segment) {
            1 => base = (header + offset).wrapping_sub(address),
            2 => dynamic = header + offset,
            kind => panic!("segment of kind {kind}"),
        }
    }
    let entry = |wanted: u64| {
        (dynamic..)
            .step_by(16)
            .take_while(|at| read::<u64>(*at) != 0)
            .find(|at| read::<u64>(*at) == wanted)
            .map(|at| base.wrapping_add(read::<u64>(at + 8) as usize))
            .unwrap()
    };
    let (hash, names, symbols) = (entry(4), entry(5), entry(6));
    let count = read::<u32>(hash + 4) as usize;
    assert_eq!(
        name_at(names + entry(14).wrapping_sub(base)),
        "linux-vdso.so.1"
    );
    // The way of glibc: from symbol to symbol of the chain.
    let mut functions = Vec::new();
    let mut index = read::<u32>(hash + 8) as usize;
    while index != 0 {
        let symbol = symbols + 24 * index;
        assert_ne!(read::<u16>(symbol + 6), 0);
        let name = name_at(names + read::<u32>(symbol) as usize);
        let address = base.wrapping_add(read::<u64>(symbol + 8) as usize);
        functions.push((name, address));
        index = read::<u32>(hash + 12 + 4 * index) as usize;
    }
    assert_eq!(functions.len() + 1, count);
    functions
}

#[test]
fn a_libc_finds_the_functions() {
    let functions = functions();
    let address = |function: Function| function as usize;
    assert_eq!(
        functions,
        [
            ("__vdso_clock_gettime".to_owned(), address(clock_gettime)),
            ("__vdso_gettimeofday".to_owned(), address(gettimeofday)),
            ("__vdso_time".to_owned(), address(time)),
        ]
    );
}

#[test]
fn a_clock_that_is_not_read_off_the_counter_is_a_system_call() {
    let mut answer = [u64::MAX; 2];
    let room = (&raw mut answer).expose_provenance();
    assert_eq!(
        system_call(
            libc::SYS_clock_gettime,
            libc::CLOCK_PROCESS_CPUTIME_ID as usize,
            room
        ),
        0
    );
    assert!(answer[1] < SECOND_NS);
    assert_eq!(
        system_call(libc::SYS_clock_gettime, 99, room),
        -i64::from(libc::EINVAL)
    );
}
