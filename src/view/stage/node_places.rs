//! Where several cache nodes stand in the cache's box.

use super::grid::{Cells, Grid, Rect};
use super::zone_grid::{ShardHeading, ZoneRow, zone_grid};

/// More nodes than this are drawn as cells, too small for their entries.
const WITH_ENTRIES_MAX: usize = 6;
/// More than this have no number either.
const NUMBERED_MAX: usize = 60;
/// A node's heading, down to where its entries begin.
pub(super) const HEADING: f64 = 26.0;
/// One more line of it.
pub(super) const HEADING_LINE: f64 = 18.0;
/// The height of an entry.
pub(super) const CHIP_HEIGHT: f64 = 52.0;
const GAP: f64 = 7.0;

/// What one of several nodes needs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NodeNeeds {
    /// How many entries it has room for.
    pub entries: usize,
    /// Its shard, from 1.
    pub shard: u16,
    /// Its availability zone, where nodes have replicas.
    pub zone: Option<char>,
}

/// The way of a message inside the cache's box.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct WayIn {
    /// Where it enters the box.
    pub edge: (f64, f64),
    /// Where it turns to the node, straight on from there.
    pub turn: (f64, f64),
    /// Where it reaches the node's box.
    pub end: (f64, f64),
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
    /// How many lines the heading of a box with entries has.
    pub heading_lines: u8,
    /// The zones, where nodes stand in rows.
    pub zones: Vec<ZoneRow>,
    /// The headings of several shards above their columns there.
    pub shards: Vec<ShardHeading>,
    /// The way to each node there, where the parties stand beside each other.
    pub ways: Vec<WayIn>,
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

    /// The way to a node inside the cache's box, by its number from 1, where nodes stand in rows.
    pub fn way_in(&self, number: u16) -> Option<WayIn> {
        let place = usize::from(number).checked_sub(1)?;
        self.ways.get(place).copied()
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
    if let Some(rows) = zone_grid(wanted, inside, stacked) {
        return rows;
    }
    if wanted.len() > WITH_ENTRIES_MAX {
        return cells(wanted.len(), inside);
    }
    let mut y = inside.y;
    let (mut boxes, mut entries) = (Vec::new(), Vec::new());
    for needs in wanted {
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
        heading_lines: 1,
        ..NodePlaces::default()
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
        numbered,
        ..NodePlaces::default()
    };
    (places, grid.area().y + grid.height() + GAP)
}
