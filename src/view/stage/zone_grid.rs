//! Cache nodes in the availability zones that they are in: a row a zone, and a column a shard.

use super::grid::{Cells, Grid, Rect};
use super::node_places::{CHIP_HEIGHT, HEADING, HEADING_LINE, NodeNeeds, NodePlaces, WayIn};

/// Between two rows, where the ways to the nodes run.
const ROW_GAP: f64 = 10.0;
/// From a row's outline to the boxes in it.
const PAD: f64 = 6.0;
/// Between two boxes of a row.
const GAP: f64 = 6.0;
/// The room for a zone's name beside its nodes.
const NAME_W: f64 = 44.0;
/// The room for it above its nodes, where there is none beside them.
const NAME_H: f64 = 20.0;
/// In a narrower box not even a node's name fits.
const BOX_MIN: f64 = 66.0;
/// From this width on a node's role has room beside its name.
const ROLE_BESIDE_FROM: f64 = 140.0;
/// From this width on a range of slots has room in one line, and from this one on beside the shard's name.
const SLOTS_IN_A_LINE_FROM: f64 = 93.0;
const SLOTS_BESIDE_FROM: f64 = 170.0;
/// The height of an entry of one line.
const SHORT_CHIP: f64 = 26.0;
/// About how wide such an entry is.
const SHORT_CHIP_W: f64 = 90.0;

/// The place of a zone.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ZoneRow {
    /// Its letter.
    pub zone: char,
    /// Its outline, around its nodes.
    pub rect: Rect,
    /// Whether its name stands above its nodes, rather than beside them.
    pub name_above: bool,
}

/// The place of a shard's heading, above its column.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ShardHeading {
    /// Its number, from 1.
    pub shard: u16,
    /// The place.
    pub rect: Rect,
    /// In how many lines its slots stand below its name; beside it if in none.
    pub lines_below: u8,
}

/// The places of nodes from `inside` down, and where they end; `None` where nodes have no zones, or too little room
/// for a column a shard. Nodes of one shard and one zone stand side by side.
pub(super) fn zone_grid(
    nodes: &[NodeNeeds],
    inside: Rect,
    stacked: bool,
) -> Option<(NodePlaces, f64)> {
    let zones = distinct(nodes.iter().map(|node| node.zone))
        .into_iter()
        .collect::<Option<Vec<char>>>()?;
    let shards = distinct(nodes.iter().map(|node| node.shard));
    let beside = if stacked { 0.0 } else { NAME_W };
    let above = if stacked { NAME_H } else { 0.0 };
    let outline = Rect {
        x: inside.x - PAD,
        w: inside.w + 2.0 * PAD,
        ..inside
    };
    let left = outline.x + PAD + beside;
    let column = share(outline.w - 2.0 * PAD - beside, shards.len());
    // Where each box begins, and how wide it is.
    let across: Vec<(f64, f64)> = (0..nodes.len())
        .map(|place| {
            let node = &nodes[place];
            let is_mate = |other: &&NodeNeeds| (other.shard, other.zone) == (node.shard, node.zone);
            let before = nodes[..place].iter().filter(is_mate).count();
            let w = share(column, nodes.iter().filter(is_mate).count());
            let nth = shards.partition_point(|&shard| shard < node.shard);
            let x = left + nth as f64 * (column + GAP) + before as f64 * (w + GAP);
            (x, w)
        })
        .collect();
    let narrowest = across.iter().map(|&(_, w)| w).fold(f64::MAX, f64::min);
    if narrowest < BOX_MIN {
        return None;
    }
    let alone = nodes.len() == zones.len() && shards.len() == 1;
    let heading_lines = match narrowest {
        _ if alone => 1,
        ROLE_BESIDE_FROM.. => 2,
        _ => 3,
    };
    let heading = HEADING + HEADING_LINE * f64::from(heading_lines - 1);
    let entries = |place: usize, y: f64| {
        let (x, w) = across[place];
        let inside = Rect {
            x: x + PAD,
            y: y + heading,
            w: w - 2.0 * PAD,
            h: 0.0,
        };
        Grid::new(
            inside,
            cells(inside.w, nodes[place].entries, alone, stacked),
        )
    };

    let mut places = NodePlaces {
        boxes: vec![outline; nodes.len()],
        numbered: true,
        heading_lines,
        ..NodePlaces::default()
    };
    let mut grids: Vec<Option<Grid>> = vec![None; nodes.len()];
    let mut ways: Vec<Option<WayIn>> = vec![None; nodes.len()];
    let mut y = inside.y + ROW_GAP / 2.0;
    if shards.len() > 1 {
        let lines_below = match column {
            SLOTS_BESIDE_FROM.. => 0,
            SLOTS_IN_A_LINE_FROM.. => 1,
            _ => 2,
        };
        let h = HEADING_LINE * (1.0 + f64::from(lines_below));
        let heading = |(nth, &shard): (usize, &u16)| ShardHeading {
            shard,
            rect: Rect {
                x: left + nth as f64 * (column + GAP),
                y: inside.y,
                w: column,
                h,
            },
            lines_below,
        };
        places.shards = shards.iter().enumerate().map(heading).collect();
        y += h;
    }
    for zone in zones {
        let here = (0..nodes.len()).filter(|&place| nodes[place].zone == Some(zone));
        let here: Vec<usize> = here.collect();
        let top = y + PAD + above;
        let highest = here.iter().map(|&place| entries(place, top).height());
        let h = heading + highest.fold(0.0, f64::max) + 7.0;
        for place in here {
            let (x, w) = across[place];
            places.boxes[place] = Rect { x, y: top, w, h };
            grids[place] = Some(entries(place, top));
            // Along the gap above the row and down; straight where nothing stands before the box.
            let edge = inside.x - 12.0;
            let (middle, gap) = (x + w / 2.0, y - ROW_GAP / 2.0);
            ways[place] = (!stacked).then_some(match alone {
                true => WayIn {
                    edge: (edge, top + h / 2.0),
                    turn: (x, top + h / 2.0),
                    end: (x, top + h / 2.0),
                },
                false => WayIn {
                    edge: (edge, gap),
                    turn: (middle, gap),
                    end: (middle, top),
                },
            });
        }
        places.zones.push(ZoneRow {
            zone,
            rect: Rect {
                y,
                h: top + h + PAD - y,
                ..outline
            },
            name_above: stacked,
        });
        y = top + h + PAD + ROW_GAP;
    }
    places.entries = grids.into_iter().flatten().collect();
    places.ways = ways.into_iter().flatten().collect();
    Some((places, y - ROW_GAP + PAD))
}

/// Each once, in order.
fn distinct<T: Ord>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut all: Vec<T> = all.collect();
    all.sort();
    all.dedup();
    all
}

/// The width of each of `count` boxes side by side.
fn share(width: f64, count: usize) -> f64 {
    (width - GAP * (count - 1) as f64) / count as f64
}

/// How a node's entries are laid out: as in a cache of one node where it has the row to itself, and in one line each
/// otherwise.
fn cells(width: f64, wanted: usize, alone: bool, stacked: bool) -> Cells {
    if alone {
        return Cells {
            w: if stacked { 72.0 } else { 86.0 },
            h: CHIP_HEIGHT,
            gap: (6.0, 6.0),
            max_lines: 1,
            wanted,
        };
    }
    let one_column = width < 2.0 * SHORT_CHIP_W + 3.0;
    Cells {
        w: SHORT_CHIP_W,
        h: SHORT_CHIP,
        gap: (3.0, 3.0),
        max_lines: if one_column && !stacked { 3 } else { 2 },
        wanted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The nodes of a cluster as the deployment spreads them over zones.
    fn nodes(shards: u16, replicas: u16, entries: usize) -> Vec<NodeNeeds> {
        let size = 1 + replicas;
        let node = |number: u16| {
            let (shard, nth) = (number / size, number % size);
            NodeNeeds {
                entries,
                shard: shard + 1,
                zone: Some(char::from(b'a' + ((shard + nth) % 3) as u8)),
            }
        };
        (0..shards * size).map(node).collect()
    }

    fn within(inner: Rect, outer: Rect) -> bool {
        inner.x >= outer.x - 0.1
            && inner.y >= outer.y - 0.1
            && inner.x + inner.w <= outer.x + outer.w + 0.1
            && inner.y + inner.h <= outer.y + outer.h + 0.1
    }

    fn apart(a: Rect, b: Rect) -> bool {
        a.x + a.w <= b.x + 0.1
            || b.x + b.w <= a.x + 0.1
            || a.y + a.h <= b.y + 0.1
            || b.y + b.h <= a.y + 0.1
    }

    /// Looks at a grid, and returns whether there is one.
    fn check(nodes: &[NodeNeeds], width: f64, stacked: bool) -> bool {
        let inside = Rect {
            x: 212.0,
            y: 42.0,
            w: width,
            h: 0.0,
        };
        let Some((places, end)) = zone_grid(nodes, inside, stacked) else {
            return false;
        };
        assert_eq!(places.boxes.len(), nodes.len());
        assert_eq!(places.entries.len(), nodes.len());
        assert_eq!(places.ways.len(), if stacked { 0 } else { nodes.len() });
        let lane = Rect {
            x: inside.x - 12.0,
            y: inside.y,
            w: width + 24.0,
            h: end - inside.y,
        };
        for (place, row) in places.zones.iter().enumerate() {
            assert!(within(row.rect, lane), "{row:?}");
            let mut headings = places.shards.iter();
            assert!(headings.all(|of| within(of.rect, lane) && apart(of.rect, row.rect)));
            let rest = &places.zones[place + 1..];
            assert!(rest.iter().all(|other| apart(row.rect, other.rect)));
        }
        for (place, (node, rect)) in nodes.iter().zip(&places.boxes).enumerate() {
            let mut rows = places.zones.iter();
            let row = rows.find(|row| Some(row.zone) == node.zone);
            assert!(within(*rect, row.expect("a row a zone").rect), "{rect:?}");
            assert!(within(places.entries[place].area(), *rect), "{rect:?}");
            let rest = &places.boxes[place + 1..];
            assert!(rest.iter().all(|other| apart(*rect, *other)), "{places:?}");
            // Nodes of a shard are above or beside each other, clear of every other shard's column.
            for (other, of) in nodes.iter().zip(&places.boxes) {
                let left = rect.x + rect.w <= of.x + 0.1;
                assert!(other.shard <= node.shard || left, "{places:?}");
            }
            if let Some(way) = places.ways.get(place) {
                let (x, y) = way.end;
                let on_it = Rect {
                    x,
                    y,
                    w: 0.0,
                    h: 0.0,
                };
                assert!(within(on_it, *rect), "{way:?}");
                assert_eq!(way.edge.0, lane.x);
                // Nothing stands in the way.
                let line = Rect {
                    x: way.edge.0,
                    y: way.edge.1,
                    w: way.turn.0 - way.edge.0,
                    h: 0.0,
                };
                let mut others = places.boxes.iter().enumerate();
                assert!(others.all(|(at, other)| at == place || apart(line, *other)));
            }
        }
        true
    }

    #[test]
    fn each_node_is_in_the_row_of_its_zone_and_the_column_of_its_shard() {
        for (shards, replicas) in (1..=12).flat_map(|of| (0..=5).map(move |with| (of, with))) {
            for entries in [1, 3, 6, 40] {
                let nodes = nodes(shards, replicas, entries);
                for width in (196..=700).step_by(9) {
                    for stacked in [false, true] {
                        check(&nodes, f64::from(width), stacked);
                    }
                }
            }
        }
    }

    #[test]
    fn three_shards_have_room_on_a_phone_and_twelve_nowhere() {
        for (width, stacked) in [(220.0, true), (308.0, true), (375.0, false)] {
            assert!(check(&nodes(3, 2, 12), width, stacked), "{width}");
            assert!(!check(&nodes(12, 1, 12), width, stacked), "{width}");
        }
        assert!(check(&nodes(3, 5, 12), 660.0, false), "eighteen nodes");
    }

    #[test]
    fn nodes_without_zones_have_no_rows() {
        let mut nodes = nodes(3, 0, 6);
        nodes.iter_mut().for_each(|node| node.zone = None);
        assert!(!check(&nodes, 375.0, false));
    }
}
