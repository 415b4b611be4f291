//! Firecracker's jailer: a chroot to which all is brought that it reads.
//!
//! Read next: Firecracker's docs/jailer.md.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::{Boot, FIRECRACKER, JAILER};
use crate::backend::{Disk, Prepared, other_vmm};
use crate::failure::Failure;

/// "nobody": a user with no rights but to the files that it is given.
const JAIL_USER: u32 = 65_534;
/// The configuration's name in a jail.
const CONFIGURATION: &str = "configuration.json";

/// In a jail: all that it reads is copied or linked to where its chroot will be.
pub(super) fn jailed(boot: Boot<'_>) -> Result<Prepared, Failure> {
    let firecracker = FIRECRACKER.path()?;
    let base = tempfile::Builder::new().prefix("isolab-jail-").tempdir()?;
    // As the jailer names it: BASE/NAME-OF-THE-PROGRAM/ID/root.
    let program_name = firecracker.file_name().unwrap_or_default();
    let root = base
        .path()
        .join(program_name)
        .join(id_of(&base))
        .join("root");
    fs::create_dir_all(&root)?;
    let mut inside = boot.clone();
    inside.kernel = bring(&root, &boot.kernel, "kernel")?;
    inside.initramfs = match &boot.initramfs {
        Some(initramfs) => Some(bring(&root, initramfs, "initramfs")?),
        None => None,
    };
    // The disk must be the very file: a bind mount would be left behind, a copy would be another file.
    let disk = match boot.disk {
        Some(disk) => Some(Disk {
            file: link(&root, &disk.file, "disk")?,
            direct: disk.direct,
        }),
        None => None,
    };
    inside.disk = disk.as_ref();
    let configuration = root.join(CONFIGURATION);
    fs::write(&configuration, inside.configuration().to_string())?;
    own(&configuration)?;

    let mut command = other_vmm::command(JAILER.path()?)?;
    command.args(jailer_arguments(&firecracker, base.path(), &id_of(&base)));
    let mut prepared = Prepared::from(command);
    prepared.folder = Some(base);
    Ok(prepared)
}

/// The jailer's arguments, and behind `--` Firecracker's.
pub(super) fn jailer_arguments(firecracker: &Path, base: &Path, id: &str) -> Vec<String> {
    let user = JAIL_USER.to_string();
    let words = [
        "--id",
        id,
        "--exec-file",
        &firecracker.display().to_string(),
        "--uid",
        &user,
        "--gid",
        &user,
        "--chroot-base-dir",
        &base.display().to_string(),
        "--",
        "--no-api",
        "--config-file",
        CONFIGURATION,
    ];
    words.map(str::to_owned).to_vec()
}

/// Letters, digits and hyphens: the folder's own name, in which tempfile may have put others.
fn id_of(base: &TempDir) -> String {
    let name = base
        .path()
        .file_name()
        .unwrap_or_default()
        .to_string_lossy();
    name.chars().filter(char::is_ascii_alphanumeric).collect()
}

/// Copies a file into the jail; gives its path inside.
pub(super) fn bring(root: &Path, file: &Path, name: &str) -> Result<PathBuf, Failure> {
    let copy = root.join(name);
    fs::copy(file, &copy)?;
    own(&copy)?;
    Ok(Path::new("/").join(name))
}

/// Links a file into the jail; gives its path inside.
pub(super) fn link(root: &Path, file: &Path, name: &str) -> Result<PathBuf, Failure> {
    let other_disk = |error| {
        Failure::Unsupported(format!(
            "{} can't be linked into the jail ({error}): it must lie in the file system of {}",
            file.display(),
            root.display()
        ))
    };
    fs::hard_link(file, root.join(name)).map_err(other_disk)?;
    own(&root.join(name))?;
    Ok(Path::new("/").join(name))
}

/// Gives a file to the jail's user.
fn own(file: &Path) -> Result<(), Failure> {
    fs::set_permissions(file, fs::Permissions::from_mode(0o600))?;
    Ok(chown(file, Some(JAIL_USER), Some(JAIL_USER))?)
}
