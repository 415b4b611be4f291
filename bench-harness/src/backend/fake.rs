//! Backends that need nothing: a shell script speaks the launcher's and the workload's lines.
//!
//! The pipeline from the command line to the report is tested with these, without root or KVM. The times between their
//! marks are made up, always the same, and add up, so that a golden file can hold them.

use std::process::Command;
use std::sync::LazyLock;

use workload::work;

use super::{Backend, Job, Missing, Prepared, ReportFds};
use crate::binaries::Binaries;
use crate::clock::monotonic_ns;
use crate::failure::Failure;

/// A scripted launcher.
#[derive(Debug)]
pub struct Fake {
    id: &'static str,
    behaviour: Behaviour,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Behaviour {
    Working,
    Failing,
    Hanging,
    Unavailable,
}

/// Does everything that the protocol asks for.
pub static FAKE: Fake = Fake {
    id: "fake",
    behaviour: Behaviour::Working,
};
/// Ends with an error after its first line.
pub static FAILING: Fake = Fake {
    id: "fake-failing",
    behaviour: Behaviour::Failing,
};
/// Never gets ready.
pub static HANGING: Fake = Fake {
    id: "fake-hanging",
    behaviour: Behaviour::Hanging,
};
/// Can't run here.
pub static UNAVAILABLE: Fake = Fake {
    id: "fake-unavailable",
    behaviour: Behaviour::Unavailable,
};

const WORKING: &str = r#"
report() { echo "$*" >"/proc/self/fd/$TIMELINE"; }
report "mark $START launcher start"
report "mark $((START + 100000)) launcher parsed"
report "mark $((START + 400000)) launcher sandbox-ready"
echo main
case "$1" in
inspect) echo "fact memory_bytes 33554432" ;;
esac
echo ready
checksum=00000000fa4efa4e
case "$1" in
serve)
    # What the workload does (http, checksum.rs), except the computing. /bin/sh counts with signed numbers.
    sum=-3750763034362895579
    carriage_return=$(printf '\r')
    while read -r method target version; do
        closes=
        while read -r field && [ "$field" != "$carriage_return" ]; do
            case "$field" in
            "Connection: close"*) closes=yes ;;
            esac
        done
        for known in $ANSWERS; do
            case "$known" in
            "${target#/units/}:"*) answer=${known#*:} ;;
            esac
        done
        printf 'HTTP/1.1 200 OK\r\nContent-Length: 17\r\n%s\r\n%016x\n' \
            "${closes:+Connection: close$carriage_return
}" "$answer"
        sum=$(((sum ^ answer) * 1099511628211))
        [ -z "$closes" ] || break
    done
    checksum=$(printf %016x "$sum")
    ;;
hold) read -r ignored ;;
burn) exec sleep 60 ;;
grow)
    case "$3" in
    memory) read -r ignored ;;
    esac
    echo "fact grown memory"
    ;;
offend)
    echo "error: refused by a test double"
    exit 1
    ;;
unit)
    echo "metric neighbour.unit_p50_ns ns 200000"
    echo "metric neighbour.unit_p99_ns ns 900000"
    ;;
io)
    echo "metric io.ops count 400"
    echo "metric io.bytes bytes 1638400"
    echo "metric io.elapsed_ns ns 40000000"
    echo "metric io.lat_p50_ns ns 90000"
    echo "metric io.lat_p99_ns ns 150000"
    echo "metric io.iops per_s 10000"
    echo "metric io.bandwidth_bytes_per_s bytes_per_s 40960000"
    ;;
esac
report "mark $((START + 900000)) launcher workload-end"
report "mark $((START + 1000000)) launcher gone"
echo "done checksum=$checksum"
"#;

/// What a service would compute, as `number:answer` with signed numbers; empty for other jobs.
fn answers(job: &Job) -> String {
    /// More than anybody asks for.
    const NUMBERS: u64 = 8;
    static ANSWERS: LazyLock<String> = LazyLock::new(|| {
        let known = |number| format!("{number}:{}", work::answer(number).cast_signed());
        (0..NUMBERS).map(known).collect::<Vec<_>>().join(" ")
    });
    match job.args.first() {
        Some(command) if command == "serve" => ANSWERS.clone(),
        _ => String::new(),
    }
}

impl Backend for Fake {
    fn id(&self) -> &'static str {
        self.id
    }

    fn is_hidden(&self) -> bool {
        true
    }

    fn availability(&self) -> Result<(), Missing> {
        if self.behaviour == Behaviour::Unavailable {
            return Err(Missing {
                what: "a test double's excuse".to_owned(),
                remedy: "name another backend".to_owned(),
            });
        }
        Ok(())
    }

    fn prepare(
        &self,
        job: &Job,
        _binaries: &Binaries,
        fds: ReportFds,
    ) -> Result<Prepared, Failure> {
        let script = match self.behaviour {
            Behaviour::Working | Behaviour::Unavailable => WORKING,
            Behaviour::Failing => "echo main; echo 'error: made to fail'; exit 7",
            Behaviour::Hanging => "echo main; sleep 600",
        };
        let mut command = Command::new("/bin/sh");
        // $0 is the script's name in messages, the job's arguments follow.
        command
            .args(["-c", script, self.id])
            .args(job.args_with_disk_at("disk"))
            .env("TIMELINE", fds.timeline.to_string())
            .env("ANSWERS", answers(job))
            .env("START", monotonic_ns().to_string());
        Ok(command.into())
    }
}
