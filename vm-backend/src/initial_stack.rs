//! Step 5: what a program finds on its stack.
//!
//! ```text
//! stack top   strings: arguments, name, platform, 16 random bytes
//!             auxiliary vector: pairs of (key, value), the last one (AT_NULL, 0)
//!             0, and before it the environment: none, for the guest gets nothing of the host's
//!             0, and before it pointers to the arguments
//! rsp ───────▶ their number
//! ```
//!
//! The auxiliary vector is how a kernel tells libc what it can't know otherwise: where the program headers are (for
//! thread-local storage), the page size, a seed for stack canaries, the vDSO.
//!
//! Read next: getauxval(3); System V ABI for AMD64, 3.4.1 (initial stack).

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;

use guest_abi::PAGE_SIZE;
use vm_memory::{Bytes, GuestAddress, GuestMemoryMmap};

use crate::Error;
use crate::program::Loaded;
use crate::vcpu::HWCAP2_FSGSBASE;

/// Arguments longer than this together are refused: they'd fill the stack.
const MAX_STRING_BYTES: usize = 128 << 10;
/// AT_CLKTCK: ticks per second of times(2), a constant of the ABI.
const CLOCK_TICKS: u64 = 100;

/// What the stack is made of.
#[derive(Debug)]
pub struct Contents<'a> {
    /// The program's arguments, its own name first.
    pub arguments: &'a [OsString],
    /// Its file, as the guest knows it.
    pub program_name: &'a [u8],
    /// Where it was loaded.
    pub loaded: Loaded,
    /// AT_RANDOM.
    pub random: [u8; 16],
    /// AT_HWCAP: CPUID leaf 1, edx.
    pub hwcap: u32,
    /// The vDSO.
    pub vdso: Option<GuestAddress>,
}

/// Writes it below `top`; gives the stack pointer.
///
/// # Errors
/// When the arguments are too long.
pub fn write(
    memory: &GuestMemoryMmap,
    top: GuestAddress,
    contents: &Contents<'_>,
) -> Result<GuestAddress, Error> {
    let image = image(top, contents)?;
    let bottom = GuestAddress(top.0 - image.len() as u64);
    memory
        .write_slice(&image, bottom)
        .map_err(Error::memory("the initial stack"))?;
    Ok(bottom)
}

/// The bytes that end at `top`, a multiple of 16 of them.
fn image(top: GuestAddress, contents: &Contents<'_>) -> Result<Vec<u8>, Error> {
    let mut strings = Strings::default();
    let arguments: Vec<usize> = contents
        .arguments
        .iter()
        .map(|argument| strings.add(argument.as_bytes()))
        .collect();
    let name = strings.add(contents.program_name);
    let platform = strings.add(b"x86_64");
    let random = strings.add_bytes(&contents.random);
    if strings.bytes.len() > MAX_STRING_BYTES {
        return Err(Error::Usage {
            message: format!("the arguments are longer than {MAX_STRING_BYTES} bytes"),
        });
    }
    strings
        .bytes
        .resize(strings.bytes.len().next_multiple_of(16), 0);
    let strings_at = top.0 - strings.bytes.len() as u64;
    let at = |offset: usize| strings_at + offset as u64;

    let mut words = vec![arguments.len() as u64];
    words.extend(arguments.iter().map(|offset| at(*offset)));
    words.extend([0, 0]); // The ends of arguments and environment.
    let loaded = &contents.loaded;
    let auxiliary = [
        (
            libc::AT_SYSINFO_EHDR,
            contents.vdso.map_or(0, |vdso| vdso.0),
        ),
        (libc::AT_HWCAP, u64::from(contents.hwcap)),
        (libc::AT_PAGESZ, PAGE_SIZE),
        (libc::AT_CLKTCK, CLOCK_TICKS),
        (libc::AT_PHDR, loaded.program_headers.0),
        (libc::AT_PHENT, 56),
        (libc::AT_PHNUM, u64::from(loaded.program_header_count)),
        (libc::AT_ENTRY, loaded.entry.0),
        (libc::AT_UID, 0),
        (libc::AT_EUID, 0),
        (libc::AT_GID, 0),
        (libc::AT_EGID, 0),
        (libc::AT_SECURE, 0),
        (libc::AT_RANDOM, at(random)),
        (libc::AT_HWCAP2, HWCAP2_FSGSBASE),
        (libc::AT_EXECFN, at(name)),
        (libc::AT_PLATFORM, at(platform)),
    ];
    // A key that says nothing is left out: musl would look at a vDSO at address 0.
    let said = auxiliary
        .into_iter()
        .filter(|(key, value)| *value != 0 || *key != libc::AT_SYSINFO_EHDR);
    words.extend(said.flat_map(|(key, value)| [key, value]));
    words.extend([libc::AT_NULL, 0]);
    // rsp must be a multiple of 16, and the strings are one: an odd number of words gets a gap above it.
    if words.len() % 2 == 1 {
        words.push(0);
    }
    let mut image: Vec<u8> = words.into_iter().flat_map(u64::to_le_bytes).collect();
    image.extend(strings.bytes);
    Ok(image)
}

#[derive(Default)]
struct Strings {
    bytes: Vec<u8>,
}

impl Strings {
    /// Adds a string and its NUL; gives its offset.
    fn add(&mut self, string: &[u8]) -> usize {
        let offset = self.add_bytes(string);
        self.bytes.push(0);
        offset
    }

    fn add_bytes(&mut self, bytes: &[u8]) -> usize {
        let offset = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        offset
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contents(arguments: &[OsString]) -> Contents<'_> {
        Contents {
            arguments,
            program_name: b"/program",
            loaded: Loaded {
                entry: GuestAddress(0x20_1000),
                program_headers: GuestAddress(0x20_0040),
                program_header_count: 7,
                heap_start: 0x30_0000,
            },
            random: [5; 16],
            hwcap: 0x1234,
            vdso: None,
        }
    }

    #[test]
    fn a_program_finds_its_arguments_and_the_auxiliary_vector() {
        let top = GuestAddress(0x100_0000);
        for count in 1..4 {
            let arguments: Vec<OsString> = (0..count)
                .map(|number| format!("a{number}").into())
                .collect();
            let image = image(top, &contents(&arguments)).unwrap();
            assert_eq!(image.len() % 16, 0);
            let bottom = top.0 - image.len() as u64;
            let word =
                |index: usize| u64::from_le_bytes(image[index * 8..][..8].try_into().unwrap());
            let string = |address: u64| {
                let from = &image[(address - bottom) as usize..];
                &from[..from.iter().position(|byte| *byte == 0).unwrap()]
            };
            assert_eq!(word(0), count);
            for number in 0..count {
                assert_eq!(
                    string(word(1 + number as usize)),
                    format!("a{number}").as_bytes()
                );
            }
            let auxiliary_at = count as usize + 3;
            assert_eq!((word(auxiliary_at - 2), word(auxiliary_at - 1)), (0, 0));
            let value = |key: u64| {
                (auxiliary_at..)
                    .step_by(2)
                    .take_while(|index| word(*index) != libc::AT_NULL)
                    .find(|index| word(*index) == key)
                    .map(|index| word(index + 1))
            };
            assert_eq!(value(libc::AT_ENTRY), Some(0x20_1000));
            assert_eq!(value(libc::AT_PHNUM), Some(7));
            assert_eq!(value(libc::AT_SYSINFO_EHDR), None);
            assert_eq!(string(value(libc::AT_EXECFN).unwrap()), b"/program");
            let random = (value(libc::AT_RANDOM).unwrap() - bottom) as usize;
            assert_eq!(image[random..random + 16], [5; 16]);
        }
    }

    #[test]
    fn arguments_that_fill_the_stack_are_refused() {
        let long = ["x".repeat(MAX_STRING_BYTES).into()];
        assert!(matches!(
            image(GuestAddress(1 << 24), &contents(&long)),
            Err(Error::Usage { .. })
        ));
    }
}
