//! The balancer: N instances, one thread, one `poll`.
//!
//! Each phase hands out a number of requests and waits for all of their answers: one for each instance that isn't counted, then
//! those that are, then a last one for each, by which it ends.

use super::ledger::Ledger;
use crate::backend::Backend;
use crate::clock::monotonic_ns;
use crate::cpu_time;
use crate::failure::Failure;
use crate::fleet::{Fleet, own_cpu_ns};
use crate::instance::{Finished, Instance, wait_for_any};
use crate::lab::Lab;
use crate::process_tree::descendants_of;

/// What came of it.
#[derive(Clone, Debug)]
pub(super) struct Served {
    /// From the first request sent to the last answer read.
    pub elapsed_ns: u64,
    /// Of each request, from being sent to its answer being seen.
    pub latencies_ns: Vec<f64>,
    /// How many requests each instance answered.
    pub shares: Vec<u32>,
    /// What the balancer itself used of a CPU in that time.
    pub balancer_cpu_ns: u64,
    /// What the instances used, or why that can't be told.
    pub cpu_ns: Result<u64, String>,
    /// Exits of all guests in their whole lives; `None` if they aren't counted.
    pub exits: Option<u64>,
}

/// Starts so many instances and makes so many requests.
///
/// # Errors
/// When an instance can't be started, ends, answers wrongly or takes too long: a rate without some of the answers is none.
pub(super) fn serve(
    lab: &Lab,
    backend: &dyn Backend,
    instances: u32,
    requests: u32,
) -> Result<Served, Failure> {
    let mut fleet = Fleet::default();
    for _ in 0..instances {
        fleet.add(lab.start(backend, &lab.job(&["serve"]))?);
    }
    for member in fleet.members() {
        member.wait_for("ready")?;
        member.begin_dialogue();
    }
    let mut ledger = Ledger::new(fleet.len());
    phase(fleet.members(), &mut ledger, instances, false)?;

    // All of them are idle before and after, so that nothing of what they used is missing.
    let processes = descendants_of(&fleet.ids())?;
    let (cpu_before, own_before_ns) = (cpu_time::of_processes(&processes), own_cpu_ns()?);
    let elapsed_ns = phase(fleet.members(), &mut ledger, requests, false)?;
    let (own_after_ns, cpu_after) = (own_cpu_ns()?, cpu_time::of_processes(&processes));
    let (latencies_ns, shares) = (ledger.latencies_ns().to_vec(), ledger.shares());

    phase(fleet.members(), &mut ledger, instances, true)?;
    let finished = end(fleet, &ledger)?;
    let used = cpu_after.and_then(|after| Ok(after.saturating_sub(cpu_before?)));
    Ok(Served {
        elapsed_ns,
        latencies_ns,
        shares,
        balancer_cpu_ns: own_after_ns.saturating_sub(own_before_ns),
        cpu_ns: used.map_err(|error| format!("the CPU time of its processes: {error}")),
        exits: exits(&finished),
    })
}

/// Hands out so many requests, and waits until all are answered. Returns how long that took.
fn phase(
    members: &mut [Instance<'_>],
    ledger: &mut Ledger,
    requests: u32,
    closes: bool,
) -> Result<u64, Failure> {
    ledger.begin(requests, closes);
    let began_ns = monotonic_ns();
    let mut last_ns = began_ns;
    for (index, member) in members.iter_mut().enumerate() {
        ask(ledger, index, member)?;
    }
    while !ledger.is_over() {
        let ended = wait_for_any(members)?;
        // Before the first of them is asked again: the others' answers were there, too.
        let now_ns = monotonic_ns();
        for (index, member) in members.iter_mut().enumerate() {
            if closes && !ledger.is_due(index) {
                // It has said its last answer, and goes on in lines.
                continue;
            }
            let length = ledger.take(index, member.heard(), now_ns)?;
            if length == 0 {
                continue;
            }
            last_ns = now_ns;
            member.take_heard(length);
            match closes {
                true => member.end_dialogue(),
                false => ask(ledger, index, member)?,
            }
        }
        // What it had said before has been read.
        if let Some(index) = ended.into_iter().find(|index| ledger.is_due(*index)) {
            return Err(members[index].reason_of_end());
        }
    }
    Ok(last_ns - began_ns)
}

fn ask(ledger: &mut Ledger, index: usize, member: &mut Instance<'_>) -> Result<(), Failure> {
    match ledger.ask(index, monotonic_ns()) {
        Some(request) => member.send(request.as_bytes()),
        None => Ok(()),
    }
}

/// Waits until nothing is left of any, and compares what they say at their ends.
fn end(fleet: Fleet<'_>, ledger: &Ledger) -> Result<Vec<Finished>, Failure> {
    let finished = fleet.finish()?;
    for (index, one) in finished.iter().enumerate() {
        if one.checksum != ledger.checksum(index) {
            return Err(Failure::Failed(format!(
                "instance {index} of the service counts other answers than it gave"
            )));
        }
    }
    Ok(finished)
}

fn exits(finished: &[Finished]) -> Option<u64> {
    let counts = finished.iter().map(|one| one.stats.as_ref());
    counts.map(|stats| Some(stats?.exit_count())).sum()
}

#[cfg(test)]
mod tests;
