//! What has to be on a machine before one instance can start: the files to ship.
//!
//! 1. The command that would start an instance is made, and not run. The program and every argument that names a file are
//!    shipped, and so are the files that a foreign runtime wants beside them.
//! 2. A kernel that is booted, and its drivers.
//! 3. The shared libraries of each dynamic executable among them, and theirs, and the loader that maps them: found as the
//!    loader finds them, by the ELF file's NEEDED entries.
//!
//! A file that appears twice (a hard link, another spelling) is shipped once.
//!
//! Simplified: libraries that a program loads by name while it runs (dlopen) are not seen.
//!
//! Read next: ld.so(8), elf(5), `experiment/portability.rs`.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use goblin::elf::Elf;

use crate::backend::{Backend, ReportFds};
use crate::failure::Failure;
use crate::lab::Lab;

/// Where the loader looks after the folders of its configuration.
const USUAL_FOLDERS: [&str; 4] = ["/lib64", "/usr/lib64", "/lib", "/usr/lib"];

/// The files of one backend.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Artefacts {
    /// Programs, the workload, kernels, drivers, and configuration. The last was written for one start and is gone already.
    pub files: Vec<PathBuf>,
    /// Shared libraries and their loader.
    pub libraries: Vec<PathBuf>,
    /// All sizes together.
    pub bytes: u64,
}

impl Artefacts {
    /// What the backend needs for the workload.
    ///
    /// # Errors
    /// When a file can't be read, or a library isn't found.
    pub fn of(backend: &dyn Backend, lab: &Lab) -> Result<Self, Failure> {
        let fds = ReportFds {
            timeline: -1,
            stats: -1,
        };
        let prepared = backend.prepare(&lab.job(&["hello"]), &lab.binaries, fds)?;
        let program = in_path(Path::new(prepared.command.get_program()));
        let arguments = prepared.command.get_args().map(PathBuf::from);
        let mut candidates: Vec<PathBuf> = program.into_iter().chain(arguments).collect();
        if let Some(folder) = &prepared.folder {
            candidates.extend(files_below(folder.path())?);
        }
        candidates.extend(backend.kernel());
        candidates.extend(backend.further_files()?);
        let files = once(candidates)?;
        let libraries = libraries_of(&files)?;
        let sizes = files.iter().chain(&libraries);
        let sizes = sizes.map(|path| Ok(path.metadata()?.len()));
        let bytes = sizes.sum::<io::Result<u64>>()?;
        Ok(Self {
            files,
            libraries,
            bytes,
        })
    }

    /// How many files that is.
    #[must_use]
    pub fn count(&self) -> usize {
        self.files.len() + self.libraries.len()
    }
}

/// The program that a command of this name starts.
fn in_path(program: &Path) -> Option<PathBuf> {
    if program.components().count() > 1 {
        return Some(program.to_path_buf());
    }
    let folders = std::env::var_os("PATH")?;
    let mut candidates = std::env::split_paths(&folders).map(|folder| folder.join(program));
    candidates.find(|path| path.is_file())
}

fn files_below(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        match path.symlink_metadata()?.is_dir() {
            true => files.extend(files_below(&path)?),
            false => files.push(path),
        }
    }
    Ok(files)
}

/// Those that are absolute paths of regular files, each file once. Arguments such as `run` are no paths.
fn once(candidates: Vec<PathBuf>) -> io::Result<Vec<PathBuf>> {
    let mut seen = BTreeSet::new();
    let mut files = Vec::new();
    for path in candidates {
        if !path.is_absolute() || !path.is_file() {
            continue;
        }
        let metadata = path.metadata()?;
        if seen.insert((metadata.dev(), metadata.ino())) {
            files.push(path.canonicalize()?);
        }
    }
    Ok(files)
}

/// The libraries of these programs and of each other.
fn libraries_of(programs: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let folders = configured_folders();
    let mut libraries: Vec<PathBuf> = Vec::new();
    let mut to_read: Vec<PathBuf> = programs.to_vec();
    while let Some(path) = to_read.pop() {
        for needed in needed_by(&path)? {
            let found = find(&needed, &path, &folders)?.canonicalize()?;
            if !libraries.contains(&found) {
                libraries.push(found.clone());
                to_read.push(found);
            }
        }
    }
    libraries.sort();
    Ok(libraries)
}

/// A library by name, or the loader by its path.
struct Needed {
    name: String,
    /// The folders that the program itself names.
    folders: Vec<PathBuf>,
}

/// What a file needs; nothing if it is no ELF file, or linked statically.
fn needed_by(path: &Path) -> Result<Vec<Needed>, Failure> {
    let content = fs::read(path)?;
    if !content.starts_with(goblin::elf::header::ELFMAG) {
        return Ok(Vec::new());
    }
    let elf = Elf::parse(&content)
        .map_err(|error| Failure::Failed(format!("{}: {error}", path.display())))?;
    let origin = path.parent().unwrap_or(Path::new("/"));
    let folders: Vec<PathBuf> = elf
        .runpaths
        .iter()
        .chain(&elf.rpaths)
        .flat_map(|list| list.split(':'))
        .map(|folder| PathBuf::from(folder.replace("$ORIGIN", &origin.to_string_lossy())))
        .collect();
    let names = elf.libraries.iter().copied().chain(elf.interpreter);
    let needed = names.map(|name| Needed {
        name: name.to_owned(),
        folders: folders.clone(),
    });
    Ok(needed.collect())
}

fn find(needed: &Needed, by: &Path, configured: &[PathBuf]) -> Result<PathBuf, Failure> {
    if needed.name.contains('/') {
        return Ok(PathBuf::from(&needed.name));
    }
    let usual = USUAL_FOLDERS.map(PathBuf::from);
    let folders = needed.folders.iter().chain(configured).chain(&usual);
    let mut candidates = folders.map(|folder| folder.join(&needed.name));
    candidates.find(|path| path.is_file()).ok_or_else(|| {
        let (by, name) = (by.display(), &needed.name);
        Failure::Failed(format!("{by} needs {name}, which the loader wouldn't find"))
    })
}

/// The folders in the loader's configuration.
fn configured_folders() -> Vec<PathBuf> {
    let files = fs::read_dir("/etc/ld.so.conf.d").into_iter().flatten();
    let files = files.filter_map(|entry| Some(entry.ok()?.path()));
    let texts = files.filter_map(|path| fs::read_to_string(path).ok());
    texts
        .flat_map(|text| {
            let lines = text.lines().map(str::trim);
            let folders = lines
                .filter(|line| line.starts_with('/'))
                .map(PathBuf::from);
            folders.collect::<Vec<_>>()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dynamic_program_needs_the_c_library_and_a_loader() {
        let shell = fs::canonicalize("/bin/sh").unwrap();
        let libraries = libraries_of(&[shell]).unwrap();
        let has = |part: &str| {
            let mut names = libraries.iter().map(|path| path.to_string_lossy());
            names.any(|name| name.contains(part))
        };
        assert!(has("libc"), "{libraries:?}");
        assert!(has("ld-") || has("ld."), "{libraries:?}");
    }

    #[test]
    fn the_workload_is_all_that_a_plain_process_needs() {
        let lab =
            Lab::for_single_instances(crate::parameters::Parameters::usual_timeout()).unwrap();
        let native = crate::backend::by_id("native").unwrap();
        let artefacts = Artefacts::of(native, &lab).unwrap();
        assert_eq!(
            artefacts.files,
            std::slice::from_ref(&lab.binaries.workload.path)
        );
        assert_eq!(artefacts.libraries, [""; 0].map(PathBuf::from));
        assert_eq!(artefacts.bytes, lab.binaries.workload.size_bytes);
        let container = crate::backend::by_id("container").unwrap();
        assert_eq!(Artefacts::of(container, &lab).unwrap().count(), 2);
    }

    #[test]
    fn one_file_under_two_names_is_shipped_once() {
        let folder = tempfile::tempdir().unwrap();
        let (one, two) = (folder.path().join("one"), folder.path().join("two"));
        fs::write(&one, "x").unwrap();
        fs::hard_link(&one, &two).unwrap();
        let files = once(vec![one, two, "run".into(), folder.path().into()]).unwrap();
        assert_eq!(files.len(), 1);
    }

    #[test]
    fn a_library_that_is_nowhere_is_named_with_the_program_that_needs_it() {
        let needed = Needed {
            name: "libnowhere.so.9".to_owned(),
            folders: Vec::new(),
        };
        let failure = find(&needed, Path::new("/bin/it"), &[]).unwrap_err();
        assert!(failure.reason().contains("/bin/it needs libnowhere.so.9"));
    }
}
