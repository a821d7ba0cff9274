//! Numbers as people read them.

use cache::units::Micros;
pub use scenario::letter;
pub use timeline::{bytes, counted, dollars, ecpus, grouped, per_mille, price, scaled};

/// A share of a whole, rounded to hundredths of a percent: `67.60 %`.
pub fn percent(part: u64, whole: u64) -> String {
    let whole = whole.max(1);
    let share = (part * 10_000 + whole / 2) / whole;
    format!("{}.{:02} %", share / 100, share % 100)
}

/// A latency in milliseconds, so that a column of them can be compared: `0.31 ms`, `4.12 ms`,
/// `18.4 ms`.
pub fn ms(span: Micros) -> String {
    format!("{} ms", ms_number(span))
}

/// The same without the unit.
pub fn ms_number(span: Micros) -> String {
    let us = span.0;
    match us {
        0..9_995 => {
            let hundredths = (us + 5) / 10;
            format!("{}.{:02}", hundredths / 100, hundredths % 100)
        }
        9_995..99_950 => {
            let tenths = (us + 50) / 100;
            format!("{}.{}", tenths / 10, tenths % 10)
        }
        _ => grouped((us + 500) / 1000),
    }
}

/// An instant as a clock: hours where there are any, minutes and seconds, and milliseconds.
pub fn clock(at: Micros) -> String {
    let (seconds, us) = (at.0 / 1_000_000, at.0 % 1_000_000);
    let (minutes, second) = (seconds / 60, seconds % 60);
    let (hours, minute) = (minutes / 60, minutes % 60);
    let ms = ms_number(Micros(us));
    match hours {
        0 => format!("{minute}:{second:02} + {ms} ms"),
        _ => format!("{hours}:{minute:02}:{second:02} + {ms} ms"),
    }
}

/// A text cut to a number of characters, with an ellipsis where something is missing. Of a key such as
/// `product:12` the part behind the colon stays whole, because that is where keys differ: `pr…:12`. Any
/// other text is cut in the middle.
pub fn fit(text: &str, chars: usize) -> String {
    let count = text.chars().count();
    if count <= chars {
        return text.to_owned();
    }
    let kept = chars.saturating_sub(1);
    let own = text.rfind(':').map(|colon| text[colon..].chars().count());
    let tail = own.filter(|&own| own <= kept).unwrap_or(kept / 2);
    let head: String = text.chars().take(kept - tail).collect();
    let tail: String = text.chars().skip(count - tail).collect();
    format!("{head}…{tail}")
}

/// A length as a share of another, for an SVG attribute.
pub fn share(part: u64, whole: u64) -> String {
    place(part as f64 / whole.max(1) as f64)
}

/// A place from 0 to 1, for an SVG attribute.
pub fn place(place: f64) -> String {
    format!("{:.3}%", place * 100.0)
}

/// A coordinate for an SVG attribute: tenths are as fine as a screen shows.
pub fn px(value: f64) -> String {
    // Adding 0 makes 0 of -0.
    ((value * 10.0).round() / 10.0 + 0.0).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(95_607), "95,607");
        assert_eq!(grouped(1_000_000), "1,000,000");
        assert_eq!(per_mille(667), "66.7 %");
        assert_eq!(per_mille(400), "40 %");
        assert_eq!(percent(13_519, 20_000), "67.60 %");
        assert_eq!(percent(1, 3), "33.33 %");
        assert_eq!(percent(0, 0), "0.00 %");
        assert_eq!(ms(Micros(310)), "0.31 ms");
        assert_eq!(ms(Micros(9_996)), "10.0 ms");
        assert_eq!(ms(Micros(1_234_567)), "1,235 ms");
        assert_eq!(clock(Micros(70_007_620)), "1:10 + 7.62 ms");
        assert_eq!(clock(Micros(9_999_000_310)), "2:46:39 + 0.31 ms");
        assert_eq!(fit("session:1234", 8), "se…:1234");
        assert_eq!(fit("GET product:12", 9), "GET p…:12");
        assert_eq!(fit("a:session-1234", 8), "a:se…234");
        assert_eq!(fit("session", 7), "session");
        assert_eq!(fit("session", 1), "…");
        assert_eq!(share(1, 3), "33.333%");
        assert_eq!(px(12.0), "12");
        assert_eq!(px(-3.46), "-3.5");
    }
}
