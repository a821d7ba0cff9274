//! A cluster's hash slots: the slot of a key, and how shards share the slots evenly.

use crc::{CRC_16_XMODEM, Crc};
use std::ops::RangeInclusive;

/// How many slots a cluster has, numbered from 0.
pub const SLOTS: u16 = 16_384;

static CRC16: Crc<u16> = Crc::<u16>::new(&CRC_16_XMODEM);

/// The slot of a key: CRC16 (XMODEM) of its hash tag, or of the whole key if it has none, modulo [`SLOTS`].
pub fn slot_of(key: &[u8]) -> u16 {
    CRC16.checksum(tag_of(key).unwrap_or(key)) % SLOTS
}

/// The hash tag of a key: what stands between the first `{` and the next `}`, unless that is nothing.
pub fn hash_tag(key: &str) -> Option<&str> {
    let tag = tag_of(key.as_bytes())?;
    // Braces are ASCII, so that a text is not cut within a character.
    std::str::from_utf8(tag).ok()
}

fn tag_of(key: &[u8]) -> Option<&[u8]> {
    let start = key.iter().position(|&byte| byte == b'{')? + 1;
    let length = key[start..].iter().position(|&byte| byte == b'}')?;
    (length > 0).then(|| &key[start..start + length])
}

/// The slots of one of 1 to [`SLOTS`] shards, counted from 0, where they share the slots evenly.
///
/// The edges between shards are multiples of `SLOTS / shards`, rounded to the nearest slot. That is the rule of
/// `valkey-cli --cluster create`, which adds up in single precision: from 78 shards on its errors put some edges a slot
/// off.
pub fn even_range(shard: u16, shards: u16) -> RangeInclusive<u16> {
    first_slot(shard, shards)..=first_slot(shard + 1, shards) - 1
}

/// The shard whose [`even_range`] has a slot: the one under the slot's middle.
pub fn shard_of(slot: u16, shards: u16) -> u16 {
    let middle = 2 * u32::from(slot) + 1;
    (middle * u32::from(shards) / (2 * u32::from(SLOTS))) as u16
}

/// `shard * SLOTS / shards`, rounded to the nearest whole number.
fn first_slot(shard: u16, shards: u16) -> u16 {
    let (slots, shards) = (u32::from(shard) * u32::from(SLOTS), u32::from(shards));
    ((2 * slots + shards) / (2 * shards)) as u16
}
