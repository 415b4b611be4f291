//! What each container runtime adds to the system calls that it can't do without.
//!
//! 1. `native` is what the program alone takes: fork, exec, end.
//! 2. `floor-c` makes our container by the necessary system calls and nothing else (`backend/floor.rs`): what it takes
//!    longer is the price of the container itself, which the kernel charges.
//! 3. Every runtime makes the same container. What it takes longer than the floor is its own: loading its program,
//!    reading its configuration, compiling a filter, handing over between processes, keeping state on disk.
//!
//! The same program and the same points as in `startup`; that one knows neither the floor nor what is due to whom.
//!
//! Read next: `startup.rs`, container-backend's `lib.rs` ("What it costs").

use super::{Effort, Experiment, Measurement, Rounds, startup_times};
use crate::backend::Backend;
use crate::failure::Failure;
use crate::lab::Lab;

/// The ladder of runtimes.
#[derive(Debug)]
pub struct ContainerFloor;

impl Experiment for ContainerFloor {
    fn id(&self) -> &'static str {
        "container-floor"
    }

    fn cases(&self) -> Vec<&'static str> {
        vec!["hello"]
    }

    fn headline(&self, _case: &str) -> &'static str {
        "container-floor.total_ns"
    }

    fn rounds(&self, effort: Effort) -> Rounds {
        let (warm_up, measured) = match effort {
            Effort::Full => (5, 200),
            Effort::Quick => (2, 20),
            Effort::Emulated => (1, 3),
        };
        Rounds { warm_up, measured }
    }

    fn applies_to(&self, _case: &str, backend: &dyn Backend) -> bool {
        !backend.is_vm()
    }

    fn measure(
        &self,
        _case: &str,
        backend: &dyn Backend,
        lab: &Lab,
    ) -> Result<Vec<Measurement>, Failure> {
        let finished = lab.run(backend, &lab.job(&["hello"]))?;
        let times = startup_times(&finished)?;
        Ok(vec![
            Measurement::ns("container-floor.total_ns", times.total_ns),
            Measurement::ns("container-floor.cpu_ns", times.cpu_ns),
        ])
    }
}
