//! The experiments: what is measured, one file each, all in the same shape.
//!
//! An experiment turns (case, backend) into measurements by starting instances in the [`Lab`]. It knows nothing of rounds,
//! files or statistics, and treats every backend alike.
//!
//! To add one: write a file with a struct that implements [`Experiment`], and add it to [`ALL`].
//!
//! Read next: `startup.rs`.

pub mod ablation;
mod container_floor;
mod cpu;
mod density;
mod elasticity;
mod io;
mod isolation;
mod memory;
mod neighbour;
mod noise;
mod portability;
mod scaleout;
mod service;
mod startup;
mod syscall;
mod vmm_floor;

pub use io::{
    IoCase, case_by_id as io_case_by_id, prepare_cache, workload_args as io_workload_args,
};
pub use memory::{MemoryReading, read_memory};
pub use neighbour::bounds::NeighbourBounds;
pub use startup::{StartupTimes, startup_times};
pub use syscall::job as call_job;
pub use vmm_floor::{FloorTimes, floor_times};

use crate::backend::Backend;
use crate::failure::Failure;
use crate::host::kernel;
use crate::lab::Lab;
use crate::sample::Unit;

/// Every experiment, in the order in which they run and are reported.
pub static ALL: &[&dyn Experiment] = &[
    &startup::Startup,
    &memory::Memory,
    &io::Io,
    &cpu::Cpu,
    &syscall::Syscall,
    &ablation::Ablation,
    &container_floor::ContainerFloor,
    &density::Density,
    &scaleout::ScaleOut,
    &service::Service,
    &neighbour::Neighbour,
    &noise::Noise,
    &elasticity::Elasticity,
    &isolation::Isolation,
    &portability::Portability,
    &vmm_floor::VmmFloor,
];

/// Rounds of an experiment: each round measures every case on every backend once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rounds {
    /// Run first and not recorded: page cache, CPU frequency, lazily loaded kernel code.
    pub warm_up: u32,
    /// Recorded.
    pub measured: u32,
}

/// How much time a run may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// As many rounds as narrow intervals take.
    Full,
    /// As many as any interval takes.
    Quick,
    /// On an emulated machine a boot takes seconds and times mean nothing. Counts (exits, bytes, memory) are what is
    /// looked at there; they hardly differ from round to round.
    Emulated,
}

impl Effort {
    /// What was asked for, on this machine.
    #[must_use]
    pub fn here(quick: bool) -> Self {
        match (kernel::is_lab_machine(), quick) {
            (true, _) => Self::Emulated,
            (false, true) => Self::Quick,
            (false, false) => Self::Full,
        }
    }
}

/// One number, or the reason why there is none.
#[derive(Clone, Debug, PartialEq)]
pub struct Measurement {
    /// The metric's name in samples.csv.
    pub metric: String,
    /// What the value counts.
    pub unit: Unit,
    /// The value.
    pub value: Result<f64, Failure>,
    /// What a reader must know about a value before believing it.
    pub warning: Option<String>,
    /// What belongs to a value and is no number.
    pub note: Option<String>,
}

impl Measurement {
    /// A measured value.
    #[must_use]
    pub fn new(metric: impl Into<String>, unit: Unit, value: f64) -> Self {
        Self {
            metric: metric.into(),
            unit,
            value: Ok(value),
            warning: None,
            note: None,
        }
    }

    /// Nanoseconds.
    #[must_use]
    pub fn ns(metric: impl Into<String>, ns: u64) -> Self {
        Self::new(metric, Unit::Ns, ns as f64)
    }

    /// Bytes.
    #[must_use]
    pub fn bytes(metric: impl Into<String>, bytes: u64) -> Self {
        Self::new(metric, Unit::Bytes, bytes as f64)
    }

    /// A metric that this backend or host can't have.
    #[must_use]
    pub fn unsupported(metric: impl Into<String>, unit: Unit, reason: impl Into<String>) -> Self {
        Self {
            metric: metric.into(),
            unit,
            value: Err(Failure::Unsupported(reason.into())),
            warning: None,
            note: None,
        }
    }
}

/// Something that can be measured on every backend.
pub trait Experiment: Sync {
    /// The name in results and on the command line.
    fn id(&self) -> &'static str;

    /// The variants, in the order of the report.
    fn cases(&self) -> Vec<&'static str>;

    /// The metric that stands for a case in the progress line.
    fn headline(&self, case: &str) -> &'static str;

    /// How often to repeat.
    fn rounds(&self, effort: Effort) -> Rounds;

    /// Measures a case only in every so many rounds, beginning with the first; `None`: not at all with this effort. For what
    /// takes so long that it would keep all other cases from being repeated.
    fn stride(&self, _case: &str, _effort: Effort) -> Option<u32> {
        Some(1)
    }

    /// How many instances a case needs at once, for cases of which a run has only those up to its bound
    /// (`--service-instances`); `None` for all others.
    fn instances(&self, _case: &str) -> Option<u32> {
        None
    }

    /// Whether the case means anything on this backend. Where it doesn't it is left out without a word; where it can't be
    /// done although it should, [`Experiment::measure`] says `Unsupported`.
    fn applies_to(&self, _case: &str, _backend: &dyn Backend) -> bool {
        true
    }

    /// The same, and leaves a yardstick of another experiment out ([`Backend::only_for`]).
    fn takes(&self, case: &str, backend: &dyn Backend) -> bool {
        backend.only_for().is_none_or(|id| id == self.id()) && self.applies_to(case, backend)
    }

    /// Whether it is the workload that runs. Then a backend that can't bring `hello` to its end is left out.
    fn runs_the_workload(&self) -> bool {
        true
    }

    /// Whether the backend can do what this experiment starts instead of the workload.
    ///
    /// # Errors
    /// `Unsupported` if the host lacks something, or what went wrong.
    fn first_start(&self, backend: &dyn Backend, lab: &Lab) -> Result<(), Failure> {
        lab.first_start(backend)
    }

    /// Whether the lab must have a file for I/O.
    fn needs_io_file(&self) -> bool {
        false
    }

    /// Measures one case on one backend once.
    ///
    /// # Errors
    /// When the instance fails: then there is no number at all.
    fn measure(
        &self,
        case: &str,
        backend: &dyn Backend,
        lab: &Lab,
    ) -> Result<Vec<Measurement>, Failure>;
}

impl std::fmt::Debug for dyn Experiment {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.id())
    }
}

/// Looks an experiment up.
#[must_use]
pub fn by_id(id: &str) -> Option<&'static dyn Experiment> {
    ALL.iter().copied().find(|experiment| experiment.id() == id)
}
