//! Draws from a Zipf distribution over up to a million keys, each at the cost of one look at a table.
//!
//! The alias method: A. J. Walker, "An efficient method for generating discrete random variables with
//! general distributions", ACM TOMS 3(3), 1977, built as M. D. Vose described ("A linear algorithm for
//! generating random numbers with a given distribution", IEEE TSE 17(9), 1991). Each key has a column
//! of 2³² cells. A key less likely than the average owns a part of its column, and one more popular
//! key, its alias, the rest. All of it is whole numbers, so every key owns exactly as many cells as its
//! weight says.

use crate::fixed_point::{exp2_of_minus, log2};
use cache::draw::scaled;
use cache::units::Key;
use std::rc::Rc;

const COLUMN: u64 = 1 << 32;

/// A Zipf distribution's table: eight bytes a key.
#[derive(Clone)]
pub(super) struct Zipf {
    columns: Rc<[Column]>,
}

/// Omits the columns: there can be a million.
impl std::fmt::Debug for Zipf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Zipf")
    }
}

#[derive(Clone, Copy)]
struct Column {
    /// How many of its cells are the column's own key's; the others are its alias's.
    own: u32,
    alias: u32,
}

impl Zipf {
    /// For `keys` keys, with α in thousandths. The key of rank k, from 1, is `Key(k - 1)`.
    pub(super) fn new(keys: u32, alpha_milli: u32) -> Zipf {
        let mut cells = cells(keys, alpha_milli);
        // A column that stays as it is here is all its own key's, whatever its cell.
        let full = |key| Column {
            own: u32::MAX,
            alias: key,
        };
        let mut columns: Rc<[Column]> = (0..keys).map(full).collect();
        let table = Rc::get_mut(&mut columns).expect("just made");
        let (mut poor, mut rich): (Vec<u32>, Vec<u32>) =
            (0..keys).partition(|&key| cells[key as usize] < COLUMN);
        while let (Some(key), Some(&donor)) = (poor.pop(), rich.last()) {
            let own = cells[key as usize];
            let own_cells = own as u32;
            table[key as usize] = Column {
                own: own_cells,
                alias: donor,
            };
            let left = &mut cells[donor as usize];
            *left -= COLUMN - own;
            if *left < COLUMN {
                rich.pop();
                poor.push(donor);
            }
        }
        Zipf { columns }
    }

    pub(super) fn key(&self, draw: u64) -> Key {
        // The draw's place among all cells of all columns.
        let place = scaled(draw, self.columns.len() as u32);
        let (number, cell) = ((place >> 32) as u32, place as u32);
        let column = self.columns[number as usize];
        Key(if cell < column.own {
            number
        } else {
            column.alias
        })
    }
}

/// How many of all `keys` · 2³² cells belong to each key: in proportion to 1/rank^α.
fn cells(keys: u32, alpha_milli: u32) -> Vec<u64> {
    let alpha = |log2: u64| (u128::from(log2) * u128::from(alpha_milli) / 1000) as u64;
    let weight = |rank: u32| exp2_of_minus(alpha(log2(rank.into()))) >> 8;
    let mut cells: Vec<u64> = (1..=keys).map(weight).collect();
    // Weights are below 2^41, so that even a million of them add up to less than 2^64.
    let sum: u64 = cells.iter().sum();
    let all = u64::from(keys) << 32;
    let factor = (u128::from(all) << 64) / u128::from(sum);
    for cell in &mut cells {
        *cell = ((u128::from(*cell) * factor) >> 64) as u64;
    }
    // What rounding down has left over: less than one cell a key.
    cells[0] += all - cells.iter().sum::<u64>();
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many cells each key owns, by its column and as others' alias.
    fn owned(zipf: &Zipf) -> Vec<u64> {
        let mut owned = vec![0; zipf.columns.len()];
        for (key, column) in zipf.columns.iter().enumerate() {
            owned[key] += u64::from(column.own);
            owned[column.alias as usize] += COLUMN - u64::from(column.own);
        }
        owned
    }

    #[test]
    fn every_key_owns_what_its_weight_says() {
        for (keys, alpha_milli) in [(1, 990), (2, 0), (7, 1_000), (10_000, 990), (5_000, 3_000)] {
            let expected = cells(keys, alpha_milli);
            assert_eq!(expected.iter().sum::<u64>(), u64::from(keys) << 32);
            assert_eq!(owned(&Zipf::new(keys, alpha_milli)), expected, "{keys}");
        }
    }

    #[test]
    fn weights_fall_as_the_power_of_the_rank() {
        let cells = cells(1_000, 1_000);
        for rank in [2, 3, 10, 500, 1_000] {
            let product = cells[rank - 1] * rank as u64;
            assert!(product.abs_diff(cells[0]) < cells[0] / 1_000_000, "{rank}");
        }
        let cells = super::cells(1_000, 0);
        assert!(cells.iter().all(|&own| own.abs_diff(COLUMN) < 1_001));
    }

    #[test]
    fn draws_reach_both_ends() {
        let zipf = Zipf::new(1_000_000, 990);
        assert_eq!(zipf.key(0), Key(0));
        assert!(zipf.key(u64::MAX).0 < 1_000_000);
    }
}
