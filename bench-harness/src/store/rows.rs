//! `samples.csv`: written row by row, read with a line number for every complaint.
//!
//! 1. Each row is flushed before the next trial starts: what a killed run has measured is kept.
//! 2. So at most the last line can be incomplete. A last line without a line break is dropped, with a warning as a value.
//! 3. Anything else that is malformed is an error that names file and line: guessing at data is worse than stopping.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

use csv::{ByteRecord, ReaderBuilder, StringRecord, Writer, WriterBuilder};

use super::{StoreError, failed};
use crate::sample::{COLUMNS, Sample};

/// Appends rows to `samples.csv`.
#[derive(Debug)]
pub struct SampleWriter {
    path: PathBuf,
    rows: Writer<File>,
}

impl SampleWriter {
    pub(super) fn open(path: &Path) -> Result<SampleWriter, StoreError> {
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .map_err(failed("open", path))?;
        let is_new = file.metadata().map_err(failed("inspect", path))?.len() == 0;
        let mut writer = SampleWriter {
            path: path.to_owned(),
            rows: WriterBuilder::new().from_writer(file),
        };
        if is_new {
            writer.write(&StringRecord::from(COLUMNS.to_vec()))?;
        }
        Ok(writer)
    }

    /// Appends one row and hands it to the kernel. It survives the end of this process, though not a power failure: an
    /// fsync per row would disturb the I/O that is being measured.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn append(&mut self, sample: &Sample) -> Result<(), StoreError> {
        self.write(&sample.to_record())
    }

    fn write(&mut self, record: &StringRecord) -> Result<(), StoreError> {
        let written = self.rows.write_record(record).map_err(std::io::Error::from);
        written
            .and_then(|()| self.rows.flush())
            .map_err(failed("append to", &self.path))
    }
}

/// What `samples.csv` holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Samples {
    /// The rows, in the order they were measured.
    pub rows: Vec<Sample>,
    /// What was wrong with the file but could be dealt with.
    pub warnings: Vec<String>,
}

impl Samples {
    /// Reads the content of a samples file; `path` is for messages.
    ///
    /// # Errors
    /// Names the first line that is malformed.
    pub fn parse(path: &Path, content: &[u8]) -> Result<Samples, StoreError> {
        let mut samples = Samples::default();
        let complete = complete_lines(content);
        if complete.len() < content.len() {
            let line = 1 + complete.iter().filter(|byte| **byte == b'\n').count();
            samples.warnings.push(format!(
                "{}:{line}: the last line was cut off (the run was stopped while writing it) and is left out",
                path.file_name().unwrap_or_default().display()
            ));
        }
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(complete);
        let mut raw = ByteRecord::new();
        let mut seen_header = false;
        loop {
            let before = reader.position().line();
            let more = reader
                .read_byte_record(&mut raw)
                .map_err(|error| bad_line(path, before, error.to_string()))?;
            if !more {
                break;
            }
            let line = raw.position().map_or(before, csv::Position::line);
            let record = StringRecord::from_byte_record(raw.clone())
                .map_err(|error| bad_line(path, line, error.to_string()))?;
            if record.iter().any(|field| field.contains(['\n', '\r'])) {
                let reason = "a row is spread over several lines (a quote is not closed?)";
                return Err(bad_line(path, line, reason.to_owned()));
            }
            if !seen_header {
                check_header(path, &record)?;
                seen_header = true;
                continue;
            }
            let row = Sample::from_record(&record).map_err(|source| StoreError::Row {
                path: path.to_owned(),
                line,
                source,
            })?;
            samples.rows.push(row);
        }
        Ok(samples)
    }
}

/// Everything up to and with the last line break.
fn complete_lines(content: &[u8]) -> &[u8] {
    let end = content.iter().rposition(|byte| *byte == b'\n');
    end.map_or(&[], |end| &content[..=end])
}

fn check_header(path: &Path, record: &StringRecord) -> Result<(), StoreError> {
    if record.iter().eq(COLUMNS) {
        return Ok(());
    }
    Err(StoreError::Header {
        path: path.to_owned(),
        found: record.iter().collect::<Vec<&str>>().join(","),
    })
}

fn bad_line(path: &Path, line: u64, reason: String) -> StoreError {
    StoreError::Line {
        path: path.to_owned(),
        line,
        reason,
    }
}
