//! Case `fit`: what each further instance takes.

use std::io;

use crate::backend::{Backend, Job};
use crate::experiment::Measurement;
use crate::failure::Failure;
use crate::fleet::Fleet;
use crate::lab::Lab;
use crate::measuring_cgroup::MeasuringCgroup;
use crate::memory_budget::Spending;
use crate::process_tree::pss_bytes_of;
use crate::sample::Unit;
use crate::stats::slope::theil_sen;

/// What is read: the name of its values, and that of the slope through them.
const PSS: [&str; 2] = ["density.pss_bytes", "density.pss_slope_bytes"];
const CGROUP: [&str; 2] = ["density.cgroup_bytes", "density.cgroup_slope_bytes"];
const AVAILABLE: [&str; 2] = ["density.available_bytes", "density.available_slope_bytes"];

/// One reading for each number of instances, or the reason why it can't be read.
type Readings = Result<Vec<(f64, f64)>, String>;

/// Holds 1, 2, 4 … instances, and reads the three definitions at each of these numbers.
pub(super) fn measure(backend: &dyn Backend, lab: &Lab) -> Result<Vec<Measurement>, Failure> {
    let job = Job {
        memory_bytes: Some(backend.headroom_bytes()),
        ..lab.job(&["hold", "--mib", "0"])
    };
    // Declared before the instances: dropped after them, when nobody is inside any more.
    let cgroup = MeasuringCgroup::create();
    let spending = Spending::begin(lab.parameters.memory_budget)?;
    let mut filling = Filling {
        backend,
        lab,
        job: &job,
        cgroup: cgroup.as_ref(),
        spending,
        fleet: Fleet::default(),
        most_bytes: backend.headroom_bytes() as f64,
    };
    let (mut pss, mut charged): (Readings, Readings) = (Ok(Vec::new()), Ok(Vec::new()));
    let mut missing = Vec::new();
    for target in targets(lab.parameters.density_instances) {
        let before = filling.fleet.len();
        let has_room = filling.fill(target)?;
        let count = filling.fleet.len() as f64;
        if filling.fleet.len() > before {
            note(&mut pss, count, filling.pss());
            note(&mut charged, count, filling.charged());
            missing.push((count, filling.taken_bytes()?));
        }
        if !has_room {
            break;
        }
    }
    let count = filling.fleet.len();
    filling.fleet.finish()?;
    if count == 0 {
        let budget = spending.budget_bytes() >> 20;
        return Err(Failure::Unsupported(format!(
            "the memory budget of {budget} MiB has no room for one instance (remedy: --memory-budget)"
        )));
    }
    let mut measurements = vec![Measurement::new(
        "density.instances",
        Unit::Count,
        count as f64,
    )];
    measurements.extend(told(PSS, pss));
    measurements.extend(told(CGROUP, charged));
    measurements.extend(told(AVAILABLE, Ok(missing)).map(doubt_gain));
    Ok(measurements)
}

/// A fleet that grows as long as the memory budget lasts.
struct Filling<'a> {
    backend: &'a dyn Backend,
    lab: &'a Lab,
    job: &'a Job,
    cgroup: Result<&'a MeasuringCgroup, &'a io::Error>,
    spending: Spending,
    fleet: Fleet<'a>,
    /// The most that one more may take: its limit, or the size of the VM.
    most_bytes: f64,
}

impl Filling<'_> {
    /// Starts instances until there are so many; false if the budget ends before.
    fn fill(&mut self, target: usize) -> Result<bool, Failure> {
        while self.fleet.len() < target {
            if !self.spending.allows(self.most_bytes)? {
                return Ok(false);
            }
            let mut instance = match self.cgroup {
                Ok(cgroup) => self.lab.start_inside(cgroup, self.backend, self.job)?,
                Err(_) => self.lab.start(self.backend, self.job)?,
            };
            instance.wait_for("ready")?;
            self.fleet.add(instance);
        }
        Ok(true)
    }

    fn pss(&self) -> Result<f64, String> {
        let read = pss_bytes_of(&self.fleet.ids());
        read.map(|bytes| bytes as f64)
            .map_err(|error| match error.kind() {
                io::ErrorKind::PermissionDenied => {
                    "its processes belong to another user namespace: only root may look".to_owned()
                }
                _ => error.to_string(),
            })
    }

    fn charged(&self) -> Result<f64, String> {
        let cgroup = self.cgroup.map_err(ToString::to_string)?;
        let bytes = cgroup.charged_bytes().map_err(|error| error.to_string())?;
        Ok(bytes as f64)
    }

    fn taken_bytes(&self) -> io::Result<f64> {
        self.spending.used_bytes()
    }
}

/// 1, 2, 4 … and at last the most that may be, if that is no power of two.
fn targets(most: u32) -> impl Iterator<Item = usize> {
    let powers = (0..usize::BITS).map(|power| 1_usize << power);
    let most = most as usize;
    powers.take_while(move |count| *count < most).chain([most])
}

/// Adds a reading; the first that fails stands for all.
fn note(readings: &mut Readings, count: f64, read: Result<f64, String>) {
    match (readings.as_mut(), read) {
        (Ok(points), Ok(value)) => points.push((count, value)),
        (Ok(_), Err(reason)) => *readings = Err(reason),
        (Err(_), _) => {}
    }
}

/// The readings and the slope through them.
fn told([value, slope]: [&str; 2], readings: Readings) -> impl Iterator<Item = Measurement> {
    let slope_of = |points: &[(f64, f64)]| match theil_sen(points) {
        Some(bytes) => Measurement::new(slope, Unit::Bytes, bytes),
        None => {
            let reason = "a slope takes two numbers of instances (remedy: --memory-budget, --density-instances)";
            Measurement::unsupported(slope, Unit::Bytes, reason)
        }
    };
    let measurements = match readings {
        Ok(points) => {
            let each = points.iter().map(|(count, bytes)| {
                Measurement::new(format!("{value}.{count}"), Unit::Bytes, *bytes)
            });
            each.chain([slope_of(&points)]).collect::<Vec<_>>()
        }
        Err(reason) => vec![Measurement::unsupported(slope, Unit::Bytes, reason)],
    };
    measurements.into_iter()
}

/// No instance gives the host memory.
fn doubt_gain(mut measurement: Measurement) -> Measurement {
    if measurement.value.as_ref().is_ok_and(|bytes| *bytes <= 0.0) {
        measurement.warning = Some(
            "the host has more memory than before: others gave some back meanwhile".to_owned(),
        );
    }
    measurement
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_double_up_to_the_most() {
        assert_eq!(targets(8).collect::<Vec<_>>(), [1, 2, 4, 8]);
        assert_eq!(targets(10).collect::<Vec<_>>(), [1, 2, 4, 8, 10]);
        assert_eq!(targets(1).collect::<Vec<_>>(), [1]);
    }

    #[test]
    fn readings_carry_their_number_and_the_slope_is_told_with_them() {
        let told: Vec<Measurement> =
            told(PSS, Ok(vec![(1.0, 500.0), (2.0, 600.0), (4.0, 800.0)])).collect();
        assert_eq!(told[2].metric, "density.pss_bytes.4");
        assert_eq!(
            (told[3].metric.as_str(), &told[3].value),
            ("density.pss_slope_bytes", &Ok(100.0))
        );
    }

    #[test]
    fn what_can_not_be_read_costs_its_own_slope_and_says_why() {
        let mut readings: Readings = Ok(vec![(1.0, 5.0)]);
        note(&mut readings, 2.0, Err("not root".to_owned()));
        note(&mut readings, 4.0, Ok(9.0));
        let told: Vec<Measurement> = told(CGROUP, readings).collect();
        assert_eq!(told.len(), 1);
        assert_eq!(
            told[0].value,
            Err(Failure::Unsupported("not root".to_owned()))
        );
    }

    #[test]
    fn one_number_of_instances_has_no_slope() {
        let told: Vec<Measurement> = told(PSS, Ok(vec![(1.0, 5.0)])).collect();
        assert!(told[0].value.is_ok() && told[1].value.is_err());
    }

    #[test]
    fn memory_that_the_host_gained_is_doubted() {
        let gained = Measurement::new("density.available_bytes.1", Unit::Bytes, -4096.0);
        assert!(doubt_gain(gained).warning.is_some());
    }
}
