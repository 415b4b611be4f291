//! Compressed modules, unpacked by what their names end in: `.gz`, `.xz`, `.zst`.
//!
//! A few KiB of any of the three formats can stand for gigabytes. So nothing is unpacked further than to [`MAX_BYTES`]: what is
//! longer is an error that says so, and not a module with its end cut off, which the guest would complain about in other words.
//! xz and zstd also say in their headers how much of what they have unpacked must stay in memory; that is limited, too.
//!
//! Simplified: the checksum at the end of a zstd file is not compared.
//!
//! Read next: [`super::modules`].

use std::fs;
use std::io::{self, Read};
use std::path::Path;

/// The longest unpacked module: a hundred times what they have.
pub const MAX_BYTES: u64 = 64 << 20;
/// What a decompressor of xz may take, in KiB: as much again. (ruzstd has such a limit of its own, 100 MB.)
const MAX_DICTIONARY_KIB: u32 = (MAX_BYTES >> 10) as u32;

/// Reads a module's file, and unpacks it as its name says.
///
/// # Errors
/// When it can't be read, is damaged, or is too long.
pub fn unpack(path: &Path) -> io::Result<Vec<u8>> {
    let file = fs::read(path)?;
    let packed = &file[..];
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("gz") => read_all(flate2::read::MultiGzDecoder::new(packed), MAX_BYTES),
        Some("zst") => {
            let decoder = ruzstd::decoding::StreamingDecoder::new(packed);
            read_all(decoder.map_err(io::Error::other)?, MAX_BYTES)
        }
        Some("xz") => {
            let decoder = lzma_rust2::XzReader::new_mem_limit(packed, true, MAX_DICTIONARY_KIB);
            read_all(decoder, MAX_BYTES)
        }
        _ => Ok(file),
    }
}

/// All that there is, if it isn't more than that.
///
/// # Errors
/// When it is, or can't be read.
pub fn read_all(unpacked: impl Read, limit: u64) -> io::Result<Vec<u8>> {
    let mut contents = Vec::new();
    unpacked.take(limit + 1).read_to_end(&mut contents)?;
    if contents.len() as u64 > limit {
        let why = format!("unpacked it is longer than {} MiB", limit >> 20);
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, why));
    }
    Ok(contents)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;
    use std::process::{Command, Stdio};

    /// As the distributions pack their modules.
    const TOOLS: [(&str, &[&str], &str); 3] = [
        ("gzip", &["-n"], "gz"),
        ("xz", &["--check=crc32", "--lzma2=dict=2MiB"], "xz"),
        ("zstd", &["-19", "-T0"], "zst"),
    ];

    /// Packs these bytes into `folder`; `None`, and a word about it, without the tool.
    fn pack(tool: usize, folder: &Path, bytes: &[u8]) -> Option<PathBuf> {
        let (tool, options, extension) = TOOLS[tool];
        let plain = folder.join("module.ko");
        fs::write(&plain, bytes).unwrap();
        let packed = folder.join(format!("module.ko.{extension}"));
        let run = Command::new(tool)
            .args(options)
            .stdin(fs::File::open(&plain).unwrap())
            .stdout(fs::File::create(&packed).unwrap())
            .stderr(Stdio::null())
            .status();
        let Ok(status) = run else {
            println!("SKIP: there is no {tool}");
            return None;
        };
        assert!(status.success(), "{tool}");
        Some(packed)
    }

    #[test]
    fn compressed_modules_are_unpacked() {
        let folder = tempfile::tempdir().unwrap();
        let contents: Vec<u8> = (0..100_000u32).map(|number| (number / 7) as u8).collect();
        for tool in 0..TOOLS.len() {
            let Some(packed) = pack(tool, folder.path(), &contents) else {
                continue;
            };
            assert_eq!(unpack(&packed).unwrap(), contents, "{packed:?}");
            let whole = fs::read(&packed).unwrap();
            fs::write(&packed, &whole[..whole.len() - 9]).unwrap();
            assert!(unpack(&packed).is_err(), "{packed:?} without its end");
            fs::write(&packed, b"rubbish").unwrap();
            assert!(unpack(&packed).is_err(), "{packed:?} of rubbish");
        }
    }

    #[test]
    fn what_unpacks_to_more_than_any_module_is_refused_and_not_cut() {
        let folder = tempfile::tempdir().unwrap();
        let mut zeros = vec![0; MAX_BYTES as usize];
        if let Some(packed) = pack(0, folder.path(), &zeros) {
            assert_eq!(unpack(&packed).unwrap().len(), zeros.len());
        }
        zeros.push(0);
        for tool in 0..TOOLS.len() {
            let Some(packed) = pack(tool, folder.path(), &zeros) else {
                continue;
            };
            assert!(fs::metadata(&packed).unwrap().len() < 1 << 20);
            let error = unpack(&packed).unwrap_err().to_string();
            assert!(error.contains("longer than 64 MiB"), "{packed:?}: {error}");
        }
    }

    #[test]
    fn a_dictionary_that_no_module_needs_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let plain = folder.path().join("module.ko");
        fs::write(&plain, b"short").unwrap();
        let packed = Command::new("xz")
            .args(["--lzma2=dict=1GiB", "--stdout"])
            .arg(&plain)
            .output();
        let Ok(packed) = packed else {
            return println!("SKIP: there is no xz");
        };
        let path = folder.path().join("module.ko.xz");
        fs::write(&path, packed.stdout).unwrap();
        assert!(unpack(&path).is_err());
    }
}
