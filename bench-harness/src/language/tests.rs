use std::collections::{BTreeMap, BTreeSet};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};

use super::*;

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
    let variable = |element: &PatternElement<&str>| match element {
        PatternElement::Placeable {
            expression: Expression::Inline(InlineExpression::VariableReference { id }),
        } => Some(id.name.to_owned()),
        _ => None,
    };
    pattern.elements.iter().filter_map(variable).collect()
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
    assert!(said.chars().any(|c| ('가'..='힣').contains(&c)), "{said}");
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
