//! run.json: the machine, the binaries, and the exact plan.

mod peers;

use std::path::Path;

use serde_json::{Map, Value, json};

use crate::backend::Backend;
use crate::binaries::{Binaries, Binary, sha256_hex};
use crate::host::fingerprint;
use crate::lab::Lab;
use crate::parameters::Parameters;
use crate::plan::Request;
use crate::store::{FORMAT, RunRecord};

/// Describes a run that is about to start; `stamp` is its time, `io_folder` where the file for I/O lies.
pub(super) fn of(
    run_id: &str,
    stamp: &str,
    request: &Request,
    lab: &Lab,
    io_folder: &Path,
) -> RunRecord {
    RunRecord {
        format: FORMAT,
        run_id: run_id.to_owned(),
        started_at: started_at(stamp),
        seed: request.seed,
        fingerprint: fingerprint::take(lab, io_folder),
        watched: Map::new(),
        plan: plan_record(request, lab),
        hashes: programs(&lab.binaries)
            .map(|(name, binary)| (name, binary.sha256.clone()))
            .chain(kernel_hashes(request))
            .chain(peers::hashes(request))
            .collect(),
        versions: [("isolab".to_owned(), env!("CARGO_PKG_VERSION").to_owned())]
            .into_iter()
            .chain(peers::versions(request))
            .collect(),
    }
}

/// `2026-11-23T09-30-12` as `2026-11-23T09:30:12Z`.
fn started_at(stamp: &str) -> String {
    let (date, time) = stamp.split_once('T').unwrap_or((stamp, ""));
    format!("{date}T{}Z", time.replace('-', ":"))
}

fn plan_record(request: &Request, lab: &Lab) -> Map<String, Value> {
    let rounds: Map<String, Value> = request
        .experiments
        .iter()
        .map(|experiment| {
            let rounds = request.rounds_of(*experiment);
            let record = json!({"warm_up": rounds.warm_up, "measured": rounds.measured});
            (experiment.id().to_owned(), record)
        })
        .collect();
    let ids: Vec<&str> = request
        .backends
        .iter()
        .map(|backend| backend.id())
        .collect();
    let sizes: Map<String, Value> = programs(&lab.binaries)
        .map(|(name, binary)| (name, json!(binary.size_bytes)))
        .collect();
    let record = [
        ("program_bytes", Value::Object(sizes)),
        ("kernels", Value::Object(kernels(request))),
        ("peers", Value::Object(peers::records(request, lab))),
        ("backends", json!(ids)),
        ("peers_in", json!(request.limited.experiments)),
        ("rounds", Value::Object(rounds)),
        (
            "budget_s",
            json!(request.budget.map(|limit| limit.as_secs())),
        ),
        (
            "effort",
            json!(format!("{:?}", request.effort).to_lowercase()),
        ),
        ("service_instances", json!(request.service_instances)),
        (
            "command_line",
            json!(std::env::args().collect::<Vec<String>>().join(" ")),
        ),
    ];
    let record = record
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value));
    record.chain(bounds(&lab.parameters)).collect()
}

/// Every bound by its name.
fn bounds(parameters: &Parameters) -> Map<String, Value> {
    match serde_json::to_value(parameters) {
        Ok(Value::Object(bounds)) => bounds,
        _ => Map::new(),
    }
}

/// The stock kernels by the backend that boots them.
fn kernels(request: &Request) -> Map<String, Value> {
    let backends = request.backends.iter();
    let kernel = |backend: &&dyn Backend| {
        let path = backend.kernel()?;
        Some((
            backend.id().to_owned(),
            json!({
                "path": path,
                "bytes": path.metadata().ok()?.len(),
                // Beside a fetched or built kernel stands what it is.
                "version": std::fs::read_to_string(path.with_file_name("version"))
                    .map_or_else(|_| "unknown".to_owned(), |text| text.trim().to_owned()),
            }),
        ))
    };
    backends.filter_map(kernel).collect()
}

fn kernel_hashes(request: &Request) -> impl Iterator<Item = (String, String)> {
    request.backends.iter().filter_map(|backend| {
        let content = std::fs::read(backend.kernel()?).ok()?;
        let name = format!("kernel of {}", backend.id());
        Some((name, sha256_hex(&content)))
    })
}

/// The launched programs by file name.
fn programs(binaries: &Binaries) -> impl Iterator<Item = (String, &Binary)> {
    let all = [
        &binaries.workload,
        &binaries.container_backend,
        &binaries.vm_backend,
    ];
    all.into_iter().map(|binary| {
        let name = binary.path.file_name().unwrap_or_default();
        (name.to_string_lossy().into_owned(), binary)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_is_written_as_the_standard_has_it() {
        assert_eq!(started_at("2026-11-23T09-30-12"), "2026-11-23T09:30:12Z");
    }
}
