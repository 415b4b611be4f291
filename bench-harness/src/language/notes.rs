//! The notes of rows, in the reader's language.
//!
//! samples.csv is raw data: the reasons and warnings in it are English, whoever reads them, and so is all that is computed of it.
//! Where they are shown:
//!
//! 1. The English catalogue `notes.ftl` is the table. Each of its texts is a pattern: literal text with a variable for each value.
//! 2. Of the patterns that fit a note the one with the most literal text is meant. Its key has the text in every language.
//! 3. A value may be a note itself, as in `{ $what } (remedy: { $remedy })`: it is looked up in the same way. So are both sides of a
//!    colon, where the left one is known.
//! 4. What is in no catalogue was said by a program. It stays as it is, between two marks: `lang="en"` in HTML, nothing elsewhere.
//!
//! A note can be found only as long as the code makes it word by word as it stands in the catalogue: the tests compare them.
//!
//! Read next: `locale/en/notes.ftl`, `failure.rs`.

use std::sync::OnceLock;

use super::{Language, Messages};

/// Round what isn't translated. Of Unicode's private use area: no program says these.
const MARKS: [char; 2] = ['\u{e000}', '\u{e001}'];

/// Variables that hold any text; the others hold one word, so that a short text doesn't fit what it isn't meant for.
const HOLD_TEXT: [&str; 15] = [
    "after",
    "complaint",
    "error",
    "inside",
    "last",
    "left",
    "line",
    "mode",
    "places",
    "reason",
    "remedy",
    "request",
    "text",
    "told",
    "what",
];

/// Behind these, and a colon, come the words of a program.
const ENDS: &str = "note-end-";

/// A note as the English catalogue has it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    /// The key in all catalogues.
    pub(super) key: &'static str,
    /// What stands round the variables: one more than those.
    pub(super) literals: Vec<&'static str>,
    /// The variables in their order.
    names: Vec<&'static str>,
}

impl Pattern {
    /// Reads a line `key = text with { $variable }`; nothing of a comment.
    fn of(line: &'static str) -> Option<Self> {
        let (key, text) = line.split_once(" = ")?;
        let (mut literals, mut names, mut rest) = (Vec::new(), Vec::new(), text);
        while let Some((literal, behind)) = rest.split_once("{ $") {
            let (name, behind) = behind.split_once(" }")?;
            literals.push(literal);
            names.push(name);
            rest = behind;
        }
        literals.push(rest);
        let is_comment = line.starts_with('#');
        (!is_comment).then_some(Self {
            key,
            literals,
            names,
        })
    }

    fn literal_bytes(&self) -> usize {
        self.literals.iter().map(|literal| literal.len()).sum()
    }

    /// Variables and values, if the note is this one.
    fn values<'a>(&self, note: &'a str) -> Option<Vec<(&'static str, &'a str)>> {
        let (first, others) = self.literals.split_first()?;
        let mut rest = note.strip_prefix(first)?;
        let mut values = Vec::new();
        for (place, (name, literal)) in self.names.iter().zip(others).enumerate() {
            let (value, behind) = match place + 1 == self.names.len() {
                true => (rest.strip_suffix(literal)?, ""),
                false => rest.split_once(literal)?,
            };
            let is_word = !value.contains(char::is_whitespace);
            if value.is_empty() || !(is_word || HOLD_TEXT.contains(name)) {
                return None;
            }
            values.push((*name, value));
            rest = behind;
        }
        rest.is_empty().then_some(values)
    }
}

/// Every note that is known.
pub(super) fn patterns() -> &'static [Pattern] {
    static PATTERNS: OnceLock<Vec<Pattern>> = OnceLock::new();
    PATTERNS.get_or_init(|| {
        let mut subjects = Language::English.catalogue().iter();
        let notes = subjects.find(|(subject, _)| *subject == "notes");
        let lines = notes.into_iter().flat_map(|(_, text)| text.lines());
        lines.filter_map(Pattern::of).collect()
    })
}

/// A note in a language, with marks round what stays English; see [`pieces`] and [`plain`].
#[must_use]
pub fn translated(note: &str, say: &Messages) -> String {
    match say.language() {
        Language::English => note.to_owned(),
        Language::Korean => known(note, say).unwrap_or_else(|| marked(note)),
    }
}

/// The same if it is known, whole or up to a colon.
pub(super) fn known(note: &str, say: &Messages) -> Option<String> {
    whole(note, say).or_else(|| {
        let mut colons = note.match_indices(": ");
        colons.find_map(|(at, colon)| {
            let (left, right) = (&note[..at], &note[at + colon.len()..]);
            let pattern = pattern_of(left)?;
            let right = match pattern.key.starts_with(ENDS) {
                true => marked(right),
                false => translated(right, say),
            };
            Some(format!("{}: {right}", whole(left, say)?))
        })
    })
}

fn whole(note: &str, say: &Messages) -> Option<String> {
    let pattern = pattern_of(note)?;
    let values = pattern.values(note)?;
    let is_text = |value: &str| value.contains(' ') && value.contains(char::is_alphabetic);
    let value = |value: &str| match known(value, say) {
        Some(known) => known,
        None if is_text(value) => marked(value),
        None => value.to_owned(),
    };
    let values: Vec<(&str, String)> = values
        .into_iter()
        .map(|(name, text)| (name, value(text)))
        .collect();
    let values: Vec<(&str, &str)> = values
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    say.find(pattern.key, &values)
}

fn pattern_of(note: &str) -> Option<&'static Pattern> {
    let fitting = patterns()
        .iter()
        .filter(|pattern| pattern.values(note).is_some());
    fitting.max_by_key(|pattern| pattern.literal_bytes())
}

fn marked(text: &str) -> String {
    let [begin, end] = MARKS;
    match text.is_empty() {
        true => String::new(),
        false => format!("{begin}{}{end}", plain(text)),
    }
}

/// The text without marks.
#[must_use]
pub fn plain(text: &str) -> String {
    text.replace(MARKS, "")
}

/// The text in pieces, and of each whether it was left English.
#[must_use]
pub fn pieces(text: &str) -> Vec<(&str, bool)> {
    let [begin, end] = MARKS;
    let parts = text.split(begin).enumerate();
    let pieces = parts.flat_map(|(place, part)| match part.split_once(end) {
        Some((english, behind)) if place > 0 => [(english, true), (behind, false)],
        _ => [(part, false), ("", false)],
    });
    pieces.filter(|(piece, _)| !piece.is_empty()).collect()
}

#[cfg(test)]
mod tests;
