//! Runs that were made before can still be reported, in each language, with whatever they know: the reference runs, and one of a
//! version that wrote no format and knew three experiments (`older-run/`).

use std::path::{Path, PathBuf};

use bench_harness::language::Language;
use bench_harness::report::{PAGE_FILE, write_all};

/// A copy of what was measured, without what was made of it then.
fn copy_of(run: &str, folder: &Path) -> PathBuf {
    let run = Path::new(env!("CARGO_MANIFEST_DIR")).join(run);
    let copy = folder.join(run.file_name().expect("a run's folder"));
    std::fs::create_dir(&copy).expect("the folder is new");
    for file in ["samples.csv", "run.json"] {
        std::fs::copy(run.join(file), copy.join(file)).expect(file);
    }
    copy
}

#[test]
fn runs_that_were_made_before_are_reported_in_both_languages() {
    let folder = tempfile::tempdir().expect("a folder");
    for (run, language) in [
        ("../results/reference-2core-pvm", Language::English),
        ("../results/reference-lab-machine", Language::Korean),
        ("tests/older-run", Language::English),
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
