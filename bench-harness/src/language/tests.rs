use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};

use regex::Regex;

use super::*;
use crate::report::chart;
use crate::{backend, experiment};

/// Key or `key.attribute` → the variables in its text.
type Texts = BTreeMap<String, BTreeSet<String>>;

fn texts(language: Language) -> Texts {
    let mut texts = Texts::new();
    for (subject, source) in language.catalogue() {
        let parsed = fluent_syntax::parser::parse(*source)
            .unwrap_or_else(|(_, errors)| panic!("{subject} of {language:?}: {errors:?}"));
        for entry in parsed.body {
            let Entry::Message(message) = entry else {
                continue;
            };
            let key = message.id.name;
            if let Some(value) = &message.value {
                let before = texts.insert(key.to_owned(), variables(value));
                assert!(before.is_none(), "{key} stands twice in {language:?}");
            }
            for attribute in &message.attributes {
                let name = format!("{key}.{}", attribute.id.name);
                texts.insert(name, variables(&attribute.value));
            }
        }
    }
    texts
}

fn variables(pattern: &Pattern<&str>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for element in &pattern.elements {
        let PatternElement::Placeable { expression } = element else {
            continue;
        };
        let (Expression::Inline(inner)
        | Expression::Select {
            selector: inner, ..
        }) = expression;
        if let InlineExpression::VariableReference { id } = inner {
            found.insert(id.name.to_owned());
        }
        if let Expression::Select { variants, .. } = expression {
            let of_variants = variants.iter().map(|variant| variables(&variant.value));
            found.extend(of_variants.flatten());
        }
    }
    found
}

#[test]
fn every_catalogue_file_is_embedded() {
    for language in [Language::English, Language::Korean] {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("locale");
        let root = root.join(language.tag());
        let embedded: Vec<&str> = language.catalogue().iter().map(|(name, _)| *name).collect();
        for file in files(&root) {
            let subject = file.strip_prefix(&root).unwrap().with_extension("");
            let subject = subject.to_str().unwrap();
            assert!(
                embedded.contains(&subject),
                "{} has no line in language.rs",
                file.display()
            );
        }
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let of = |path: PathBuf| {
        if path.is_dir() {
            files(&path)
        } else {
            vec![path]
        }
    };
    entries
        .flat_map(|entry| of(entry.unwrap().path()))
        .collect()
}

#[test]
fn both_languages_say_the_same_things_about_the_same_values() {
    let (english, korean) = (texts(Language::English), texts(Language::Korean));
    let only = |some: &Texts, others: &Texts| -> Vec<String> {
        some.keys()
            .filter(|key| !others.contains_key(*key))
            .cloned()
            .collect()
    };
    assert_eq!(only(&english, &korean), [""; 0], "not in Korean");
    assert_eq!(only(&korean, &english), [""; 0], "not in English");
    for (key, variables) in &english {
        assert_eq!(variables, &korean[key], "the variables of {key}");
    }
}

#[test]
fn what_is_said_in_korean_is_written_in_hangul() {
    let messages = Messages::of(Language::Korean);
    let said = messages.with("claims-c2", &[]);
    assert!(said.chars().any(is_hangul), "{said}");
}

#[test]
fn values_take_the_places_of_variables_and_nothing_else_is_added() {
    for language in [Language::English, Language::Korean] {
        let messages = Messages::of(language);
        let text = messages.with("verdict-inconclusive", &[("rounds", "40")]);
        assert!(
            text.contains("40") && !text.contains('\u{2068}'),
            "{text:?}"
        );
    }
}

#[test]
fn a_key_that_nobody_has_written_is_shown_as_it_is() {
    let messages = Messages::of(Language::English);
    assert_eq!(messages.text("no-such-key"), "no-such-key");
    assert_eq!(messages.find("no-such-key", &[]), None);
}

#[test]
fn the_language_follows_the_locale() {
    for (locale, language) in [
        ("ko_KR.UTF-8", Language::Korean),
        ("ko", Language::Korean),
        ("kok_IN", Language::English),
        ("en_GB.UTF-8", Language::English),
        ("C", Language::English),
        ("", Language::English),
    ] {
        assert_eq!(Language::of_locale(locale), language, "{locale}");
    }
}

/// Fails with the file that lacks the text, and with texts that nobody has translated.
fn assert_said(key: &str, wanted: &str, file: &str) {
    for language in [Language::English, Language::Korean] {
        let place = format!("{wanted} in locale/{}/{file}", language.tag());
        let said = Messages::of(language).find(wanted, &[]);
        let said = said.unwrap_or_else(|| panic!("{key} needs {place}"));
        let is_sentence = said.ends_with(['.', '?', '다']);
        if language == Language::Korean && is_sentence {
            assert!(said.chars().any(is_hangul), "not in Korean: {place}");
        }
    }
}

fn is_hangul(character: char) -> bool {
    ('가'..='힣').contains(&character)
}

#[test]
fn every_chart_has_its_texts_in_both_languages() {
    for name in chart::names() {
        let key = chart::message_key(name);
        let attributes = [".subtitle", ".reading", ".caption"];
        for end in [""].into_iter().chain(attributes) {
            assert_said(name, &format!("{key}{end}"), "charts/EXPERIMENT.ftl");
        }
    }
}

#[test]
fn every_experiment_has_its_texts_in_both_languages() {
    for one in experiment::ALL {
        for end in ["", ".question"] {
            let key = format!("experiment-{}{end}", one.id());
            assert_said(one.id(), &key, "report.ftl");
        }
    }
}

#[test]
fn every_line_of_the_list_has_its_text_in_both_languages() {
    let backends = backend::visible().map(|one| format!("list-backend-{}", one.id()));
    let experiments = experiment::ALL.iter();
    let experiments = experiments.map(|one| format!("list-experiment-{}", one.id()));
    for key in backends.chain(experiments) {
        assert_said(&key, &key, "list.ftl");
    }
}

#[test]
fn every_metric_has_its_texts_in_both_languages() {
    for metric in metrics::all() {
        let key = metrics::message_key(metric.name);
        for end in ["", ".definition", ".code"] {
            assert_said(
                metric.name,
                &format!("{key}{end}"),
                "metrics/EXPERIMENT.ftl",
            );
        }
    }
}

#[test]
fn every_key_that_the_code_spells_out_has_a_text() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let of = |pattern: &str| Regex::new(&format!("(?-u){pattern}")).unwrap();
    let keys = of(r#"(?:\b(?:say|messages)\s*\.(?:text|with|find)|Said::key)\(\s*"([a-z0-9.-]+)""#);
    let of_doctor = of(r#"\b(?:text|missing)\(\s*"([a-z0-9.-]+)""#);
    let messages = Messages::of(Language::English);
    let mut found = 0;
    for file in files(&source) {
        let code = std::fs::read_to_string(&file).unwrap();
        let is_doctor = file.ends_with("host/doctor/checks.rs");
        let spelled_out = keys.captures_iter(&code).map(|one| one[1].to_owned());
        let doctors = of_doctor.captures_iter(&code).filter(|_| is_doctor);
        let doctors = doctors.map(|one| format!("doctor-{}", &one[1]));
        for key in spelled_out.chain(doctors) {
            if key.starts_with("no-such-") {
                continue;
            }
            let said = messages.find(&key, &[]);
            assert!(said.is_some(), "{} says {key}", file.display());
            found += 1;
        }
    }
    assert!(
        found > 100,
        "only {found} keys: is the code written differently now?"
    );
}
