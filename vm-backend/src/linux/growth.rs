//! How the memory of a Linux guest grows: `--memory-max` and `--control`, by a balloon.
//!
//! A slot of memory that is added later, as the tiny guest gets it, would be one that Linux knows nothing about: it finds its memory
//! at its start, by a map. So it is shown all of `--memory-max`, and what it shall not have yet is in a balloon:
//!
//! 1. The guest boots with all of it. Its driver fills the balloon, as soon as there is one, until `--memory` is left.
//! 2. guest-init waits for that, and starts the program then: from its first instruction on, that has no more.
//! 3. A request makes the balloon smaller, or larger again, and is answered when the driver has said that it is.
//!
//! Read next: [`crate::device::balloon`]; [`crate::control`].

use std::time::Duration;

use guest_abi::{LARGE_PAGE_SIZE, PAGE_SIZE};

use crate::control::Resize;
use crate::device::BalloonGauge;
use crate::ram::Ram;

/// A driver that is at it takes milliseconds; on an emulated machine that others use too, seconds.
const PATIENCE: Duration = Duration::from_secs(60);

/// A machine with a balloon in it.
#[derive(Debug)]
pub struct Ballooned {
    gauge: BalloonGauge,
    /// What the guest had at first: the balloon gets no larger than what is above.
    least_bytes: u64,
    /// What it has when the balloon is empty.
    most_bytes: u64,
    /// How long the driver may take.
    patience: Duration,
}

impl Ballooned {
    /// A machine that boots with all of its RAM, and is to be left with the part that is the guest's from the start.
    #[must_use]
    pub fn new(ram: &Ram) -> Self {
        let (least_bytes, most_bytes) = (ram.bytes(), ram.most_bytes());
        Self {
            gauge: BalloonGauge::new(pages(most_bytes - least_bytes)),
            least_bytes,
            most_bytes,
            patience: PATIENCE,
        }
    }

    /// What the device is made with.
    #[must_use]
    pub fn gauge(&self) -> &BalloonGauge {
        &self.gauge
    }
}

/// RAM ends far below 2^32 pages.
fn pages(bytes: u64) -> u32 {
    (bytes / PAGE_SIZE) as u32
}

impl Resize for Ballooned {
    fn resize(&mut self, bytes: u64) -> Result<(), String> {
        if !bytes.is_multiple_of(LARGE_PAGE_SIZE) || bytes < self.least_bytes {
            return Err(format!(
                "RAM began as {} and changes in steps of {LARGE_PAGE_SIZE}",
                self.least_bytes
            ));
        }
        if bytes > self.most_bytes {
            return Err(format!("--memory-max is {}", self.most_bytes));
        }
        let wanted = pages(self.most_bytes - bytes);
        let before = self.gauge.want(wanted);
        let patience = self.patience;
        self.gauge.wait(patience).map_err(|held| {
            self.gauge.want(before);
            format!(
                "the balloon shall hold {wanted} pages, and after {patience:?} the guest's driver says {held}"
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::MIN_RAM_BYTES;

    #[test]
    fn what_can_t_be_is_answered_with_the_reason_and_not_asked_for() {
        let most = MIN_RAM_BYTES + 4 * LARGE_PAGE_SIZE;
        let ram = Ram::with_room(MIN_RAM_BYTES, most).unwrap();
        let mut machine = Ballooned::new(&ram);
        let wanted = 4 * (LARGE_PAGE_SIZE / PAGE_SIZE) as u32;
        for (bytes, reason) in [
            (0, "in steps"),
            (MIN_RAM_BYTES - LARGE_PAGE_SIZE, "RAM began as"),
            (MIN_RAM_BYTES + 4096, "in steps"),
            (most + LARGE_PAGE_SIZE, "--memory-max is"),
            (u64::MAX, "in steps"),
        ] {
            let refused = machine.resize(bytes).unwrap_err();
            assert!(refused.contains(reason), "{bytes}: {refused}");
            assert_eq!(machine.gauge().missing_pages(), wanted);
        }
    }

    #[test]
    fn without_a_driver_that_does_it_everything_stays_as_it_was() {
        let most = MIN_RAM_BYTES + 4 * LARGE_PAGE_SIZE;
        let ram = Ram::with_room(MIN_RAM_BYTES, most).unwrap();
        let mut machine = Ballooned {
            patience: Duration::ZERO,
            ..Ballooned::new(&ram)
        };
        let refused = machine.resize(most - LARGE_PAGE_SIZE).unwrap_err();
        assert!(refused.contains("shall hold 512 pages"), "{refused}");
        assert!(refused.contains("driver says 0"), "{refused}");
        assert_eq!(machine.gauge().missing_pages(), 4 * 512);
        // That there is nothing in it is what an empty one says, too.
        assert_eq!(machine.resize(most), Ok(()));
    }
}
