use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use regex::Regex;

use super::*;
use crate::backend;
use crate::failure::Failure;

/// Where notes are made. What else is said there in words stands in [`OTHER_BEGINNINGS`].
const MAKERS: [&str; 20] = [
    "backend",
    "bench.rs",
    "boot_trial.rs",
    "cgroup_limit.rs",
    "control.rs",
    "cpu_time.rs",
    "experiment",
    "failure.rs",
    "host/cgroup.rs",
    "host/cgroup_view.rs",
    "host_calls.rs",
    "instance",
    "instance.rs",
    "leftovers.rs",
    "memory_budget.rs",
    "runner.rs",
    "summary/validity.rs",
    "system_calls.rs",
    "timeline.rs",
    "vm_stats.rs",
];

/// No notes, by their beginning or end: commands, what is said on the terminal, and errors that only a mistake in isolab itself can
/// bring up.
const OTHER_BEGINNINGS: [&str; 6] = [
    "echo ",
    "sudo ",
    "cargo ",
    "isolab: ",
    "\\n{}/{} is left out",
    "there is no experiment",
];
const OTHER_ENDS: [&str; 2] = [" has no case {}", "general protection fault"];

/// All string literals of the code that isn't a test, with `{}` for each of their values.
fn literals(path: &Path) -> BTreeSet<String> {
    let of = |pattern: &str| Regex::new(pattern).unwrap();
    let (comment, raw, quote) = (of(r"(?m)^\s*//.*$"), of(r##"(?s)r#".*?"#"##), of(r#"'"'"#));
    let (literal, value) = (of(r#"(?s)"((?:[^"\\]|\\.)*)""#), of(r"\{[^}]*\}"));
    let broken = of(r"\\\n\s*");
    let mut found = BTreeSet::new();
    for file in files(path) {
        let code = std::fs::read_to_string(&file).unwrap();
        let code = code.split("#[cfg(test)]\nmod tests {").next().unwrap();
        let code = comment.replace_all(code, "");
        let code = raw.replace_all(&code, "");
        let code = quote.replace_all(&code, "");
        for one in literal.captures_iter(&code) {
            let text = broken.replace_all(&one[1], "").replace("\\\"", "\"");
            found.insert(value.replace_all(&text, "{}").into_owned());
        }
    }
    found
}

fn files(path: &Path) -> Vec<PathBuf> {
    if path.ends_with("tests.rs") {
        return Vec::new();
    }
    match std::fs::read_dir(path) {
        Ok(entries) => entries
            .flat_map(|entry| files(&entry.unwrap().path()))
            .collect(),
        Err(_) => vec![path.to_owned()],
    }
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn skeleton(pattern: &Pattern) -> String {
    pattern.literals.join("{}")
}

/// Three words in a row, as no option, name or format has.
fn is_sentence(text: &str) -> bool {
    let words = text.split(' ').filter(|word| {
        let plain = word.trim_end_matches([',', ':', ';']);
        plain.len() > 1
            && plain
                .chars()
                .all(|one| one.is_ascii_lowercase() || one == '\'')
    });
    words.count() >= 3
}

#[test]
fn every_note_of_the_catalogue_stands_so_in_the_code() {
    let written = literals(&source());
    let missing: Vec<&str> = patterns()
        .iter()
        .filter(|pattern| !written.contains(&skeleton(pattern)))
        .map(|pattern| pattern.key)
        .collect();
    assert!(missing.is_empty(), "{missing:#?}");
    assert!(patterns().len() > 100);
}

#[test]
fn every_note_of_the_code_stands_in_the_catalogue() {
    let known: BTreeSet<String> = patterns().iter().map(skeleton).collect();
    let made = MAKERS
        .iter()
        .flat_map(|place| literals(&source().join(place)));
    let unknown: BTreeSet<String> = made
        .filter(|text| is_sentence(text) && !known.contains(text))
        .filter(|text| !OTHER_BEGINNINGS.iter().any(|part| text.starts_with(part)))
        .filter(|text| !OTHER_ENDS.iter().any(|part| text.ends_with(part)))
        .collect();
    assert!(unknown.is_empty(), "{unknown:#?}");
}

fn in_korean(note: &str) -> String {
    translated(note, &Messages::of(Language::Korean))
}

#[test]
fn each_note_is_found_by_its_own_text_and_said_in_hangul() {
    for pattern in patterns() {
        let note = pattern.literals.join("7");
        let said = in_korean(&note);
        let is_hangul = |one| ('가'..='힣').contains(&one);
        assert!(said.chars().any(is_hangul), "{}: {said}", pattern.key);
        assert!(!said.contains(MARKS), "{}: {said}", pattern.key);
        assert_eq!(translated(&note, &Messages::of(Language::English)), note);
    }
}

#[test]
fn what_the_code_really_says_is_found() {
    let missing = backend::by_id("fake-unavailable").unwrap().availability();
    let missing = Failure::from(missing.unwrap_err());
    let runtime = backend::oci_runtime("mine", "/nowhere/mine".into()).availability();
    let runtime = Failure::from(runtime.unwrap_err());
    let budget = crate::memory_budget::check("1M".parse().unwrap(), u64::MAX >> 1).unwrap_err();
    for failure in [missing, runtime, budget] {
        let note = failure.reason();
        let said = in_korean(&note);
        assert!(said.contains("해결: "), "{note} → {said}");
        assert!(!said.contains(MARKS), "{note} → {said}");
    }
}

#[test]
fn a_note_in_a_note_is_translated_and_the_words_of_a_program_are_not() {
    let note = "exit code 1: no luck, it is no VM (given up after 3 failures in a row)";
    let said = in_korean(note);
    let [begin, end] = MARKS;
    let expected = format!("종료 코드 1: {begin}no luck, it is no VM{end} (연속 실패 3회 후 포기)");
    assert_eq!(said, expected);
    assert_eq!(
        plain(&said),
        "종료 코드 1: no luck, it is no VM (연속 실패 3회 후 포기)"
    );
    assert_eq!(
        pieces(&said),
        [
            ("종료 코드 1: ", false),
            ("no luck, it is no VM", true),
            (" (연속 실패 3회 후 포기)", false)
        ]
    );
}

#[test]
fn both_sides_of_a_colon_are_notes_where_the_left_one_is() {
    let note = "the VMM did not end as it should: killed by signal 9";
    let said = in_korean(note);
    assert_eq!(
        said,
        "VMM이 정상적으로 종료되지 않음: 시그널 9로 강제 종료됨"
    );
}

#[test]
fn what_nobody_knows_stays_as_it_is() {
    for note in [
        "no such luck",
        "crun: open: No such file or directory",
        "{ $what }",
    ] {
        assert_eq!(pieces(&in_korean(note)), [(note, true)]);
    }
    assert_eq!(in_korean(""), "");
    assert_eq!(pieces("plain"), [("plain", false)]);
}

#[test]
fn a_program_that_says_the_marks_gains_nothing() {
    let [begin, end] = MARKS;
    let note = format!("odd{end}{begin} words");
    assert_eq!(pieces(&in_korean(&note)), [("odd words", true)]);
}
