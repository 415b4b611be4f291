//! `isolab export RUN`: a run's numbers for other programs, on standard output.
//!
//! - `csv`: tidy, one line per series (experiment, case, metric, backend), every number in its own column and in the unit that the
//!   line names. An empty cell is a number that there is none of.
//! - `json`: the machine and plan (`record`), all statistics (`summary`) and the claims' verdicts (`claims`) in one document.
//!
//! `results/schema/` has the JSON Schema of both JSON files of a run and of this document; it is made from the types here
//! (`export/schema.rs`).
//!
//! Read are the result files alone, as by `isolab report`; nothing is written into the run's folder.
//!
//! Read next: `summary.rs`, `results/README.md`.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use serde::Serialize;

use crate::claim::{self, Card, Evidence};
use crate::cli::ExportFormat;
use crate::stats::bootstrap::Interval;
use crate::store::{RunDir, RunRecord};
use crate::summary::{Series, Summary};

const COLUMNS: [&str; 17] = [
    "run_id",
    "experiment",
    "case",
    "backend",
    "metric",
    "unit",
    "n",
    "median",
    "low",
    "high",
    "p90",
    "p99",
    "min",
    "max",
    "ratio_to_native",
    "ratio_low",
    "ratio_high",
];

/// Everything that is known of a run but its single values.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Document {
    /// The machine, the plan and the binaries: `run.json`.
    record: RunRecord,
    /// The numbers: `summary.json`.
    summary: Summary,
    /// What they say of the claims.
    claims: Vec<Card>,
}

pub(super) fn export(folder: &Path, format: ExportFormat) -> Result<ExitCode> {
    let reading = || format!("reading the run {}", folder.display());
    let run = RunDir::open(folder);
    let record = run.read_record().with_context(reading)?;
    let samples = run.read_samples().with_context(reading)?;
    let mut summary = Summary::of(&samples.rows, record.seed);
    summary.on_machine(&record);
    let out = std::io::stdout().lock();
    match format {
        ExportFormat::Csv => write_csv(out, &summary)?,
        ExportFormat::Json => {
            let claims = claim::cards(&Evidence::of(&summary, &samples.rows, record.seed));
            let document = Document {
                record,
                summary,
                claims,
            };
            write_json(out, &document)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn write_json(mut out: impl Write, document: &Document) -> Result<()> {
    serde_json::to_writer_pretty(&mut out, document)?;
    writeln!(out)?;
    Ok(())
}

fn write_csv(out: impl Write, summary: &Summary) -> Result<()> {
    let mut lines = csv::Writer::from_writer(out);
    lines.write_record(COLUMNS)?;
    for series in &summary.series {
        lines.write_record(cells(&summary.run_id, series))?;
    }
    lines.flush()?;
    Ok(())
}

fn cells(run_id: &str, series: &Series) -> [String; COLUMNS.len()] {
    let number = |value: Option<f64>| value.map_or(String::new(), |value| value.to_string());
    let ends = |interval: Option<Interval>| {
        let low = interval.map(|interval| interval.low);
        [low, interval.map(|interval| interval.high)].map(number)
    };
    let statistics = &series.statistics;
    let [low, high] = ends(statistics.interval);
    let comparison = series.vs_native.as_ref();
    let [ratio_low, ratio_high] = ends(comparison.and_then(|one| one.interval));
    [
        run_id.to_owned(),
        series.experiment.clone(),
        series.case.clone(),
        series.backend.clone(),
        series.metric.clone(),
        series.unit.to_string(),
        statistics.n.to_string(),
        statistics.median.to_string(),
        low,
        high,
        statistics.p90.to_string(),
        statistics.p99.to_string(),
        statistics.min.to_string(),
        statistics.max.to_string(),
        number(comparison.map(|one| one.ratio)),
        ratio_low,
        ratio_high,
    ]
}

#[cfg(test)]
mod schema;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{Outcome, Sample, Unit};

    fn sample(backend: &str, round: u32, value: f64) -> Sample {
        Sample {
            run_id: "r".to_owned(),
            experiment: "startup".to_owned(),
            case: "hello".to_owned(),
            backend: backend.to_owned(),
            metric: "startup.total_ns".to_owned(),
            unit: Unit::Ns,
            round,
            outcome: Outcome::Ok,
            value: Some(value),
            note: String::new(),
        }
    }

    #[test]
    fn each_series_is_one_line_and_what_there_is_no_number_of_is_empty() {
        let samples = [sample("native", 0, 100.0), sample("container", 0, 250.0)];
        let mut text = Vec::new();
        write_csv(&mut text, &Summary::of(&samples, 1)).unwrap();
        let text = String::from_utf8(text).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], COLUMNS.join(","));
        let native = "r,startup,hello,native,startup.total_ns,ns,1,100,,,100,100,100,100,,,";
        let container =
            "r,startup,hello,container,startup.total_ns,ns,1,250,,,250,250,250,250,2.5,,";
        assert_eq!(lines[1..], [native, container]);
    }
}
