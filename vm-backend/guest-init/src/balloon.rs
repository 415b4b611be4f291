//! The part of memory that isn't for the program yet: the kernel's driver gives it to a device of the VMM, the balloon.
//!
//! The driver begins when it has found the device, and takes a while. A program that was started meanwhile could be faster, and
//! use what it shall not have. So the VMM is asked how much is missing, until that is nothing.
//!
//! Read next: vm-backend's `linux/growth.rs`.

use std::env;
use std::path::Path;

use guest_abi::balloon::{NO_DRIVER, WORD};

use crate::{doorbell, wait_for};

/// There as soon as the driver is, whether it has found a device or not.
const DRIVER: &str = "/sys/bus/virtio/drivers/virtio_balloon";

/// Waits for the balloon, if the kernel's command line says that there is one.
pub fn wait() -> Result<(), String> {
    if env::var_os(WORD).is_none() {
        return Ok(());
    }
    if !Path::new(DRIVER).exists() {
        return Err(NO_DRIVER.to_owned());
    }
    let full = wait_for("the balloon's last page", || {
        (doorbell::missing_pages() == 0).then_some(())
    });
    full.map_err(|_| {
        format!(
            "the kernel could not spare what the balloon shall take: {} pages are missing",
            doorbell::missing_pages()
        )
    })
}
