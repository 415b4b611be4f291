//! A chart's SVG inside the page.
//!
//! 1. Its size is the page's to decide: width and height go, the view box stays.
//! 2. Paper, ink and grid are the page's colours, by CSS variables: dark in the dark. Backends keep their own.
//! 3. A reader who can't see it is told its title; the numbers are in the table below.

use maud::{Markup, PreEscaped, html};

use crate::report::chart::{Chart, palette};

/// The chart with its caption; only the caption, if there was nothing to draw.
pub fn figure(chart: &Chart) -> Markup {
    html! {
        figure {
            @if let Some(svg) = &chart.svg {
                div.scroll tabindex="0" role="region" aria-label=(chart.title) { (PreEscaped(inline(svg, &chart.title))) }
            } @else {
                p.absent { (chart.title) }
            }
            figcaption {
                @if !chart.reading.is_empty() { strong { (marked(&chart.reading)) } " " }
                (marked(&chart.caption))
            }
        }
    }
}

/// A text of the catalogues, in which `*words*` are emphasized and names stand in backticks.
pub fn marked(text: &str) -> Markup {
    let mut rest = text;
    let mut parts = Vec::new();
    while let Some((before, mark, inside, after)) = next_mark(rest) {
        parts.push(html! { (before) });
        parts.push(match mark {
            '*' => html! { em { (inside) } },
            _ => html! { code { (inside) } },
        });
        rest = after;
    }
    html! { @for part in parts { (part) } (rest) }
}

/// What stands before the first pair of marks, the mark, what it encloses, and what follows.
fn next_mark(text: &str) -> Option<(&str, char, &str, &str)> {
    let start = text.find(['*', '`'])?;
    let mark = text[start..].chars().next()?;
    let (inside, after) = text[start + 1..].split_once(mark)?;
    Some((&text[..start], mark, inside, after))
}

/// The picture as an element of a page.
fn inline(svg: &str, title: &str) -> String {
    let body = svg.find("viewBox").map_or("", |start| &svg[start..]);
    let label = html! { (title) }.into_string();
    let mut picture = format!("<svg class=\"chart\" role=\"img\" aria-label=\"{label}\" {body}");
    for (colour, variable) in palette::OF_THE_PAGE {
        let (red, green, blue) = (colour.0, colour.1, colour.2);
        let fixed = format!("\"#{red:02X}{green:02X}{blue:02X}\"");
        picture = picture.replace(&fixed, &format!("\"var(--{variable})\""));
    }
    picture
}

#[cfg(test)]
mod tests {
    use super::*;

    const SVG: &str = "<svg width=\"960\" height=\"20\" viewBox=\"0 0 960 20\" xmlns=\"http://www.w3.org/2000/svg\">\n<rect fill=\"#FFFFFF\"/><text fill=\"#222222\">x</text><rect fill=\"#0072B2\"/></svg>\n";

    #[test]
    fn the_page_decides_size_and_paper_and_the_backends_keep_their_colours() {
        let picture = inline(SVG, "a < b");
        assert!(!picture.contains("width=\"960\""), "{picture}");
        assert!(
            picture.contains("aria-label=\"a &lt; b\" viewBox=\"0 0 960 20\""),
            "{picture}"
        );
        assert!(picture.contains("fill=\"var(--paper)\""), "{picture}");
        assert!(picture.contains("fill=\"var(--ink)\""), "{picture}");
        assert!(picture.contains("fill=\"#0072B2\""), "{picture}");
    }
}
