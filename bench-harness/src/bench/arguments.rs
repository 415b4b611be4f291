//! Criterion's command line, as far as a target must understand it that doesn't measure with criterion.
//!
//! `cargo bench -- ARGS` hands the same arguments to every target: whatever criterion takes has to be taken here too.

/// What `cargo bench` or `cargo test --benches` asks a target for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arguments {
    /// Only what matches: a regular expression, or with `exact` the whole name.
    pub filter: Option<String>,
    /// The filter is a name.
    pub exact: bool,
    /// `--ignored`: there is nothing to run.
    pub ignored: bool,
    /// As short as possible.
    pub quick: bool,
    /// Print the names and run nothing.
    pub list: bool,
    /// Only see whether it works.
    pub test: bool,
}

/// Criterion's options that are followed by a value: it must not be taken for a filter.
const WITH_VALUE: [&str; 20] = [
    "-b",
    "-c",
    "-s",
    "--baseline",
    "--baseline-lenient",
    "--color",
    "--colour",
    "--confidence-level",
    "--format",
    "--load-baseline",
    "--measurement-time",
    "--noise-threshold",
    "--nresamples",
    "--output-format",
    "--plotting-backend",
    "--profile-time",
    "--sample-size",
    "--save-baseline",
    "--significance-level",
    "--warm-up-time",
];

impl Arguments {
    /// Reads the arguments after the program's name. Wrong ones are criterion's to refuse.
    #[must_use]
    pub fn of(args: impl IntoIterator<Item = String>) -> Self {
        let mut asked = Self::default();
        let (mut bench, mut test) = (false, false);
        let mut args = args.into_iter();
        while let Some(arg) = args.next() {
            match arg.as_str() {
                "--bench" => bench = true,
                "--test" => test = true,
                "--quick" => asked.quick = true,
                "--list" => asked.list = true,
                "--exact" => asked.exact = true,
                "--ignored" => asked.ignored = true,
                with_value if WITH_VALUE.contains(&with_value) => drop(args.next()),
                option if option.starts_with('-') => {}
                _ => asked.filter = Some(arg),
            }
        }
        // As criterion has it: without `--bench` it was `cargo test` that called.
        asked.test = test || !bench;
        asked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(line: &str) -> Arguments {
        Arguments::of(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn without_bench_it_is_a_test() {
        assert!(asked("").test && asked("--bench --test").test);
        assert_eq!(asked("--bench"), Arguments::default());
    }

    #[test]
    fn a_value_of_an_option_is_no_filter() {
        let line = "--bench --save-baseline old --sample-size 20 --color=never -n";
        assert_eq!(asked(line).filter, None);
        let line = "--bench --quick --save-baseline old table --exact";
        assert_eq!(asked(line).filter.as_deref(), Some("table"));
        assert!(asked(line).quick && asked(line).exact);
    }
}
