//! Kernel modules: distributions build drivers as files, so the initramfs must bring those of our devices.
//!
//! Beside each module depmod(8) has noted what it needs (`modules.dep`), and which drivers are in the kernel itself
//! (`modules.builtin`). From that comes the list to load, each module after those that it needs.
//!
//! Files may be compressed; the kernel gets them unpacked ([`packed`]), because not every one can do that itself.
//!
//! Read next: modules.dep(5).

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::initramfs::Contents;
use super::packed;

/// The drivers of console, disk, and entropy. In whatever order; those that are missing are built in, or the kernel can't drive
/// that device.
pub const DEVICES: [&str; 3] = ["virtio_console", "virtio_blk", "virtio_rng"];
/// Of the balloon, which few machines have.
pub const BALLOON: &str = "virtio_balloon";
/// Of registers that are memory, by which all devices of our machine are found, and most of other VMMs'.
pub const MMIO: &str = "virtio_mmio";
/// Of a PCI bus, which ours doesn't have.
pub const PCI: &str = "virtio_pci";

/// A module to load.
#[derive(Debug)]
pub struct Module {
    /// Its name.
    pub name: String,
    /// What is in it, unpacked.
    pub contents: Contents<'static>,
}

/// The folder of a kernel's modules: beside the kernel, as `scripts/guest-kernel` puts them, or the host's. A kernel without
/// any has its drivers built in, or is none of ours.
///
/// # Errors
/// With the folder, when the kernel has brought modules of other releases only.
pub fn folder(kernel: &Path, release: Option<&str>) -> Result<Option<PathBuf>, PathBuf> {
    let (Some(beside), Some(release)) = (kernel.parent(), release) else {
        return Ok(None);
    };
    let below = |root: &Path| root.join("lib/modules").join(release);
    let brought = below(beside);
    let found = [brought.clone(), below(Path::new("/"))];
    match found
        .into_iter()
        .find(|folder| folder.join("modules.dep").is_file())
    {
        None if beside.join("lib/modules").is_dir() => Err(brought),
        found => Ok(found),
    }
}

/// Reads the wanted modules of a folder, and what they need, in the order of loading.
///
/// # Errors
/// When a file that `modules.dep` names can't be read.
pub fn read(folder: &Path, wanted: &[&str]) -> io::Result<Vec<Module>> {
    let dependencies = fs::read_to_string(folder.join("modules.dep"))?;
    order(&dependencies, wanted)
        .into_iter()
        .map(|path| {
            let contents = contents(folder.join(path))
                .map_err(|error| io::Error::new(error.kind(), format!("{path}: {error}")))?;
            Ok(Module {
                name: name(path).to_owned(),
                contents,
            })
        })
        .collect()
}

/// The files of these modules and of what they need.
///
/// # Errors
/// When `modules.dep` can't be read.
pub fn files(folder: &Path, wanted: &[&str]) -> io::Result<Vec<PathBuf>> {
    let dependencies = fs::read_to_string(folder.join("modules.dep"))?;
    let paths = order(&dependencies, wanted).into_iter();
    Ok(paths.map(|path| folder.join(path)).collect())
}

/// The module's name in a path: `kernel/drivers/block/virtio_blk.ko.xz` is virtio_blk.
fn name(path: &str) -> &str {
    let file = path.rsplit('/').next().unwrap_or(path);
    file.split(".ko").next().unwrap_or(file)
}

/// The files of these modules and of all that they need, each once, needed ones first. A line of modules.dep lists
/// everything that is needed, directly or not, the last to be loaded first.
fn order<'a>(dependencies: &'a str, wanted: &[&str]) -> Vec<&'a str> {
    let mut files: Vec<&str> = Vec::new();
    for want in wanted {
        let line = dependencies
            .lines()
            .filter_map(|line| line.split_once(':'))
            // Module names don't tell - from _.
            .find(|(path, _)| name(path).replace('-', "_") == *want);
        let Some((path, needs)) = line else { continue };
        for file in needs.split_whitespace().rev().chain([path]) {
            if !files.contains(&file) {
                files.push(file);
            }
        }
    }
    files
}

/// A module that isn't compressed can stay where it is until the archive is written.
fn contents(path: PathBuf) -> io::Result<Contents<'static>> {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("ko") => Contents::of(path),
        _ => Ok(Contents::Bytes(packed::unpack(&path)?.into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_module_needs_comes_before_it_and_once() {
        let dependencies = "\
kernel/drivers/virtio/virtio.ko:
kernel/drivers/virtio/virtio_ring.ko: kernel/drivers/virtio/virtio.ko
kernel/drivers/block/virtio_blk.ko: kernel/drivers/virtio/virtio_ring.ko kernel/drivers/virtio/virtio.ko
kernel/drivers/virtio/virtio-mmio.ko.xz: kernel/drivers/virtio/virtio_ring.ko kernel/drivers/virtio/virtio.ko
kernel/other.ko: kernel/drivers/virtio/virtio.ko
";
        let names: Vec<&str> = order(dependencies, &[MMIO, "virtio_blk", "virtio_rng"])
            .into_iter()
            .map(name)
            .collect();
        assert_eq!(
            names,
            ["virtio", "virtio_ring", "virtio-mmio", "virtio_blk"]
        );
        assert!(order("", &DEVICES).is_empty());
    }

    #[test]
    fn modules_of_another_release_are_not_taken_for_none() {
        let root = tempfile::tempdir().unwrap();
        let kernel = root.path().join("vmlinuz");
        let release = Some("6.1.0-test");
        assert_eq!(folder(&kernel, release), Ok(None));
        let other = root.path().join("lib/modules/6.2.0");
        let own = root.path().join("lib/modules/6.1.0-test");
        fs::create_dir_all(&other).unwrap();
        assert_eq!(folder(&kernel, release), Err(own.clone()));
        fs::create_dir_all(&own).unwrap();
        fs::write(own.join("modules.dep"), "").unwrap();
        assert_eq!(folder(&kernel, release), Ok(Some(own)));
        assert_eq!(folder(&kernel, None), Ok(None));
    }
}
