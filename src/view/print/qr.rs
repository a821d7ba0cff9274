//! A QR code as a drawing.

use qrcode::{Color, EcLevel};
use std::fmt::Write;

/// The empty border that readers need, in modules.
const BORDER: usize = 4;

/// A QR code.
pub struct QrCode(qrcode::QrCode);

impl QrCode {
    /// The code of a text; `None` if it is too long for one.
    pub fn of(text: &str) -> Option<QrCode> {
        // The least correction gives the largest modules, and paper is not scratched.
        qrcode::QrCode::with_error_correction_level(text, EcLevel::L)
            .ok()
            .map(QrCode)
    }

    /// Its side with the border, in modules.
    pub fn side(&self) -> usize {
        self.0.width() + 2 * BORDER
    }

    /// The dark modules as the path of an SVG drawing in which a module is one unit.
    pub fn path(&self) -> String {
        let width = self.0.width();
        let mut path = String::new();
        for (y, row) in self.0.to_colors().chunks(width).enumerate() {
            let mut x = 0;
            for run in row.chunk_by(|a, b| a == b) {
                if run[0] == Color::Dark {
                    let (left, top, long) = (x + BORDER, y + BORDER, run.len());
                    write!(path, "M{left} {top}h{long}v1h-{long}z").expect("a text takes it");
                }
                x += run.len();
            }
        }
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The modules that a path of this file's form fills.
    fn filled(code: &QrCode) -> Vec<bool> {
        let side = code.side();
        let mut modules = vec![false; side * side];
        for rect in code.path().split('M').skip(1) {
            let (x, rest) = rect.split_once(' ').expect("two coordinates");
            let (y, rest) = rest.split_once('h').expect("a width");
            let (long, _) = rest.split_once('v').expect("a height");
            let [x, y, long] = [x, y, long].map(|n| n.parse::<usize>().expect("a number"));
            modules[y * side + x..][..long].fill(true);
        }
        modules
    }

    /// What another program reads from a drawing with modules of 4 pixels.
    fn read(code: &QrCode) -> String {
        const SCALE: usize = 4;
        let (side, modules) = (code.side(), filled(code));
        let dark = |x, y| modules[y / SCALE * side + x / SCALE];
        let mut image = rqrr::PreparedImage::prepare_from_bitmap(side * SCALE, side * SCALE, dark);
        let grids = image.detect_grids();
        let [grid] = grids.as_slice() else {
            panic!("{} codes", grids.len());
        };
        grid.decode().expect("it can be read").1
    }

    #[test]
    fn a_reader_gets_back_the_link() {
        let scenario = scenario::opening();
        let fragment = scenario::link::encode(&scenario, 25, None).expect("it fits");
        let host = "https://example.org/cache-playground/#";
        for text in [
            "short",
            host,
            &format!("{host}{fragment}"),
            &"x".repeat(1_200),
        ] {
            let code = QrCode::of(text).expect("not too long");
            assert_eq!(read(&code), text);
        }
    }

    #[test]
    fn a_text_that_is_too_long_has_no_code() {
        assert!(QrCode::of(&"x".repeat(3_000)).is_none());
    }
}
