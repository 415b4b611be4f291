//! What a disk has done, counted.
//!
//! A request is counted before the driver can know that it is done. A guest may end the VM within the microsecond in which it learns
//! that its last write is durable, and the VMM then reports what is counted: if that came after the interrupt, the last requests
//! would sometimes be missing.

use std::sync::{Arc, Mutex};

use crate::lock::lock;

/// What the disk has done for the guest: requests that succeeded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DiskCounts {
    /// Read requests.
    pub reads: u64,
    /// Write requests.
    pub writes: u64,
    /// Flush requests.
    pub flushes: u64,
    /// Bytes read from the file.
    pub read_bytes: u64,
    /// Bytes written to the file.
    pub write_bytes: u64,
}

/// Counts that go on while others look at them. Clones are the same counter.
#[derive(Clone, Debug, Default)]
pub struct DiskCounter(Arc<Mutex<DiskCounts>>);

impl DiskCounter {
    /// What has been done.
    #[must_use]
    pub fn counts(&self) -> DiskCounts {
        *lock(&self.0)
    }

    /// Counts.
    pub fn add(&self, what: impl FnOnce(&mut DiskCounts)) {
        what(&mut lock(&self.0));
    }
}
