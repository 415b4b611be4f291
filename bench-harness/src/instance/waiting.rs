//! One wait for any number of instances: a single `poll`, whoever has news.
//!
//! 1. Sleep until one of them writes or ends, the first deadline is over, or the user interrupts.
//! 2. Take what has arrived: each line gets its stamp here.
//! 3. Say which of them have ended. They are not reaped yet.
//!
//! One thread is enough: a thread for each instance would have the scheduler decide when a line is stamped.

use std::os::fd::AsFd;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::Instance;
use crate::clock::monotonic_ns;
use crate::failure::Failure;

/// What `poll` said of one instance.
#[derive(Clone, Copy)]
struct News {
    any: bool,
    ended: bool,
}

/// Waits for news of any of the instances; returns the indices of those that have ended, in ascending order.
///
/// # Errors
/// When the user interrupts, or the deadline of one of them is over.
pub fn wait_for_any(instances: &mut [Instance<'_>]) -> Result<Vec<usize>, Failure> {
    wait_for_any_until(instances, u64::MAX)
}

/// The same, and not beyond `until_ns` (CLOCK_MONOTONIC).
pub(super) fn wait_for_any_until(
    instances: &mut [Instance<'_>],
    until_ns: u64,
) -> Result<Vec<usize>, Failure> {
    let timeout = time_left(instances, until_ns)?;
    let Some(news) = sleep(instances, timeout)? else {
        return Ok(Vec::new());
    };
    let mut ended = Vec::new();
    for (index, (instance, news)) in instances.iter_mut().zip(news).enumerate() {
        if news.any {
            instance.output.take()?;
            instance.expect_end_after_done();
        }
        if news.ended {
            ended.push(index);
        }
    }
    Ok(ended)
}

/// Until the first deadline, or until `first_ns` if that comes before.
fn time_left(instances: &[Instance<'_>], mut first_ns: u64) -> Result<PollTimeout, Failure> {
    let now_ns = monotonic_ns();
    for instance in instances {
        if instance.deadline_ns <= now_ns {
            return Err(instance.timed_out());
        }
        first_ns = first_ns.min(instance.deadline_ns);
    }
    // Rounded up: a wait of 0 ms would be a busy loop for the last fraction.
    let left_ms = first_ns.saturating_sub(now_ns).div_ceil(1_000_000);
    Ok(PollTimeout::try_from(left_ms).unwrap_or(PollTimeout::MAX))
}

/// `None` when a signal ended the wait early.
fn sleep(instances: &[Instance<'_>], timeout: PollTimeout) -> Result<Option<Vec<News>>, Failure> {
    let Some(first) = instances.first() else {
        return Ok(None);
    };
    let mut fds = vec![PollFd::new(first.interrupt.as_fd(), PollFlags::POLLIN)];
    let mut starts = Vec::new();
    for instance in instances {
        starts.push(fds.len());
        fds.push(PollFd::new(
            instance.launcher.pidfd.as_fd(),
            PollFlags::POLLIN,
        ));
        fds.extend(instance.output.poll_fds());
    }
    match poll(&mut fds, timeout) {
        Err(nix::Error::EINTR) => return Ok(None),
        other => other?,
    };
    let ready: Vec<bool> = fds.iter().map(|fd| fd.any() == Some(true)).collect();
    if ready[0] {
        return Err(Failure::Interrupted);
    }
    let ends = starts.iter().skip(1).copied().chain([ready.len()]);
    let news = starts.iter().zip(ends).map(|(start, end)| News {
        any: ready[*start..end].contains(&true),
        ended: ready[*start],
    });
    Ok(Some(news.collect()))
}
