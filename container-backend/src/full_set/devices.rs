//! The devices that can do no harm, and what may be done with any.
//!
//! A node is only a name for two numbers, and whoever may make nodes can make one for the host's disk. So beside the list
//! of nodes there are rules, which the kernel asks at every open (`cgroup/v1.rs`, `cgroup/device_program.rs`).
//!
//! Read next: null(4), pts(4), config-linux.md ("Default Devices").

use std::fmt;

/// A device: name, major and minor number.
pub type Device = (&'static str, u32, u32);

/// The nodes in /dev, which anybody may read and write.
pub const DEVICES: [Device; 6] = [
    ("null", 1, 3),
    ("zero", 1, 5),
    ("full", 1, 7),
    ("random", 1, 8),
    ("urandom", 1, 9),
    ("tty", 5, 0),
];

/// The symbolic links beside them, and where they lead.
pub const DEVICE_LINKS: [(&str, &str); 5] = [
    ("ptmx", "pts/ptmx"),
    ("fd", "/proc/self/fd"),
    ("stdin", "/proc/self/fd/0"),
    ("stdout", "/proc/self/fd/1"),
    ("stderr", "/proc/self/fd/2"),
];

/// What may be done with devices; everything else may not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceRule {
    /// `c` for character devices, `b` for block devices.
    pub kind: char,
    /// `None` is any, as for `minor`.
    pub major: Option<u32>,
    /// See `major`.
    pub minor: Option<u32>,
    /// Of `r`ead, `w`rite, and `m`ake a node.
    pub access: &'static str,
}

/// Any node may be made (archives hold them), but only those of our /dev and pseudo-terminals may be opened.
pub const DEVICE_RULES: [DeviceRule; 10] = [
    rule('c', None, None, "m"),
    rule('b', None, None, "m"),
    rule('c', Some(1), Some(3), "rwm"),
    rule('c', Some(1), Some(5), "rwm"),
    rule('c', Some(1), Some(7), "rwm"),
    rule('c', Some(1), Some(8), "rwm"),
    rule('c', Some(1), Some(9), "rwm"),
    rule('c', Some(5), Some(0), "rwm"),
    rule('c', Some(5), Some(2), "rwm"),
    rule('c', Some(136), None, "rwm"),
];

const fn rule(
    kind: char,
    major: Option<u32>,
    minor: Option<u32>,
    access: &'static str,
) -> DeviceRule {
    DeviceRule {
        kind,
        major,
        minor,
        access,
    }
}

impl fmt::Display for DeviceRule {
    /// As cgroup v1 reads it: `c 1:3 rwm`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = |part: Option<u32>| part.map_or("*".to_owned(), |number| number.to_string());
        let (major, minor) = (number(self.major), number(self.minor));
        write!(formatter, "{} {major}:{minor} {}", self.kind, self.access)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_node_may_be_opened() {
        for (name, major, minor) in DEVICES {
            let line = format!("c {major}:{minor} rwm");
            let rules = DEVICE_RULES.map(|rule| rule.to_string());
            assert!(rules.contains(&line), "{name}");
        }
        assert_eq!(DEVICE_RULES[1].to_string(), "b *:* m");
        assert_eq!(DEVICE_RULES[9].to_string(), "c 136:* rwm");
    }
}
