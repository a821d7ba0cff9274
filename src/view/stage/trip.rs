//! The way of a message to a cache node and back, also where the node stands deep in the cache's box.

use super::layout::{Curve, Layout};
use super::node_places::WayIn;

/// A way that messages take.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Trip {
    /// Up to the party's edge.
    pub curve: Curve,
    /// From there to one of its nodes, where those stand in rows.
    pub inside: Option<WayIn>,
}

impl Trip {
    /// The point at a share of the way, from 0 to 1.
    pub fn at(&self, share: f64) -> (f64, f64) {
        let Some(inside) = self.inside else {
            return self.curve.at(share);
        };
        let (from, edge, to) = (self.curve.0[0], inside.edge, inside.turn);
        // About how long the curve is.
        let outer = (edge.0 - from.0).abs() + (edge.1 - from.1).abs();
        let inner = to.0 - edge.0;
        let gone = share * (outer + inner);
        if gone < outer {
            self.curve.at(gone / outer)
        } else {
            (edge.0 + gone - outer, edge.1)
        }
    }

    /// How far to the right a message can stand without covering the box that it reaches; `None` where it does not
    /// reach into the cache.
    pub fn right(&self, layout: &Layout) -> Option<f64> {
        let inside = self.inside?;
        // Where it comes from above, it stands above the box.
        Some(match inside.turn == inside.end {
            true => inside.end.0 - 3.0,
            false => layout.width - 4.0,
        })
    }
}

impl From<Curve> for Trip {
    fn from(curve: Curve) -> Self {
        Trip {
            curve,
            inside: None,
        }
    }
}

impl Layout {
    /// The way of a message to one of several cache nodes, from 1: from above the application or from below it,
    /// whichever is nearer.
    pub fn way_to_node(&self, number: u16) -> Trip {
        let (Some(node), false) = (self.node_places.of(number), self.stacked) else {
            return self.to_cache.into();
        };
        let inside = self.node_places.way_in(number);
        let edge = self.cache.map_or(node.x, |cache| cache.x);
        let (edge, y) = inside.map_or((edge, node.y + node.h / 2.0), |way| way.edge);
        let app = self.app;
        let start = match y < app.y + app.h / 2.0 {
            true => app.y - 18.0,
            false => app.y + app.h + 18.0,
        };
        let curve = Curve([(76.0, start), (80.0, y), (100.0, y), (edge, y)]);
        Trip { curve, inside }
    }
}
