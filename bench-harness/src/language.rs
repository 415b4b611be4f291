//! What isolab says, in English and Korean.
//!
//! 1. Every text that a reader sees of a run lies in a catalogue, `locale/LANGUAGE/SUBJECT.ftl` (of metrics and charts, one file
//!    per experiment), in the format of Project Fluent: `key = text with { $name }`, and attributes such as `.definition`
//!    below a key.
//! 2. The catalogues are embedded: one copied file is enough. A new file is one more line in `catalogues!`.
//! 3. Numbers are written before they come here, with their unit and as many digits as they deserve (`report/units.rs`).
//! 4. What programs, standards and samples.csv call things (`container`, `startup.first_ns`, PSS) is not translated.
//!
//! A text that one language lacks is an error of a test, not of the user: he gets the key.
//!
//! Read next: `locale/en/claims.ftl`, `language/notes.rs`; the syntax guide of Project Fluent.

pub mod notes;

use std::borrow::Cow;

use clap::ValueEnum;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentMessage, FluentResource, FluentValue};
use serde::{Deserialize, Serialize};

use crate::summary::metrics;

/// A language that isolab speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// English.
    #[value(name = "en")]
    English,
    /// Korean.
    #[value(name = "ko")]
    Korean,
}

/// The catalogues of one language, by subject.
type Catalogue = &'static [(&'static str, &'static str)];

/// Embeds `locale/LANGUAGE/SUBJECT.ftl` of every subject in both languages.
macro_rules! catalogues {
    ($($subject:literal)*) => {
        const ENGLISH: Catalogue = &[$(
            ($subject, include_str!(concat!("../locale/en/", $subject, ".ftl"))),
        )*];
        const KOREAN: Catalogue = &[$(
            ($subject, include_str!(concat!("../locale/ko/", $subject, ".ftl"))),
        )*];
    };
}

// One subject a line, in any order: no key stands twice.
catalogues! {
    "badges"
    "charts"
    "charts/ablation"
    "charts/cpu"
    "charts/density"
    "charts/elasticity"
    "charts/io"
    "charts/isolation"
    "charts/container-floor"
    "charts/memory"
    "charts/neighbour"
    "charts/noise"
    "charts/portability"
    "charts/scaleout"
    "charts/service"
    "charts/startup"
    "charts/syscall"
    "charts/vmm-floor"
    "claims"
    "doctor"
    "glossary"
    "history"
    "list"
    "metrics/ablation"
    "metrics/container-floor"
    "metrics/cpu"
    "metrics/density"
    "metrics/elasticity"
    "metrics/io"
    "metrics/isolation"
    "metrics/memory"
    "metrics/noise"
    "metrics/portability"
    "metrics/scaleout"
    "metrics/service"
    "metrics/neighbour"
    "metrics/startup"
    "metrics/syscall"
    "metrics/vmm-floor"
    "notes"
    "report"
    "terminal"
}

/// A text of the catalogues with the values in it, before it is known in which language it will be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Said {
    /// The key.
    pub key: String,
    /// Variable and value, the latter as it is to be shown.
    pub values: Vec<(String, String)>,
}

impl Said {
    /// A text without variables.
    #[must_use]
    pub fn key(key: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            values: Vec::new(),
        }
    }

    /// What a program said, or a name: the same in every language.
    #[must_use]
    pub fn verbatim(text: impl Into<String>) -> Self {
        Self::key("verbatim").with("text", text)
    }

    /// The same with one more value.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.values.push((name.to_owned(), value.into()));
        self
    }
}

impl Language {
    /// The language of a value of `LC_ALL` or `LANG`, such as `ko_KR.UTF-8`; English unless it is Korean.
    #[must_use]
    pub fn of_locale(locale: &str) -> Self {
        let language = locale.split(['_', '.', '-', '@']).next();
        match language {
            Some("ko") => Self::Korean,
            _ => Self::English,
        }
    }

    /// The language of this process's environment, in the order of `setlocale(3)`.
    #[must_use]
    pub fn of_environment() -> Self {
        let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set);
        Self::of_locale(&locale.unwrap_or_default())
    }

    /// As in the HTML attribute `lang` (BCP 47).
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Korean => "ko",
        }
    }

    fn catalogue(self) -> Catalogue {
        match self {
            Self::English => ENGLISH,
            Self::Korean => KOREAN,
        }
    }
}

/// The texts of one language.
pub struct Messages {
    language: Language,
    bundle: FluentBundle<FluentResource>,
}

impl Messages {
    /// Reads the catalogues of a language.
    #[must_use]
    pub fn of(language: Language) -> Self {
        let tag = language.tag().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![tag]);
        // Marks round each argument for texts of mixed direction: neither language has any.
        bundle.set_use_isolating(false);
        for (_, text) in language.catalogue() {
            // What can't be parsed is left out, and found by the tests.
            let resource = FluentResource::try_new((*text).to_owned());
            let resource = resource.unwrap_or_else(|(parsed, _)| parsed);
            bundle.add_resource_overriding(resource);
        }
        Self { language, bundle }
    }

    /// Whose texts these are.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    /// The text of a key.
    #[must_use]
    pub fn text(&self, key: &str) -> String {
        self.with(key, &[])
    }

    /// The text of a key, with its variables replaced.
    #[must_use]
    pub fn with(&self, key: &str, values: &[(&str, &str)]) -> String {
        self.find(key, values).unwrap_or_else(|| key.to_owned())
    }

    /// What was said elsewhere, in this language. A value that is a known note is translated, too.
    #[must_use]
    pub fn said(&self, said: &Said) -> String {
        let own = |text: &String| match self.language {
            Language::English => text.clone(),
            Language::Korean => {
                notes::known(text, self).map_or(text.clone(), |it| notes::plain(&it))
            }
        };
        let values: Vec<(&str, String)> = said
            .values
            .iter()
            .map(|(name, value)| (name.as_str(), own(value)))
            .collect();
        let values: Vec<(&str, &str)> = values
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        self.with(&said.key, &values)
    }

    /// A metric in a few words; one that nobody has described by its name.
    #[must_use]
    pub fn metric(&self, name: &str) -> String {
        let label = self.find(&metrics::message_key(name), &[]);
        let label = label.unwrap_or_else(|| name.to_owned());
        match metrics::family(name) {
            Some((_, rest)) => format!("{label}: {rest}"),
            None => label,
        }
    }

    /// The same, if there is such a key; `key.attribute` is an attribute.
    #[must_use]
    pub fn find(&self, key: &str, values: &[(&str, &str)]) -> Option<String> {
        let (key, attribute) = match key.split_once('.') {
            Some((key, attribute)) => (key, Some(attribute)),
            None => (key, None),
        };
        let message: FluentMessage = self.bundle.get_message(key)?;
        let pattern = match attribute {
            Some(attribute) => message.get_attribute(attribute)?.value(),
            None => message.value()?,
        };
        let mut args = FluentArgs::new();
        for (name, value) in values {
            args.set(*name, argument(value));
        }
        let mut errors = Vec::new();
        let text: Cow<str> = self
            .bundle
            .format_pattern(pattern, Some(&args), &mut errors);
        Some(text.into_owned())
    }
}

/// A whole number decides between singular and plural; everything else is text.
fn argument(value: &str) -> FluentValue<'_> {
    value
        .parse::<u32>()
        .map_or_else(|_| FluentValue::from(value), FluentValue::from)
}

impl std::fmt::Debug for Messages {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_tuple("Messages")
            .field(&self.language)
            .finish()
    }
}

#[cfg(test)]
mod tests;
