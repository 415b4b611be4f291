//! The harness for criterion: single instances, measured with the same code as `isolab run`.
//!
//! A criterion benchmark is generic over what it times; here that is one whole instance. `iter_custom` asks for the
//! duration of n of them, and [`Bench`] gives the durations that the harness stamped, not those of the call.
//!
//! Criterion measures one backend after the other, so a drift of the machine looks like a difference between them. Its
//! numbers are for watching one backend change; the comparison is the table, which interleaves (`plan.rs`).
//!
//! Read next: `experiment/startup.rs` (what the durations mean), `benches/`.

mod arguments;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;

use crate::backend::{self, Backend, Disk, Job};
use crate::experiment::{
    MemoryReading, StartupTimes, call_job, io_case_by_id, io_workload_args, prepare_cache,
    read_memory, startup_times,
};
use crate::failure::Failure;
use crate::io_file::IoFile;
use crate::lab::Lab;
use crate::parameters::Parameters;

pub use arguments::Arguments;

/// So many starts in a row must succeed of a peer.
const PEER_STARTS: u32 = 10;

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
    /// Our backends. Peers would take as long again: `isolab run --backends all` compares them.
    ///
    /// # Errors
    /// As [`Bench::of`].
    pub fn new() -> Result<Self> {
        Self::of(backend::ours())
    }

    /// Unpacks the binaries and starts `hello` on each of the backends, on those of others several times: a runtime that hangs
    /// now and then would end a benchmark.
    ///
    /// # Errors
    /// When the binaries can't be unpacked. A backend that doesn't work is no error but [`Bench::skipped`].
    pub fn of(backends: impl Iterator<Item = &'static dyn Backend>) -> Result<Self> {
        let lab = Lab::for_single_instances(Parameters::usual_timeout())?;
        let (mut available, mut skipped) = (Vec::new(), Vec::new());
        for backend in backends {
            let starts = if backend.is_peer() { PEER_STARTS } else { 1 };
            match (0..starts).try_for_each(|_| lab.first_start(backend)) {
                Ok(()) => available.push(backend),
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

/// The value, or the end of the benchmark: criterion wants a number from every call, and a failure is none.
///
/// # Panics
/// When there is no value. Unwinding, so that files and instances are cleaned up; the message stands here, once.
pub fn or_stop<T>(backend: &dyn Backend, result: Result<T, Failure>) -> T {
    result.unwrap_or_else(|failure| {
        eprintln!("isolab: {}: {}", backend.id(), failure.reason());
        std::panic::resume_unwind(Box::new(failure))
    })
}

/// The workspace's folder: cargo runs benchmarks in the package's.
#[must_use]
pub fn workspace() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package).to_path_buf()
}
