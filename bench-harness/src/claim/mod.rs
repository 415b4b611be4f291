//! Claim cards: what textbooks say about containers and VMs, held against one run.
//!
//! 1. A claim is a list of [`Part`]s, each a statement that the run's numbers can decide: it holds, it fails, the numbers don't
//!    suffice, or nothing was measured for it.
//! 2. The parts decide the [`Verdict`] by one rule for all claims, [`Verdict::of`]. No verdict is written by hand.
//! 3. Where the parts are decided, the claim names the reason that the data themselves show; a reason that they don't show is
//!    not given.
//! 4. What was not measured stands on the card with the command that measures it.
//!
//! | claim | file | decided by |
//! |---|---|---|
//! | C1 a container shares the host's kernel | `kernel.rs` | isolation |
//! | C2 it starts faster | `startup.rs` | startup |
//! | C3 its I/O is as good as native | `io.rs` | io |
//! | C4 it is lighter in memory | `memory.rs` | memory, density |
//! | C5 it is an isolated process | `process.rs` | isolation |
//! | C6 neighbours are not disturbed | `neighbours.rs` | neighbour |
//! | C7 a VM can run another system | `other_system.rs` | portability |
//! | C8 an image is smaller and needs less | `image.rs` | portability |
//! | C9 both can be grown | `growth.rs` | elasticity |
//! | C10 containers scale out easily | `scale_out.rs` | scaleout, service |
//! | C11 what suits what | `suitability.rs`, `decision.rs` | all of these |
//!
//! All in the same shape. Texts are keys of `locale/*/claims.ftl`: a claim `c2` has `claims-c2`, each part
//! `claims-c2-part-NAME`, each reason `claims-c2-why-NAME`.
//!
//! To add one: write a file with a struct that implements [`Claim`], and add it to [`ALL`].
//!
//! Read next: `startup.rs`, then `evidence.rs`, `part.rs` and `verdict.rs`.

mod contest;
mod decision;
mod evidence;
mod fact;
mod growth;
mod image;
mod io;
mod kernel;
mod memory;
mod neighbours;
mod other_system;
mod part;
mod process;
mod scale_out;
mod startup;
mod suitability;
mod verdict;

use serde::{Deserialize, Serialize};

pub use decision::{Cell, Decision};
pub use evidence::{Compared, Evidence, Kind};
pub use fact::Fact;
pub use part::Part;
pub use verdict::{Truth, Verdict};

pub use crate::language::Said;
pub use crate::stats::verdict::Verdict as Difference;

/// Every claim, in the order of the report.
pub static ALL: &[&dyn Claim] = &[
    &kernel::Kernel,
    &startup::Startup,
    &io::Io,
    &memory::Memory,
    &process::Process,
    &neighbours::Neighbours,
    &other_system::OtherSystem,
    &image::Image,
    &growth::Growth,
    &scale_out::ScaleOut,
    &suitability::Suitability,
];

/// A statement about containers and VMs that a run can test.
pub trait Claim: Sync {
    /// `c2`, as in the catalogues.
    fn id(&self) -> &'static str;

    /// The experiments that it needs.
    fn experiments(&self) -> &'static [&'static str];

    /// The statements that decide it.
    fn parts(&self, run: &Evidence) -> Vec<Part>;

    /// Why it is so, if the data show a reason; asked only if some part is decided.
    fn reason(&self, run: &Evidence, parts: &[Part]) -> Option<Said>;

    /// Who wins at what, and from where on it no longer matters: for a claim about what suits what.
    fn decisions(&self, _run: &Evidence) -> Vec<Decision> {
        Vec::new()
    }
}

impl std::fmt::Debug for dyn Claim {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.id())
    }
}

/// A claim and what one run says of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Card {
    /// `c2`, …
    pub id: String,
    /// What the run says.
    pub verdict: Verdict,
    /// By which statements.
    pub parts: Vec<Part>,
    /// Why it is so; `None` if the verdict is inconclusive or the data show no reason.
    pub reason: Option<Said>,
    /// The experiments that it needs and this run doesn't have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lacks: Vec<String>,
    /// Who wins at what; empty for most claims.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decisions: Vec<Decision>,
}

/// The cards of a run.
#[must_use]
pub fn cards(run: &Evidence) -> Vec<Card> {
    ALL.iter().map(|claim| card(*claim, run)).collect()
}

/// The card of one claim.
#[must_use]
pub fn card(claim: &dyn Claim, run: &Evidence) -> Card {
    let parts = claim.parts(run);
    let verdict = Verdict::of(&parts);
    let reason = match verdict {
        Verdict::Supported | Verdict::Contradicted | Verdict::Depends => claim.reason(run, &parts),
        Verdict::Inconclusive { .. } | Verdict::NotTestable => None,
    };
    let experiments = claim.experiments().iter();
    let lacks = experiments.filter(|one| !run.has_experiment(one));
    Card {
        id: claim.id().to_owned(),
        verdict,
        parts,
        reason,
        lacks: lacks.map(|one| (*one).to_owned()).collect(),
        decisions: claim.decisions(run),
    }
}

#[cfg(test)]
mod known_truth;
#[cfg(test)]
mod tests;
