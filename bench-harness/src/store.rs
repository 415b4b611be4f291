//! One run's folder below `results/`, and who writes what into it.
//!
//! 1. [`RunDir::create`] makes the folder; it refuses one that has content, so no run is ever overwritten.
//! 2. [`RunDir::write_record`] writes `run.json` *before* the first measurement: a killed run must still say where it ran. It
//!    is written again at the end, with what happened to the machine meanwhile.
//! 3. [`RunDir::append_samples`] gives the writer of `samples.csv`: each row is flushed before the next trial starts.
//! 4. `report` adds `summary.json`, `charts/` and `REPORT.md`, from these two files alone and as often as one likes.
//! 5. [`RunDir::link_latest`] points `latest`, beside the folder, at it.
//!
//! Read next: `store/rows.rs`, `results/README.md`.

mod rows;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use rows::{SampleWriter, Samples};

use crate::sample::RowError;

/// The raw samples' file name.
pub const SAMPLES_FILE: &str = "samples.csv";
/// The file name of what is known about the run as a whole.
pub const RECORD_FILE: &str = "run.json";

/// The version of what isolab writes. Runs of older versions, and those from before there were versions (0), are read too.
pub const FORMAT: u32 = 1;

/// What went wrong with a run's folder.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder to create has content.
    #[error("{0} is not empty: every run gets a folder of its own")]
    NotEmpty(PathBuf),
    /// An operation on a file or folder failed.
    #[error("can't {action} {path}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// `run.json` isn't what it should be.
    #[error("{path}:{line}: this is not a run record")]
    Record {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// Where and why.
        source: serde_json::Error,
    },
    /// `run.json` is that of a newer isolab.
    #[error(
        "{path}:{line}: this run has format {found}, newer than this isolab reads ({FORMAT}): report it with the isolab that made it, or a newer one"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// The line that says so.
        line: usize,
        /// The run's format.
        found: u32,
    },
    /// `samples.csv` doesn't begin with the columns' names.
    #[error("{path}:1: the header is not that of a samples file: {found:?}")]
    Header {
        /// The file.
        path: PathBuf,
        /// What stood there.
        found: String,
    },
    /// `samples.csv` has no row.
    #[error("{path}:{line}: there are no rows: this run ended before its first trial did")]
    Empty {
        /// The file.
        path: PathBuf,
        /// Where the first row would be.
        line: usize,
    },
    /// A row of `samples.csv` is malformed.
    #[error("{path}:{line}: {source}")]
    Row {
        /// The file.
        path: PathBuf,
        /// The line, from 1 (which is the header).
        line: u64,
        /// What is wrong.
        source: RowError,
    },
    /// A line of `samples.csv` isn't CSV in UTF-8, or a row is spread over several lines.
    #[error("{path}:{line}: {reason}")]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What is wrong.
        reason: String,
    },
}

/// `run.json`: what a reader needs in order to know whether two runs may be compared.
///
/// The harness writes it, the report reads it. Everything that isn't interpreted here is kept as it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct RunRecord {
    /// The version of this file and of samples.csv; 0 in runs from before there was one.
    pub format: u32,
    /// The name of the run's folder.
    pub run_id: String,
    /// When it began, as `2026-01-31T12:34:56Z`.
    pub started_at: String,
    /// The seed of the trials' order and of the bootstrap.
    pub seed: u64,
    /// The machine: flat, name → text, number or truth value. The report shows every entry; it interprets
    /// `lab_machine` (true: KVM is emulated in software, so times are not representative).
    pub fingerprint: Map<String, Value>,
    /// What happened to the machine while the run went on: other programs, swapping, throttling. Written at its end; empty if
    /// it was killed before.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub watched: Map<String, Value>,
    /// The exact plan: rounds, warm-ups, parameters, backends, experiments.
    #[cfg_attr(test, schemars(with = "crate::parameters::PlanSchema"))]
    pub plan: Map<String, Value>,
    /// File name → SHA-256 in hexadecimal of every binary that took part.
    pub hashes: BTreeMap<String, String>,
    /// Name → version of isolab and of every foreign runtime.
    pub versions: BTreeMap<String, String>,
}

impl RunRecord {
    /// Whether the machine is the emulated lab machine, whose times mean nothing.
    pub fn is_emulated(&self) -> bool {
        self.fingerprint.get("lab_machine") == Some(&Value::Bool(true))
    }
}

/// One run's folder.
#[derive(Clone, Debug)]
pub struct RunDir {
    path: PathBuf,
}

impl RunDir {
    /// Makes the folder and what is above it. It may exist already if it is empty.
    ///
    /// # Errors
    /// When it has content, or can't be made or listed.
    pub fn create(path: &Path) -> Result<RunDir, StoreError> {
        std::fs::create_dir_all(path).map_err(failed("create", path))?;
        let mut entries = std::fs::read_dir(path).map_err(failed("list", path))?;
        match entries.next() {
            Some(_) => Err(StoreError::NotEmpty(path.to_owned())),
            None => Ok(RunDir::open(path)),
        }
    }

    /// An existing run. What is missing in the folder shows when it is read.
    pub fn open(path: &Path) -> RunDir {
        RunDir {
            path: path.to_owned(),
        }
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes `run.json`, under another name first: whoever reads it finds the old one or the new one, and never half of it.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn write_record(&self, record: &RunRecord) -> Result<(), StoreError> {
        let fresh = format!(".{RECORD_FILE}");
        self.write_json(&fresh, record)?;
        let (fresh, path) = (self.path.join(fresh), self.path.join(RECORD_FILE));
        std::fs::rename(&fresh, &path).map_err(failed("replace", &path))
    }

    /// Reads `run.json`.
    ///
    /// # Errors
    /// When it can't be read or is something else.
    pub fn read_record(&self) -> Result<RunRecord, StoreError> {
        let path = self.path.join(RECORD_FILE);
        let text = std::fs::read_to_string(&path).map_err(failed("read", &path))?;
        // The version alone first: the rest of a newer one may be of any shape.
        #[derive(Deserialize)]
        struct Version {
            #[serde(default)]
            format: u32,
        }
        match serde_json::from_str::<Version>(&text) {
            Ok(Version { format }) if format > FORMAT => {
                let line = text.lines().position(|line| line.contains("\"format\""));
                Err(StoreError::Newer {
                    path,
                    line: line.map_or(1, |index| index + 1),
                    found: format,
                })
            }
            _ => serde_json::from_str(&text).map_err(|source| StoreError::Record {
                path,
                line: source.line().max(1),
                source,
            }),
        }
    }

    /// Opens `samples.csv` for appending; writes the header if the file is new.
    ///
    /// # Errors
    /// When it can't be opened or written.
    pub fn append_samples(&self) -> Result<SampleWriter, StoreError> {
        SampleWriter::open(&self.path.join(SAMPLES_FILE))
    }

    /// Reads `samples.csv`.
    ///
    /// # Errors
    /// When it can't be read or holds no row, or names the first line that is malformed.
    pub fn read_samples(&self) -> Result<Samples, StoreError> {
        let path = self.path.join(SAMPLES_FILE);
        let bytes = std::fs::read(&path).map_err(failed("read", &path))?;
        let samples = Samples::parse(&path, &bytes)?;
        if samples.rows.is_empty() {
            let line = 1 + bytes.iter().filter(|byte| **byte == b'\n').count();
            return Err(StoreError::Empty { path, line });
        }
        Ok(samples)
    }

    /// Writes `value` as indented JSON into the file `name`.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn write_json<T: Serialize>(&self, name: &str, value: &T) -> Result<(), StoreError> {
        let path = self.path.join(name);
        let mut text = serde_json::to_string_pretty(value).map_err(|source| StoreError::Io {
            action: "serialize",
            path: path.clone(),
            source: source.into(),
        })?;
        text.push('\n');
        self.write_text(name, &text)
    }

    /// Writes the file `name`, with its folder.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn write_text(&self, name: &str, text: &str) -> Result<(), StoreError> {
        let path = self.path.join(name);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(failed("create", folder))?;
        }
        std::fs::write(&path, text).map_err(failed("write", &path))
    }

    /// Points the symbolic link `latest`, beside the folder, at the folder: made under another name and renamed, so
    /// that it always points at something. A `latest` that isn't a link is left alone and is an error.
    ///
    /// # Errors
    /// When the link can't be made, or `latest` is something else than a link.
    pub fn link_latest(&self) -> Result<(), StoreError> {
        let path = std::path::absolute(&self.path).map_err(failed("resolve", &self.path))?;
        let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
            return Ok(());
        };
        let latest = parent.join("latest");
        if latest
            .symlink_metadata()
            .is_ok_and(|meta| !meta.is_symlink())
        {
            return Err(StoreError::NotEmpty(latest));
        }
        let fresh = parent.join(format!(".latest-{}", std::process::id()));
        std::os::unix::fs::symlink(name, &fresh).map_err(failed("link", &fresh))?;
        std::fs::rename(&fresh, &latest).map_err(failed("replace", &latest))
    }
}

/// Turns an io::Error into the error of a step.
fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> StoreError {
    let path = path.to_owned();
    move |source| StoreError::Io {
        action,
        path,
        source,
    }
}

#[cfg(test)]
mod tests;
