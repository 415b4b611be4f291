use libc::{
    EFAULT, EINVAL, ENOSYS, SYS_clone, SYS_execve, SYS_fork, SYS_getrandom, SYS_prctl, SYS_socket,
    SYS_uname,
};

use super::CALLS;
use crate::test_machine::{Machine, PLACE, RAM_END, failed};

#[test]
fn what_the_kernel_does_not_have_is_counted() {
    let mut machine = Machine::new();
    for number in [SYS_fork, SYS_clone, SYS_execve, SYS_socket, 511] {
        assert_eq!(machine.call(number, []), failed(ENOSYS));
        assert_eq!(machine.call(number, []), failed(ENOSYS));
        assert_eq!(machine.counts(number), (2, 2));
    }
    machine.call(SYS_uname, [PLACE]);
    assert_eq!(machine.counts(SYS_uname), (1, 0));
    for number in [512, 4096, i64::MAX, -1] {
        assert_eq!(machine.call(number, []), failed(ENOSYS));
    }
    assert_eq!(machine.out_of_range(), (4, u64::MAX));
}

#[test]
fn the_system_says_that_it_is_not_linux() {
    let mut machine = Machine::new();
    assert_eq!(machine.call(SYS_uname, [PLACE]), 0);
    let name = machine.kernel.user.string(PLACE, 65).unwrap();
    assert_eq!(name, b"isolab-guest");
    assert_eq!(machine.call(SYS_uname, [RAM_END - 100]), failed(EFAULT));
}

#[test]
fn a_thread_has_a_name() {
    let mut machine = Machine::new();
    let [set, get] = [libc::PR_SET_NAME as u64, libc::PR_GET_NAME as u64];
    assert_eq!(machine.call(SYS_prctl, [get, PLACE]), 0);
    assert_eq!(machine.kernel.user.string(PLACE, 16).unwrap(), b"test");
    let name = machine.put(b"a name that is too long\0");
    assert_eq!(machine.call(SYS_prctl, [set, name]), 0);
    assert_eq!(machine.call(SYS_prctl, [get, PLACE]), 0);
    let name = machine.kernel.user.string(PLACE, 16).unwrap();
    assert_eq!(name, b"a name that is ");
    assert_eq!(machine.call(SYS_prctl, [set, u64::MAX]), failed(EFAULT));
    assert_eq!(machine.call(SYS_prctl, [99]), failed(EINVAL));
}

#[test]
fn random_bytes_go_only_where_the_program_may_write() {
    let mut machine = Machine::new();
    assert_eq!(machine.call(SYS_getrandom, [PLACE, 16, 0]), 16);
    let first = machine.number(PLACE);
    assert_eq!(machine.call(SYS_getrandom, [PLACE, 16, 1]), 16);
    assert_ne!(machine.number(PLACE), first);
    assert_eq!(machine.call(SYS_getrandom, [PLACE, 16, 8]), failed(EINVAL));
    for (address, length) in [(0, 1), (PLACE, u64::MAX), (RAM_END, 1)] {
        assert_eq!(
            machine.call(SYS_getrandom, [address, length, 0]),
            failed(EFAULT)
        );
    }
}

/// Calls that end or stop the program, and the ones that set the bases of the test's own segments.
const NOT_AT_RANDOM: [i64; 13] = [
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_kill,
    libc::SYS_tkill,
    libc::SYS_tgkill,
    libc::SYS_rt_sigprocmask,
    libc::SYS_nanosleep,
    libc::SYS_clock_nanosleep,
    libc::SYS_poll,
    libc::SYS_ppoll,
    libc::SYS_futex,
    libc::SYS_arch_prctl,
    // Its transfers need a device.
    libc::SYS_mmap,
];

#[test]
fn no_arguments_make_the_kernel_panic() {
    let mut machine = Machine::new();
    let mut state = 1u64;
    let mut random = |limit: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) % limit
    };
    for _ in 0..200_000 {
        let (number, _) = CALLS[random(CALLS.len() as u64) as usize];
        if NOT_AT_RANDOM.contains(&number) {
            continue;
        }
        let arguments = core::array::from_fn::<u64, 6, _>(|_| {
            let near = [
                0,
                1,
                2,
                3,
                64,
                4096,
                PLACE,
                RAM_END,
                1 << 31,
                1 << 32,
                1 << 63,
                u64::MAX,
            ];
            let number = near[random(near.len() as u64) as usize];
            match random(3) {
                0 => number.wrapping_add(random(16)),
                1 => number.wrapping_sub(random(4)),
                _ => number,
            }
        });
        machine.call(number, arguments);
    }
}
