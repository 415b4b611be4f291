//! The harness for criterion: single instances, measured with the same code as `isolab run`.
//!
//! A criterion benchmark is generic over what it times; here that is one whole instance. `iter_custom` asks for the
//! duration of n of them, and [`Bench`] gives the durations that the harness stamped, not those of the call.
//!
//! Criterion measures one backend after the other, so a drift of the machine looks like a difference between them. Its
//! numbers are for watching one backend change; the comparison is the table, which interleaves (`plan.rs`).
//!
//! A failure is never a number. One of ours ends the benchmark; one of a peer costs its own row, whenever it comes:
//!
//! 1. Before anything is measured each backend is started, a peer a few times ([`Bench::with_peers`]). One that can't run, fails or
//!    hangs is named with the reason, to which its last words belong, and takes no part.
//! 2. A peer that fails later unwinds out of criterion's loop ([`row`]). Criterion writes and prints a row only when all of its
//!    samples are there, so nothing is left of this one but the reason.
//!
//! Read next: `experiment/startup.rs` (what the durations mean), `benches/`.

mod arguments;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::backend::{self, Backend, Disk, Job};
use crate::boot_trial;
use crate::experiment::{
    self, Experiment, FloorTimes, MemoryReading, StartupTimes, call_job, floor_times,
    io_case_by_id, io_workload_args, prepare_cache, read_memory, startup_times,
};
use crate::failure::Failure;
use crate::io_file::IoFile;
use crate::lab::Lab;
use crate::parameters::Parameters;

pub use arguments::Arguments;

/// So many starts in a row must succeed of a peer: what always fails is found before it is measured.
const PEER_STARTS: u32 = 3;

/// How many samples criterion takes of a peer, and in how many milliseconds: some take a hundred times as long as ours.
pub const PEER_SAMPLES: usize = 10;
/// See [`PEER_SAMPLES`].
pub const PEER_TIME_MS: u64 = 500;

/// How long a row may take with `--quick`.
const QUICK: Duration = Duration::from_millis(150);

/// The part of the usual timeout after which a benchmark with peers takes a start for hanging. Ours take some milliseconds.
const HANGS_AFTER_PART: u32 = 3;

/// A lab with the backends that were found to work here.
#[derive(Debug)]
pub struct Bench {
    lab: Lab,
    available: Vec<&'static dyn Backend>,
    skipped: Vec<Skipped>,
    io_file: Option<IoFile>,
}

/// A backend that can't run here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The backend.
    pub id: &'static str,
    /// Why, and what helps.
    pub reason: String,
}

/// What one I/O instance achieved, as the workload measured it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IoReading {
    /// Time in the operations alone.
    pub elapsed: Duration,
    /// Operations done.
    pub ops: u64,
    /// Bytes moved.
    pub bytes: u64,
}

impl Bench {
    /// Our backends.
    ///
    /// # Errors
    /// When the binaries can't be unpacked, or the user interrupts. A backend that doesn't work is no error but [`Bench::skipped`].
    pub fn new() -> Result<Self> {
        let lab = Lab::for_single_instances(Parameters::usual_timeout())?;
        Self::of(lab, experiment_named("startup")?, backend::ours())
    }

    /// All that take part in an experiment: its yardsticks, our backends, and the peers that are found.
    ///
    /// # Errors
    /// As [`Bench::new`], and when there is no such experiment.
    pub fn with_peers(experiment: &str) -> Result<Self> {
        let experiment = experiment_named(experiment)?;
        let found = backend::yardsticks(experiment.id()).chain(backend::here());
        let lab = Lab::for_single_instances(hangs_after())?;
        Self::of(lab, experiment, found)
    }

    /// Starts what the experiment starts on each of the backends that it applies to; on those of others several times.
    ///
    /// # Errors
    /// When the user interrupts.
    fn of(
        lab: Lab,
        experiment: &'static dyn Experiment,
        backends: impl Iterator<Item = &'static dyn Backend>,
    ) -> Result<Self> {
        let (mut available, mut skipped) = (Vec::new(), Vec::new());
        let takes = |backend: &&'static dyn Backend| {
            let mut cases = experiment.cases().into_iter();
            cases.any(|case| experiment.takes(case, *backend))
        };
        for backend in backends.filter(takes) {
            match try_out(&lab, experiment, backend) {
                Ok(()) => available.push(backend),
                Err(Failure::Interrupted) => bail!("interrupted"),
                Err(failure) => skipped.push(Skipped {
                    id: backend.id(),
                    reason: failure.reason(),
                }),
            }
        }
        Ok(Self {
            lab,
            available,
            skipped,
            io_file: None,
        })
    }

    /// The backends that work here, the floor first.
    #[must_use]
    pub fn available(&self) -> &[&'static dyn Backend] {
        &self.available
    }

    /// The backends that don't, with reasons.
    #[must_use]
    pub fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }

    /// Names each backend that doesn't on standard error, with the reason.
    pub fn tell_skipped(&self) {
        for Skipped { id, reason } in &self.skipped {
            eprintln!("{id} is skipped: {reason}");
        }
    }

    /// Runs one instance to its end.
    ///
    /// # Errors
    /// When it fails: then there is no duration.
    pub fn start_once(
        &self,
        backend: &dyn Backend,
        workload_args: &[&str],
    ) -> Result<StartupTimes, Failure> {
        startup_times(&self.lab.run(backend, &self.lab.job(workload_args))?)
    }

    /// Runs a guest of a dozen instructions in the backend's VMM to its end.
    ///
    /// # Errors
    /// When it fails: then there is no duration.
    pub fn floor_once(&self, backend: &dyn Backend) -> Result<FloorTimes, Failure> {
        floor_times(backend, &self.lab)
    }

    /// Runs one instance, which touches so much memory, to its end, and takes the time of its work: from `ready` to `done`.
    ///
    /// # Errors
    /// When it fails: then there is no duration.
    pub fn work_once(
        &self,
        backend: &dyn Backend,
        workload_args: &[String],
        memory_bytes: u64,
    ) -> Result<Duration, Failure> {
        self.time_work(
            backend,
            &Job {
                args: workload_args.to_vec(),
                memory_bytes: Some(memory_bytes + backend.headroom_bytes()),
                ..self.lab.job(&[])
            },
        )
    }

    /// Repeats the operation of a case of `syscall` so often, and takes the time of all.
    ///
    /// # Errors
    /// When the file was not prepared, the case is unknown, or the instance fails.
    pub fn call_once(
        &self,
        backend: &dyn Backend,
        case: &str,
        operations: u64,
    ) -> Result<Duration, Failure> {
        let length = ["--ops", &operations.to_string()];
        self.time_work(backend, &call_job(case, backend, &self.lab, length)?)
    }

    fn time_work(&self, backend: &dyn Backend, job: &Job) -> Result<Duration, Failure> {
        let finished = self.lab.run(backend, job)?;
        let missing = "the workload never said both `ready` and `done`";
        let work_ns = finished
            .work_ns()
            .ok_or_else(|| Failure::Failed(missing.to_owned()))?;
        Ok(Duration::from_nanos(work_ns))
    }

    /// Reads the memory of one instance that holds `mib` MiB.
    ///
    /// # Errors
    /// When it fails or can't be read.
    pub fn memory_once(&self, backend: &dyn Backend, mib: u64) -> Result<MemoryReading, Failure> {
        let job = Job {
            memory_bytes: Some((mib << 20) + backend.headroom_bytes()),
            ..self.lab.job(&["hold", "--mib", &mib.to_string()])
        };
        let mut instance = self.lab.start(backend, &job)?;
        instance.wait_for("ready")?;
        let reading = read_memory(&mut instance, backend)?;
        instance.finish()?;
        Ok(reading)
    }

    /// Makes the file for [`Bench::io_once`] below `folder`; it goes with this value.
    ///
    /// # Errors
    /// When there is no room.
    pub fn prepare_io(&mut self, folder: &Path, size_bytes: u64) -> Result<()> {
        let file = IoFile::create(folder, size_bytes)?;
        self.lab.io_file = Some(file.path().to_path_buf());
        self.io_file = Some(file);
        self.lab.parameters.io_size_bytes = size_bytes;
        Ok(())
    }

    /// Runs `ops` operations of an I/O case, such as `direct-randread-4k`.
    ///
    /// # Errors
    /// When the file was not prepared, the case is unknown, or the instance fails.
    pub fn io_once(
        &self,
        backend: &dyn Backend,
        case: &str,
        ops: u64,
    ) -> Result<IoReading, Failure> {
        let failed = |text: String| Failure::Failed(text);
        let case = io_case_by_id(case).ok_or_else(|| failed(format!("io has no case {case}")))?;
        let file = self
            .io_file
            .as_ref()
            .ok_or_else(|| failed("prepare_io comes first".to_owned()))?;
        prepare_cache(case, file.path())?;
        let args = io_workload_args(
            case,
            self.lab.parameters.io_size_bytes,
            ["--ops", &ops.to_string()],
        );
        let job = Job {
            args,
            disk: Some(Disk {
                file: file.path().to_path_buf(),
                direct: case.direct,
            }),
            ..self.lab.job(&[])
        };
        let finished = self.lab.run(backend, &job)?;
        let metric = |name: &str| {
            finished
                .metric(name)
                .ok_or_else(|| failed(format!("the workload reported no {name}")))
        };
        Ok(IoReading {
            elapsed: Duration::from_nanos(metric("io.elapsed_ns")? as u64),
            ops: metric("io.ops")? as u64,
            bytes: metric("io.bytes")? as u64,
        })
    }
}

fn experiment_named(id: &str) -> Result<&'static dyn Experiment> {
    experiment::by_id(id).with_context(|| format!("there is no experiment {id}"))
}

/// How long criterion is to measure a row, `usual_ms` in full. With `--quick` it goes on until two samples agree, and this is how long
/// they may differ: short, since a row whose samples never agree takes twice as long.
#[must_use]
pub fn measuring_time(usual_ms: u64) -> Duration {
    let usual = Duration::from_millis(usual_ms);
    match Arguments::of(std::env::args().skip(1)).quick {
        true => usual.min(QUICK),
        false => usual,
    }
}

/// When a start counts as hanging where peers are measured.
#[must_use]
pub fn hangs_after() -> Duration {
    Parameters::usual_timeout() / HANGS_AFTER_PART
}

/// Whether the backend can be measured.
fn try_out(
    lab: &Lab,
    experiment: &dyn Experiment,
    backend: &'static dyn Backend,
) -> Result<(), Failure> {
    if backend.is_emulated() {
        let reason = "its processor is emulated: its times are not representative";
        return Err(Failure::Unsupported(reason.to_owned()));
    }
    if backend.is_peer() && experiment.runs_the_workload() {
        may_boot(lab, backend)?;
    }
    let starts = if backend.is_peer() { PEER_STARTS } else { 1 };
    (0..starts).try_for_each(|_| experiment.first_start(backend, lab))
}

/// A peer is not tried with a kernel that our own VMM was seen not to boot here: such a boot stands still, and each VMM would wait
/// for it anew.
fn may_boot(lab: &Lab, peer: &dyn Backend) -> Result<(), Failure> {
    let Some(kernel) = peer.kernel() else {
        return Ok(());
    };
    boot_trial::known(lab, peer).unwrap_or(Ok(()))?;
    let stands_still = |ours: &&'static dyn Backend| {
        ours.kernel().as_ref() == Some(&kernel)
            && matches!(boot_trial::known(lab, *ours), Some(Err(_)))
    };
    match backend::ours().find(stands_still) {
        None => Ok(()),
        Some(ours) => Err(Failure::Unsupported(format!(
            "{} could not boot the same kernel on this KVM",
            ours.id()
        ))),
    }
}

/// The value, or the end of the row: criterion wants a number from every call, and a failure is none.
///
/// # Panics
/// When there is no value. Unwinding, so that files and instances are cleaned up; a peer's ends in [`row`].
pub fn or_stop<T>(backend: &dyn Backend, result: Result<T, Failure>) -> T {
    result.unwrap_or_else(|failure| {
        if !backend.is_peer() {
            eprintln!("isolab: {}: {}", backend.id(), failure.reason());
        }
        resume_unwind(Box::new(failure))
    })
}

/// Lets criterion measure a row. A peer that fails meanwhile is named and left out; everything else that unwinds goes on.
///
/// # Panics
/// When one of ours fails, or the user interrupts.
pub fn row(group: &str, backend: &dyn Backend, measure: impl FnOnce()) {
    // What is torn is criterion's row, which is dropped with everything in it.
    let Err(unwound) = catch_unwind(AssertUnwindSafe(measure)) else {
        return;
    };
    match unwound.downcast_ref::<Failure>() {
        Some(failure) if backend.is_peer() && *failure != Failure::Interrupted => {
            let (id, reason) = (backend.id(), failure.reason());
            eprintln!("\n{group}/{id} is left out: {reason}");
        }
        _ => resume_unwind(unwound),
    }
}

/// The workspace's folder: cargo runs benchmarks in the package's.
#[must_use]
pub fn workspace() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package).to_path_buf()
}

#[cfg(test)]
mod tests;
