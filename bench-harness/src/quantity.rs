//! A value with its unit, in three significant digits, for people.

use crate::sample::Unit;

/// `812 µs`, `1.25 MiB`, `3.1 GB/s`.
#[must_use]
pub fn human(value: f64, unit: Unit) -> String {
    const TIME: [(f64, &str); 4] = [(1e9, "s"), (1e6, "ms"), (1e3, "µs"), (1.0, "ns")];
    const SIZE: [(f64, &str); 4] = [
        (1_073_741_824.0, "GiB"),
        (1_048_576.0, "MiB"),
        (1024.0, "KiB"),
        (1.0, "B"),
    ];
    const RATE: [(f64, &str); 4] = [(1e9, "GB/s"), (1e6, "MB/s"), (1e3, "kB/s"), (1.0, "B/s")];
    let scales = match unit {
        Unit::Ns => TIME,
        Unit::Bytes => SIZE,
        Unit::BytesPerS => RATE,
        Unit::PerS => return format!("{value:.0}/s"),
        Unit::Count | Unit::Ratio => return format!("{value:.2}"),
    };
    let (scale, name) = scales
        .into_iter()
        .find(|(scale, _)| value.abs() >= *scale)
        .unwrap_or(scales[3]);
    let scaled = value / scale;
    let digits = match scaled.abs() {
        small if small < 10.0 => 2,
        middle if middle < 100.0 => 1,
        _ => 0,
    };
    format!("{scaled:.digits$} {name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_three_digits_and_a_fitting_unit() {
        assert_eq!(human(812_345.0, Unit::Ns), "812 µs");
        assert_eq!(human(2_500_000.0, Unit::Ns), "2.50 ms");
        assert_eq!(human(0.0, Unit::Ns), "0.00 ns");
        assert_eq!(human(1_310_720.0, Unit::Bytes), "1.25 MiB");
        assert_eq!(human(3.14e9, Unit::BytesPerS), "3.14 GB/s");
        assert_eq!(human(-4096.0, Unit::Bytes), "-4.00 KiB");
    }
}
