//! Which function lies at an address: the symbol table of an ELF file, read without trusting it.
//!
//! Read next: elf(5), `Elf64_Shdr` and `Elf64_Sym`.

use crate::elf::{field_u16, field_u32, field_u64};

const SECTION_HEADER_BYTES: usize = 64;
const SYMBOL_BYTES: usize = 24;
/// Section type: symbol table.
const SHT_SYMTAB: u32 = 2;

/// The symbols of an ELF file; none if it was stripped or its tables make no sense.
#[derive(Clone, Copy, Debug)]
pub struct Symbols<'a> {
    table: &'a [u8],
    names: &'a [u8],
}

impl<'a> Symbols<'a> {
    /// Finds the symbol table of a whole file.
    #[must_use]
    pub fn of(file: &'a [u8]) -> Self {
        Self::find(file).unwrap_or(Self {
            table: &[],
            names: &[],
        })
    }

    fn find(file: &'a [u8]) -> Option<Self> {
        let sections = usize::try_from(field_u64(file, 40)?).ok()?;
        let count = usize::from(field_u16(file, 60)?);
        let section = |index: usize| {
            let start = sections.checked_add(index.checked_mul(SECTION_HEADER_BYTES)?)?;
            file.get(start..start.checked_add(SECTION_HEADER_BYTES)?)
        };
        let contents = |header: &[u8]| {
            let start = usize::try_from(field_u64(header, 24)?).ok()?;
            let length = usize::try_from(field_u64(header, 32)?).ok()?;
            file.get(start..start.checked_add(length)?)
        };
        let symbols = (0..count)
            .filter_map(section)
            .find(|header| field_u32(header, 4) == Some(SHT_SYMTAB))?;
        let names = usize::try_from(field_u32(symbols, 40)?).ok()?;
        let names = section(names).filter(|_| names < count)?;
        Some(Self {
            table: contents(symbols)?,
            names: contents(names)?,
        })
    }

    /// (name's offset, address, size) of every symbol that has an address.
    fn entries(&self) -> impl Iterator<Item = (u32, u64, u64)> + use<'a> {
        self.table
            .as_chunks::<SYMBOL_BYTES>()
            .0
            .iter()
            .filter_map(|entry| {
                Some((
                    field_u32(entry, 0)?,
                    field_u64(entry, 8)?,
                    field_u64(entry, 16)?,
                ))
            })
            .filter(|(_, address, _)| *address != 0)
    }

    fn name(&self, offset: u32) -> Option<&'a [u8]> {
        let rest = self.names.get(usize::try_from(offset).ok()?..)?;
        let end = rest.iter().position(|byte| *byte == 0)?;
        Some(&rest[..end])
    }

    /// The address of a symbol.
    #[must_use]
    pub fn address_of(&self, name: &str) -> Option<u64> {
        self.entries()
            .find(|(offset, ..)| self.name(*offset) == Some(name.as_bytes()))
            .map(|(_, address, _)| address)
    }

    /// The function or object that covers an address; a symbol without a size covers what follows it.
    #[must_use]
    pub fn name_at(&self, address: u64) -> Option<String> {
        let (offset, start, size) = self
            .entries()
            .filter(|(offset, start, _)| {
                *start <= address && self.name(*offset).is_some_and(|name| !name.is_empty())
            })
            .max_by_key(|(_, start, size)| (*start, *size))?;
        let distance = address - start;
        if size != 0 && distance >= size {
            return None;
        }
        let name = String::from_utf8_lossy(self.name(offset)?).into_owned();
        Some(match distance {
            0 => name,
            _ => format!("{name}+{distance:#x}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn our_own_test_program_has_a_main() {
        let file = std::fs::read("/proc/self/exe").unwrap();
        let symbols = Symbols::of(&file);
        let main = symbols.address_of("main").unwrap();
        assert_eq!(symbols.name_at(main).as_deref(), Some("main"));
        assert_eq!(symbols.name_at(main + 1).as_deref(), Some("main+0x1"));
        assert_eq!(symbols.address_of("no such symbol"), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_only_a_file_without_symbols(bytes in proptest::collection::vec(any::<u8>(), 0..4096)) {
            prop_assert_eq!(Symbols::of(&bytes).name_at(0x20_0000), None);
        }

        #[test]
        fn a_file_with_damage_gives_names_or_none(at in 0usize..4096, byte: u8, address: u64) {
            let mut file = std::fs::read(concat!(env!("OUT_DIR"), "/guest-kernel")).unwrap();
            let headers = file.len() - 4096;
            file[headers + at] = byte;
            file[40 + at % 24] = byte;
            let name = Symbols::of(&file).name_at(address);
            prop_assert!(name.is_none_or(|name| name.len() < file.len() + 20));
        }
    }
}
