//! The part of memory that isn't for the program yet: the kernel's driver gives it to a device of the VMM, the balloon.
//!
//! The driver begins when it has found the device, and takes a while. A program that was started meanwhile could be faster, and
//! use what it shall not have. So the VMM is asked how much is missing, until that is nothing.
//!
//! Read next: vm-backend's `linux/growth.rs`.

use std::env;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use guest_abi::balloon::{NO_DRIVER, WORD};

use crate::doorbell;

/// There as soon as the driver is, whether it has found a device or not.
const DRIVER: &str = "/sys/bus/virtio/drivers/virtio_balloon";

/// Between two questions, each of which is an exit.
const PAUSE: Duration = Duration::from_millis(1);
/// Without a page. How long all of them take depends on the machine: on an emulated one that others use too, more than ten seconds.
const PATIENCE: Duration = Duration::from_secs(20);

/// Waits for the balloon, if the kernel's command line says that there is one.
pub fn wait() -> Result<(), String> {
    if env::var_os(WORD).is_none() {
        return Ok(());
    }
    if !Path::new(DRIVER).exists() {
        return Err(NO_DRIVER.to_owned());
    }
    let mut missing = doorbell::missing_pages();
    let mut moved = Instant::now();
    while missing > 0 {
        sleep(PAUSE);
        let left = doorbell::missing_pages();
        if left < missing {
            moved = Instant::now();
        } else if moved.elapsed() > PATIENCE {
            return Err(format!(
                "the kernel could not spare what the balloon shall take: {left} pages are missing"
            ));
        }
        missing = left;
    }
    Ok(())
}
