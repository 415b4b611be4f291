//! What happens to the machine while a run goes on: counters of the kernel, read before and after.
//!
//! | counter | where | what it gives away |
//! |---|---|---|
//! | CPU time of everybody, and stolen | `/proc/stat` | other programs; a hypervisor with other guests |
//! | own CPU time, children included | `getrusage` | what of it was ours |
//! | pages swapped | `/proc/vmstat` | memory that was not enough |
//! | time throttled | `cpu.stat` of our cgroup and those above | a limit round isolab itself |
//!
//! All are sums since boot, so nothing has to run in between.
//!
//! Simplified: what kernel threads do on our behalf (write-back, taking a network namespace apart) counts as others' time, and
//! so does what a foreign daemon does for a peer.
//!
//! Read next: `proc_stat(5)`, `summary/badge/machine.rs` (what is concluded from it).

use std::fs;
use std::path::Path;
use std::time::Instant;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use nix::unistd::{SysconfVar, sysconf};
use serde_json::{Map, Value, json};

use super::cgroup::{self, Mode};
use super::{kernel, line, power};

/// The counters at one moment. `None` is what this kernel doesn't say.
#[derive(Debug)]
pub struct Watch {
    began: Instant,
    cpu: Option<CpuTime>,
    own_s: Option<f64>,
    swapped: Option<[u64; 2]>,
    throttled_ns: Option<u64>,
}

/// Sums over all CPUs, in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct CpuTime {
    busy_s: f64,
    stolen_s: f64,
    all_s: f64,
}

impl Watch {
    /// Reads them.
    #[must_use]
    pub fn begin() -> Self {
        let stat = fs::read_to_string("/proc/stat").ok();
        Self {
            began: Instant::now(),
            cpu: stat.and_then(|text| cpu_time(&text, ticks_per_s()?)),
            own_s: own_cpu_s(),
            swapped: fs::read_to_string("/proc/vmstat")
                .ok()
                .and_then(|text| swapped(&text)),
            throttled_ns: throttled_ns(),
        }
    }

    /// What has happened since, as run.json has it.
    #[must_use]
    pub fn end(&self) -> Map<String, Value> {
        let now = Self::begin();
        let mut found = Map::new();
        let mut put = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                found.insert(name.to_owned(), value);
            }
        };
        put("lasted_s", Some(json!(self.began.elapsed().as_secs())));
        if let (Some(before), Some(after)) = (self.cpu, now.cpu) {
            let all_s = (after.all_s - before.all_s).max(f64::MIN_POSITIVE);
            let share =
                |seconds: f64| Some(json!((1000.0 * seconds.max(0.0) / all_s).round() / 1000.0));
            let busy_s = after.busy_s - before.busy_s;
            let own_s = self
                .own_s
                .zip(now.own_s)
                .map(|(before, after)| after - before);
            put(
                "other_cpu_share",
                own_s.and_then(|own_s| share(busy_s - own_s)),
            );
            put("steal_share", share(after.stolen_s - before.stolen_s));
        }
        let since = |before: u64, after: u64| json!(after.saturating_sub(before));
        for (index, name) in ["swapped_in_pages", "swapped_out_pages"]
            .into_iter()
            .enumerate()
        {
            let both = self.swapped.zip(now.swapped);
            put(
                name,
                both.map(|(before, after)| since(before[index], after[index])),
            );
        }
        let throttled = self.throttled_ns.zip(now.throttled_ns);
        put(
            "throttled_ns",
            throttled.map(|(before, after)| since(before, after)),
        );
        put("clocksource_at_end", Some(json!(kernel::clocksource())));
        put("on_battery_at_end", power::on_battery().map(Value::from));
        let load = line("/proc/loadavg");
        put(
            "load_at_end",
            load.and_then(|text| Some(json!(text.split(' ').next()?))),
        );
        found
    }
}

fn ticks_per_s() -> Option<f64> {
    let ticks = sysconf(SysconfVar::CLK_TCK).ok()??;
    Some(ticks as f64)
}

/// From the first line: user, nice, system, idle, iowait, irq, softirq, steal. What guests used is in user already.
fn cpu_time(stat: &str, ticks_per_s: f64) -> Option<CpuTime> {
    let fields = stat
        .lines()
        .next()?
        .strip_prefix("cpu ")?
        .split_whitespace();
    let ticks: Vec<f64> = fields
        .take(8)
        .map(|field| field.parse().ok())
        .collect::<Option<_>>()?;
    let &[user, nice, system, idle, iowait, irq, softirq, steal] = ticks.as_slice() else {
        return None;
    };
    let busy = user + nice + system + irq + softirq;
    Some(CpuTime {
        busy_s: busy / ticks_per_s,
        stolen_s: steal / ticks_per_s,
        all_s: (busy + idle + iowait + steal) / ticks_per_s,
    })
}

/// This process and all that it has reaped.
fn own_cpu_s() -> Option<f64> {
    let seconds = |who| {
        let usage = getrusage(who).ok()?;
        let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
        Some(micros as f64 / 1e6)
    };
    Some(seconds(UsageWho::RUSAGE_SELF)? + seconds(UsageWho::RUSAGE_CHILDREN)?)
}

/// Pages in and out.
fn swapped(vmstat: &str) -> Option<[u64; 2]> {
    let count = |name: &str| {
        let value = vmstat.lines().find_map(|line| line.strip_prefix(name))?;
        value.trim().parse().ok()
    };
    Some([count("pswpin ")?, count("pswpout ")?])
}

/// How long the CPU limits of our cgroup and of those above it have held processes back.
fn throttled_ns() -> Option<u64> {
    let mounts = cgroup::mounts().ok()?;
    let v1 = mounts.v1("cpu").map(|point| (point, Mode::V1("cpu")));
    let (point, mode) = v1.or_else(|| mounts.v2().map(|point| (point, Mode::V2)))?;
    let own = cgroup::own_path(mode).ok()?;
    let own = point.join(own.trim_start_matches('/'));
    let upwards = own.ancestors().take_while(|path| path.starts_with(point));
    let stats = upwards.filter_map(|path: &Path| fs::read_to_string(path.join("cpu.stat")).ok());
    Some(stats.filter_map(|text| throttled_in(&text)).sum())
}

/// v2 counts microseconds, v1 nanoseconds.
fn throttled_in(cpu_stat: &str) -> Option<u64> {
    cpu_stat
        .lines()
        .find_map(|line| match line.split_once(' ')? {
            ("throttled_usec", value) => value.parse::<u64>().ok()?.checked_mul(1000),
            ("throttled_time", value) => value.parse().ok(),
            _ => None,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn busy_is_all_but_idle_waiting_and_stolen() {
        let time = cpu_time("cpu  10 20 30 100 50 1 2 7 9 0\ncpu0 1 2\n", 100.0).unwrap();
        let expected = CpuTime {
            busy_s: 0.63,
            stolen_s: 0.07,
            all_s: 2.2,
        };
        assert_eq!(time, expected);
        assert_eq!(cpu_time("intr 5\n", 100.0), None);
    }

    #[test]
    fn both_versions_of_cgroups_say_how_long_they_throttled() {
        let v1 = "nr_periods 5\nnr_throttled 2\nthrottled_time 1500\n";
        let v2 = "usage_usec 9\nnr_throttled 2\nthrottled_usec 7\n";
        assert_eq!(
            (throttled_in(v1), throttled_in(v2)),
            (Some(1500), Some(7000))
        );
        assert_eq!(throttled_in("usage_usec 9\n"), None);
    }

    #[test]
    fn swapped_pages_are_counted_both_ways() {
        assert_eq!(swapped("pgpgin 3\npswpin 4\npswpout 5\n"), Some([4, 5]));
    }

    #[test]
    fn what_the_harness_burns_itself_is_not_others_time() {
        let watch = Watch::begin();
        let began = Instant::now();
        let mut sum = 0_u64;
        while began.elapsed().as_millis() < 100 {
            sum = sum.wrapping_mul(31).wrapping_add(1);
        }
        assert!(std::hint::black_box(sum) != 1);
        let found = watch.end();
        let share = found["other_cpu_share"].as_f64().unwrap();
        assert!((0.0..=1.0).contains(&share), "{found:?}");
        assert_eq!(found["clocksource_at_end"], json!(kernel::clocksource()));
    }
}
