//! Money: whole micro-dollars, because a million ECPUs cost 2,300 of them.

use serde::de::{Error, Unexpected};
use serde::{Deserialize, Deserializer, Serialize};

/// The highest price of anything: 100 dollars.
pub const PRICE_MAX: MicroUsd = MicroUsd(100_000_000);

/// An amount or a price in millionths of a US dollar.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize)]
#[serde(transparent)]
pub struct MicroUsd(pub u64);

impl MicroUsd {
    /// The nearest number of whole cents; half a cent counts as one.
    pub fn cents(self) -> u64 {
        (self.0 + 5_000) / 10_000
    }
}

/// Only prices are read, so whatever no price can be is refused.
impl<'de> Deserialize<'de> for MicroUsd {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let read = i64::deserialize(from)?;
        match u64::try_from(read) {
            Ok(price) if price <= PRICE_MAX.0 => Ok(MicroUsd(price)),
            _ => {
                let expected = format!("from 0 to {}", PRICE_MAX.0);
                Err(D::Error::invalid_value(
                    Unexpected::Signed(read),
                    &&*expected,
                ))
            }
        }
    }
}
