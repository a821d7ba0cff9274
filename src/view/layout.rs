//! Where everything stands on a stage of a given width, in its own units, which are CSS pixels up to
//! 640: text is never shrunk. Narrow stages are laid out anew, one party above the other.

/// Above this width the stage is drawn larger instead of wider.
const WIDTH_MAX: f64 = 640.0;
/// Below this width the parties stand one above the other.
const STACKED_BELOW: f64 = 470.0;
/// The height of an entry.
const CHIP_HEIGHT: f64 = 44.0;
/// The height of a row.
const ROW_HEIGHT: f64 = 28.0;
/// The most lines of entries.
const CHIP_LINES: usize = 3;
/// The most lines of rows.
const ROW_LINES: usize = 2;

/// A box.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Rect {
    /// Its left edge.
    pub x: f64,
    /// Its upper edge.
    pub y: f64,
    /// Its width.
    pub w: f64,
    /// Its height.
    pub h: f64,
}

/// Equal cells in lines.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Grid {
    x: f64,
    y: f64,
    /// The width of a cell.
    pub w: f64,
    /// The height of a cell.
    pub h: f64,
    gap: f64,
    columns: usize,
    /// How many cells there are.
    pub cells: usize,
}

impl Grid {
    fn new(inside: Rect, wanted_w: f64, gap: f64, max_lines: usize, wanted: usize) -> Grid {
        let columns = (((inside.w + gap) / (wanted_w + gap)).floor() as usize).max(1);
        Grid {
            x: inside.x,
            y: inside.y,
            w: (inside.w - gap * (columns - 1) as f64) / columns as f64,
            h: inside.h,
            gap,
            columns,
            cells: wanted.min(columns * max_lines),
        }
    }

    fn lines(&self) -> usize {
        self.cells.div_ceil(self.columns).max(1)
    }

    fn height(&self) -> f64 {
        self.lines() as f64 * (self.h + self.gap) - self.gap
    }

    /// The upper left corner of a cell.
    pub fn at(&self, cell: usize) -> (f64, f64) {
        let (line, column) = (cell / self.columns, cell % self.columns);
        (
            self.x + column as f64 * (self.w + self.gap),
            self.y + line as f64 * (self.h + self.gap),
        )
    }
}

/// A cubic Bézier curve.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Curve(pub [(f64, f64); 4]);

impl Curve {
    /// The point at a share of the way, from 0 to 1.
    pub fn at(&self, t: f64) -> (f64, f64) {
        let s = 1.0 - t;
        let weights = [s * s * s, 3.0 * s * s * t, 3.0 * s * t * t, t * t * t];
        let sum = |of: fn(&(f64, f64)) -> f64| {
            self.0
                .iter()
                .zip(weights)
                .map(|(point, weight)| of(point) * weight)
                .sum()
        };
        (sum(|point| point.0), sum(|point| point.1))
    }
}

/// A stage's geometry.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Layout {
    /// The stage's width.
    pub width: f64,
    /// The stage's height.
    pub height: f64,
    /// Whether the parties stand one above the other.
    pub stacked: bool,
    /// The application.
    pub app: Rect,
    /// The cache node, if there is one.
    pub cache: Option<Rect>,
    /// The database.
    pub database: Rect,
    /// Where the cache's entries stand.
    pub chips: Grid,
    /// Where the database's rows stand.
    pub rows: Grid,
    /// The way of a message to the cache and back.
    pub to_cache: Curve,
    /// The way of a message to the database and back.
    pub to_database: Curve,
}

impl Layout {
    /// The layout for a stage `css_width` pixels wide, with room for so many entries and rows.
    /// Without a cache `capacity` is 0.
    pub fn new(css_width: u32, capacity: usize, row_count: usize) -> Layout {
        let width = f64::from(css_width).clamp(280.0, WIDTH_MAX);
        if width < STACKED_BELOW {
            Layout::stacked(width, capacity, row_count)
        } else {
            Layout::side_by_side(width, capacity, row_count)
        }
    }

    fn side_by_side(width: f64, capacity: usize, row_count: usize) -> Layout {
        let margin = 14.0;
        let left = 200.0;
        let inside = |x: f64, y: f64, w: f64, h: f64| Rect {
            x: x + 12.0,
            y,
            w: w - 24.0,
            h,
        };

        let cache_w = width - left - margin;
        let chips = Grid::new(
            inside(left, 44.0, cache_w, CHIP_HEIGHT),
            86.0,
            6.0,
            CHIP_LINES,
            capacity,
        );
        let cache_h = 36.0 + chips.height() + 50.0;
        let cache = Rect {
            x: left,
            y: 8.0,
            w: cache_w,
            h: cache_h,
        };

        let database_w = (width - left - margin).min(310.0);
        let database_x = width - margin - database_w;
        let database_y = cache.y + cache.h + 14.0;
        let rows_box = inside(database_x, database_y + 37.0, database_w, ROW_HEIGHT);
        let rows = Grid::new(rows_box, 86.0, 5.0, ROW_LINES, row_count.max(4));
        let database = Rect {
            x: database_x,
            y: database_y,
            w: database_w,
            h: 37.0 + rows.height() + 10.0,
        };

        let height = database.y + database.h + 8.0;
        let app = Rect {
            x: margin,
            y: (height / 2.0 - 52.0).max(84.0),
            w: 124.0,
            h: 92.0,
        };
        Layout {
            width,
            height,
            stacked: false,
            app,
            cache: (capacity > 0).then_some(cache),
            database,
            chips,
            rows,
            to_cache: Curve([
                (76.0, app.y - 18.0),
                (78.0, 54.0),
                (90.0, 46.0),
                (left, 46.0),
            ]),
            to_database: Curve([
                (76.0, app.y + app.h + 18.0),
                (90.0, database.y + 50.0),
                (140.0, database.y + 58.0),
                (database.x, database.y + 58.0),
            ]),
        }
    }

    fn stacked(width: f64, capacity: usize, row_count: usize) -> Layout {
        let margin = 10.0;
        // The way to the database runs along the right edge.
        let rail = 16.0;
        let w = width - 2.0 * margin - rail;
        let gap = 42.0;
        let inside = |y: f64, h: f64| Rect {
            x: margin + 12.0,
            y,
            w: w - 24.0,
            h,
        };

        let app = Rect {
            x: margin,
            y: 8.0,
            w,
            h: 44.0,
        };
        let cache_y = app.y + app.h + gap;
        let chips = Grid::new(
            inside(cache_y + 34.0, CHIP_HEIGHT),
            110.0,
            6.0,
            CHIP_LINES + 1,
            capacity,
        );
        let cache = Rect {
            x: margin,
            y: cache_y,
            w,
            h: 34.0 + chips.height() + 54.0,
        };
        let cache = (capacity > 0).then_some(cache);
        let database_y = cache.map_or(cache_y, |cache| cache.y + cache.h + gap);
        let rows = Grid::new(
            inside(database_y + 35.0, ROW_HEIGHT),
            84.0,
            5.0,
            ROW_LINES,
            row_count.max(4),
        );
        let database = Rect {
            x: margin,
            y: database_y,
            w,
            h: 35.0 + rows.height() + 10.0,
        };
        let edge = width - margin - rail / 2.0 + 2.0;
        Layout {
            width,
            height: database.y + database.h + 8.0,
            stacked: true,
            app,
            cache,
            database,
            chips,
            rows,
            to_cache: Curve([
                (margin + w * 0.22, app.y + app.h + 18.0),
                (margin + w * 0.22, app.y + app.h + gap / 2.0),
                (margin + w * 0.46, cache_y - gap / 2.0),
                (margin + w * 0.46, cache_y),
            ]),
            to_database: Curve([
                (edge, app.y + app.h - 14.0),
                (edge, app.y + app.h + gap),
                (edge, database_y - gap),
                (edge, database_y + 14.0),
            ]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_the_stage_or_overlaps() {
        for css_width in [280, 320, 360, 480, 560, 615, 640, 860] {
            for capacity in [0, 1, 4, 5, 12, 1000] {
                let layout = Layout::new(css_width, capacity, 6);
                let mut boxes = vec![layout.app, layout.database];
                boxes.extend(layout.cache);
                for (i, a) in boxes.iter().enumerate() {
                    assert!(a.x >= 0.0 && a.x + a.w <= layout.width, "{layout:?}");
                    assert!(a.y >= 0.0 && a.y + a.h <= layout.height, "{layout:?}");
                    for b in &boxes[i + 1..] {
                        let apart = a.x + a.w <= b.x
                            || b.x + b.w <= a.x
                            || a.y + a.h <= b.y
                            || b.y + b.h <= a.y;
                        assert!(apart, "{layout:?}");
                    }
                }
                if let Some(cache) = layout.cache {
                    let (x, y) = layout.chips.at(layout.chips.cells - 1);
                    assert!(x + layout.chips.w <= cache.x + cache.w);
                    assert!(y + layout.chips.h + 40.0 <= cache.y + cache.h);
                }
            }
        }
    }

    #[test]
    fn a_curve_begins_and_ends_at_its_ends() {
        let curve = Curve([(0.0, 0.0), (1.0, 5.0), (2.0, 5.0), (3.0, 1.0)]);
        assert_eq!(curve.at(0.0), (0.0, 0.0));
        assert_eq!(curve.at(1.0), (3.0, 1.0));
    }
}
