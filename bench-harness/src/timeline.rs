//! What a launcher says about its own steps (`--timeline FD`).
//!
//! ```text
//! mark <CLOCK_MONOTONIC ns> <actor> <step>      the moment <step> ended
//! fact <key> <value>
//! ```
//!
//! Launchers only mark; durations are taken here, as the distance from the mark before it in time, whoever made that.
//! A line that is neither is an error and not skipped: a launcher whose report can't be trusted gives no numbers.
//!
//! Read next: `experiment/startup.rs`, which makes metrics of it.

use std::ops::Range;
use std::path::PathBuf;

/// The moment a step ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// CLOCK_MONOTONIC, nanoseconds.
    pub at_ns: u64,
    /// Who did the step: `launcher`, `init`, `vmm`.
    pub actor: String,
    /// The step in kebab-case.
    pub step: String,
}

/// Everything one launcher reported, marks in the order of time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeline {
    /// The marks, sorted by time.
    pub marks: Vec<Mark>,
    /// Facts in the order of their report; a key may come several times.
    pub facts: Vec<(String, String)>,
}

impl Timeline {
    /// Reads a report. A last line without its newline is still being written and left out.
    ///
    /// # Errors
    /// Names the first line that follows neither form.
    pub fn parse(text: &str) -> Result<Self, String> {
        let complete = text.rfind('\n').map_or("", |end| &text[..end]);
        let mut timeline = Self::default();
        for line in complete.lines().filter(|line| !line.is_empty()) {
            timeline
                .add(line)
                .ok_or_else(|| format!("the launcher's timeline has a malformed line: {line:?}"))?;
        }
        // Stable: marks of one actor with equal stamps keep their order.
        timeline.marks.sort_by_key(|mark| mark.at_ns);
        Ok(timeline)
    }

    fn add(&mut self, line: &str) -> Option<()> {
        let (kind, rest) = line.split_once(' ')?;
        match kind {
            "mark" => {
                let mut words = rest.split(' ');
                self.marks.push(Mark {
                    at_ns: words.next()?.parse().ok()?,
                    actor: words.next()?.to_owned(),
                    step: words.next().filter(|step| !step.is_empty())?.to_owned(),
                });
                words.next().is_none().then_some(())
            }
            "fact" => {
                let (key, value) = rest.split_once(' ').unwrap_or((rest, ""));
                self.facts.push((key.to_owned(), value.to_owned()));
                Some(())
            }
            _ => None,
        }
    }

    /// When `step` ended, whoever did it.
    #[must_use]
    pub fn ended_ns(&self, step: &str) -> Option<u64> {
        let mark = self.marks.iter().find(|mark| mark.step == step)?;
        Some(mark.at_ns)
    }

    /// The first value of a fact.
    #[must_use]
    pub fn fact(&self, key: &str) -> Option<&str> {
        let (_, value) = self.facts.iter().find(|(name, _)| name == key)?;
        Some(value)
    }

    /// The cgroup folders that the launcher made.
    #[must_use]
    pub fn cgroups(&self) -> Vec<PathBuf> {
        let cgroups = self.facts.iter().filter(|(name, _)| name == "cgroup");
        cgroups.map(|(_, path)| PathBuf::from(path)).collect()
    }

    /// Processes that the launcher named: they must be gone when it is.
    #[must_use]
    pub fn process_ids(&self) -> Vec<i32> {
        ["init-pid", "payload-pid"]
            .iter()
            .filter_map(|key| self.fact(key)?.parse().ok())
            .collect()
    }

    /// The host virtual addresses that are guest RAM.
    #[must_use]
    pub fn guest_ram(&self) -> Option<Range<u64>> {
        let (start, size) = self.fact("guest-ram")?.split_once(' ')?;
        let start = u64::from_str_radix(start.trim_start_matches("0x"), 16).ok()?;
        let size: u64 = size.trim().parse().ok()?;
        Some(start..start.checked_add(size)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_come_out_in_the_order_of_time_and_facts_as_they_were_said() {
        let timeline = Timeline::parse(
            "mark 30 init pivot-root\nfact guest-ram 7f0000000000 1048576\nmark 10 launcher start\n\
             fact cgroup /sys/fs/cgroup/memory/isolab-1-a\nfact init-pid 77\n",
        )
        .unwrap();
        assert_eq!(timeline.marks[0].step, "start");
        assert_eq!(timeline.ended_ns("pivot-root"), Some(30));
        assert_eq!(timeline.ended_ns("gone"), None);
        assert_eq!(
            timeline.guest_ram(),
            Some(0x7f00_0000_0000..0x7f00_0010_0000)
        );
        assert_eq!(timeline.process_ids(), [77]);
        assert_eq!(timeline.cgroups().len(), 1);
    }

    #[test]
    fn a_line_that_is_still_being_written_is_left_out() {
        let timeline = Timeline::parse("mark 10 launcher start\nmark 2").unwrap();
        assert_eq!(timeline.marks.len(), 1);
    }

    #[test]
    fn a_malformed_line_is_an_error_that_shows_it() {
        for line in [
            "mark x launcher start",
            "mark 1 launcher",
            "mark 1 a b c",
            "merk 1 a b",
            "x",
        ] {
            let error = Timeline::parse(&format!("{line}\n")).unwrap_err();
            assert!(error.contains(line), "{error}");
        }
    }
}
