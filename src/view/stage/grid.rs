//! Cells in lines or in a circle.

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
    gap: (f64, f64),
    columns: usize,
    lines: usize,
    /// How many cells there are.
    pub cells: usize,
    ring: bool,
}

/// How a grid is to be filled.
#[derive(Clone, Copy)]
pub(super) struct Cells {
    /// About how wide a cell is.
    pub w: f64,
    /// How high.
    pub h: f64,
    /// What is between two, beside and below each other.
    pub gap: (f64, f64),
    /// The most lines.
    pub max_lines: usize,
    /// How many cells are wanted.
    pub wanted: usize,
}

impl Grid {
    /// As many lines as `cells` need, from the upper left corner of `inside`.
    pub(super) fn new(inside: Rect, cells: Cells) -> Grid {
        let (gap, wanted) = (cells.gap, cells.wanted.max(1));
        let columns = (((inside.w + gap.0) / (cells.w + gap.0)).floor() as usize).max(1);
        Grid {
            x: inside.x,
            y: inside.y,
            w: (inside.w - gap.0 * (columns - 1) as f64) / columns as f64,
            h: cells.h,
            gap,
            columns,
            lines: wanted.div_ceil(columns).min(cells.max_lines),
            cells: wanted.min(columns * cells.max_lines),
            ring: false,
        }
    }

    /// The cells around an empty middle, one after the other in a circle.
    pub(super) fn ring(inside: Rect, cells: Cells) -> Grid {
        let flat = Grid::new(inside, cells);
        let wanted = cells.wanted;
        if wanted < 4 || flat.columns < 2 {
            return flat;
        }
        let columns = flat.columns.min(wanted.div_ceil(2));
        let sides = wanted.saturating_sub(2 * columns).div_ceil(2);
        let lines = (2 + sides).min(cells.max_lines);
        let w = (inside.w - cells.gap.0 * (columns - 1) as f64) / columns as f64;
        let w = w.min(112.0);
        Grid {
            w,
            // The circle stands in the middle.
            x: inside.x + (inside.w - Self::span(columns, w, cells.gap.0)) / 2.0,
            columns,
            lines,
            cells: wanted.min(2 * columns + 2 * (lines - 2)),
            ring: true,
            ..flat
        }
    }

    fn span(cells: usize, each: f64, gap: f64) -> f64 {
        cells as f64 * (each + gap) - gap
    }

    pub(super) fn height(&self) -> f64 {
        Self::span(self.lines, self.h, self.gap.1)
    }

    /// Whether the cells are in a circle.
    pub fn is_ring(&self) -> bool {
        self.ring
    }

    /// How many cells are in a line.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// What the cells cover.
    pub fn area(&self) -> Rect {
        Rect {
            x: self.x,
            y: self.y,
            w: Self::span(self.columns, self.w, self.gap.0),
            h: self.height(),
        }
    }

    /// The upper left corner of a cell.
    pub fn at(&self, cell: usize) -> (f64, f64) {
        let (line, column) = if self.ring {
            self.around(cell)
        } else {
            (cell / self.columns, cell % self.columns)
        };
        (
            self.x + column as f64 * (self.w + self.gap.0),
            self.y + line as f64 * (self.h + self.gap.1),
        )
    }

    /// The line and column of a cell in a circle: clockwise from the upper left corner.
    fn around(&self, cell: usize) -> (usize, usize) {
        let (columns, lines) = (self.columns, self.lines);
        let down = columns + lines - 1;
        let back = down + columns - 1;
        match cell {
            _ if cell < columns => (0, cell),
            _ if cell < down => (cell - columns + 1, columns - 1),
            _ if cell < back => (lines - 1, columns - 2 - (cell - down)),
            _ => ((lines - 2).saturating_sub(cell - back).max(1), 0),
        }
    }

    /// The cell at a point, if there is one.
    pub fn cell_at(&self, x: f64, y: f64) -> Option<usize> {
        let (x, y) = (x - self.x, y - self.y);
        if x < 0.0 || y < 0.0 {
            return None;
        }
        let column = (x / (self.w + self.gap.0)) as usize;
        let line = (y / (self.h + self.gap.1)) as usize;
        let cell = line * self.columns + column;
        (column < self.columns && cell < self.cells).then_some(cell)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circle_visits_each_place_once_and_closes() {
        for (width, wanted) in [(400.0, 4), (400.0, 5), (400.0, 8), (400.0, 10), (280.0, 8)] {
            let inside = Rect {
                x: 0.0,
                y: 0.0,
                w: width,
                h: 0.0,
            };
            let cells = Cells {
                w: 86.0,
                h: 50.0,
                gap: (6.0, 6.0),
                max_lines: 4,
                wanted,
            };
            let grid = Grid::ring(inside, cells);
            assert_eq!(grid.cells, wanted);
            let places: Vec<(f64, f64)> = (0..wanted).map(|cell| grid.at(cell)).collect();
            for (i, place) in places.iter().enumerate() {
                assert!(!places[i + 1..].contains(place), "{wanted}: {places:?}");
            }
            // Even numbers leave no gap between the last and the first.
            if wanted % 2 == 0 {
                let (last, first) = (places[wanted - 1], places[0]);
                assert_eq!(last.0, first.0, "{wanted}: {places:?}");
                assert_eq!(last.1, first.1 + 56.0, "{wanted}: {places:?}");
            }
        }
    }
}
