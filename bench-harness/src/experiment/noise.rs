//! A/A: a backend beside itself. What differs here is noise, and no other result may be finer than that.
//!
//! 1. Each trial starts two instances of the same `hello`, one after the other, as two backends stand next to each other in
//!    any other experiment. Which of them is called *a* is drawn, so that "the second start finds warm caches" is part of the
//!    noise and no advantage of either.
//! 2. Both are timed from the spawn to the reaping, as `startup.total_ns`.
//! 3. From their ratio the summary takes this backend's floor (`stats/floor.rs`). No verdict is finer than the floors of the
//!    two backends that it compares, and the charts draw them as a band round native.
//!
//! The expected answer is a ratio of 1. A ratio whose interval excludes 1 by more than a percent or two says that something
//! here prefers one of two equals, and nothing else in this run should be believed to that precision.
//!
//! Simplified: the floor of a start stands for that of every metric; an A/A of each experiment would double the run.
//!
//! Read next: `summary/noise.rs`.

use super::{Effort, Experiment, Measurement, Rounds};
use crate::backend::Backend;
use crate::failure::Failure;
use crate::lab::Lab;
use crate::summary::noise::{EXPERIMENT, FIRST, SECOND};

/// The A/A experiment.
#[derive(Debug)]
pub struct Noise;

impl Experiment for Noise {
    fn id(&self) -> &'static str {
        EXPERIMENT
    }

    fn cases(&self) -> Vec<&'static str> {
        vec!["hello"]
    }

    fn headline(&self, _case: &str) -> &'static str {
        FIRST
    }

    fn rounds(&self, effort: Effort) -> Rounds {
        let (warm_up, measured) = match effort {
            Effort::Full => (2, 200),
            Effort::Quick => (1, 40),
            // A floor of times that mean nothing would mean nothing; that it can be measured is all that is shown.
            Effort::Emulated => (0, 1),
        };
        Rounds { warm_up, measured }
    }

    fn measure(
        &self,
        _case: &str,
        backend: &dyn Backend,
        lab: &Lab,
    ) -> Result<Vec<Measurement>, Failure> {
        let total_ns = || -> Result<u64, Failure> {
            let finished = lab.run(backend, &lab.job(&["hello"]))?;
            Ok(finished.reaped_ns.saturating_sub(finished.spawned_ns))
        };
        let in_order = [total_ns()?, total_ns()?];
        // Not from the plan's seed: what matters is that nothing in the machine can know it.
        let [a, b] = match rand::random() {
            true => in_order,
            false => [in_order[1], in_order[0]],
        };
        Ok(vec![Measurement::ns(FIRST, a), Measurement::ns(SECOND, b)])
    }
}
