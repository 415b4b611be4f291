//! How many instances fit into the memory that there is.
//!
//! | case | what is done | what is not |
//! |---|---|---|
//! | `fit` | 1, 2, 4 … instances of an empty program are held at once and read by three definitions | nothing is timed |
//! | `smallest` | the limit (container) or size (VM) is halved between too little and enough for `hello` | a plain process has no limit |
//!
//! 1. Hold N instances, N doubling, in one measuring cgroup, until the cap or the memory budget is reached. The host is
//!    asked before every single start (`memory_budget.rs`).
//! 2. At each N read the PSS of all trees, the cgroup's charge, and what the host has less.
//! 3. Each *further* instance costs the slope over N (`stats/slope.rs`). What the first one pays alone, and all others
//!    share (the pages of the launcher and the workload), is in no slope: `memory.*` has it.
//!
//! Expected: a VM's slope is its guest's touched RAM and a VMM; a container's one more process or two, and kernel memory
//! that only the cgroup sees; where a stock kernel boots, a whole operating system, once per instance.
//!
//! Simplified: everything here is idle. Instances that work share less, and a hypervisor of a data centre merges pages
//! (KSM) and takes memory back (balloon). The smallest memory is searched as if success changed once on the way; near the
//! edge it is a matter of luck, which the rounds show.
//!
//! Read next: `fleet.rs`, `density/fit.rs`, `measuring_cgroup.rs`.

mod fit;
mod smallest;

use super::{Effort, Experiment, Measurement, Rounds};
use crate::backend::Backend;
use crate::failure::Failure;
use crate::lab::Lab;

/// The density experiment.
#[derive(Debug)]
pub struct Density;

impl Experiment for Density {
    fn id(&self) -> &'static str {
        "density"
    }

    fn cases(&self) -> Vec<&'static str> {
        vec!["fit", "smallest"]
    }

    fn headline(&self, case: &str) -> &'static str {
        match case {
            "fit" => "density.pss_slope_bytes",
            _ => "density.smallest_bytes",
        }
    }

    fn rounds(&self, effort: Effort) -> Rounds {
        // Eight are the fewest by which a rank test can tell two backends apart among a report's many comparisons.
        let measured = match effort {
            Effort::Full | Effort::Quick => 9,
            Effort::Emulated => 1,
        };
        Rounds {
            warm_up: 0,
            measured,
        }
    }

    fn measure(
        &self,
        case: &str,
        backend: &dyn Backend,
        lab: &Lab,
    ) -> Result<Vec<Measurement>, Failure> {
        match case {
            "fit" => fit::measure(backend, lab),
            "smallest" => smallest::measure(backend, lab),
            _ => Err(Failure::Failed(format!("density has no case {case}"))),
        }
    }
}
