//! The machine as ACPI describes it: what a kernel can't find out by looking.
//!
//! ```text
//! RSDP ──▶ XSDT ──▶ FADT ──▶ DSDT   devices, as a program (AML): here one node for each virtio device
//!               └─▶ MADT           interrupt controllers: the local APICs, and the I/O APIC
//! ```
//!
//! The FADT says that the hardware is *reduced*: no timer chip, no legacy interrupt controller, no power-management registers.
//! A kernel then doesn't look for any of these, which saves it time and us writing them.
//!
//! Each virtio device is a node "LNRO0005", with its register page and its interrupt; Linux' driver virtio_mmio binds to that
//! name. (Kernels may also take devices from the command line, but distributions build theirs without that.)
//!
//! Read next: ACPI 6.5, 5.2 (tables), 19 (AML); the crate acpi_tables.

use acpi_tables::aml::{Device, Interrupt, Memory32Fixed, Name, Path, ResourceTemplate, Scope};
use acpi_tables::fadt::{FADTBuilder, Flags, PmProfile};
use acpi_tables::madt::{
    EnabledStatus, IoApic, LocalInterruptController, MADT, ProcessorLocalApic,
};
use acpi_tables::rsdp::Rsdp;
use acpi_tables::sdt::Sdt;
use acpi_tables::xsdt::XSDT;
use acpi_tables::{Aml, AmlSink};
use guest_abi::PAGE_SIZE;
use vm_memory::{Bytes, GuestAddress, GuestMemoryMmap};

use super::layout::{ACPI, HIGH_RAM, IOAPIC, device_interrupt, device_page};
use crate::Error;

const OEM: [u8; 6] = *b"ISOLAB";
const TABLE: [u8; 8] = *b"ISOLABVM";
const REVISION: u32 = 1;
/// Local APIC registers, at the address that every x86 has them.
const LOCAL_APIC: u32 = 0xfee0_0000;

/// The FADT's flags of a PC that lacks what every PC had. A kernel would ask the clock that isn't there 20 000 times.
const NO_VGA: u16 = 1 << 2;
const NO_CMOS_CLOCK: u16 = 1 << 5;

/// Where tables go, one after the other.
struct Writer<'a> {
    memory: &'a GuestMemoryMmap,
    next: GuestAddress,
}

/// A table's bytes.
struct Bytes8(Vec<u8>);

impl AmlSink for Bytes8 {
    fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }
}

fn bytes_of(table: &dyn Aml) -> Vec<u8> {
    let mut bytes = Bytes8(Vec::new());
    table.to_aml_bytes(&mut bytes);
    bytes.0
}

impl Writer<'_> {
    /// Writes a table; gives its address.
    fn put(&mut self, table: &dyn Aml) -> Result<GuestAddress, Error> {
        let bytes = bytes_of(table);
        let at = self.next;
        self.next = GuestAddress((at.0 + bytes.len() as u64).next_multiple_of(16));
        if self.next.0 > HIGH_RAM {
            return Err(Error::BootParameters {
                reason: "the ACPI tables are too long".to_owned(),
            });
        }
        self.memory
            .write_slice(&bytes, at)
            .map_err(Error::memory("the ACPI tables"))?;
        Ok(at)
    }
}

/// Writes the tables for so many CPUs and virtio devices.
///
/// # Errors
/// When they don't fit.
pub fn write(memory: &GuestMemoryMmap, cpus: u8, devices: u32) -> Result<(), Error> {
    let mut tables = Writer {
        memory,
        // The first thing there is the root, which is known last.
        next: GuestAddress(ACPI.0 + Rsdp::len().next_multiple_of(16) as u64),
    };
    let dsdt = tables.put(&dsdt(devices))?;
    let mut fadt = FADTBuilder::new(OEM, TABLE, REVISION)
        .dsdt_64(dsdt.0)
        .flag(Flags::HwReducedAcpi)
        .preferred_pm_profile(PmProfile::EnterpriseServer);
    fadt.iapc_boot_arch = (NO_VGA | NO_CMOS_CLOCK).into();
    let fadt = tables.put(&fadt.finalize())?;
    let madt = tables.put(&madt(cpus))?;
    let mut xsdt = XSDT::new(OEM, TABLE, REVISION);
    xsdt.add_entry(fadt.0);
    xsdt.add_entry(madt.0);
    let xsdt = tables.put(&xsdt)?;
    tables.next = ACPI;
    tables.put(&Rsdp::new(OEM, xsdt.0)).map(drop)
}

/// The devices.
fn dsdt(devices: u32) -> Sdt {
    let mut nodes = Vec::new();
    for index in 0..devices {
        let registers = Memory32Fixed::new(true, device_page(index).0 as u32, PAGE_SIZE as u32);
        // Edge-triggered, active high, not shared.
        let interrupt = Interrupt::new(true, true, false, false, device_interrupt(index));
        let resources = ResourceTemplate::new(vec![&registers, &interrupt]);
        let (hid, uid) = (
            Name::new("_HID".into(), &"LNRO0005"),
            Name::new("_UID".into(), &index),
        );
        let resources = Name::new("_CRS".into(), &resources);
        let name = format!("VR{index:02}");
        let device = Device::new(Path::new(&name), vec![&hid, &uid, &resources]);
        nodes.extend(bytes_of(&Scope::new("_SB_".into(), vec![&device])));
    }
    let mut dsdt = Sdt::new(*b"DSDT", 36, 6, OEM, TABLE, REVISION);
    dsdt.append_slice(&nodes);
    dsdt
}

/// The interrupt controllers.
fn madt(cpus: u8) -> MADT {
    let controller = LocalInterruptController::Address(LOCAL_APIC);
    let mut madt = MADT::new(OEM, TABLE, REVISION, controller);
    for cpu in 0..cpus {
        madt.add_structure(ProcessorLocalApic::new(cpu, cpu, EnabledStatus::Enabled));
    }
    madt.add_structure(IoApic::new(0, IOAPIC.0 as u32, 0));
    madt
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linux::layout::MAX_DEVICES;
    use crate::ram::Ram;

    /// Every ACPI table's bytes add up to 0.
    fn table(memory: &GuestMemoryMmap, at: u64) -> Vec<u8> {
        let length: u32 = memory.read_obj(GuestAddress(at + 4)).unwrap();
        let mut bytes = vec![0; length as usize];
        memory.read_slice(&mut bytes, GuestAddress(at)).unwrap();
        let sum = bytes.iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte));
        assert_eq!(sum, 0, "{:?}", String::from_utf8_lossy(&bytes[..4]));
        bytes
    }

    fn word(bytes: &[u8], at: usize) -> u64 {
        u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap())
    }

    #[test]
    fn every_table_is_reached_from_the_root() {
        let ram = Ram::new(16 << 20).unwrap();
        write(ram.memory(), 2, MAX_DEVICES).unwrap();
        let mut root = [0; 36];
        ram.memory().read_slice(&mut root, ACPI).unwrap();
        assert_eq!(&root[..8], b"RSD PTR ");
        let xsdt = table(ram.memory(), word(&root, 24));
        let [fadt, madt] = [36, 44].map(|at| table(ram.memory(), word(&xsdt, at)));
        assert_eq!((&fadt[..4], &madt[..4]), (&b"FACP"[..], &b"APIC"[..]));
        let flags = u32::from_le_bytes(fadt[112..116].try_into().unwrap());
        assert_ne!(flags & 1 << 20, 0, "the hardware is reduced");
        let dsdt = table(ram.memory(), word(&fadt, 140));
        let count = dsdt.windows(8).filter(|part| part == b"LNRO0005").count();
        assert_eq!(count, MAX_DEVICES as usize);
    }
}
