//! Mains or battery.
//!
//! Read next: the kernel's `Documentation/ABI/testing/sysfs-class-power`.

use std::fs;
use std::path::Path;

use super::line;

/// Whether the machine runs on battery; `None` on one that has none.
#[must_use]
pub fn on_battery() -> Option<bool> {
    on_battery_in(Path::new("/sys/class/power_supply"))
}

/// A battery that discharges is in use, unless it is that of a mouse: those are of scope `Device`.
fn on_battery_in(folder: &Path) -> Option<bool> {
    let supplies = fs::read_dir(folder).ok()?;
    let mut batteries = supplies.filter_map(|entry| {
        let path = entry.ok()?.path();
        let says = |file: &str, word: &str| line(path.join(file)).is_some_and(|text| text == word);
        let is_ours = says("type", "Battery") && !says("scope", "Device");
        is_ours.then(|| says("status", "Discharging"))
    });
    let first = batteries.next()?;
    Some(first || batteries.any(|discharging| discharging))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_battery_that_discharges_is_in_use_and_a_mouse_is_no_machine() {
        let folder = tempfile::tempdir().unwrap();
        let supply = |name: &str, files: &[(&str, &str)]| {
            let path = folder.path().join(name);
            fs::create_dir(&path).unwrap();
            for (file, text) in files {
                fs::write(path.join(file), format!("{text}\n")).unwrap();
            }
        };
        supply("AC", &[("type", "Mains"), ("online", "0")]);
        assert_eq!(on_battery_in(folder.path()), None);
        let mouse = [
            ("type", "Battery"),
            ("scope", "Device"),
            ("status", "Discharging"),
        ];
        supply("hidpp_battery_0", &mouse);
        assert_eq!(on_battery_in(folder.path()), None);
        supply("BAT0", &[("type", "Battery"), ("status", "Charging")]);
        assert_eq!(on_battery_in(folder.path()), Some(false));
        supply("BAT1", &[("type", "Battery"), ("status", "Discharging")]);
        assert_eq!(on_battery_in(folder.path()), Some(true));
    }
}
