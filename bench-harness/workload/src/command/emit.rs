//! `emit --mib N --block BYTES`: writes N MiB of filler lines to standard output, BYTES at a time.
//!
//! How fast bytes leave a container or a VM. The lines start with `#`: readers of the protocol skip them.

use workload::checksum::Checksum;
use workload::protocol::Line;

use crate::Failure;
use crate::arguments::Arguments;
use crate::report::{say, write_out};

const LINE_BYTES: usize = 1024;

/// Writes whole lines, so that a block never starts in the middle of one.
pub fn run(mut arguments: Arguments) -> Result<(), Failure> {
    let mib: usize = arguments.require("--mib")?;
    let block_bytes: usize = arguments.require("--block")?;
    arguments.finish()?;
    let total_bytes = mib
        .checked_mul(1 << 20)
        .ok_or_else(|| Failure::Usage(format!("--mib {mib} is too much")))?;
    if block_bytes == 0
        || !block_bytes.is_multiple_of(LINE_BYTES)
        || !total_bytes.is_multiple_of(block_bytes)
    {
        let rule = format!(
            "--block {block_bytes} must be a multiple of {LINE_BYTES} and divide the {mib} MiB"
        );
        return Err(Failure::Usage(rule));
    }
    let mut line = vec![b'.'; LINE_BYTES];
    line[0] = b'#';
    line[LINE_BYTES - 1] = b'\n';
    let block = line.repeat(block_bytes / LINE_BYTES);
    say(&Line::Ready)?;
    for _ in 0..total_bytes / block_bytes {
        write_out(&block)?;
    }
    let mut checksum = Checksum::default();
    checksum.add(total_bytes as u64);
    say(&Line::Done {
        checksum: checksum.value(),
    })
}
