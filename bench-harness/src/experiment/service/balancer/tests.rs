use std::time::{Duration, Instant};

use super::*;
use crate::backend::{self, Job, Missing, Prepared, ReportFds};
use crate::binaries::Binaries;
use crate::parameters::Parameters;

fn lab() -> Lab {
    Lab::for_single_instances(Parameters::usual_timeout()).unwrap()
}

/// A shell script in place of a service.
struct Script(&'static str);

impl Backend for Script {
    fn id(&self) -> &'static str {
        "script"
    }

    fn availability(&self) -> Result<(), Missing> {
        Ok(())
    }

    fn prepare(&self, _: &Job, _: &Binaries, _: ReportFds) -> Result<Prepared, Failure> {
        let mut command = std::process::Command::new("/bin/sh");
        command.args(["-c", self.0]);
        Ok(command.into())
    }
}

#[test]
fn every_request_is_answered_once_and_by_all_instances() {
    let lab = lab();
    let native = backend::by_id("native").unwrap();
    for (instances, requests) in [(1, 7), (3, 30)] {
        let served = serve(&lab, native, instances, requests).unwrap();
        assert_eq!(served.shares.len(), instances as usize);
        assert_eq!(served.shares.iter().sum::<u32>(), requests);
        assert!(served.shares.iter().all(|share| *share > 0), "{served:?}");
        assert_eq!(served.latencies_ns.len(), requests as usize);
        // One in flight for each instance: together they can't take longer than all of them all the time.
        let together: f64 = served.latencies_ns.iter().sum();
        assert!(together <= f64::from(instances) * served.elapsed_ns as f64);
        // Computing alone takes a tenth of a millisecond on any processor.
        let cpu_ns = served.cpu_ns.unwrap();
        assert!(cpu_ns > u64::from(requests) * 20_000, "{cpu_ns}");
        assert_eq!(served.exits, None);
    }
}

#[test]
fn nothing_to_do_is_done_at_once() {
    let lab = lab();
    let native = backend::by_id("native").unwrap();
    let served = serve(&lab, native, 2, 0).unwrap();
    assert_eq!((served.elapsed_ns, served.shares), (0, vec![0, 0]));
}

#[test]
fn a_service_that_dies_lies_or_falls_silent_is_a_failure_and_leaves_nothing() {
    for (script, reason) in [
        (
            "echo ready; read -r line; echo 'error: no more memory'; exit 1",
            "no more memory",
        ),
        ("echo ready; read -r line; kill -9 $$", "killed by signal 9"),
        ("echo ready; exit 0", ""),
        (
            "echo ready; read -r line; printf 'HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\n1\\n'; sleep 60",
            "answered wrongly",
        ),
        ("echo ready; sleep 60", "stopped after 1 s"),
    ] {
        let mut lab = lab();
        lab.parameters.timeout = Duration::from_secs(1);
        let began = Instant::now();
        let failure = serve(&lab, &Script(script), 2, 10).unwrap_err();
        assert!(failure.reason().contains(reason), "{script}: {failure}");
        assert!(began.elapsed() < Duration::from_secs(30), "{script}");
    }
}
