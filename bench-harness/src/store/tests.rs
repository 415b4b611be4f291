use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::sample::{Outcome, Sample, TRIAL, Unit};

const HEADER: &str = "run_id,experiment,case,backend,metric,unit,round,outcome,value,note\n";

fn sample(round: u32, value: f64) -> Sample {
    Sample {
        run_id: "r1".to_owned(),
        experiment: "startup".to_owned(),
        case: "hello".to_owned(),
        backend: "native".to_owned(),
        metric: "startup.first_ns".to_owned(),
        unit: Unit::Ns,
        round,
        outcome: Outcome::Ok,
        value: Some(value),
        note: String::new(),
    }
}

fn parse(text: &str) -> Result<Samples, StoreError> {
    Samples::parse(Path::new("samples.csv"), text.as_bytes())
}

fn complaint(text: &str) -> String {
    parse(text).unwrap_err().to_string()
}

#[test]
fn what_is_appended_is_read_back_even_over_two_writers() {
    let folder = tempfile::tempdir().unwrap();
    let run = RunDir::create(folder.path()).unwrap();
    let failed = Sample {
        metric: TRIAL.to_owned(),
        unit: Unit::Count,
        outcome: Outcome::Timeout,
        value: None,
        note: "stopped after 10 s, \"still booting\"".to_owned(),
        ..sample(1, 0.0)
    };
    let rows = vec![sample(0, 812_345.0), failed, sample(2, 0.25)];
    for row in &rows {
        run.append_samples().unwrap().append(row).unwrap();
    }
    let read = run.read_samples().unwrap();
    assert_eq!(read.rows, rows);
    assert!(read.warnings.is_empty());
}

#[test]
fn a_note_with_line_breaks_stays_on_one_line() {
    let noted = Sample {
        note: "warning: first\nsecond\r\n  third".to_owned(),
        ..sample(0, 1.0)
    };
    assert_eq!(&noted.to_record()[9], "warning: first second third");
}

#[test]
fn a_folder_with_content_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("samples.csv"), "").unwrap();
    let refused = RunDir::create(folder.path());
    assert!(matches!(refused, Err(StoreError::NotEmpty(_))));
}

#[test]
fn a_cut_off_last_line_is_left_out_with_a_warning() {
    let text =
        format!("{HEADER}r1,startup,hello,native,startup.first_ns,ns,0,ok,5,\nr1,startup,hel");
    let read = parse(&text).unwrap();
    assert_eq!(read.rows, [sample(0, 5.0)]);
    assert_eq!(read.warnings.len(), 1);
    // Cut within the value: it would parse, as a wrong number.
    let text = format!("{HEADER}r1,startup,hello,native,startup.first_ns,ns,0,ok,51,");
    assert!(parse(&text).unwrap().rows.is_empty());
}

#[test]
fn a_malformed_row_is_named_with_file_and_line() {
    let good = "r1,startup,hello,native,startup.first_ns,ns,0,ok,5,\n";
    let with = |row: &str| complaint(&format!("{HEADER}{good}{row}\n{good}"));
    assert_eq!(with("r1,startup"), "samples.csv:3: 2 fields instead of 10");
    assert_eq!(
        with("r1,startup,hello,native,m,parsec,0,ok,5,"),
        "samples.csv:3: unknown unit \"parsec\""
    );
    assert_eq!(
        with("r1,startup,hello,native,m,ns,0,ok,NaN,"),
        "samples.csv:3: value \"NaN\" is not a number"
    );
    assert_eq!(
        with("r1,startup,hello,native,m,ns,0,ok,,"),
        "samples.csv:3: value is empty"
    );
    assert_eq!(
        with("r1,startup,hello,native,m,ns,-1,ok,5,"),
        "samples.csv:3: round \"-1\" is not a number"
    );
    assert_eq!(
        with("r1,startup,hello,native,m,ns,0,timeout,10000000000,"),
        "samples.csv:3: outcome timeout has a value"
    );
    assert_eq!(
        with("r1,startup,,native,m,ns,0,ok,5,"),
        "samples.csv:3: case is empty"
    );
    assert!(with("r1,startup,hello,native,m,ns,0,ok,5,\"open").starts_with("samples.csv:3: a row"));
}

#[test]
fn a_file_of_something_else_is_refused_by_its_header() {
    assert!(complaint("a,b\n1,2\n").starts_with("samples.csv:1: the header"));
    assert!(parse("").unwrap().rows.is_empty());
}

#[test]
fn the_run_record_is_read_back_and_missing_fields_are_empty() {
    let folder = tempfile::tempdir().unwrap();
    let run = RunDir::create(folder.path()).unwrap();
    let mut record = RunRecord {
        seed: u64::MAX,
        ..RunRecord::default()
    };
    assert!(!record.is_emulated());
    record
        .fingerprint
        .insert("lab_machine".to_owned(), Value::Bool(true));
    run.write_record(&record).unwrap();
    assert_eq!(run.read_record().unwrap(), record);
    assert!(record.is_emulated());
    run.write_text(RECORD_FILE, "{}").unwrap();
    assert_eq!(run.read_record().unwrap(), RunRecord::default());
}

#[test]
fn latest_points_at_the_last_run_linked() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["one", "two"] {
        let run = RunDir::create(&folder.path().join(name)).unwrap();
        run.link_latest().unwrap();
    }
    let target = std::fs::read_link(folder.path().join("latest")).unwrap();
    assert_eq!(target, Path::new("two"));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3);
}

proptest! {
    #[test]
    fn arbitrary_bytes_are_read_or_refused_but_never_panic(bytes: Vec<u8>) {
        let alone = Samples::parse(Path::new("x"), &bytes);
        let mut after_header = HEADER.as_bytes().to_vec();
        after_header.extend(&bytes);
        after_header.push(b'\n');
        let below = Samples::parse(Path::new("x"), &after_header);
        prop_assert!(alone.is_ok() || !alone.unwrap_err().to_string().is_empty());
        prop_assert!(below.is_ok() || !below.unwrap_err().to_string().is_empty());
    }

    #[test]
    fn every_row_survives_being_written_and_read(
        word in "[^\r\n\0]{1,20}",
        note in "[ -~]{0,40}",
        value in proptest::num::f64::NORMAL,
        round: u32,
    ) {
        let row = Sample {
            case: word,
            note: note.split_whitespace().collect::<Vec<_>>().join(" "),
            ..sample(round, value)
        };
        let mut bytes = csv::Writer::from_writer(Vec::new());
        bytes.write_record(crate::sample::COLUMNS).unwrap();
        bytes.write_record(&row.to_record()).unwrap();
        let bytes = bytes.into_inner().unwrap();
        let read = Samples::parse(Path::new("x"), &bytes).unwrap();
        prop_assert_eq!(read.rows, vec![row]);
    }
}
