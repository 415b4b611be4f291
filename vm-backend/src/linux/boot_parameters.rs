//! What the kernel is told at its start: memory, command line, initramfs, ACPI tables.
//!
//! The same facts in two forms, by the way in ([`super::kernel::Entry`]):
//! - the "zero page" (`struct boot_params`), which begins with the bzImage's own header;
//! - PVH's start info, which points to a memory map and to a list of modules, the initramfs being the only one.
//!
//! Read next: Documentation/arch/x86/zero-page.rst; Xen's `hvm_start_info`.

use linux_loader::configurator::linux::LinuxBootConfigurator;
use linux_loader::configurator::pvh::PvhBootConfigurator;
use linux_loader::configurator::{BootConfigurator, BootParams};
use linux_loader::loader::bootparam::{boot_e820_entry, boot_params};
use linux_loader::loader::elf::start_info::{
    hvm_memmap_table_entry, hvm_modlist_entry, hvm_start_info,
};
use vm_memory::{Bytes, GuestAddress, GuestMemoryMmap};

use super::kernel::{Entry, Loaded};
use super::layout::{ACPI, BOOT_PARAMETERS, COMMAND_LINE, HIGH_RAM, LOW_RAM_END, PVH_TABLES};
use crate::Error;

/// Kinds of memory: usable; not.
const RAM: u32 = 1;
const RESERVED: u32 = 2;
/// "A boot loader without a number of its own".
const OTHER_LOADER: u8 = 0xff;
/// boot.rst: what a header must have.
const BOOT_FLAG: u16 = 0xaa55;
const HEADER_MAGIC: u32 = 0x5372_6448;
/// "xEn3" with its top bit set.
const PVH_MAGIC: u32 = 0x336e_c578;

/// A range of guest memory with contents.
#[derive(Clone, Copy, Debug)]
pub struct Contents {
    /// Where it begins.
    pub address: GuestAddress,
    /// Its length.
    pub bytes: u64,
}

/// (start, end, kind) of all memory below the devices.
fn memory_map(ram_bytes: u64) -> [(u64, u64, u32); 3] {
    [
        (0, LOW_RAM_END, RAM),
        (LOW_RAM_END, HIGH_RAM, RESERVED),
        (HIGH_RAM, ram_bytes, RAM),
    ]
}

/// Writes the parameters in the form that the kernel's way in wants.
///
/// # Errors
/// When the layout is wrong.
pub fn write(
    memory: &GuestMemoryMmap,
    ram_bytes: u64,
    kernel: &Loaded,
    command_line: &str,
    initramfs: Contents,
) -> Result<(), Error> {
    let line = [command_line.as_bytes(), b"\0"].concat();
    memory
        .write_slice(&line, COMMAND_LINE)
        .map_err(Error::memory("the kernel's command line"))?;
    match kernel.entry {
        Entry::Linux64(_) => write_zero_page(memory, ram_bytes, kernel, initramfs),
        Entry::Pvh(_) => write_start_info(memory, ram_bytes, initramfs),
    }
}

fn write_zero_page(
    memory: &GuestMemoryMmap,
    ram_bytes: u64,
    kernel: &Loaded,
    initramfs: Contents,
) -> Result<(), Error> {
    let mut params = boot_params {
        acpi_rsdp_addr: ACPI.0,
        ..Default::default()
    };
    params.hdr = kernel.header.unwrap_or_default();
    params.hdr.type_of_loader = OTHER_LOADER;
    params.hdr.boot_flag = BOOT_FLAG;
    params.hdr.header = HEADER_MAGIC;
    // All below 4 GiB.
    params.hdr.cmd_line_ptr = COMMAND_LINE.0 as u32;
    params.hdr.ramdisk_image = initramfs.address.0 as u32;
    params.hdr.ramdisk_size = initramfs.bytes as u32;
    let map = memory_map(ram_bytes);
    for (entry, (start, end, kind)) in params.e820_table.iter_mut().zip(map) {
        *entry = boot_e820_entry {
            addr: start,
            size: end - start,
            r#type: kind,
        };
    }
    params.e820_entries = map.len() as u8;
    LinuxBootConfigurator::write_bootparams(&BootParams::new(&params, BOOT_PARAMETERS), memory)
        .map_err(|error| Error::BootParameters {
            reason: error.to_string(),
        })
}

fn write_start_info(
    memory: &GuestMemoryMmap,
    ram_bytes: u64,
    initramfs: Contents,
) -> Result<(), Error> {
    let map = memory_map(ram_bytes).map(|(start, end, kind)| hvm_memmap_table_entry {
        addr: start,
        size: end - start,
        type_: kind,
        ..Default::default()
    });
    let module = hvm_modlist_entry {
        paddr: initramfs.address.0,
        size: initramfs.bytes,
        ..Default::default()
    };
    let modules_at = GuestAddress(PVH_TABLES.0 + size_of_val(&map) as u64);
    let info = hvm_start_info {
        magic: PVH_MAGIC,
        version: 1,
        nr_modules: u32::from(initramfs.bytes > 0),
        modlist_paddr: modules_at.0,
        cmdline_paddr: COMMAND_LINE.0,
        rsdp_paddr: ACPI.0,
        memmap_paddr: PVH_TABLES.0,
        memmap_entries: map.len() as u32,
        ..Default::default()
    };
    let mut params = BootParams::new(&info, BOOT_PARAMETERS);
    params.set_sections(&map, PVH_TABLES);
    params.set_modules(&[module], modules_at);
    PvhBootConfigurator::write_bootparams(&params, memory).map_err(|error| Error::BootParameters {
        reason: error.to_string(),
    })
}
