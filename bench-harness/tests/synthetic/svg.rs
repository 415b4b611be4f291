//! Just enough of SVG to see whether words can be read: where each stands, and about how wide it is.

/// Words on a page, as a box in pixels.
#[derive(Clone, Debug)]
pub struct Words {
    pub text: String,
    pub left: f64,
    pub right: f64,
    top: f64,
    bottom: f64,
}

impl Words {
    pub fn overlaps(&self, other: &Words) -> bool {
        let beside = self.right <= other.left || other.right <= self.left;
        let above = self.bottom <= other.top || other.bottom <= self.top;
        !beside && !above
    }
}

/// Height of the page in pixels.
pub fn page_height(svg: &str) -> f64 {
    attribute(svg, "height").parse().expect("a number")
}

/// All words of a chart.
pub fn words(svg: &str) -> Vec<Words> {
    let elements = svg.split("<text ").skip(1);
    elements
        .map(|element| {
            let (attributes, rest) = element
                .split_once(">\n")
                .expect("text begins on a new line");
            let (text, _) = rest.split_once("\n</text>").expect("text is closed");
            let number = |name| {
                attribute(attributes, name)
                    .parse::<f64>()
                    .expect("a number")
            };
            let (x, y, size) = (number("x"), number("y"), number("font-size"));
            // Few sans-serif fonts are wider than DejaVu's, whose letters are 0.6 em wide on average.
            // A syllable of Hangul is 1 em wide.
            let ems = |c: char| if c >= '\u{1100}' { 1.0 } else { 0.6 };
            let width = size * text.chars().map(ems).sum::<f64>();
            let left = match attribute(attributes, "text-anchor") {
                "start" => x,
                "middle" => x - width / 2.0,
                _ => x - width,
            };
            Words {
                text: text.to_owned(),
                left,
                right: left + width,
                top: y - 0.4 * size,
                bottom: y + 0.4 * size,
            }
        })
        .collect()
}

fn attribute<'a>(element: &'a str, name: &str) -> &'a str {
    let begin = format!("{name}=\"");
    let (_, rest) = element.split_once(&begin).expect("the attribute is there");
    rest.split_once('"').expect("it is closed").0
}
