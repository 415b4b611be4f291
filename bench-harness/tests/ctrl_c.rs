//! Ctrl-C keeps what was measured and leaves nothing behind, whenever it comes.

#![allow(
    clippy::unwrap_used,
    reason = "clippy's exemption for tests does not reach the functions that tests share"
)]

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use bench_harness::store::RunDir;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// Longer than any of these runs needs to get somewhere on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

fn run(out: &Path, args: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_isolab"));
    command.args(["run", "--quick", "--seed", "1", "--io-size", "1M", "--out"]);
    command.arg(out).args(args);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

fn wait_for(what: &str, mut happened: impl FnMut() -> bool) {
    let began = Instant::now();
    while !happened() {
        assert!(began.elapsed() < PATIENCE, "{what} didn't happen");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Parent of each process, by its number.
fn parents() -> Vec<(i32, i32)> {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let parent = |entry: std::fs::DirEntry| {
        let pid = entry.file_name().to_str()?.parse().ok()?;
        let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
        // Behind the name, which is in brackets and may hold anything: state, then the parent.
        let (_, rest) = stat.rsplit_once(") ")?;
        Some((pid, rest.split(' ').nth(1)?.parse().ok()?))
    };
    processes.filter_map(parent).collect()
}

fn descendants(of: i32) -> Vec<i32> {
    let parents = parents();
    let mut found = vec![of];
    let mut next = 0;
    while let Some(one) = found.get(next).copied() {
        let children = parents.iter().filter(|(_, parent)| *parent == one);
        found.extend(children.map(|(pid, _)| *pid));
        next += 1;
    }
    found.split_off(1)
}

/// Whether a process is gone, or dead and waiting for whoever adopted it to take note.
fn has_ended(pid: i32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ")
        .is_none_or(|(_, rest)| rest.starts_with('Z'))
}

/// Sends the signal and holds what is left to the promise.
fn interrupt(child: Child, out: &Path) {
    let pid = child.id().cast_signed();
    let alive = descendants(pid);
    kill(Pid::from_raw(pid), Signal::SIGINT).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(130), "{said}");
    for pid in alive {
        wait_for(&format!("the end of process {pid}"), || has_ended(pid));
    }
    let names: Vec<String> = std::fs::read_dir(out)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    let known = [
        "run.json",
        "samples.csv",
        "summary.json",
        "REPORT.md",
        "report.html",
        "charts",
    ];
    assert!(
        names.iter().all(|name| known.contains(&name.as_str())),
        "{names:?}"
    );
    RunDir::open(out).read_record().unwrap();
}

fn lines(out: &Path) -> usize {
    let text = std::fs::read_to_string(out.join("samples.csv")).unwrap_or_default();
    text.lines().count()
}

#[test]
fn an_instance_that_hangs_is_ended_with_all_that_it_started() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("run");
    let child = run(&out, &["--backends", "fake-hanging", "--timeout", "600"]);
    let pid = child.id().cast_signed();
    // The shell and its `sleep`.
    wait_for("the hanging instance", || {
        out.join("run.json").exists() && descendants(pid).len() >= 2
    });
    interrupt(child, &out);
}

#[test]
fn what_a_real_backend_has_given_is_kept_wherever_the_run_is_stopped() {
    // In the first start, in startup, in memory with its copies, in io with its file.
    let stops: [(usize, &str); 4] = [(0, "startup"), (40, "startup"), (5, "memory"), (30, "io")];
    for (rows, experiment) in stops {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("run");
        let args = [
            "--backends",
            "native",
            "--experiments",
            experiment,
            "--rounds",
            "100000",
        ];
        let child = run(&out, &args);
        wait_for("the run's begin", || out.join("run.json").exists());
        wait_for("the rows", || lines(&out) >= rows);
        interrupt(child, &out);
        if rows > 0 {
            let kept = RunDir::open(&out).read_samples().unwrap().rows.len();
            assert!(kept + 1 >= rows, "{experiment}: {kept} of {rows}");
        }
    }
}
