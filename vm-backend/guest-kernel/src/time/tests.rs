use libc::{
    CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID, CLOCK_REALTIME, EFAULT, EINVAL, SYS_clock_getres,
    SYS_clock_gettime, SYS_clock_nanosleep, SYS_getrusage, SYS_gettimeofday, SYS_nanosleep,
    SYS_time, TIMER_ABSTIME,
};

use crate::clock::SECOND_NS;
use crate::test_machine::{Machine, PLACE, failed};

/// Where answers go.
const ROOM: u64 = PLACE + 0x1000;

fn now(machine: &mut Machine, clock: i32) -> u64 {
    assert_eq!(machine.call(SYS_clock_gettime, [clock as u64, ROOM]), 0);
    let nanoseconds = machine.number(ROOM + 8);
    assert!(nanoseconds < SECOND_NS);
    machine.number(ROOM) * SECOND_NS + nanoseconds
}

#[test]
fn clocks_go_forward_and_unknown_ones_are_refused() {
    let mut machine = Machine::new();
    for clock in [CLOCK_MONOTONIC, CLOCK_REALTIME, CLOCK_PROCESS_CPUTIME_ID] {
        let first = now(&mut machine, clock);
        assert!(now(&mut machine, clock) > first);
        assert_eq!(machine.call(SYS_clock_getres, [clock as u64, ROOM]), 0);
        assert_eq!(machine.number(ROOM + 8), 1);
    }
    for clock in [99, -1i32 as u64, u64::MAX] {
        assert_eq!(
            machine.call(SYS_clock_gettime, [clock, ROOM]),
            failed(EINVAL)
        );
    }
    assert_eq!(machine.call(SYS_clock_gettime, [0, 8]), failed(EFAULT));
    let seconds = now(&mut machine, CLOCK_REALTIME) / SECOND_NS;
    assert!(machine.call(SYS_time, [ROOM]) as u64 >= seconds);
    assert_eq!(machine.call(SYS_gettimeofday, [ROOM, 0]), 0);
    assert!(machine.number(ROOM) >= seconds && machine.number(ROOM + 8) < 1_000_000);
}

#[test]
fn a_sleep_ends_when_its_time_has_come() {
    let mut machine = Machine::new();
    let before = now(&mut machine, CLOCK_MONOTONIC);
    let duration = machine.put_numbers(&[2, 500]);
    assert_eq!(machine.call(SYS_nanosleep, [duration, 0]), 0);
    let after = now(&mut machine, CLOCK_MONOTONIC);
    assert!(after >= before + 2 * SECOND_NS + 500);
    // What was slept isn't CPU time.
    assert!(
        now(&mut machine, CLOCK_PROCESS_CPUTIME_ID) + 2 * SECOND_NS
            <= now(&mut machine, CLOCK_MONOTONIC)
    );
    // A moment that is over.
    let moment = machine.put_numbers(&[0, 1]);
    let clock = CLOCK_MONOTONIC as u64;
    let arguments = [clock, TIMER_ABSTIME as u64, moment];
    assert_eq!(machine.call(SYS_clock_nanosleep, arguments), 0);
}

#[test]
fn impossible_durations_are_refused() {
    let mut machine = Machine::new();
    for duration in [[0, SECOND_NS], [u64::MAX, 0], [0, u64::MAX]] {
        let duration = machine.put_numbers(&duration);
        assert_eq!(machine.call(SYS_nanosleep, [duration]), failed(EINVAL));
    }
    assert_eq!(machine.call(SYS_nanosleep, [0]), failed(EFAULT));
    assert_eq!(machine.call(SYS_getrusage, [7, ROOM]), failed(EINVAL));
}
