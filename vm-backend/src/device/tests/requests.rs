//! Requests of a driver that keeps to the protocol.

use virtio_bindings::virtio_blk::*;

use super::*;

const OK: u32 = VIRTIO_BLK_S_OK;
const IOERR: u32 = VIRTIO_BLK_S_IOERR;

#[test]
fn what_is_written_is_in_the_file_and_is_read_back() {
    for options in writable_ways() {
        let mut guest = Guest::booted(options);
        let content: Vec<u8> = (0..4096u32).map(|number| (number % 251) as u8).collect();
        guest
            .memory
            .write_slice(&content, GuestAddress(DATA))
            .unwrap();
        let data = [(DATA, 4096, false)];
        assert_eq!(guest.request(VIRTIO_BLK_T_OUT, 3, &data), OK);
        assert_eq!(guest.used_bytes(), 1);
        assert_eq!(guest.file()[3 * 512..][..4096], content);

        let data = [(DATA + 0x8000, 4096, true)];
        assert_eq!(guest.request(VIRTIO_BLK_T_IN, 3, &data), OK);
        assert_eq!(guest.used_bytes(), 4097);
        assert_eq!(guest.bytes(DATA + 0x8000, 4096), content);
        assert_eq!(guest.used(), 2);
        guest.assert_guards_hold();
    }
}

#[test]
fn a_request_may_be_cut_into_any_pieces() {
    for options in writable_ways() {
        let mut guest = Guest::booted(options);
        guest.write_header(VIRTIO_BLK_T_IN, 7);
        // Header, data and status: each shares a piece with its neighbour, or is in several; some have odd addresses.
        guest.submit(&[
            (HEADER, 3, false),
            (0, 0, false),
            (HEADER + 3, 13, false),
            (DATA + 1, 100, true),
            (DATA + 0x1003, 412, true),
            (0, 0, true),
            (DATA + 0x2000, 513, true),
        ]);
        assert_eq!(guest.bytes(DATA + 1, 100), [7; 100]);
        assert_eq!(guest.bytes(DATA + 0x1003, 412), [7; 412]);
        assert_eq!(guest.bytes(DATA + 0x2000, 512), [8; 512]);
        assert_eq!(guest.bytes(DATA + 0x2200, 1), [OK as u8]);
        assert_eq!(guest.used_bytes(), 1025);

        // The header and the data to be written in one piece.
        guest.write_header(VIRTIO_BLK_T_OUT, 9);
        guest
            .memory
            .write_slice(&[0x77; 512], GuestAddress(HEADER + 16))
            .unwrap();
        guest.submit(&[(HEADER, 528, false), (STATUS, 1, true)]);
        assert_eq!(guest.status(), OK);
        assert_eq!(guest.file()[9 * 512..10 * 512], [0x77; 512]);
        assert_eq!(guest.file()[10 * 512..11 * 512], [10; 512]);
        guest.assert_guards_hold();
    }
}

#[test]
fn requests_are_counted_if_they_succeed() {
    let mut guest = Guest::booted("");
    let read = [(DATA, 1024, true)];
    let write = [(DATA, 512, false)];
    assert_eq!(guest.request(VIRTIO_BLK_T_IN, 0, &read), OK);
    assert_eq!(guest.request(VIRTIO_BLK_T_IN, SECTORS - 1, &read), IOERR);
    assert_eq!(guest.request(VIRTIO_BLK_T_OUT, 0, &write), OK);
    assert_eq!(guest.request(VIRTIO_BLK_T_FLUSH, 0, &[]), OK);
    let counts = guest.registers.counts();
    assert_eq!((counts.reads, counts.read_bytes), (1, 1024));
    assert_eq!((counts.writes, counts.write_bytes), (1, 512));
    assert_eq!(counts.flushes, 1);
    // A reset is no new disk.
    guest.boot();
    assert_eq!(guest.registers.counts(), counts);
}

#[test]
fn only_whole_sectors_of_the_disk_are_transferred() {
    let mut guest = Guest::booted("");
    let before = guest.file();
    let ranges = [
        (SECTORS, 512),
        (SECTORS - 1, 1024),
        (u64::MAX, 512),
        (u64::MAX / 512 + 1, 512),
        (1 << 55, 512),
        (0, 511),
        (0, 513),
        (SECTORS + 1, 0),
    ];
    for (sector, length) in ranges {
        for (kind, device_writes) in [(VIRTIO_BLK_T_IN, true), (VIRTIO_BLK_T_OUT, false)] {
            let data = [(DATA, length, device_writes)];
            assert_eq!(
                guest.request(kind, sector, &data),
                IOERR,
                "{sector} {length}"
            );
            assert_eq!(guest.used_bytes(), 1);
        }
    }
    assert_eq!(guest.file(), before);
    assert!(!guest.needs_reset());
    // The last sector, and the whole disk.
    let data = [(DATA, 512, true)];
    assert_eq!(guest.request(VIRTIO_BLK_T_IN, SECTORS - 1, &data), OK);
    let data = [(DATA, SECTORS as u32 * 512, true)];
    assert_eq!(guest.request(VIRTIO_BLK_T_IN, 0, &data), OK);
    assert_eq!(guest.bytes(DATA, before.len()), before);
}

#[test]
fn a_read_only_disk_says_so_and_refuses_writes() {
    let mut guest = Guest::booted(":ro");
    assert_eq!(
        guest.get(VIRTIO_MMIO_DEVICE_FEATURES) >> VIRTIO_BLK_F_RO & 1,
        1
    );
    let before = guest.file();
    let write = [(DATA, 512, false)];
    assert_eq!(guest.request(VIRTIO_BLK_T_OUT, 0, &write), IOERR);
    assert_eq!(guest.file(), before);
    assert_eq!(guest.request(VIRTIO_BLK_T_FLUSH, 0, &[]), OK);
    let mut writable = Guest::booted("");
    assert_eq!(
        writable.get(VIRTIO_MMIO_DEVICE_FEATURES) >> VIRTIO_BLK_F_RO & 1,
        0
    );
}

#[test]
fn the_disk_has_a_name() {
    let mut guest = Guest::booted("");
    assert_eq!(
        guest.request(VIRTIO_BLK_T_GET_ID, 0, &[(DATA, 20, true)]),
        OK
    );
    assert_eq!(guest.bytes(DATA, 20), b"isolab-disk\0\0\0\0\0\0\0\0\0");
    assert_eq!(guest.used_bytes(), 21);
    // Less room, in two pieces.
    let data = [(DATA + 64, 2, true), (DATA + 96, 3, true)];
    assert_eq!(guest.request(VIRTIO_BLK_T_GET_ID, 0, &data), OK);
    assert_eq!(guest.bytes(DATA + 64, 3), b"is\0");
    assert_eq!(guest.bytes(DATA + 96, 4), b"ola\0");
}

#[test]
fn what_the_device_does_not_know_is_unsupported() {
    let mut guest = Guest::booted("");
    for kind in [VIRTIO_BLK_T_SCSI_CMD, VIRTIO_BLK_T_DISCARD, 99, u32::MAX] {
        let data = [(DATA, 512, true)];
        assert_eq!(guest.request(kind, 0, &data), VIRTIO_BLK_S_UNSUPP);
    }
    assert!(!guest.needs_reset());
}

#[test]
fn the_rings_wrap_around() {
    let mut guest = Guest::booted("");
    for round in 1..=66_000u32 {
        let data = [(DATA, 20, true)];
        assert_eq!(guest.request(VIRTIO_BLK_T_GET_ID, 0, &data), OK);
        assert_eq!(guest.used(), round as u16);
    }
}

#[test]
fn one_notification_serves_everything_that_is_available() {
    let mut guest = Guest::booted("");
    guest.write_header(VIRTIO_BLK_T_FLUSH, 0);
    guest.describe(&[
        Descriptor::new(HEADER, 16, NEXT, 1),
        Descriptor::new(STATUS, 1, WRITE, 0),
    ]);
    // All entries of the ring name chain 0.
    guest
        .memory
        .write_obj(SIZE, AVAILABLE.unchecked_add(2))
        .unwrap();
    guest.set(VIRTIO_MMIO_QUEUE_NOTIFY, 0);
    assert_eq!(guest.used(), SIZE);
    assert_eq!(guest.registers.counts().flushes, u64::from(SIZE));
}

#[test]
fn a_file_that_has_shrunk_is_an_error_of_the_request() {
    let mut guest = Guest::booted("");
    guest.disk.as_file().set_len(512).unwrap();
    let data = [(DATA, 512, true)];
    assert_eq!(guest.request(VIRTIO_BLK_T_IN, 1, &data), IOERR);
    assert_eq!(guest.request(VIRTIO_BLK_T_IN, 0, &data), OK);
}

#[test]
fn a_disk_is_whole_sectors_of_a_file_that_nobody_else_writes() {
    let open = |spec: String| DiskFile::open(&spec.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("disk");
    let name = path.display();
    let missing = open(format!("{name}")).unwrap_err();
    assert!(missing.help().contains("truncate"), "{missing}");
    for bytes in [0, 1, 511, 513] {
        fs::write(&path, vec![0; bytes]).unwrap();
        let error = open(format!("{name}")).unwrap_err();
        assert!(error.to_string().contains(&format!("{bytes} bytes")));
    }
    for other in [folder.path().to_path_buf(), "/dev/null".into()] {
        let error = open(other.display().to_string()).unwrap_err();
        assert!(matches!(error, DiskError::Kind { .. }));
    }
    fs::write(&path, [0; 512]).unwrap();
    {
        let first = open(format!("{name}:ro")).unwrap();
        assert_eq!((first.bytes(), first.is_read_only()), (512, true));
        assert!(open(format!("{name}:ro")).is_ok());
        let error = open(format!("{name}")).unwrap_err();
        assert!(matches!(error, DiskError::InUse { .. }));
    }
    let _writer = open(format!("{name}")).unwrap();
    assert!(open(format!("{name}:ro")).is_err());
}
