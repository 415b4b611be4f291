//! The board: what the CPUs reach by an address or a port, and who answers.
//!
//! | where | what | answer |
//! |---|---|---|
//! | 0xd000_0000, a page each | registers of the virtio devices | [`crate::device`] |
//! | 0xfec0_0000 | I/O APIC | [`super::ioapic`] |
//! | ports 0x608, 0x60c | the doorbell of guest-init | phases, and the end; a read: what the balloon lacks |
//! | ports 0x3f8-0x3ff | a serial port, with `--serial` | [`super::serial`] |
//! | port 0x64, value 0xfe | reset, by way of a keyboard controller that isn't there | the end |
//! | any other | nothing | reads as ones, takes writes: a bus without a device |
//!
//! All CPUs share it, so each part has a lock of its own. The local APICs are KVM's and never come here.

use std::fmt;
use std::sync::Mutex;

use guest_abi::doorbell::{INIT_FAILED, PORT_BALLOON, PORT_EXIT, PORT_PHASE, SIGNAL_SHIFT};
use guest_abi::{PAGE_SIZE, VIRTIO_MMIO_ADDR};
use kvm_ioctls::VmFd;
use vm_memory::GuestMemoryMmap;

use super::ioapic::IoApic;
use super::layout::IOAPIC;
use super::serial::Port;
use crate::device::{BalloonGauge, Device, VirtioMmio};
use crate::lock::lock;
use crate::stats::Reason;

/// The keyboard controller's command port, and its command that pulls the reset line.
const KEYBOARD_PORT: u16 = 0x64;
const KEYBOARD_RESET: u8 = 0xfe;
/// Bits of the code at the doorbell that hold the exit code, and the signal.
const CODE_MASK: u32 = 0xff;
const SIGNAL_MASK: u32 = 0x7f;

/// A device as the board sees it: a page of registers.
pub trait Registers: fmt::Debug + Send {
    /// A CPU reads.
    fn read(&mut self, offset: u64, data: &mut [u8]);
    /// A CPU writes.
    fn write(&mut self, memory: &GuestMemoryMmap, offset: u64, data: &[u8]);
}

impl<D: Device> Registers for VirtioMmio<D> {
    fn read(&mut self, offset: u64, data: &mut [u8]) {
        self.read(offset, data);
    }

    fn write(&mut self, memory: &GuestMemoryMmap, offset: u64, data: &[u8]) {
        self.write(memory, offset, data);
    }
}

/// What a doorbell or a reset says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// guest-init has reached a phase.
    Phase(u32),
    /// The program has ended with this code.
    Exited(u8),
    /// A signal has ended the program.
    Killed(u8),
    /// guest-init could not run the program.
    InitFailed,
    /// The kernel wants a reset: it has panicked, or its init has ended it.
    Reset,
}

/// Everything beside CPUs and memory.
#[derive(Debug)]
pub struct Board {
    devices: Vec<Mutex<Box<dyn Registers>>>,
    ioapic: Mutex<IoApic>,
    serial: Option<Mutex<Port>>,
    /// What guest-init may ask about, if one of the devices is a balloon.
    balloon: Option<BalloonGauge>,
}

impl Board {
    /// With these devices, in the order of their pages.
    #[must_use]
    pub fn new(
        devices: Vec<Box<dyn Registers>>,
        serial: Option<Port>,
        balloon: Option<BalloonGauge>,
    ) -> Self {
        Self {
            devices: devices.into_iter().map(Mutex::new).collect(),
            ioapic: Mutex::default(),
            serial: serial.map(Mutex::new),
            balloon,
        }
    }

    /// A CPU reads memory that isn't RAM.
    pub fn read_memory(&self, address: u64, data: &mut [u8]) -> Reason {
        if let Some((device, offset)) = self.device(address) {
            lock(device).read(offset, data);
            return Reason::MmioRead;
        }
        if let Some(offset) = offset_in(address, IOAPIC.0) {
            data.fill(0);
            let value = lock(&self.ioapic).read(offset).to_le_bytes();
            let length = data.len().min(value.len());
            data[..length].copy_from_slice(&value[..length]);
            return Reason::IoApic;
        }
        data.fill(0xff);
        Reason::MmioRead
    }

    /// A CPU writes memory that isn't RAM.
    ///
    /// # Errors
    /// When KVM refuses the interrupt routes that follow from it.
    pub fn write_memory(
        &self,
        vm: &VmFd,
        memory: &GuestMemoryMmap,
        address: u64,
        data: &[u8],
    ) -> Result<Reason, kvm_ioctls::Error> {
        if let Some((device, offset)) = self.device(address) {
            lock(device).write(memory, offset, data);
            return Ok(Reason::MmioWrite);
        }
        if let (Some(offset), Ok(value)) = (offset_in(address, IOAPIC.0), data.try_into()) {
            let mut ioapic = lock(&self.ioapic);
            if ioapic.write(offset, u32::from_le_bytes(value)) {
                ioapic.apply(vm)?;
            }
            return Ok(Reason::IoApic);
        }
        Ok(Reason::MmioWrite)
    }

    /// A CPU reads from a port.
    pub fn read_port(&self, port: u16, data: &mut [u8]) -> Reason {
        data.fill(0xff);
        match (&self.serial, Port::register(port), data) {
            (Some(serial), Some(register), [byte]) => {
                *byte = lock(serial).read(register);
                Reason::Serial
            }
            (_, _, data) => self.read_doorbell(port, data),
        }
    }

    fn read_doorbell(&self, port: u16, data: &mut [u8]) -> Reason {
        match (&self.balloon, <&mut [u8; 4]>::try_from(data)) {
            (Some(balloon), Ok(data)) if port == PORT_BALLOON => {
                *data = balloon.missing_pages().to_le_bytes();
                Reason::Doorbell
            }
            _ => Reason::EmptyPort,
        }
    }

    /// A CPU writes to a port.
    pub fn write_port(&self, port: u16, data: &[u8]) -> (Reason, Option<Event>) {
        if let (Some(serial), Some(register), [byte]) = (&self.serial, Port::register(port), data) {
            lock(serial).write(register, *byte);
            return (Reason::Serial, None);
        }
        match event_of(port, data) {
            Some(event) => (Reason::Doorbell, Some(event)),
            None => (Reason::EmptyPort, None),
        }
    }

    /// The end of what the kernel has said, if anybody listened.
    #[must_use]
    pub fn last_words(&self) -> String {
        match &self.serial {
            Some(serial) => lock(serial).last_words(),
            None => String::new(),
        }
    }

    fn device(&self, address: u64) -> Option<(&Mutex<Box<dyn Registers>>, u64)> {
        let distance = address.checked_sub(VIRTIO_MMIO_ADDR)?;
        let index = usize::try_from(distance / PAGE_SIZE).ok()?;
        Some((self.devices.get(index)?, distance % PAGE_SIZE))
    }
}

/// What a write to a port means for the machine as a whole.
fn event_of(port: u16, data: &[u8]) -> Option<Event> {
    match (port, data) {
        (PORT_PHASE, &[a, b, c, d]) => Some(Event::Phase(u32::from_le_bytes([a, b, c, d]))),
        (PORT_EXIT, &[a, b, c, d]) => {
            let code = u32::from_le_bytes([a, b, c, d]);
            Some(match code >> SIGNAL_SHIFT & SIGNAL_MASK {
                _ if code & INIT_FAILED != 0 => Event::InitFailed,
                0 => Event::Exited((code & CODE_MASK) as u8),
                signal => Event::Killed(signal as u8),
            })
        }
        (KEYBOARD_PORT, [KEYBOARD_RESET]) => Some(Event::Reset),
        _ => None,
    }
}

fn offset_in(address: u64, page: u64) -> Option<u64> {
    address
        .checked_sub(page)
        .filter(|offset| *offset < PAGE_SIZE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Echo(u8);

    impl Registers for Echo {
        fn read(&mut self, offset: u64, data: &mut [u8]) {
            data.fill(self.0 + offset as u8);
        }

        fn write(&mut self, _: &GuestMemoryMmap, _: u64, _: &[u8]) {}
    }

    #[test]
    fn each_device_has_its_page_and_the_rest_is_empty() {
        let board = Board::new(vec![Box::new(Echo(10)), Box::new(Echo(20))], None, None);
        let read = |address| {
            let mut data = [0; 2];
            board.read_memory(address, &mut data);
            data
        };
        assert_eq!(read(VIRTIO_MMIO_ADDR + 1), [11; 2]);
        assert_eq!(read(VIRTIO_MMIO_ADDR + PAGE_SIZE), [20; 2]);
        for empty in [
            VIRTIO_MMIO_ADDR + 2 * PAGE_SIZE,
            VIRTIO_MMIO_ADDR - 1,
            u64::MAX,
        ] {
            assert_eq!(read(empty), [0xff; 2]);
        }
        assert_eq!(read(IOAPIC.0), [0; 2]);
    }

    #[test]
    fn the_doorbell_tells_what_the_balloon_lacks_where_there_is_one() {
        let read = |balloon: Option<u32>, port| {
            let board = Board::new(Vec::new(), None, balloon.map(BalloonGauge::new));
            let mut data = [0; 4];
            board.read_port(port, &mut data);
            u32::from_le_bytes(data)
        };
        assert_eq!(read(Some(7), PORT_BALLOON), 7);
        assert_eq!(read(Some(7), PORT_EXIT), u32::MAX);
        assert_eq!(read(None, PORT_BALLOON), u32::MAX);
    }

    #[test]
    fn the_doorbell_speaks_in_whole_words() {
        assert_eq!(event_of(0x608, &[3, 0, 0, 0]), Some(Event::Phase(3)));
        assert_eq!(event_of(0x60c, &[7, 0, 0, 0]), Some(Event::Exited(7)));
        assert_eq!(event_of(0x60c, &[0, 9, 0, 0]), Some(Event::Killed(9)));
        assert_eq!(event_of(0x60c, &[0, 0, 1, 0]), Some(Event::InitFailed));
        assert_eq!(event_of(0x60c, &[7]), None);
        assert_eq!(event_of(0x64, &[0xfe]), Some(Event::Reset));
        assert_eq!(event_of(0x3f8, b"x"), None);
    }
}
