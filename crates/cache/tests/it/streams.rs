//! The oracle's request streams, defined by integers only (SplitMix64), so that every language gets
//! the same keys.

/// A stream's name and its keys.
pub type Stream = (&'static str, fn() -> Vec<u32>);

/// The formula-defined streams.
pub const STREAMS: [Stream; 4] = [
    ("skew", skew),
    ("scan", scan),
    ("loop", cycle),
    ("shift", shift),
];

/// SplitMix64, written from its paper here and not taken from the crate: a test of the crate must
/// not lean on it.
pub struct SplitMix(u64);

impl SplitMix {
    /// A generator that starts at `seed`.
    pub fn new(seed: u64) -> Self {
        SplitMix(seed)
    }

    /// The next 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = self.0;
        let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `end`, which is small enough that the modulo's bias does not matter.
    pub fn below(&mut self, end: u32) -> u32 {
        (self.next_u64() % u64::from(end)) as u32
    }

    fn high_half(&mut self) -> u64 {
        self.next_u64() >> 32
    }
}

const KEYS: u64 = 20_000;

/// The product of `draws` 32-bit uniforms, scaled to `KEYS`: small keys are popular.
fn skewed(random: &mut SplitMix, draws: u32) -> u32 {
    let mut product = random.high_half();
    for _ in 1..draws {
        product = (product * random.high_half()) >> 32;
    }
    ((product * KEYS) >> 32) as u32
}

fn skew() -> Vec<u32> {
    let mut random = SplitMix::new(42);
    (0..200_000).map(|_| skewed(&mut random, 4)).collect()
}

/// A skewed stream with a sequential scan of 2,000 otherwise unused keys every 10,000 requests.
fn scan() -> Vec<u32> {
    let mut random = SplitMix::new(7);
    let mut keys = Vec::new();
    let mut unused = KEYS as u32;
    while keys.len() < 200_000 {
        if keys.len() % 10_000 == 8_000 {
            keys.extend(unused..unused + 2_000);
            unused += 2_000;
        } else {
            keys.push(skewed(&mut random, 3));
        }
    }
    keys.truncate(200_000);
    keys
}

fn cycle() -> Vec<u32> {
    (0..100_000).map(|i| i % 1_500).collect()
}

/// The popular keys move by 1,000 every 20,000 requests.
fn shift() -> Vec<u32> {
    let mut random = SplitMix::new(99);
    (0..200_000)
        .map(|i| (skewed(&mut random, 4) + 1_000 * (i / 20_000)) % KEYS as u32)
        .collect()
}
