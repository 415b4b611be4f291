//! Many instances at once: held side by side, or started as fast as they come with so many in flight.
//!
//! 1. A [`Fleet`] holds: members are started one by one, read while they stand still, let go together, and each is then
//!    looked after until nothing is left of it. Dropped before that (a failure, Ctrl-C), all are asked to end at once,
//!    so that a hundred take no longer to stop than one.
//! 2. A [`burst`] starts: whenever one has ended the next begins, until so many have been started. What an ended one
//!    reported is read when all are over: meanwhile the harness has nothing to do but stamp, reap and spawn.
//!
//! All of it in one thread and one `poll` (`instance/waiting.rs`). The harness's own CPU time is taken along: a rate that the
//! harness limits is not the backend's.
//!
//! If the harness is killed, nobody is left to end the members: our launchers die with their parent, and a plain process that
//! holds sees the end of its standard input.
//!
//! Read next: `experiment/density.rs`, `experiment/scaleout.rs`, `experiment/service.rs`.

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

use crate::backend::{Backend, Job};
use crate::clock::monotonic_ns;
use crate::failure::Failure;
use crate::instance::{Finished, Instance, wait_for_any};
use crate::lab::Lab;

/// Instances that are alive at the same time.
#[derive(Debug, Default)]
pub struct Fleet<'a> {
    members: Vec<Instance<'a>>,
}

/// What came of starting many with some in flight.
#[derive(Clone, Debug)]
pub struct Burst {
    /// Every one of them, in the order of their ends.
    pub finished: Vec<Finished>,
    /// From just before the first spawn to just after the last reaping.
    pub elapsed_ns: u64,
    /// What the harness itself used of a CPU in that time.
    pub harness_cpu_ns: u64,
}

impl<'a> Fleet<'a> {
    /// Takes an instance in.
    pub fn add(&mut self, instance: Instance<'a>) {
        self.members.push(instance);
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Each of them, in the order in which they were taken in.
    pub fn members(&mut self) -> &mut [Instance<'a>] {
        &mut self.members
    }

    /// The launchers' process ids.
    #[must_use]
    pub fn ids(&self) -> Vec<i32> {
        self.members.iter().map(Instance::id).collect()
    }

    /// Lets all of them go, and waits until nothing is left of any.
    ///
    /// # Errors
    /// The first failure; the others are ended all the same.
    pub fn finish(mut self) -> Result<Vec<Finished>, Failure> {
        for member in &mut self.members {
            member.release();
        }
        let members = std::mem::take(&mut self.members);
        // All of them, and then the first error: none may be left because another one failed.
        let ended: Vec<_> = members.into_iter().map(Instance::finish).collect();
        ended.into_iter().collect()
    }
}

impl Drop for Fleet<'_> {
    fn drop(&mut self) {
        for member in &self.members {
            member.ask_to_end();
        }
    }
}

/// Starts `starts` instances of a job that ends by itself, `in_flight` of them alive at any time but at the end.
///
/// # Errors
/// When one can't be started, fails, or takes too long: a rate in which some didn't arrive is none.
pub fn burst(
    lab: &Lab,
    backend: &dyn Backend,
    job: &Job,
    starts: usize,
    in_flight: usize,
) -> Result<Burst, Failure> {
    let mut alive = Fleet::default();
    let mut ended: Vec<Instance<'_>> = Vec::new();
    let cpu_before_ns = own_cpu_ns()?;
    let begin_ns = monotonic_ns();
    while ended.len() < starts {
        while alive.len() < in_flight && alive.len() + ended.len() < starts {
            alive.add(lab.start(backend, job)?);
        }
        // From behind: taking one out moves only those that come after it.
        for index in wait_for_any(&mut alive.members)?.into_iter().rev() {
            let mut instance = alive.members.swap_remove(index);
            instance.reap_now()?;
            ended.push(instance);
        }
    }
    let elapsed_ns = monotonic_ns() - begin_ns;
    let harness_cpu_ns = own_cpu_ns()? - cpu_before_ns;
    let finished = ended.into_iter().map(Instance::finish);
    Ok(Burst {
        finished: finished.collect::<Result<_, _>>()?,
        elapsed_ns,
        harness_cpu_ns,
    })
}

/// User and system time of the harness, without its children.
pub(crate) fn own_cpu_ns() -> Result<u64, Failure> {
    let used = getrusage(UsageWho::RUSAGE_SELF)?;
    let us = used.user_time().num_microseconds() + used.system_time().num_microseconds();
    Ok(us.unsigned_abs() * 1000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend;
    use crate::parameters::Parameters;

    fn lab() -> Lab {
        Lab::for_single_instances(Parameters::usual_timeout()).unwrap()
    }

    fn exists(pid: i32) -> bool {
        std::path::Path::new("/proc").join(pid.to_string()).exists()
    }

    #[test]
    fn a_burst_starts_as_many_as_it_was_told_with_so_many_in_flight() {
        let lab = lab();
        let native = backend::by_id("native").unwrap();
        let burst = burst(&lab, native, &lab.job(&["hello"]), 7, 3).unwrap();
        assert_eq!(burst.finished.len(), 7);
        let mut spawned: Vec<u64> = burst.finished.iter().map(|one| one.spawned_ns).collect();
        spawned.sort_unstable();
        let mut reaped: Vec<u64> = burst.finished.iter().map(|one| one.reaped_ns).collect();
        reaped.sort_unstable();
        // The fourth begins only after one has ended, the fifth after two. (That three are alive at once can't be asserted: the
        // first may be gone before the third is there.)
        assert!(
            spawned[3..]
                .iter()
                .zip(&reaped)
                .all(|(begin, end)| begin >= end)
        );
        let lives: u64 = burst
            .finished
            .iter()
            .map(|one| one.reaped_ns - one.spawned_ns)
            .sum();
        assert!(lives <= 3 * burst.elapsed_ns);
        // Of this whole process, so other tests are in it.
        assert!(burst.harness_cpu_ns > 0);
    }

    #[test]
    fn each_member_of_a_burst_has_the_cpu_time_of_its_own_tree() {
        let lab = lab();
        let native = backend::by_id("native").unwrap();
        let busy = lab.job(&["cpu", "--kernel", "int", "--iterations", "20000"]);
        let alone = lab.run(native, &busy).unwrap().used.cpu_ns;
        let burst = burst(&lab, native, &busy, 6, 3).unwrap();
        let together: u64 = burst.finished.iter().map(|one| one.used.cpu_ns).sum();
        // Read at the spawn, each would also have what the others used meanwhile: twice as much and more.
        assert!(
            together < 9 * alone,
            "{together} ns of six, {alone} ns of one"
        );
    }

    #[test]
    fn a_fleet_that_is_dropped_leaves_no_process() {
        let lab = lab();
        let native = backend::by_id("native").unwrap();
        let mut fleet = Fleet::default();
        for _ in 0..3 {
            fleet.add(
                lab.start(native, &lab.job(&["hold", "--mib", "1"]))
                    .unwrap(),
            );
        }
        let ids = fleet.ids();
        assert!(ids.iter().all(|pid| exists(*pid)));
        drop(fleet);
        assert!(ids.iter().all(|pid| !exists(*pid)));
    }

    #[test]
    fn one_failure_ends_the_others_too() {
        let lab = lab();
        let native = backend::by_id("native").unwrap();
        let mut fleet = Fleet::default();
        fleet.add(lab.start(native, &lab.job(&["nonsense"])).unwrap());
        fleet.add(
            lab.start(native, &lab.job(&["hold", "--mib", "1"]))
                .unwrap(),
        );
        let ids = fleet.ids();
        assert!(fleet.finish().is_err());
        assert!(ids.iter().all(|pid| !exists(*pid)));
    }
}
