//! The ways of accessing the file, and the workload's arguments for each.

use crate::backend::DISK_PATH;
use crate::io_file;

/// One way of accessing the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IoCase {
    /// The name in results.
    pub id: &'static str,
    /// The workload's operation.
    pub op: &'static str,
    /// Bytes per operation.
    pub block_bytes: u64,
    /// Past the host's page cache.
    pub direct: bool,
}

const fn case(id: &'static str, op: &'static str, block_bytes: u64, direct: bool) -> IoCase {
    IoCase {
        id,
        op,
        block_bytes,
        direct,
    }
}

pub(super) const CASES: [IoCase; 12] = [
    case("direct-randread-4k", "randread", 4096, true),
    case("direct-randwrite-4k", "randwrite", 4096, true),
    case("direct-seqread-128k", "seqread", 128 << 10, true),
    case("direct-seqread-1m", "seqread", 1 << 20, true),
    case("direct-seqwrite-128k", "seqwrite", 128 << 10, true),
    case("direct-seqwrite-1m", "seqwrite", 1 << 20, true),
    case("buffered-randread-4k", "randread", 4096, false),
    case("buffered-randwrite-4k", "randwrite", 4096, false),
    case("buffered-seqread-128k", "seqread", 128 << 10, false),
    case("buffered-seqread-1m", "seqread", 1 << 20, false),
    case("buffered-seqwrite-128k", "seqwrite", 128 << 10, false),
    case("buffered-seqwrite-1m", "seqwrite", 1 << 20, false),
];

/// Writes are brought to storage after this many.
const FSYNC_EVERY: &str = "32";

impl IoCase {
    /// True for the writing cases.
    #[must_use]
    pub fn writes(&self) -> bool {
        self.op.ends_with("write")
    }
}

/// Looks a case up.
#[must_use]
pub fn case_by_id(id: &str) -> Option<IoCase> {
    CASES.into_iter().find(|case| case.id == id)
}

/// The workload's arguments for a case; `length` is `["--ops", n]` or `["--duration-ms", n]`.
#[must_use]
pub fn workload_args(case: IoCase, size_bytes: u64, length: [&str; 2]) -> Vec<String> {
    let (block, size) = (case.block_bytes.to_string(), size_bytes.to_string());
    let mut args = vec![
        "io", "--file", DISK_PATH, "--op", case.op, "--block", &block, "--size", &size,
    ];
    args.extend(length);
    if case.writes() {
        args.extend(["--fsync-every", FSYNC_EVERY]);
    }
    if case.direct {
        args.push("--direct");
    }
    let seed = io_file::SEED.to_string();
    args.extend(["--seed", &seed]);
    args.into_iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_case_is_named_after_what_it_does() {
        for case in CASES {
            let kind = if case.direct { "direct-" } else { "buffered-" };
            assert!(
                case.id.starts_with(&format!("{kind}{}-", case.op)),
                "{}",
                case.id
            );
        }
    }
}
