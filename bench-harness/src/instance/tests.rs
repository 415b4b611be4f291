use super::*;
use std::process::Command;

fn launch(script: &str, timeout_ms: u64) -> Launch {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    Launch {
        prepared: command.into(),
        timeline: Channel::open().unwrap(),
        stats: Channel::open().unwrap(),
        timeout: Duration::from_millis(timeout_ms),
        output_bytes: 1 << 20,
    }
}

fn run(script: &str) -> Result<Finished, Failure> {
    let interrupt = Interrupt::never().unwrap();
    Instance::spawn(launch(script, 5000), &interrupt)?.finish()
}

#[test]
fn lines_are_stamped_in_order_and_filler_is_not_kept() {
    let interrupt = Interrupt::never().unwrap();
    let script =
        "echo main; echo '# filler'; read x; echo ready; echo done checksum=00000000000000ff";
    let mut instance = Instance::spawn(launch(script, 5000), &interrupt).unwrap();
    instance.wait_for("main").unwrap();
    // It says nothing more before it is told to: what came before has its stamp, and what comes after has none yet.
    let told_ns = monotonic_ns();
    instance.tell().unwrap();
    let finished = instance.finish().unwrap();
    let texts: Vec<&str> = finished
        .lines
        .iter()
        .map(|line| line.text.as_str())
        .collect();
    assert_eq!(texts, ["main", "ready", "done checksum=00000000000000ff"]);
    assert!(finished.lines[0].at_ns <= told_ns && told_ns <= finished.lines[1].at_ns);
    assert!(finished.spawned_ns < finished.lines[0].at_ns);
    assert!(
        finished.lines[2].at_ns <= finished.reaped_ns && finished.reaped_ns <= finished.gone_ns
    );
    assert_eq!(finished.checksum, 0xff);
    assert!(finished.used.cpu_ns > 0);
}

#[test]
fn a_failure_is_told_in_the_workloads_own_words() {
    let failure = run("echo main; echo 'error: no such kernel'; exit 3").unwrap_err();
    assert_eq!(
        failure,
        Failure::Failed("exit code 3: error: no such kernel".to_owned())
    );
}

#[test]
fn a_launchers_message_on_standard_error_is_the_reason() {
    let failure = run("echo 'vm-backend: open: denied' >&2; echo 'help: join kvm' >&2; exit 125")
        .unwrap_err();
    assert_eq!(
        failure.reason(),
        "exit code 125: vm-backend: open: denied; help: join kvm"
    );
}

#[test]
fn success_without_a_checksum_is_a_failure() {
    assert!(
        run("echo main")
            .unwrap_err()
            .reason()
            .contains("without `done`")
    );
    assert!(run("echo done checksum=12").is_err());
    assert!(run("echo done checksum=0123456789abcdef; exit 1").is_err());
}

#[test]
fn too_long_is_a_timeout_and_the_whole_group_is_killed() {
    let interrupt = Interrupt::never().unwrap();
    let instance = Instance::spawn(launch("echo main; sleep 60 & wait", 100), &interrupt).unwrap();
    let group = instance.id();
    assert!(matches!(instance.finish(), Err(Failure::TimedOut(_))));
    // The sleep is not our child: its new parent may need a moment to reap it.
    leftovers::wait_until_gone(group, &Timeline::default()).unwrap();
}

#[test]
fn an_instance_holds_until_it_is_released() {
    let interrupt = Interrupt::never().unwrap();
    let script = "echo main; echo ready; read x; echo done checksum=0000000000000000";
    let mut instance = Instance::spawn(launch(script, 5000), &interrupt).unwrap();
    let ready = instance.wait_for("ready").unwrap();
    assert_eq!(ready.text, "ready");
    instance.finish().unwrap();
}

#[test]
fn a_dropped_instance_leaves_no_process() {
    let interrupt = Interrupt::never().unwrap();
    let mut instance = Instance::spawn(launch("echo main; sleep 60", 5000), &interrupt).unwrap();
    instance.wait_for("main").unwrap();
    let group = instance.id();
    drop(instance);
    leftovers::wait_until_gone(group, &Timeline::default()).unwrap();
}

#[test]
fn much_error_output_does_not_block_the_writer() {
    assert!(run("head -c 300000 /dev/zero >&2; echo done checksum=0000000000000000").is_ok());
}

#[test]
fn who_never_stops_talking_is_ended_before_memory_is_full() {
    for script in ["yes", "cat /dev/zero", "yes ''"] {
        let failure = run(script).unwrap_err();
        assert!(failure.reason().contains("--output-limit"), "{failure}");
    }
    // What isn't kept costs nothing.
    let filler = "yes '# filler' | head -n 400000; echo done checksum=0000000000000000";
    assert!(run(filler).is_ok());
}
