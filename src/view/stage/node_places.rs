//! Where several cache nodes stand in the cache's box.

use super::grid::{Cells, Grid, Rect};

/// More nodes than this are drawn as cells, too small for their entries.
const WITH_ENTRIES_MAX: usize = 6;
/// More than this have no number either.
const NUMBERED_MAX: usize = 60;
/// A node's heading, down to where its entries begin.
const HEADING: f64 = 26.0;
/// The height of an entry.
const CHIP_HEIGHT: f64 = 52.0;
const GAP: f64 = 7.0;
/// How far a replica is moved in from its primary.
const INDENT: f64 = 16.0;

/// What one of several nodes needs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NodeNeeds {
    /// How many entries it has room for.
    pub entries: usize,
    /// Whether it stands behind the node before it: a replica behind its primary.
    pub behind: bool,
}

/// The places of several cache nodes.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct NodePlaces {
    /// Each node's box.
    pub boxes: Vec<Rect>,
    /// Each node's entries, where there is room for them.
    pub entries: Vec<Grid>,
    /// Whether the boxes have room for a number.
    pub numbered: bool,
}

impl NodePlaces {
    /// Whether the cache is one node.
    pub fn is_empty(&self) -> bool {
        self.boxes.is_empty()
    }

    /// The box of a node, by its number from 1.
    pub fn of(&self, number: u16) -> Option<Rect> {
        let place = usize::from(number).checked_sub(1)?;
        self.boxes.get(place).copied()
    }

    /// Whether each node shows its entries.
    pub fn show_entries(&self) -> bool {
        !self.entries.is_empty()
    }
}

/// The places of nodes with so many entries each from `inside` down, and where they end.
pub(super) fn node_places(wanted: &[NodeNeeds], inside: Rect, stacked: bool) -> (NodePlaces, f64) {
    if wanted.is_empty() {
        return (NodePlaces::default(), inside.y);
    }
    if wanted.len() > WITH_ENTRIES_MAX {
        return cells(wanted.len(), inside);
    }
    let mut y = inside.y;
    let (mut boxes, mut entries) = (Vec::new(), Vec::new());
    for needs in wanted {
        let indent = if needs.behind { INDENT } else { 0.0 };
        if needs.behind {
            y -= GAP - 2.0;
        }
        let inside = Rect {
            x: inside.x + indent,
            w: inside.w - indent,
            ..inside
        };
        let grid = Grid::new(
            Rect {
                y: y + HEADING,
                ..inside
            },
            Cells {
                w: if stacked { 72.0 } else { 86.0 },
                h: CHIP_HEIGHT,
                gap: (6.0, 6.0),
                max_lines: 1,
                wanted: needs.entries,
            },
        );
        let h = HEADING + grid.height() + 7.0;
        boxes.push(Rect {
            x: inside.x - 6.0,
            y,
            w: inside.w + 12.0,
            h,
        });
        entries.push(grid);
        y += h + GAP;
    }
    let places = NodePlaces {
        boxes,
        entries,
        numbered: true,
    };
    (places, y)
}

/// Small boxes in lines.
fn cells(count: usize, inside: Rect) -> (NodePlaces, f64) {
    let numbered = count <= NUMBERED_MAX;
    let (w, h, gap) = if numbered {
        (44.0, 28.0, 5.0)
    } else {
        (16.0, 14.0, 3.0)
    };
    let grid = Grid::new(
        inside,
        Cells {
            w,
            h,
            gap: (gap, gap),
            max_lines: count,
            wanted: count,
        },
    );
    let place = |cell: usize| {
        let (x, y) = grid.at(cell);
        Rect {
            x,
            y,
            w: grid.w,
            h: grid.h,
        }
    };
    let places = NodePlaces {
        boxes: (0..count).map(place).collect(),
        entries: Vec::new(),
        numbered,
    };
    (places, grid.area().y + grid.height() + GAP)
}
