//! The kernel inside a bzImage: the `vmlinux` that its decompressor would unpack.
//!
//! Some VMMs (Firecracker) take no bzImage, for everything that unpacks runs inside the guest, where it is slower and where each
//! VM does it again. The header says where the packed kernel lies (`payload_offset`, counted from the end of the 16-bit part); how it
//! is packed its first bytes tell.
//!
//! What comes out is the same kernel, started without its decompressor: that one's time is missing from the boot, and so is
//! the random place (KASLR) which it would have chosen.
//!
//! Read next: Documentation/arch/x86/boot.rst, `payload_offset`; the kernel's scripts/extract-vmlinux.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;

use linux_loader::loader::bootparam::setup_header;

use super::kernel::KernelError;
use super::{lz4, packed};

/// The longest unpacked kernel: five times what distributions have.
const MAX_KERNEL_BYTES: usize = 512 << 20;
/// A sector of the 16-bit part.
const SECTOR_BYTES: u64 = 512;
/// What an ELF file begins with.
const ELF_MAGIC: &[u8] = b"\x7fELF";

/// Unpacks the kernel of a bzImage with this header.
///
/// # Errors
/// When it can't be read, is packed in a way that isn't known here, or isn't a kernel.
pub fn unpack(file: &File, header: &setup_header) -> Result<Vec<u8>, KernelError> {
    let offset =
        (u64::from(header.setup_sects) + 1) * SECTOR_BYTES + u64::from(header.payload_offset);
    let wanted = offset + u64::from(header.payload_length);
    let given = file.metadata().map_err(KernelError::Read)?.len();
    if given < wanted {
        return Err(KernelError::CutShort { given, wanted });
    }
    let mut packed = vec![0; header.payload_length as usize];
    file.read_exact_at(&mut packed, offset)
        .map_err(KernelError::Read)?;
    let kernel = unpack_bytes(&packed)?;
    if kernel.starts_with(ELF_MAGIC) {
        Ok(kernel)
    } else {
        Err(KernelError::Payload("what is packed in it is no ELF file"))
    }
}

fn unpack_bytes(bytes: &[u8]) -> Result<Vec<u8>, KernelError> {
    let all = |reader: &mut dyn Read| {
        packed::read_all(reader, MAX_KERNEL_BYTES as u64).map_err(KernelError::Read)
    };
    match bytes {
        [0x02, 0x21, 0x4c, 0x18, ..] => {
            lz4::unpack(bytes, MAX_KERNEL_BYTES).map_err(KernelError::Payload)
        }
        // The 4 bytes behind each stream, the unpacked size, are none of it.
        [0x1f, 0x8b, ..] => all(&mut flate2::read::GzDecoder::new(bytes)),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => {
            let decoder = ruzstd::decoding::StreamingDecoder::new(bytes);
            all(&mut decoder.map_err(|error| KernelError::Read(io::Error::other(error)))?)
        }
        [0xfd, b'7', b'z', b'X', b'Z', ..] => all(&mut lzma_rust2::XzReader::new_mem_limit(
            bytes,
            false,
            (MAX_KERNEL_BYTES >> 10) as u32,
        )),
        [0x7f, b'E', b'L', b'F', ..] => Ok(bytes.to_vec()),
        _ => Err(KernelError::Payload(
            "it is packed neither with LZ4, gzip, xz nor zstd: give its vmlinux",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn each_way_of_packing_is_told_by_its_first_bytes() {
        let kernel = [ELF_MAGIC, &[7; 1000]].concat();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&kernel).unwrap();
        let mut gzip = gzip.finish().unwrap();
        gzip.extend((kernel.len() as u32).to_le_bytes());
        let zstd = ruzstd::encoding::compress_to_vec(
            &kernel[..],
            ruzstd::encoding::CompressionLevel::Fastest,
        );
        for packed in [gzip, zstd, kernel.clone()] {
            assert_eq!(unpack_bytes(&packed).unwrap(), kernel);
        }
        assert!(matches!(
            unpack_bytes(b"BZh9"),
            Err(KernelError::Payload(_))
        ));
    }

    #[test]
    fn the_payload_is_looked_for_where_the_header_says() {
        let mut file = tempfile::tempfile().unwrap();
        let mut image = vec![0; 2 * 512 + 16];
        image.extend([ELF_MAGIC, b"rest"].concat());
        file.write_all(&image).unwrap();
        let mut header = setup_header {
            setup_sects: 1,
            payload_offset: 16,
            payload_length: 8,
            ..Default::default()
        };
        assert_eq!(unpack(&file, &header).unwrap(), b"\x7fELFrest");
        header.payload_length = 9;
        assert!(unpack(&file, &header).is_err());
    }
}
