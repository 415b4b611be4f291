//! Rectangles, lines and words on an SVG page, by plotters' backend.
//!
//! Plotters' own chart layouts assume that it can measure text, which takes a font library. Without one, the layout here
//! keeps fixed columns: names on the left, the axis in the middle, values on the right.

use std::io;

use plotters::backend::SVGBackend;
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea};
use plotters::element::{Circle, PathElement, Rectangle, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontStyle, IntoFont, RGBColor, TextStyle, WHITE};

use unicode_width::UnicodeWidthStr;

use crate::language::Messages;
use crate::summary::Badges;

use super::palette::{ALARM, FAINT, INK, Tint, colour, tinted};

/// Width of every chart in pixels.
pub const WIDTH: i32 = 960;
/// Free space at the left and right edges.
pub const MARGIN: i32 = 20;

/// What a viewer has of these, in this order. A sans-serif font without Hangul is followed by one that has it.
const FONTS: &str = "DejaVu Sans, Arial, Noto Sans CJK KR, Noto Sans KR, Apple SD Gothic Neo, Malgun Gothic, NanumGothic, sans-serif";

/// Drawing into a string can only fail if plotters itself does.
pub type DrawError = DrawingAreaErrorKind<io::Error>;

/// A page to draw on; y grows downwards.
pub struct Canvas<'a> {
    area: DrawingArea<SVGBackend<'a>, Shift>,
}

/// How a word stands at its point.
#[derive(Clone, Copy, Debug)]
pub enum Align {
    /// Begins there.
    Left,
    /// Has its middle there.
    Centre,
    /// Ends there.
    Right,
}

/// The kinds of text.
#[derive(Clone, Copy, Debug)]
pub enum Font {
    /// The chart's title.
    Title,
    /// A panel's title.
    Heading,
    /// A warning.
    Mark,
    /// Names and values.
    Normal,
    /// Axis labels and notes.
    Small,
}

impl Canvas<'_> {
    /// A filled rectangle with corners (x0, y0) and (x1, y1).
    pub fn rectangle(
        &self,
        from: (i32, i32),
        to: (i32, i32),
        fill: RGBColor,
    ) -> Result<(), DrawError> {
        self.area.draw(&Rectangle::new([from, to], fill.filled()))
    }

    /// A rectangle through which what lies below can be seen.
    pub fn veil(&self, from: (i32, i32), to: (i32, i32), fill: RGBColor) -> Result<(), DrawError> {
        let fill = fill.mix(0.18).filled();
        self.area.draw(&Rectangle::new([from, to], fill))
    }

    /// A line through the points.
    pub fn line(
        &self,
        points: Vec<(i32, i32)>,
        ink: RGBColor,
        width: u32,
    ) -> Result<(), DrawError> {
        self.area
            .draw(&PathElement::new(points, ink.stroke_width(width)))
    }

    /// A filled dot.
    pub fn dot(&self, at: (i32, i32), radius: i32, fill: RGBColor) -> Result<(), DrawError> {
        self.area.draw(&Circle::new(at, radius, fill.filled()))
    }

    /// An empty circle.
    pub fn ring(&self, at: (i32, i32), radius: i32, ink: RGBColor) -> Result<(), DrawError> {
        self.area
            .draw(&Circle::new(at, radius, ink.stroke_width(1)))
    }

    /// Words, vertically centred on the point.
    pub fn text(
        &self,
        at: (i32, i32),
        words: &str,
        font: Font,
        align: Align,
    ) -> Result<(), DrawError> {
        let (size, style, ink) = match font {
            Font::Title => (24, FontStyle::Bold, INK),
            Font::Heading => (18, FontStyle::Bold, INK),
            Font::Mark => (16, FontStyle::Bold, ALARM),
            Font::Normal => (16, FontStyle::Normal, INK),
            Font::Small => (15, FontStyle::Normal, FAINT),
        };
        let h_pos = match align {
            Align::Left => HPos::Left,
            Align::Centre => HPos::Center,
            Align::Right => HPos::Right,
        };
        let style = TextStyle::from((FONTS, size).into_font().style(style))
            .color(&ink)
            .pos(Pos::new(h_pos, VPos::Center));
        self.area.draw(&Text::new(words.to_owned(), at, style))
    }
}

/// What a chart says round its panels. Only [`Frame::new`] makes one: no chart without its badges.
#[derive(Clone, Debug)]
pub struct Frame {
    /// What is shown.
    pub title: String,
    /// How to read it, in a line.
    pub subtitle: String,
    /// What every reader must see before the numbers, at the right of the title.
    pub mark: Option<String>,
    /// The backends, for the legend.
    pub backends: Vec<String>,
    /// Tints and their meaning, if bars have parts.
    pub parts: Vec<(Tint, String)>,
    /// Small print below.
    pub notes: Vec<String>,
    /// The names of the badges, below all else.
    badges: Vec<String>,
}

impl Frame {
    /// A frame with nothing but a title, and with what must be known of what it will show.
    pub fn new(title: String, badges: &Badges, say: &Messages) -> Frame {
        let names = badges.kinds().into_iter().map(|kind| say.text(kind.key()));
        let names: Vec<String> = names.collect();
        let foot = match names.as_slice() {
            [] => say.text("badges-foot-none"),
            names => say.with("badges-foot", &[("names", &names.join(", "))]),
        };
        Frame {
            title,
            subtitle: String::new(),
            mark: None,
            backends: Vec::new(),
            parts: Vec::new(),
            notes: Vec::new(),
            badges: wrapped(&foot),
        }
    }

    /// The lines of small print.
    fn foot(&self) -> impl Iterator<Item = &String> {
        self.notes.iter().chain(&self.badges)
    }
}

/// In lines that fit the page.
fn wrapped(text: &str) -> Vec<String> {
    let fits = usize::try_from((WIDTH - 2 * MARGIN) / CHARACTER).unwrap_or(usize::MAX);
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let used = lines.last().map_or(0, |line| line.width());
        match lines.last_mut() {
            Some(last) if used == 0 || used + 1 + word.width() <= fits => {
                if used > 0 {
                    last.push(' ');
                }
                last.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// About how wide a character of [`Font::Normal`] is, on the generous side; one of Hangul is twice as wide.
const CHARACTER: i32 = 8;
const LEGEND_LINE: i32 = 22;

/// Draws a page: title, legend, then whatever `body` draws in `height` pixels from the y it is given, then the notes.
pub fn page(
    frame: &Frame,
    height: i32,
    body: impl FnOnce(&Canvas, i32) -> Result<(), DrawError>,
) -> Result<String, DrawError> {
    let legend = legend(frame);
    let legend_lines = legend
        .iter()
        .map(|(_, line, ..)| line + 1)
        .max()
        .unwrap_or(0);
    let body_top = 84 + legend_lines * LEGEND_LINE;
    let notes = i32::try_from(frame.foot().count()).unwrap_or(0) * 20;
    let total = body_top + height + notes + MARGIN;
    let size = (WIDTH.unsigned_abs(), total.unsigned_abs());

    let mut svg = String::new();
    let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
    area.fill(&WHITE)?;
    let canvas = Canvas { area };
    canvas.text((MARGIN, 28), &frame.title, Font::Title, Align::Left)?;
    if let Some(mark) = &frame.mark {
        canvas.text((WIDTH - MARGIN, 28), mark, Font::Mark, Align::Right)?;
    }
    canvas.text((MARGIN, 54), &frame.subtitle, Font::Small, Align::Left)?;
    for (x, line, fill, name) in &legend {
        let y = 82 + line * LEGEND_LINE;
        canvas.rectangle((*x, y - 7), (x + 14, y + 7), *fill)?;
        canvas.text((x + 20, y), name, Font::Normal, Align::Left)?;
    }
    body(&canvas, body_top)?;
    for (y, note) in (body_top + height + 10..).step_by(20).zip(frame.foot()) {
        canvas.text((MARGIN, y), note, Font::Small, Align::Left)?;
    }
    canvas.area.present()?;
    drop(canvas);
    Ok(svg)
}

/// x, line, colour and name of each entry; a line that is full is followed by the next.
fn legend(frame: &Frame) -> Vec<(i32, i32, RGBColor, String)> {
    let mut entries = Vec::new();
    let (mut x, mut line) = (MARGIN, 0);
    let backends = frame
        .backends
        .iter()
        .map(|name| (colour(name), name.clone()));
    let parts = frame
        .parts
        .iter()
        .map(|(tint, name)| (tinted(INK, *tint), name.clone()));
    let count = frame.backends.len();
    for (index, (fill, name)) in backends.chain(parts).enumerate() {
        let width = 44 + CHARACTER * i32::try_from(name.width()).unwrap_or(0);
        let parts_begin = index == count && index > 0;
        if parts_begin || (x + width > WIDTH - MARGIN && x > MARGIN) {
            (x, line) = (MARGIN, line + 1);
        }
        entries.push((x, line, fill, name));
        x += width;
    }
    entries
}
