//! What goes into the initramfs of one run: guest-init, the program, the drivers.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use guest_abi::initramfs::{ARGUMENTS, MODULES, PROGRAM, WAIT_FOR};

use super::initramfs::{Contents, Initramfs};
use super::modules::{self, BALLOON, DEVICES};
use crate::elf;
use crate::program::ProgramError;
use crate::{Error, cli};

/// The first process, made by `build.rs`.
static GUEST_INIT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/guest-init"));

/// The name by which the guest knows its disk, and the device that it is.
const DISK_FOLDER: &str = "data";
const DISK_LINK: &str = "data/disk";
const DISK_DEVICE: &str = "/dev/vda";

/// Plans the archive; `buses` are the drivers of those by which the devices are found.
///
/// # Errors
/// When the program, a driver, or `--initrd-extra` can't be read, or the program can't run without a dynamic linker.
pub fn plan(
    options: &cli::Run,
    kernel: &Path,
    release: Option<&str>,
    buses: &[&str],
) -> Result<Initramfs<'static>, Error> {
    let mut archive = Initramfs::default();
    for folder in ["dev", "proc", "sys", "tmp", DISK_FOLDER, relative(MODULES)] {
        archive.folder(folder);
    }
    // What the kernel opens as the first process' descriptors, and what Rust's runtime opens in their place.
    archive.device("dev/console", 5, 1);
    archive.device("dev/null", 1, 3);
    archive.text("init", 0o755, GUEST_INIT);
    archive.file(relative(PROGRAM), 0o755, program(options)?);
    let arguments = options.command.iter().skip(1);
    let arguments: Vec<u8> = arguments
        .flat_map(|argument| argument.as_bytes().iter().copied().chain([0]))
        .collect();
    archive.text(relative(ARGUMENTS), 0o644, arguments);
    let wait_for = match options.disk {
        Some(_) => format!("{DISK_DEVICE}\n"),
        None => String::new(),
    };
    archive.text(relative(WAIT_FOR), 0o644, wait_for.into_bytes());
    archive.link(DISK_LINK, DISK_DEVICE.as_bytes());
    let balloon = options.memory_max.map(|_| BALLOON);
    let drivers: Vec<&str> = buses
        .iter()
        .copied()
        .chain(DEVICES)
        .chain(balloon)
        .collect();
    add_modules(&mut archive, kernel, release, &drivers)?;
    if let Some(extra) = &options.initrd_extra {
        archive.copy_of(extra, "").map_err(|source| Error::Extra {
            path: extra.clone(),
            source,
        })?;
    }
    Ok(archive.finish())
}

/// The drivers, numbered in the order of loading. Without a folder for this kernel it must have them built in.
fn add_modules(
    archive: &mut Initramfs<'_>,
    kernel: &Path,
    release: Option<&str>,
    drivers: &[&str],
) -> Result<(), Error> {
    let found = modules::folder(kernel, release).map_err(|folder| Error::Modules {
        folder,
        source: std::io::Error::from_raw_os_error(libc::ENOENT),
    })?;
    let Some(folder) = found else { return Ok(()) };
    let modules =
        modules::read(&folder, drivers).map_err(|source| Error::Modules { folder, source })?;
    for (number, module) in modules.into_iter().enumerate() {
        let name = format!("{}/{number:02}-{}", relative(MODULES), module.name);
        archive.file(&name, 0o644, module.contents);
    }
    Ok(())
}

/// The program, after a look at its headers.
fn program(options: &cli::Run) -> Result<Contents<'static>, Error> {
    let path = Path::new(
        options
            .command
            .first()
            .map_or("".as_ref(), |word| word.as_os_str()),
    );
    let failed = |source| Error::Program {
        path: path.to_path_buf(),
        source,
    };
    let file = std::fs::File::open(path).map_err(|error| failed(ProgramError::Read(error)))?;
    let metadata = file.metadata();
    let metadata = metadata.map_err(|error| failed(ProgramError::Read(error)))?;
    if !metadata.is_file() {
        return Err(failed(ProgramError::NotElf));
    }
    elf::read_headers(&file, metadata.len()).map_err(failed)?;
    Ok(Contents::HostFile(path.to_path_buf(), metadata.len()))
}

/// cpio's names have no leading slash.
fn relative(path: &'static str) -> &'static str {
    path.trim_start_matches('/')
}
