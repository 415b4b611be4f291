//! Sizes, times and names as they are typed.

use std::path::PathBuf;
use std::time::Duration;

/// `64M`, `64MiB`, `1G`, or plain bytes.
pub(crate) fn parse_size(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let shift = match text[digits.len()..].to_ascii_lowercase().as_str() {
        "" | "b" => 0,
        "k" | "kib" => 10,
        "m" | "mib" => 20,
        "g" | "gib" => 30,
        _ => return Err("a size is a number with K, M or G, such as 64M".to_owned()),
    };
    digits
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(1 << shift))
        .filter(|bytes| *bytes > 0)
        .ok_or_else(|| "a size is a number with K, M or G, such as 64M".to_owned())
}

/// `crun-static=/opt/crun`: a name as results have it, and a path.
pub(super) fn parse_named_path(text: &str) -> Result<(String, PathBuf), String> {
    let is_name = |name: &str| {
        let plain =
            |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'-';
        !name.is_empty() && name.bytes().all(plain)
    };
    match text.split_once('=') {
        Some((name, path)) if is_name(name) && !path.is_empty() => {
            Ok((name.to_owned(), PathBuf::from(path)))
        }
        _ => Err("it is NAME=PATH, with a name of small letters, digits and -".to_owned()),
    }
}

/// `90s`, `3m`, `1h`.
pub(super) fn parse_time(text: &str) -> Result<Duration, String> {
    let wrong = || "a time is a number with s, m or h, such as 3m".to_owned();
    let unit = text.chars().last().ok_or_else(wrong)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        _ => return Err(wrong()),
    };
    let number: Option<u64> = text[..text.len() - 1].parse().ok();
    let seconds = number.and_then(|number| number.checked_mul(seconds));
    seconds
        .filter(|seconds| *seconds > 0)
        .map(Duration::from_secs)
        .ok_or_else(wrong)
}

/// `40` or `40ms`.
pub(super) fn parse_milliseconds(text: &str) -> Result<Duration, String> {
    let digits = text.strip_suffix("ms").unwrap_or(text);
    match digits.parse() {
        Ok(ms) if ms > 0 => Ok(Duration::from_millis(ms)),
        _ => Err("a duration is a number of milliseconds above 0".to_owned()),
    }
}

/// A size of whole MiB between two, given in MiB.
pub(super) fn mib_between(
    least: u64,
    most: u64,
) -> impl Fn(&str) -> Result<u64, String> + Clone + Send + Sync + 'static {
    move |text| {
        let bytes = parse_size(text)?;
        let fits = (least << 20..=most << 20).contains(&bytes) && bytes.is_multiple_of(1 << 20);
        fits.then_some(bytes)
            .ok_or_else(|| format!("it is {least}M to {most}M, a multiple of 1 MiB"))
    }
}

/// A duration of at least a millisecond and at most so many.
pub(super) fn milliseconds_up_to(
    most: u64,
) -> impl Fn(&str) -> Result<Duration, String> + Clone + Send + Sync + 'static {
    move |text| {
        let duration = parse_milliseconds(text)?;
        (duration <= Duration::from_millis(most))
            .then_some(duration)
            .ok_or_else(|| format!("it is 1 to {most} milliseconds"))
    }
}

/// A part of one CPU, from a hundredth on.
pub(super) fn part_of_a_cpu(text: &str) -> Result<f64, String> {
    let cpus: Option<f64> = text.parse().ok();
    cpus.filter(|cpus| (0.01..=1.0).contains(cpus))
        .ok_or_else(|| "it is a part of a CPU, 0.01 to 1".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_powers_of_two() {
        assert_eq!(parse_size("64M"), Ok(64 << 20));
        assert_eq!(parse_size("64MiB"), Ok(64 << 20));
        assert_eq!(parse_size("1G"), Ok(1 << 30));
        assert_eq!(parse_size("4096"), Ok(4096));
        for wrong in ["", "M", "-1", "0", "1.5G", "1T", "99999999999999G"] {
            assert!(parse_size(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_runtime_is_given_with_the_name_that_results_will_have() {
        let expected = ("crun-static".to_owned(), PathBuf::from("/opt/a=b"));
        assert_eq!(parse_named_path("crun-static=/opt/a=b"), Ok(expected));
        for wrong in ["crun", "=/opt/crun", "Crun=/opt/crun", "a,b=/x", "crun="] {
            assert!(parse_named_path(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_budget_is_a_time_with_its_unit() {
        assert_eq!(parse_time("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(parse_time("3m"), Ok(Duration::from_secs(180)));
        assert_eq!(parse_time("1h"), Ok(Duration::from_secs(3600)));
        for wrong in ["", "3", "m", "0m", "-1s", "3 m", "3d", "3é"] {
            assert!(parse_time(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_out_of_bounds_is_refused_with_the_bounds() {
        assert_eq!(mib_between(2, 8)("8M"), Ok(8 << 20));
        for wrong in ["1M", "9M", "3000000", "much"] {
            assert!(mib_between(2, 8)(wrong).is_err(), "{wrong}");
        }
        assert!(mib_between(2, 8)("9M").unwrap_err().contains("2M to 8M"));
        assert_eq!(milliseconds_up_to(9)("9ms"), Ok(Duration::from_millis(9)));
        assert!(milliseconds_up_to(9)("10").is_err() && milliseconds_up_to(9)("0").is_err());
        assert_eq!(part_of_a_cpu("0.25"), Ok(0.25));
        for wrong in ["0", "1.5", "-1", "NaN", "inf", ""] {
            assert!(part_of_a_cpu(wrong).is_err(), "{wrong}");
        }
    }
}
