//! The geometry of a stage of a given width, in its own units, which are CSS pixels up to 640: text is never
//! shrunk. On narrow stages the parties stand one above the other.

use crate::view::stage::database_box::no_database_lines;
use crate::view::stage::grid::Cells;
pub use crate::view::stage::grid::{Grid, Rect};
use crate::view::stage::node_places::{NodeNeeds, NodePlaces, node_places};
use std::rc::Rc;

/// Above this width the stage is drawn larger instead of wider.
const WIDTH_MAX: f64 = 640.0;
/// The same where shards stand in columns: the least width at which the style sheet stops a stage, so that its text
/// does not shrink.
const WIDTH_MAX_OF_COLUMNS: f64 = 780.0;
/// From this width on the parties stand beside each other, and below it one above the other.
pub const SIDE_BY_SIDE_FROM: u32 = 470;
/// The height of an entry.
const CHIP_HEIGHT: f64 = 52.0;
/// The height of a row.
const ROW_HEIGHT: f64 = 28.0;
/// The most lines of rows.
const ROW_LINES: usize = 2;
/// The height of a queue's label.
const LABEL_HEIGHT: f64 = 23.0;
/// How much lower an entry begins where the hand stands above it.
const HAND_HEIGHT: f64 = 17.0;
/// A party's heading, down to where its first part begins.
const HEADING: f64 = 36.0;
/// A line of text below the entries.
const NOTE: f64 = 22.0;
/// The height of the line of the pool's connections.
const POOL: f64 = 22.0;
/// The height of one more request in the application's box.
pub const REQUEST_LINE: f64 = 24.0;
/// A line of the words that stand instead of a database.
pub const NO_DATABASE_LINE: f64 = 20.0;
/// From one cell of the dense drawing to the next.
const DENSE_PITCH: f64 = 12.0;
/// More entries than this are drawn as cells: too small to be read, but all of them can be seen.
pub const DENSE_ABOVE: usize = 24;

/// What a part of the cache's box shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SectionKind {
    /// A queue of entries.
    Entries,
    /// Keys of entries that are gone.
    Ghosts,
    /// What the last eviction drew.
    Sample,
    /// The pool of candidates.
    Pool,
}

/// The place of a part of the cache's box.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Section {
    /// Its name, which is that of the frame's queue.
    pub name: &'static str,
    /// What it is, in a few words.
    pub hint: &'static str,
    /// What it shows.
    pub kind: SectionKind,
    /// Where its label stands, if it has one: the left end of the text's line.
    pub label: Option<(f64, f64)>,
    /// Its cells.
    pub grid: Grid,
    /// Whether the cells are too small for words.
    pub dense: bool,
}

/// What the layout has to make room for. None of it changes during a run, so neither does the layout.
#[derive(Clone, PartialEq, Debug)]
pub struct Needs {
    /// The parts of the cache's box; none without a cache.
    pub sections: Vec<SectionNeeds>,
    /// What each of several nodes needs; none if the cache is one node.
    pub nodes: Vec<NodeNeeds>,
    /// Whether a hand stands above an entry.
    pub hand: bool,
    /// How many lines of text stand below the entries.
    pub notes: usize,
    /// How many rows the database has; `None` without a database.
    pub rows: Option<usize>,
    /// How many clients there are.
    pub clients: usize,
}

impl Needs {
    /// Whether there is a cache.
    fn has_cache(&self) -> bool {
        !self.sections.is_empty() || !self.nodes.is_empty()
    }

    /// Whether nodes of several shards stand in zones.
    fn has_columns(&self) -> bool {
        let mut nodes = self.nodes.iter();
        nodes.any(|node| node.zone.is_some() && node.shard > 1)
    }
}

/// What a part of the cache's box needs.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct SectionNeeds {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub hint: &'static str,
    /// What it shows.
    pub kind: SectionKind,
    /// How many there can be.
    pub cells: usize,
    /// Whether they are in a circle.
    pub ring: bool,
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
#[derive(Clone, PartialEq, Debug)]
pub struct Layout {
    /// The stage's width.
    pub width: f64,
    /// The stage's height.
    pub height: f64,
    /// Whether the parties stand one above the other.
    pub stacked: bool,
    /// The application.
    pub app: Rect,
    /// How many requests have a line in the application's box besides the one shown in full.
    pub request_lines: usize,
    /// The cache node, if there is one.
    pub cache: Option<Rect>,
    /// The database, or the lines that say that there is none.
    pub database: Rect,
    /// Whether there is a database.
    pub has_database: bool,
    /// The parts of the cache's box.
    pub sections: Rc<[Section]>,
    /// The places of several nodes in the cache's box.
    pub node_places: Rc<NodePlaces>,
    /// Where the lines of text below the entries begin.
    pub notes_y: f64,
    /// Where the database's rows stand.
    pub rows: Grid,
    /// The way of a message to the cache and back.
    pub to_cache: Curve,
    /// The way of a message to the database and back.
    pub to_database: Curve,
}

/// The sections of a cache's box from `top` on, and where the lines of text below them begin.
fn sections(needs: &Needs, inside: Rect, stacked: bool) -> (Rc<[Section]>, f64) {
    let queues = needs.sections.iter();
    let queues = queues
        .filter(|section| section.kind == SectionKind::Entries)
        .count();
    let several = needs.sections.len() > 1;
    let hand = if needs.hand { HAND_HEIGHT } else { 0.0 };
    let mut y = inside.y;
    let mut placed = Vec::with_capacity(needs.sections.len());
    for section in &needs.sections {
        let label = several.then_some((inside.x, y + 15.0));
        y += if several { LABEL_HEIGHT } else { 0.0 };
        let inside = |y| Rect { y, ..inside };
        let dense = section.kind == SectionKind::Entries && section.cells > DENSE_ABOVE;
        let grid = match section.kind {
            SectionKind::Entries if dense => Grid::new(
                inside(y + hand),
                Cells {
                    w: DENSE_PITCH - 2.0,
                    h: DENSE_PITCH - 2.0,
                    gap: (2.0, 2.0),
                    max_lines: if queues == 1 { 12 } else { 6 },
                    wanted: section.cells,
                },
            ),
            SectionKind::Entries => {
                let max_lines = match (queues, stacked) {
                    (1, false) => 3,
                    (1, true) => 4,
                    (2, true) => 3,
                    _ => 2,
                };
                let cells = Cells {
                    w: if stacked { 72.0 } else { 86.0 },
                    h: CHIP_HEIGHT,
                    gap: (6.0, 6.0 + hand),
                    max_lines,
                    wanted: section.cells,
                };
                if section.ring {
                    Grid::ring(inside(y + hand), cells)
                } else {
                    Grid::new(inside(y + hand), cells)
                }
            }
            SectionKind::Ghosts | SectionKind::Sample | SectionKind::Pool => {
                let ghosts = section.kind == SectionKind::Ghosts;
                let cells = Cells {
                    // A candidate's key has its value beside it.
                    w: if ghosts { 84.0 } else { 120.0 },
                    h: 26.0,
                    gap: (6.0, 5.0),
                    max_lines: match (ghosts, stacked) {
                        (true, _) => 1,
                        (false, false) => 2,
                        (false, true) => 3,
                    },
                    wanted: section.cells,
                };
                Grid::new(inside(y), cells)
            }
        };
        y = grid.area().y + grid.height() + 6.0;
        placed.push(Section {
            name: section.name,
            hint: section.hint,
            kind: section.kind,
            label,
            grid,
            dense,
        });
    }
    (placed.into(), y)
}

/// The place of the lines that stand instead of a database, from the upper left corner of `within` on.
fn no_database(within: Rect) -> Rect {
    Rect {
        h: NO_DATABASE_LINE * no_database_lines(within.w).len() as f64 + 4.0,
        ..within
    }
}

impl Layout {
    /// The layout for a stage `css_width` pixels wide.
    pub fn new(css_width: u32, needs: &Needs) -> Layout {
        let most = match needs.has_columns() {
            true => WIDTH_MAX_OF_COLUMNS,
            false => WIDTH_MAX,
        };
        let width = f64::from(css_width).clamp(280.0, most);
        if width < SIDE_BY_SIDE_FROM.into() {
            Layout::stacked(width, needs)
        } else {
            Layout::side_by_side(width, needs)
        }
    }

    fn rows(inside: Rect, wanted_w: f64, count: usize) -> Grid {
        let cells = Cells {
            w: wanted_w,
            h: ROW_HEIGHT,
            gap: (5.0, 5.0),
            max_lines: ROW_LINES,
            wanted: count.max(4),
        };
        Grid::new(inside, cells)
    }

    fn side_by_side(width: f64, needs: &Needs) -> Layout {
        let margin = 14.0;
        let left = 200.0;
        let top = 6.0;
        let inside = |x: f64, y: f64, w: f64| Rect {
            x: x + 12.0,
            y,
            w: w - 24.0,
            h: 0.0,
        };

        let cache_w = width - left - margin;
        let (sections, notes_y) = sections(needs, inside(left, top + HEADING, cache_w), false);
        let below = inside(left, notes_y, cache_w);
        let (node_places, notes_y) = node_places(&needs.nodes, below, false);
        let cache = Rect {
            x: left,
            y: top,
            w: cache_w,
            h: notes_y + NOTE * needs.notes as f64 + 6.0 - top,
        };
        let there = needs.has_cache();

        let database_w = cache_w.min(310.0);
        let database_x = width - margin - database_w;
        let database_y = if there {
            cache.y + cache.h + 14.0
        } else {
            84.0
        };
        let rows = Self::rows(
            inside(database_x, database_y + HEADING + POOL, database_w),
            86.0,
            needs.rows.unwrap_or(0),
        );
        let database = match needs.rows {
            Some(_) => Rect {
                x: database_x,
                y: database_y,
                w: database_w,
                h: HEADING + POOL + rows.height() + 10.0,
            },
            None => no_database(Rect {
                y: database_y,
                ..cache
            }),
        };

        let height = database.y + database.h + 8.0;
        let request_lines = needs.clients.saturating_sub(1).min(4);
        let app_h = 92.0 + request_lines as f64 * REQUEST_LINE;
        let app = Rect {
            x: margin,
            y: ((height - app_h) / 2.0).max(72.0),
            w: 130.0,
            h: app_h,
        };
        let height = height.max(app.y + app.h + 40.0);
        // No higher than where it leaves the application, if the database reaches so far down.
        let to_database = (app.y + app.h + 26.0)
            .max(database.y + 72.0)
            .min(database.y + database.h - 16.0);
        Layout {
            width,
            height,
            stacked: false,
            app,
            request_lines,
            cache: there.then_some(cache),
            database,
            has_database: needs.rows.is_some(),
            sections,
            node_places: node_places.into(),
            notes_y,
            rows,
            to_cache: Curve([
                (76.0, app.y - 18.0),
                (78.0, 58.0),
                (90.0, 50.0),
                (left, 50.0),
            ]),
            // Where there is no cache it may stand beside the application.
            to_database: Curve(if to_database < app.y + app.h + 18.0 {
                [app.x + app.w, 170.0, database.x - 30.0, database.x].map(|x| (x, to_database))
            } else {
                [
                    (76.0, app.y + app.h + 18.0),
                    (90.0, to_database),
                    (140.0, to_database),
                    (database.x, to_database),
                ]
            }),
        }
    }

    fn stacked(width: f64, needs: &Needs) -> Layout {
        let margin = 10.0;
        // The way to the database runs along the right edge.
        let rail = 16.0;
        let w = width - 2.0 * margin - rail;
        let gap = 44.0;
        let inside = |y: f64| Rect {
            x: margin + 12.0,
            y,
            w: w - 24.0,
            h: 0.0,
        };

        let request_lines = needs.clients.saturating_sub(1).min(3);
        let app = Rect {
            x: margin,
            y: 8.0,
            w,
            h: 44.0 + request_lines as f64 * REQUEST_LINE,
        };
        let cache_y = app.y + app.h + gap;
        let (sections, notes_y) = sections(needs, inside(cache_y + HEADING), true);
        let (node_places, notes_y) = node_places(&needs.nodes, inside(notes_y), true);
        let cache = Rect {
            x: margin,
            y: cache_y,
            w,
            h: notes_y + NOTE * needs.notes as f64 + 8.0 - cache_y,
        };
        let cache = needs.has_cache().then_some(cache);
        let below_cache = if needs.rows.is_some() { gap } else { 10.0 };
        let database_y = cache.map_or(cache_y, |cache| cache.y + cache.h + below_cache);
        let rows = inside(database_y + HEADING + POOL);
        let rows = Self::rows(rows, 84.0, needs.rows.unwrap_or(0));
        let h = HEADING + POOL + rows.height() + 10.0;
        let database = Rect {
            x: margin,
            y: database_y,
            w,
            h,
        };
        let database = match needs.rows {
            Some(_) => database,
            None => no_database(database),
        };
        let edge = width - margin - rail / 2.0 + 2.0;
        let below = app.y + app.h;
        Layout {
            width,
            height: database.y + database.h + 8.0,
            stacked: true,
            app,
            request_lines,
            cache,
            database,
            has_database: needs.rows.is_some(),
            sections,
            node_places: node_places.into(),
            notes_y,
            rows,
            to_cache: Curve([
                (margin + w * 0.22, below + 18.0),
                (margin + w * 0.22, below + gap / 2.0),
                (margin + w * 0.46, cache_y - gap / 2.0),
                (margin + w * 0.46, cache_y),
            ]),
            to_database: Curve([
                (edge, below - 14.0),
                (edge, below + gap),
                (edge, database_y - gap),
                (edge, database_y + 14.0),
            ]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needs(parts: &[(SectionKind, usize)], hand: bool, ring: bool) -> Needs {
        let section = |&(kind, cells): &(SectionKind, usize)| SectionNeeds {
            name: "queue",
            hint: "",
            kind,
            cells,
            ring,
        };
        Needs {
            sections: parts.iter().map(section).collect(),
            nodes: Vec::new(),
            hand,
            notes: 1,
            rows: Some(6),
            clients: 3,
        }
    }

    fn within(inner: Rect, outer: Rect) -> bool {
        inner.x >= outer.x - 0.1
            && inner.y >= outer.y
            && inner.x + inner.w <= outer.x + outer.w + 0.1
            && inner.y + inner.h <= outer.y + outer.h
    }

    fn apart(a: Rect, b: Rect) -> bool {
        a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y
    }

    #[test]
    fn nothing_leaves_the_stage_or_overlaps() {
        use SectionKind::*;
        let shapes: [&[(SectionKind, usize)]; 5] = [
            &[],
            &[(Entries, 4)],
            &[(Entries, 8), (Ghosts, 8), (Entries, 8), (Ghosts, 8)],
            &[(Entries, 12), (Sample, 5), (Pool, 16)],
            &[(Entries, 4000), (Entries, 400), (Ghosts, 400)],
        ];
        for css_width in [280, 320, 360, 480, 560, 615, 640, 860] {
            for (parts, hand, ring, rows) in shapes.iter().flat_map(|parts| {
                [
                    (parts, false, false, Some(6)),
                    (parts, true, false, Some(6)),
                    (parts, true, true, Some(6)),
                    (parts, false, false, None),
                ]
            }) {
                // A lane has a cache or a database.
                if parts.is_empty() && rows.is_none() {
                    continue;
                }
                let needs = Needs {
                    rows,
                    ..needs(parts, hand, ring)
                };
                let layout = Layout::new(css_width, &needs);
                let stage = Rect {
                    x: 0.0,
                    y: 0.0,
                    w: layout.width,
                    h: layout.height,
                };
                let mut boxes = vec![layout.app, layout.database];
                boxes.extend(layout.cache);
                for (i, &a) in boxes.iter().enumerate() {
                    assert!(within(a, stage), "{layout:?}");
                    assert!(boxes[i + 1..].iter().all(|&b| apart(a, b)), "{layout:?}");
                }
                if layout.has_database {
                    assert!(within(layout.rows.area(), layout.database), "{layout:?}");
                }
                for (i, section) in layout.sections.iter().enumerate() {
                    let cache = layout.cache.expect("sections are in the cache");
                    assert!(within(section.grid.area(), cache), "{layout:?}");
                    let rest = &layout.sections[i + 1..];
                    assert!(
                        rest.iter()
                            .all(|b| apart(section.grid.area(), b.grid.area()))
                    );
                }
            }
        }
    }

    #[test]
    fn a_point_finds_its_cell() {
        let layout = Layout::new(640, &needs(&[(SectionKind::Entries, 300)], false, false));
        let grid = layout.sections[0].grid;
        for cell in [0, 1, 40, grid.cells - 1] {
            let (x, y) = grid.at(cell);
            assert_eq!(grid.cell_at(x + 1.0, y + 1.0), Some(cell));
        }
        assert_eq!(grid.cell_at(0.0, 0.0), None);
    }

    #[test]
    fn a_curve_begins_and_ends_at_its_ends() {
        let curve = Curve([(0.0, 0.0), (1.0, 5.0), (2.0, 5.0), (3.0, 1.0)]);
        assert_eq!(curve.at(0.0), (0.0, 0.0));
        assert_eq!(curve.at(1.0), (3.0, 1.0));
    }
}
