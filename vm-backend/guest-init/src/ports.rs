//! The named ports of a virtio console device.

use std::fs::{self, File, OpenOptions};
use std::path::Path;

use crate::wait_for;

/// Opens the port of this name. It appears a moment after its driver was loaded.
pub fn open(name: &str, how: &OpenOptions) -> Result<File, String> {
    let path = wait_for(&format!("the console port {name}"), || {
        let ports = fs::read_dir("/sys/class/virtio-ports").ok()?.flatten();
        let mut named = ports.filter(|port| {
            fs::read_to_string(port.path().join("name")).is_ok_and(|found| found.trim() == name)
        });
        Some(Path::new("/dev").join(named.next()?.file_name()))
    })?;
    wait_for(&path.display().to_string(), || how.open(&path).ok())
}
