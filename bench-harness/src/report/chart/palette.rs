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
    ("linux-vm-cloud", RGBColor(0, 128, 95)),
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
