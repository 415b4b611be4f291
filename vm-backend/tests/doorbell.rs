//! A guest's store to QueueNotify reaches the disk's thread without an exit to the VMM.

mod support;

use std::fs;
use std::time::{Duration, Instant};

use guest_abi::VIRTIO_MMIO_ADDR;
use kvm_ioctls::{IoEventAddress, VcpuExit, VcpuFd, VmFd};
use virtio_bindings::virtio_blk::VIRTIO_BLK_T_IN;
use virtio_bindings::virtio_mmio::*;
use virtio_bindings::virtio_ring::{VRING_DESC_F_NEXT, VRING_DESC_F_WRITE};
use vm_backend::device::{BlockThread, DiskFile, Line, VirtioMmio};
use vm_backend::{kvm, layout, ram::Ram};
use vm_memory::{Bytes, GuestAddress};
use vmm_sys_util::eventfd::EventFd;

const CODE: u64 = 0x1000;
const DESCRIPTORS: u64 = 0x2000;
const AVAILABLE: u64 = 0x3000;
const USED: u64 = 0x4000;
const HEADER: u64 = 0x5000;
const STATUS: u64 = 0x5100;
const DATA: u64 = 0x6000;

/// In real mode, with DS at the registers: `mov dword ptr [0x50], 0; hlt`.
const STORE_AND_HALT: [u8; 10] = [0x66, 0xc7, 0x06, 0x50, 0, 0, 0, 0, 0, 0xf4];

/// What a driver writes until the disk is ready.
fn set_up(ram: &Ram, registers: &mut VirtioMmio<BlockThread>) {
    for (register, value) in [
        (VIRTIO_MMIO_STATUS, 1),
        (VIRTIO_MMIO_STATUS, 3),
        (VIRTIO_MMIO_DRIVER_FEATURES_SEL, 1),
        (VIRTIO_MMIO_DRIVER_FEATURES, 1),
        (VIRTIO_MMIO_STATUS, 11),
        (VIRTIO_MMIO_QUEUE_NUM, 8),
        (VIRTIO_MMIO_QUEUE_DESC_LOW, DESCRIPTORS as u32),
        (VIRTIO_MMIO_QUEUE_AVAIL_LOW, AVAILABLE as u32),
        (VIRTIO_MMIO_QUEUE_USED_LOW, USED as u32),
        (VIRTIO_MMIO_QUEUE_READY, 1),
        (VIRTIO_MMIO_STATUS, 15),
    ] {
        registers.write(ram.memory(), register.into(), &u32::to_le_bytes(value));
    }
}

/// A request for the first sector, ready to be taken.
fn offer_read(ram: &Ram) {
    let (next, write) = (VRING_DESC_F_NEXT as u16, VRING_DESC_F_WRITE as u16);
    let pieces = [
        (HEADER, 16, next, 1),
        (DATA, 512, next | write, 2),
        (STATUS, 1, write, 0),
    ];
    for (place, (address, length, flags, following)) in (DESCRIPTORS..).step_by(16).zip(pieces) {
        let descriptor: [u16; 4] = [length, 0, flags, following];
        let memory = ram.memory();
        memory
            .write_obj(address, GuestAddress(place))
            .expect("the guest is set up");
        let rest = GuestAddress(place + 8);
        memory
            .write_obj(descriptor, rest)
            .expect("the guest is set up");
    }
    let header = u128::from(VIRTIO_BLK_T_IN).to_le_bytes();
    let memory = ram.memory();
    memory
        .write_slice(&header, GuestAddress(HEADER))
        .expect("the guest is set up");
    memory
        .write_obj(1u16, GuestAddress(AVAILABLE + 2))
        .expect("the guest is set up");
}

/// A CPU in real mode, before that store.
fn cpu_before_store(vm: &VmFd, ram: &Ram) -> VcpuFd {
    let code = GuestAddress(CODE);
    ram.memory()
        .write_slice(&STORE_AND_HALT, code)
        .expect("the guest is set up");
    let cpu = vm.create_vcpu(0).expect("the guest is set up");
    let mut sregs = cpu.get_sregs().expect("the guest is set up");
    (sregs.cs.base, sregs.cs.selector) = (0, 0);
    sregs.ds.base = VIRTIO_MMIO_ADDR;
    cpu.set_sregs(&sregs).expect("the guest is set up");
    let mut regs = cpu.get_regs().expect("the guest is set up");
    (regs.rip, regs.rflags) = (CODE, 2);
    cpu.set_regs(&regs).expect("the guest is set up");
    cpu
}

#[test]
fn a_store_to_queue_notify_is_no_exit_and_the_request_is_done() {
    if !support::has_kvm() {
        return;
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), [0x5a; 512]).unwrap();
    let spec = file.path().display().to_string().parse().unwrap();
    let disk = BlockThread::start(DiskFile::open(&spec).unwrap()).unwrap();

    let vm = kvm::create_vm(&kvm::open().unwrap()).unwrap();
    let ram = Ram::new(layout::MIN_RAM_BYTES).unwrap();
    ram.plug_in(&vm).unwrap();
    let notify = VIRTIO_MMIO_ADDR + u64::from(VIRTIO_MMIO_QUEUE_NOTIFY);
    vm.register_ioevent(disk.doorbell(), &IoEventAddress::Mmio(notify), 0u32)
        .unwrap();
    let interrupt = EventFd::new(libc::EFD_NONBLOCK).unwrap();
    let mut registers = VirtioMmio::new(disk, Line::new(interrupt.try_clone().unwrap()));
    set_up(&ram, &mut registers);
    offer_read(&ram);

    let mut cpu = cpu_before_store(&vm, &ram);
    let exit = cpu.run().unwrap();
    assert!(matches!(exit, VcpuExit::Hlt), "{exit:?}");

    let began = Instant::now();
    while interrupt.read().is_err() {
        assert!(began.elapsed() < Duration::from_secs(60), "no interrupt");
        std::thread::sleep(Duration::from_millis(1));
    }
    let mut data = [0; 512];
    ram.memory()
        .read_slice(&mut data, GuestAddress(DATA))
        .unwrap();
    assert_eq!(data, [0x5a; 512]);
    let used: u16 = ram.memory().read_obj(GuestAddress(USED + 2)).unwrap();
    assert_eq!(used, 1);
}
