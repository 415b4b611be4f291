//! What came of a run: exit code, output, and the parts of the payload's output.

/// The end of a launcher.
#[derive(Clone, Debug)]
pub struct Ended {
    /// Its exit code.
    pub code: Option<i32>,
    /// The signal that ended the launcher itself.
    pub signal: Option<i32>,
    /// What it and the payload wrote to stdout.
    pub out: String,
    /// And to stderr.
    pub err: String,
    /// The command line.
    pub line: String,
}

impl Ended {
    /// Fails unless it ended with this exit code.
    #[track_caller]
    pub fn expect_code(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self
    }

    /// The lines that an action of the payload wrote.
    #[track_caller]
    pub fn of(&self, action: &str) -> Vec<&str> {
        let mut lines = self.out.lines();
        let found = lines.any(|line| line.strip_prefix("== ") == Some(action));
        assert!(found, "no {action:?} in {self:#?}");
        lines.take_while(|line| !line.starts_with("== ")).collect()
    }

    /// The only line that an action wrote.
    #[track_caller]
    pub fn one(&self, action: &str) -> &str {
        match self.of(action)[..] {
            [line] => line,
            ref lines => panic!("{action:?} wrote {lines:?}: {self:#?}"),
        }
    }

    /// The value of a line `key: value` (a tab may follow the colon), as in /proc/self/status.
    #[track_caller]
    pub fn field(&self, action: &str, key: &str) -> &str {
        let value = |line: &'_ str| line.strip_prefix(key)?.strip_prefix(':').map(str::len);
        let line = self
            .of(action)
            .into_iter()
            .find(|line| value(line).is_some());
        line.map(|line| line[key.len() + 1..].trim())
            .unwrap_or_else(|| panic!("no {key} in {self:#?}"))
    }
}
