//! Runs that older versions of isolab made can still be reported, in each language, with whatever they know.

use std::path::{Path, PathBuf};

use bench_harness::language::Language;
use bench_harness::report::{PAGE_FILE, write_all};

/// A copy of what was measured, without what was made of it then.
fn copy_of(run: &str, folder: &Path) -> PathBuf {
    let results = Path::new(env!("CARGO_MANIFEST_DIR")).join("../results");
    let copy = folder.join(run);
    std::fs::create_dir(&copy).expect("the folder is new");
    for file in ["samples.csv", "run.json"] {
        std::fs::copy(results.join(run).join(file), copy.join(file)).expect(file);
    }
    copy
}

#[test]
fn the_reference_runs_are_reported_in_both_languages() {
    let folder = tempfile::tempdir().expect("a folder");
    for (run, language) in [
        ("reference-2core-pvm", Language::English),
        ("reference-lab-machine", Language::Korean),
    ] {
        let copy = copy_of(run, folder.path());
        let made = write_all(&copy, language).unwrap_or_else(|error| panic!("{run}: {error}"));
        assert!(!made.summary.series.is_empty(), "{run} has numbers");
        let page = std::fs::read_to_string(copy.join(PAGE_FILE)).expect("written");
        assert!(
            page.contains(&format!("lang=\"{}\"", language.tag())),
            "{run}"
        );
        assert!(page.len() < 2_000_000, "{run}: {} bytes", page.len());
    }
}
