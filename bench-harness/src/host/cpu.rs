//! The processor: which one, what it can do, and what may make its speed vary.

use std::fs;

use super::line;

/// Flags that decide what can run or how exact it is.
const FLAGS_OF_INTEREST: [&str; 14] = [
    "vmx",
    "svm",
    "hypervisor",
    "ept",
    "npt",
    "fsgsbase",
    "pcid",
    "constant_tsc",
    "nonstop_tsc",
    "tsc_known_freq",
    "xsave",
    "avx2",
    "avx512f",
    "user_shstk",
];

/// CPUs that this harness, and so everything that it starts, may use.
#[must_use]
pub fn usable_cpus() -> u64 {
    std::thread::available_parallelism().map_or(1, |count| count.get() as u64)
}

/// What /proc/cpuinfo says about the first CPU.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cpu {
    /// The name on the box.
    pub model: String,
    /// CPUs online.
    pub count: u64,
    /// Those of its flags that matter here.
    pub flags: Vec<String>,
}

impl Cpu {
    /// Reads it.
    #[must_use]
    pub fn read() -> Self {
        Self::parse(&fs::read_to_string("/proc/cpuinfo").unwrap_or_default())
    }

    fn parse(cpuinfo: &str) -> Self {
        let values = |key: &'static str| {
            cpuinfo
                .lines()
                .filter_map(move |line| line.split_once(':').filter(|(name, _)| name.trim() == key))
                .map(|(_, value)| value.trim())
        };
        let has: Vec<&str> = values("flags")
            .next()
            .unwrap_or_default()
            .split(' ')
            .collect();
        Self {
            model: values("model name").next().unwrap_or("unknown").to_owned(),
            count: values("processor").count() as u64,
            flags: FLAGS_OF_INTEREST
                .into_iter()
                .filter(|flag| has.contains(flag))
                .map(str::to_owned)
                .collect(),
        }
    }

    /// Whether a flag is set.
    #[must_use]
    pub fn has(&self, flag: &str) -> bool {
        self.flags.iter().any(|own| own == flag)
    }

    /// Whether a hypervisor says that it is there: then this "machine" is a VM itself.
    #[must_use]
    pub fn in_vm(&self) -> bool {
        self.has("hypervisor")
    }
}

/// The frequency governor of the first CPU, or `none` where the frequency isn't ours to choose.
#[must_use]
pub fn governor() -> String {
    line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")
        .unwrap_or_else(|| "none".to_owned())
}

/// Whether clock rates above the nominal one are allowed, if the kernel says so.
#[must_use]
pub fn boost() -> Option<bool> {
    let intel = line("/sys/devices/system/cpu/intel_pstate/no_turbo").map(|value| value == "0");
    intel.or_else(|| line("/sys/devices/system/cpu/cpufreq/boost").map(|value| value == "1"))
}

/// Mitigations of CPU vulnerabilities that are active, by vulnerability.
#[must_use]
pub fn mitigations() -> Vec<(String, String)> {
    let Ok(entries) = fs::read_dir("/sys/devices/system/cpu/vulnerabilities") else {
        return Vec::new();
    };
    let mut found: Vec<(String, String)> = entries
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let state = line(entry.path())?;
            (state != "Not affected")
                .then(|| (entry.file_name().to_string_lossy().into_owned(), state))
        })
        .collect();
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn model_count_and_flags_are_read() {
        let text = "processor\t: 0\nmodel name\t: Some CPU\nflags\t\t: fpu svm hypervisor\n\nprocessor\t: 1\nmodel name\t: Some CPU\n";
        let cpu = Cpu::parse(text);
        assert_eq!((cpu.model.as_str(), cpu.count), ("Some CPU", 2));
        assert_eq!(cpu.flags, ["svm", "hypervisor"]);
        assert!(cpu.in_vm() && !cpu.has("vmx"));
    }
}
