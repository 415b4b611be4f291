//! Numbers for people: three significant digits and the unit that fits.
//!
//! A [`Scale`] is chosen once, from the largest or the middle value, and then used for everything that stands beside it:
//! "812 µs [0.8, 0.83] ms" would have to be read twice.

use crate::sample::Unit;

/// A unit and how many of the raw unit one of it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// Raw units per unit.
    pub divisor: f64,
    /// The unit's sign, such as `µs`; empty for plain numbers.
    pub sign: &'static str,
}

const NS: [(f64, &str); 4] = [(1.0, "ns"), (1e3, "µs"), (1e6, "ms"), (1e9, "s")];
const BYTES: [(f64, &str); 4] = [
    (1.0, "B"),
    (1024.0, "KiB"),
    (1_048_576.0, "MiB"),
    (1_073_741_824.0, "GiB"),
];
const PER_S: [(f64, &str); 3] = [(1.0, "/s"), (1e3, "k/s"), (1e6, "M/s")];
// Decimal, as disks and networks are sold.
const BYTES_PER_S: [(f64, &str); 4] = [(1.0, "B/s"), (1e3, "kB/s"), (1e6, "MB/s"), (1e9, "GB/s")];
const COUNT: [(f64, &str); 3] = [(1.0, ""), (1e3, "k"), (1e6, "M")];
const RATIO: [(f64, &str); 1] = [(1.0, "")];

impl Scale {
    /// The largest unit in which the value is at least 1.
    pub fn fitting(value: f64, unit: Unit) -> Scale {
        let scales: &[(f64, &'static str)] = match unit {
            Unit::Ns => &NS,
            Unit::Bytes => &BYTES,
            Unit::PerS => &PER_S,
            Unit::BytesPerS => &BYTES_PER_S,
            Unit::Count => &COUNT,
            Unit::Ratio => &RATIO,
        };
        // 999.6 would be written as 1000.
        let fits = |(divisor, _): &&(f64, &str)| value.abs() >= 0.9995 * divisor;
        let (divisor, sign) = *scales.iter().rev().find(fits).unwrap_or(&scales[0]);
        Scale { divisor, sign }
    }

    /// The number without its unit, with as many decimals as `like` needs for three significant digits.
    pub fn number_like(&self, value: f64, like: f64) -> String {
        let decimals = decimals((like / self.divisor).abs());
        let text = format!("{:.decimals$}", value / self.divisor);
        // "-0.00" is no number for people.
        match text.strip_prefix('-') {
            Some(zero) if !zero.contains(|digit: char| ('1'..='9').contains(&digit)) => {
                zero.to_owned()
            }
            _ => text,
        }
    }

    /// The number with its unit.
    pub fn text(&self, value: f64) -> String {
        let number = self.number_like(value, value);
        if self.sign.is_empty() {
            return number;
        }
        format!("{number} {}", self.sign)
    }
}

/// The value with the unit that fits it. What was counted has no decimals, unless it is in the middle of two counts.
pub fn human(value: f64, unit: Unit) -> String {
    if unit == Unit::Count && value.fract() == 0.0 && value.abs() < 1000.0 {
        return format!("{value:.0}");
    }
    Scale::fitting(value, unit).text(value)
}

/// A quotient with its sign, such as `3.95 ×`.
pub fn times(ratio: f64) -> String {
    format!("{} ×", plain(ratio, ratio))
}

/// A share of a whole, such as `93 %`.
pub fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// A number without unit, with as many decimals as `like` needs for three significant digits.
pub fn plain(value: f64, like: f64) -> String {
    format!("{value:.*}", decimals(like.abs()))
}

fn decimals(magnitude: f64) -> usize {
    match magnitude {
        0.0 => 0,
        // What would be rounded up to the next digit counts as that.
        value if value >= 99.95 => 0,
        value if value >= 9.995 => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_from_nanoseconds_to_seconds_have_three_digits() {
        let cases = [
            (0.0, "0 ns"),
            (100.0, "100 ns"),
            (999.7, "1.00 µs"),
            (1234.0, "1.23 µs"),
            (81_234.0, "81.2 µs"),
            (999_900.0, "1.00 ms"),
            (99_990_000.0, "100 ms"),
            (12_500_000_000.0, "12.5 s"),
        ];
        for (ns, text) in cases {
            assert_eq!(human(ns, Unit::Ns), text);
        }
    }

    #[test]
    fn memory_is_binary_and_throughput_decimal() {
        assert_eq!(human(67_108_864.0, Unit::Bytes), "64.0 MiB");
        assert_eq!(human(-2_097_152.0, Unit::Bytes), "-2.00 MiB");
        assert_eq!(human(1_500_000_000.0, Unit::BytesPerS), "1.50 GB/s");
        assert_eq!(human(84_044.0, Unit::PerS), "84.0 k/s");
        assert_eq!(human(1.5, Unit::Ratio), "1.50");
        assert_eq!(human(32.0, Unit::Count), "32");
        assert_eq!(human(2.5, Unit::Count), "2.50");
    }

    #[test]
    fn what_stands_beside_a_value_is_written_like_it() {
        let scale = Scale::fitting(81_234.0, Unit::Ns);
        assert_eq!(scale.number_like(79_999.0, 81_234.0), "80.0");
        assert_eq!(scale.number_like(1_000_400.0, 81_234.0), "1000.4");
        assert_eq!(scale.number_like(-1.0, 81_234.0), "0.0");
    }

    #[test]
    fn ratios_have_three_digits() {
        assert_eq!(times(1.0), "1.00 ×");
        assert_eq!(times(9.996), "10.0 ×");
        assert_eq!(times(1234.5), "1234 ×");
    }
}
