//! `hello`: ready, and over. What is left is the cost of starting and ending something.

use workload::checksum::Checksum;
use workload::protocol::Line;

use crate::Failure;
use crate::arguments::Arguments;
use crate::report::Burst;

/// Nothing is initialized and nothing is computed, so `ready` and `done` are the same moment and leave in one write.
pub fn run(arguments: Arguments) -> Result<(), Failure> {
    arguments.finish()?;
    let mut checksum = Checksum::default();
    checksum.add_bytes(b"hello");
    let mut burst = Burst::default();
    burst.add(&Line::Ready);
    burst.add(&Line::Done {
        checksum: checksum.value(),
    });
    burst.say()
}
