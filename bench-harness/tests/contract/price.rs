//! What the harness itself takes, and what it hands to criterion.

use bench_harness::bench::Bench;
use bench_harness::clock::{monotonic_ns, thread_cpu_ns};

use super::{lab, quick};

#[test]
fn the_harness_itself_takes_less_than_a_hundredth_of_a_cpu() {
    let lab = lab();
    for backend in quick(&lab) {
        let mut iterations = 10_000_u64;
        loop {
            let words = [
                "cpu",
                "--kernel",
                "int",
                "--iterations",
                &iterations.to_string(),
            ];
            let mut instance = lab.start(backend, &lab.job(&words)).unwrap();
            instance.wait_for("ready").unwrap();
            let (wall, cpu) = (monotonic_ns(), thread_cpu_ns());
            instance.wait_for("done").unwrap();
            let (wall, cpu) = (monotonic_ns() - wall, thread_cpu_ns() - cpu);
            instance.finish().unwrap();
            if wall < 500_000_000 {
                // Up to three quarters of a second, by what the last attempt took.
                iterations = iterations * 750_000_000 / wall.max(1_000_000);
                continue;
            }
            let share = cpu as f64 / wall as f64;
            println!(
                "{}: {cpu} ns of {wall} ns, {:.4} %",
                backend.id(),
                share * 100.0
            );
            assert!(
                share < 0.01,
                "{}: {:.2} % of a CPU",
                backend.id(),
                share * 100.0
            );
            break;
        }
    }
}

#[test]
fn single_instances_give_criterion_durations_bytes_and_operations() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let mut bench = Bench::new().unwrap();
    bench.prepare_io(folder.path(), 4 << 20).unwrap();
    assert!(
        bench
            .available()
            .iter()
            .any(|backend| backend.id() == "native")
    );
    assert!(
        bench
            .skipped()
            .iter()
            .all(|skipped| !skipped.reason.is_empty())
    );
    for backend in bench.available() {
        let times = bench.start_once(*backend, &["hello"]).unwrap();
        assert!(
            times.first_ns <= times.ready_ns && times.ready_ns <= times.total_ns,
            "{}",
            backend.id()
        );
        let memory = bench.memory_once(*backend, 8).unwrap();
        assert!(
            memory.pss_bytes >= 8 << 20 && memory.pss_bytes < (32 << 20) + backend.headroom_bytes(),
            "{} {memory:?}",
            backend.id()
        );
        assert!(
            memory.overhead_bytes.unwrap() < memory.rss_bytes,
            "{} {memory:?}",
            backend.id()
        );
        let io = bench
            .io_once(*backend, "buffered-randread-4k", 300)
            .unwrap();
        assert_eq!((io.ops, io.bytes), (300, 300 * 4096), "{}", backend.id());
        assert!(!io.elapsed.is_zero());
    }
}
