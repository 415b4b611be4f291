//! How full a balloon is, and how full it shall be: what the device shares with whoever wants memory from it.
//!
//! The configuration space has two fields of 32 bits, both in pages of 4 KiB: `num_pages`, which the device writes, and `actual`,
//! which the driver writes. The guest may write any number there; it is believed, and nothing but an answer depends on it.
//!
//! Read next: virtio 1.2, 5.5.4.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::device::line::Line;
use crate::lock::lock;

/// Where the field that the driver writes begins.
const ACTUAL_AT: u64 = 4;
/// How long the configuration space is.
const CONFIG_BYTES: usize = 8;

/// The numbers. Clones are the same ones.
#[derive(Clone, Debug)]
pub struct BalloonGauge(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    /// The guest has written its field.
    is_written: Condvar,
}

#[derive(Debug)]
struct State {
    /// How many pages it shall hold: `num_pages`. Written by the host.
    wanted: u32,
    /// How many it holds, as the driver says: `actual`. 0 after a reset.
    held: u32,
    /// Changes with `wanted`.
    generation: u32,
    /// From the driver's DRIVER_OK until a reset.
    line: Option<Line>,
}

impl BalloonGauge {
    /// Of a balloon that is empty, and shall hold so many pages as soon as there is a driver.
    #[must_use]
    pub fn new(wanted: u32) -> Self {
        Self(Arc::new(Shared {
            state: Mutex::new(State {
                wanted,
                held: 0,
                generation: 0,
                line: None,
            }),
            is_written: Condvar::new(),
        }))
    }

    /// Asks the driver for another number of pages. Returns what it was asked for before.
    pub fn want(&self, pages: u32) -> u32 {
        let mut state = self.lock();
        let before = std::mem::replace(&mut state.wanted, pages);
        state.generation = state.generation.wrapping_add(1);
        // Without a driver there is nobody to tell; one that comes will look.
        if let Some(line) = &state.line {
            line.announce();
        }
        before
    }

    /// Waits until it holds what it shall hold. An error is what it holds when the time is over.
    ///
    /// # Errors
    /// When the driver doesn't do it in that time.
    pub fn wait(&self, patience: Duration) -> Result<(), u32> {
        let (state, _) = self
            .0
            .is_written
            .wait_timeout_while(self.lock(), patience, |state| state.held != state.wanted)
            .unwrap_or_else(PoisonError::into_inner);
        match state.held == state.wanted {
            true => Ok(()),
            false => Err(state.held),
        }
    }

    /// How many pages the driver has yet to put in.
    #[must_use]
    pub fn missing_pages(&self) -> u32 {
        let state = self.lock();
        state.wanted.saturating_sub(state.held)
    }

    pub(super) fn config(&self) -> [u8; CONFIG_BYTES] {
        let state = self.lock();
        let both = u64::from(state.wanted) | u64::from(state.held) << (8 * ACTUAL_AT);
        both.to_le_bytes()
    }

    /// Only `actual`, and as a whole.
    pub(super) fn write_config(&self, offset: u64, data: &[u8]) {
        if let (ACTUAL_AT, Ok(held)) = (offset, data.try_into()) {
            self.lock().held = u32::from_le_bytes(held);
            self.0.is_written.notify_all();
        }
    }

    pub(super) fn generation(&self) -> u32 {
        self.lock().generation
    }

    /// There is a driver, at the end of this line.
    pub(super) fn connect(&self, line: Line) {
        self.lock().line = Some(line);
    }

    /// The driver has taken everything back.
    pub(super) fn disconnect(&self) {
        let mut state = self.lock();
        state.line = None;
        state.held = 0;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.0.state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_ends_when_the_driver_says_so_or_with_the_time() {
        let gauge = BalloonGauge::new(10);
        assert_eq!(gauge.wait(Duration::ZERO), Err(0));
        assert_eq!(gauge.missing_pages(), 10);
        gauge.write_config(4, &10u32.to_le_bytes());
        assert_eq!(gauge.wait(Duration::ZERO), Ok(()));
        assert_eq!(gauge.want(3), 10);
        assert_eq!((gauge.missing_pages(), gauge.generation()), (0, 1));
        let driver = {
            let gauge = gauge.clone();
            std::thread::spawn(move || {
                for held in [7u32, 3] {
                    gauge.write_config(4, &held.to_le_bytes());
                }
            })
        };
        assert_eq!(gauge.wait(Duration::from_secs(60)), Ok(()));
        driver.join().unwrap();
    }

    #[test]
    fn only_the_driver_s_own_field_can_be_written_and_only_as_a_whole() {
        let gauge = BalloonGauge::new(0x0102_0304);
        for (offset, data) in [
            (0, &[9; 4][..]),
            (4, &[9; 3]),
            (4, &[9; 8]),
            (5, &[9; 4]),
            (8, &[9; 4]),
            (u64::MAX, &[9; 4]),
        ] {
            gauge.write_config(offset, data);
        }
        assert_eq!(gauge.config(), [4, 3, 2, 1, 0, 0, 0, 0]);
        gauge.write_config(4, &[5, 6, 7, 8]);
        assert_eq!(gauge.config(), [4, 3, 2, 1, 5, 6, 7, 8]);
    }
}
