//! What every trial needs: the binaries, the parameters, and one place where instances are started.

use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use crate::backend::{Backend, FloorGuest, Job, Missing, Prepared, ReportFds, Vmm};
use crate::binaries::Binaries;
use crate::boot_trial;
use crate::channel::Channel;
use crate::enclosure::Enclosure;
use crate::experiment::Effort;
use crate::failure::Failure;
use crate::host::cgroup_view;
use crate::host_calls::HostCalls;
use crate::instance::{Finished, Instance, Launch};
use crate::interrupt::Interrupt;
use crate::measuring_cgroup::MeasuringCgroup;
use crate::parameters::Parameters;

/// The bench at which the experiments work.
#[derive(Debug)]
pub struct Lab {
    /// What is launched.
    pub binaries: Binaries,
    /// Parameters of the experiments.
    pub parameters: Parameters,
    /// Whether to stop.
    pub interrupt: Interrupt,
    /// The host file behind every backend's disk, when an experiment asked for one.
    pub io_file: Option<PathBuf>,
}

impl Lab {
    /// A lab for starting instances one by one, with the usual bounds and the fewest of what is counted; Ctrl-C is watched.
    ///
    /// # Errors
    /// When the binaries can't be unpacked.
    pub fn for_single_instances(timeout: Duration) -> anyhow::Result<Self> {
        Ok(Self {
            binaries: Binaries::unpack()?,
            parameters: Parameters {
                timeout,
                io_size_bytes: 0,
                memory_copies: 1,
                density_instances: 1,
                scaleout_starts: 1,
                service_requests: 1,
                ..Parameters::of(Effort::Full)
            },
            interrupt: Interrupt::on_signals()?,
            io_file: None,
        })
    }

    /// What the backend would need to run here: a quick look, and for one that boots a stock kernel the outcome of a try.
    ///
    /// # Errors
    /// What is missing.
    pub fn lacks(&self, backend: &dyn Backend) -> Result<(), Missing> {
        backend.availability()?;
        boot_trial::pass(self, backend)
    }

    /// Whether the backend works here, by starting `hello` with it.
    ///
    /// # Errors
    /// `Unsupported` if the host lacks something, or what went wrong.
    pub fn first_start(&self, backend: &dyn Backend) -> Result<(), Failure> {
        self.lacks(backend)?;
        self.run(backend, &self.job(&["hello"])).map(drop)
    }

    /// Starts one instance.
    ///
    /// # Errors
    /// When the launcher can't be prepared or started.
    pub fn start(&self, backend: &dyn Backend, job: &Job) -> Result<Instance<'_>, Failure> {
        self.start_from(&self.binaries, backend, job)
    }

    /// Starts one instance inside a measuring cgroup.
    ///
    /// # Errors
    /// When the launcher can't be started.
    pub fn start_inside(
        &self,
        cgroup: &MeasuringCgroup,
        backend: &dyn Backend,
        job: &Job,
    ) -> Result<Instance<'_>, Failure> {
        self.start_enclosed(cgroup.enclosure(), backend, job)
    }

    /// Starts one instance inside cgroups of the harness's.
    ///
    /// # Errors
    /// When the launcher can't be started.
    pub fn start_enclosed(
        &self,
        enclosure: &Enclosure,
        backend: &dyn Backend,
        job: &Job,
    ) -> Result<Instance<'_>, Failure> {
        self.start_wrapped(backend, job, &|command| enclosure.wrap(command))
    }

    /// Starts one instance by a command that is made of its own.
    ///
    /// # Errors
    /// When the launcher can't be started.
    pub fn start_wrapped(
        &self,
        backend: &dyn Backend,
        job: &Job,
        wrap: &dyn Fn(&Command) -> Command,
    ) -> Result<Instance<'_>, Failure> {
        self.launch(&self.binaries, backend, job, Some(wrap))
    }

    /// Starts one instance of other copies of the binaries.
    ///
    /// # Errors
    /// When the launcher can't be started.
    pub fn start_from(
        &self,
        binaries: &Binaries,
        backend: &dyn Backend,
        job: &Job,
    ) -> Result<Instance<'_>, Failure> {
        self.launch(binaries, backend, job, None)
    }

    /// Starts one instance whose launcher finds this descriptor open, under the number that it has here.
    ///
    /// # Errors
    /// When the launcher can't be started.
    pub fn start_with(
        &self,
        inherited: OwnedFd,
        backend: &dyn Backend,
        job: &Job,
    ) -> Result<Instance<'_>, Failure> {
        self.spawn(backend.is_peer(), job.timeout, |fds| {
            let mut prepared = backend.prepare(job, &self.binaries, fds)?;
            prepared.inherited.push(inherited);
            Ok(prepared)
        })
    }

    /// Starts one instance and waits for its end.
    ///
    /// # Errors
    /// When it fails in any way.
    pub fn run(&self, backend: &dyn Backend, job: &Job) -> Result<Finished, Failure> {
        self.start(backend, job)?.finish()
    }

    /// Starts one instance, waits for its end, and counts the system calls that it took of the host.
    ///
    /// # Errors
    /// When it fails in any way. That calls can't be counted here is no failure.
    pub fn run_counted(
        &self,
        backend: &dyn Backend,
        job: &Job,
    ) -> Result<(Finished, Result<u64, Missing>), Failure> {
        let watched = HostCalls::watch();
        let finished = self.run(backend, job)?;
        let calls = watched.map(HostCalls::count).map_or_else(
            |missing| Ok(Err(missing)),
            |count| count.map(Ok).map_err(Failure::from),
        )?;
        Ok((finished, calls))
    }

    /// A job with these workload arguments and this lab's timeout.
    #[must_use]
    pub fn job(&self, args: &[&str]) -> Job {
        Job {
            args: args.iter().map(|arg| (*arg).to_owned()).collect(),
            memory_bytes: None,
            disk: None,
            timeout: self.parameters.timeout,
            launcher_args: Vec::new(),
        }
    }

    /// Starts a guest of a dozen instructions in a backend's VMM.
    ///
    /// # Errors
    /// When the VMM can't be prepared or started.
    pub fn start_floor(
        &self,
        vmm: &dyn Vmm,
        is_peer: bool,
        guest: FloorGuest,
    ) -> Result<Instance<'_>, Failure> {
        self.spawn(is_peer, self.parameters.timeout, |fds| {
            vmm.floor(guest, &self.binaries, fds)
        })
    }

    fn launch(
        &self,
        binaries: &Binaries,
        backend: &dyn Backend,
        job: &Job,
        wrap: Option<&dyn Fn(&Command) -> Command>,
    ) -> Result<Instance<'_>, Failure> {
        self.spawn(backend.is_peer(), job.timeout, |fds| {
            if backend.refuses_hybrid_cgroups() {
                cgroup_view::without_v2_tree()?;
            }
            let mut prepared = backend.prepare(job, binaries, fds)?;
            if let Some(wrap) = wrap {
                prepared.command = wrap(&prepared.command);
            }
            Ok(prepared)
        })
    }

    fn spawn(
        &self,
        is_peer: bool,
        timeout: Duration,
        prepare: impl FnOnce(ReportFds) -> Result<Prepared, Failure>,
    ) -> Result<Instance<'_>, Failure> {
        let (mut timeline, mut stats) = (Channel::open()?, Channel::open()?);
        if is_peer {
            // It knows nothing of them, and might leave them open inside.
            timeline.close_writer();
            stats.close_writer();
        }
        let fds = ReportFds {
            timeline: timeline.launcher_fd().unwrap_or(-1),
            stats: stats.launcher_fd().unwrap_or(-1),
        };
        let launch = Launch {
            prepared: prepare(fds)?,
            timeline,
            stats,
            timeout,
            output_bytes: self.parameters.output_bytes,
        };
        Instance::spawn(launch, &self.interrupt)
    }
}
