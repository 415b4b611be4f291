//! One colour per backend, in every chart of every run.
//!
//! The first ones are Okabe and Ito's, which differ for colour-blind readers too; no chart relies on colour alone.

use plotters::style::{RGBColor, WHITE};

/// Text and axes.
pub const INK: RGBColor = RGBColor(34, 34, 34);
/// Secondary text.
pub const FAINT: RGBColor = RGBColor(95, 95, 95);
/// What must not be overlooked.
pub const ALARM: RGBColor = RGBColor(178, 24, 43);
/// Grid lines.
pub const GRID: RGBColor = RGBColor(222, 222, 222);

/// The colours that are a page's own, with the names that `report.html` gives them: it may be dark.
pub const OF_THE_PAGE: [(RGBColor, &str); 5] = [
    (WHITE, "paper"),
    (INK, "ink"),
    (FAINT, "faint"),
    (ALARM, "alarm"),
    (GRID, "grid"),
];

const BACKENDS: [(&str, RGBColor); 16] = [
    ("native", RGBColor(100, 100, 100)),
    ("floor-c", RGBColor(160, 160, 160)),
    ("container", RGBColor(0, 114, 178)),
    ("microvm", RGBColor(213, 94, 0)),
    ("linux-vm-small", RGBColor(86, 200, 140)),
    ("linux-vm-cloud", RGBColor(0, 158, 115)),
    ("linux-vm", RGBColor(0, 70, 60)),
    ("crun", RGBColor(86, 180, 233)),
    ("runc", RGBColor(204, 121, 167)),
    ("qemu-microvm", RGBColor(230, 159, 0)),
    ("qemu-tcg", RGBColor(240, 200, 110)),
    ("firecracker", RGBColor(140, 81, 10)),
    ("firecracker-jailer", RGBColor(191, 129, 45)),
    ("cloud-hypervisor", RGBColor(51, 34, 136)),
    ("youki", RGBColor(136, 34, 85)),
    ("bubblewrap", RGBColor(17, 119, 51)),
];

/// For backends that nobody has thought of yet.
const OTHERS: [RGBColor; 4] = [
    RGBColor(170, 68, 153),
    RGBColor(153, 153, 51),
    RGBColor(68, 170, 153),
    RGBColor(102, 17, 0),
];

/// How much of a colour is left: the parts of one bar are tints of its backend's colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tint {
    /// The colour itself.
    Full,
    /// Half of it.
    Half,
    /// A hint of it.
    Light,
}

/// The backend's colour.
pub fn colour(backend: &str) -> RGBColor {
    let known = BACKENDS.iter().find(|(name, _)| *name == backend);
    known.map_or_else(
        || {
            let sum: usize = backend.bytes().map(usize::from).sum();
            OTHERS[sum % OTHERS.len()]
        },
        |(_, colour)| *colour,
    )
}

/// The same as HTML has it.
pub fn hex(backend: &str) -> String {
    let RGBColor(red, green, blue) = colour(backend);
    format!("#{red:02X}{green:02X}{blue:02X}")
}

/// The colour, mixed with white.
pub fn tinted(colour: RGBColor, tint: Tint) -> RGBColor {
    let kept: u16 = match tint {
        Tint::Full => 100,
        Tint::Half => 55,
        Tint::Light => 25,
    };
    let mix = |part: u8| {
        let mixed = (u16::from(part) * kept + 255 * (100 - kept)) / 100;
        u8::try_from(mixed).unwrap_or(u8::MAX)
    };
    RGBColor(mix(colour.0), mix(colour.1), mix(colour.2))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Backends that stand beside each other in nearly every chart.
    const OURS: [&str; 5] = [
        "native",
        "container",
        "microvm",
        "linux-vm-small",
        "linux-vm-cloud",
    ];

    /// From linear RGB to what who lacks one kind of cone sees of it: Viénot, Brettel and Mollon, "Digital video colourmaps for
    /// checking the legibility of displays by dichromats" (1999).
    const DICHROMATS: [(&str, [[f64; 3]; 3]); 3] = [
        (
            "all cones",
            [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        ),
        (
            "protanopia",
            [
                [0.112_38, 0.887_62, 0.0],
                [0.112_38, 0.887_62, 0.0],
                [0.004_01, -0.004_01, 1.0],
            ],
        ),
        (
            "deuteranopia",
            [
                [0.292_75, 0.707_25, 0.0],
                [0.292_75, 0.707_25, 0.0],
                [-0.022_34, 0.022_34, 1.0],
            ],
        ),
    ];

    fn linear(part: u8) -> f64 {
        let value = f64::from(part) / 255.0;
        match value {
            ..=0.040_45 => value / 12.92,
            _ => ((value + 0.055) / 1.055).powf(2.4),
        }
    }

    fn seen(RGBColor(r, g, b): RGBColor, eye: [[f64; 3]; 3]) -> [f64; 3] {
        let rgb = [r, g, b].map(linear);
        eye.map(|row| {
            row.iter()
                .zip(rgb)
                .map(|(a, b)| a * b)
                .sum::<f64>()
                .clamp(0.0, 1.0)
        })
    }

    /// CIE L*a*b* of linear RGB, with the white of D65: distances in it are about as they are felt.
    fn lab([r, g, b]: [f64; 3]) -> [f64; 3] {
        let x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.950_47;
        let y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
        let z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.088_83;
        let f = |t: f64| match t {
            0.008_856.. => t.cbrt(),
            _ => 7.787 * t + 16.0 / 116.0,
        };
        [
            116.0 * f(y) - 16.0,
            500.0 * (f(x) - f(y)),
            200.0 * (f(y) - f(z)),
        ]
    }

    fn distance(one: &str, other: &str, eye: [[f64; 3]; 3]) -> f64 {
        let (one, other) = (lab(seen(colour(one), eye)), lab(seen(colour(other), eye)));
        let squares = one.iter().zip(other).map(|(a, b)| (a - b).powi(2));
        squares.sum::<f64>().sqrt()
    }

    #[test]
    fn our_backends_differ_for_every_eye() {
        // Two patches side by side are told apart from about 2.3 on; thin bars need several times that.
        for (name, eye) in DICHROMATS {
            for (index, one) in OURS.iter().enumerate() {
                for other in &OURS[index + 1..] {
                    let distance = distance(one, other, eye);
                    assert!(distance > 12.0, "{one} and {other}, {name}: {distance:.1}");
                }
            }
        }
    }

    #[test]
    fn red_and_green_of_one_lightness_are_one_colour_for_a_deuteranope() {
        // Holds the simulation itself against what it is known for.
        let (_, eye) = DICHROMATS[2];
        let [red, green] =
            [RGBColor(200, 60, 60), RGBColor(110, 110, 50)].map(|c| lab(seen(c, eye)));
        assert!((red[1] - green[1]).abs() < 3.0, "{red:?} {green:?}");
    }
}
