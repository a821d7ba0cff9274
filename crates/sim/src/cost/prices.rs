//! What ElastiCache charges. The published figures stand in `prices.json`, each with its date and source.

use super::money::MicroUsd;
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;

/// The engine of a cache.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Engine {
    /// Valkey.
    #[default]
    Valkey,
    /// Redis OSS.
    RedisOss,
    /// Memcached. No source gives the prices of its nodes, so only serverless is planned.
    Memcached,
}

impl Engine {
    /// All of them.
    pub const ALL: [Engine; 3] = [Engine::Valkey, Engine::RedisOss, Engine::Memcached];

    /// The name in inputs.
    pub const fn name(self) -> &'static str {
        match self {
            Engine::Valkey => "valkey",
            Engine::RedisOss => "redis-oss",
            Engine::Memcached => "memcached",
        }
    }

    /// The name on screen.
    pub const fn title(self) -> &'static str {
        match self {
            Engine::Valkey => "Valkey",
            Engine::RedisOss => "Redis OSS",
            Engine::Memcached => "Memcached",
        }
    }
}

/// The type of a node.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum NodeType {
    /// `cache.t4g.micro`.
    #[serde(rename = "t4g.micro")]
    T4gMicro,
    /// `cache.m7g.large`.
    #[serde(rename = "m7g.large")]
    M7gLarge,
    /// `cache.r7g.large`.
    #[default]
    #[serde(rename = "r7g.large")]
    R7gLarge,
}

impl NodeType {
    /// All of them, the smallest first.
    pub const ALL: [NodeType; 3] = [NodeType::T4gMicro, NodeType::M7gLarge, NodeType::R7gLarge];

    /// AWS's name without `cache.`.
    pub const fn name(self) -> &'static str {
        match self {
            NodeType::T4gMicro => "t4g.micro",
            NodeType::M7gLarge => "m7g.large",
            NodeType::R7gLarge => "r7g.large",
        }
    }

    /// What the data file says of it.
    pub fn about(self) -> &'static NodeTypeAbout {
        let all = Published::get().node_types.iter();
        let mut named = all.filter(|about| about.name == self.name());
        named.next().expect("the data file has every node type")
    }
}

/// The prices of a Region, in one flat list so that a scenario can change any one of them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "an object with prices")]
pub struct Prices {
    /// An hour of a t4g.micro node with Valkey.
    pub valkey_t4g_micro_hour_micro_usd: MicroUsd,
    /// An hour of an m7g.large node with Valkey.
    pub valkey_m7g_large_hour_micro_usd: MicroUsd,
    /// An hour of an r7g.large node with Valkey.
    pub valkey_r7g_large_hour_micro_usd: MicroUsd,
    /// An hour of a t4g.micro node with Redis OSS.
    pub redis_oss_t4g_micro_hour_micro_usd: MicroUsd,
    /// An hour of an m7g.large node with Redis OSS.
    pub redis_oss_m7g_large_hour_micro_usd: MicroUsd,
    /// An hour of an r7g.large node with Redis OSS.
    pub redis_oss_r7g_large_hour_micro_usd: MicroUsd,
    /// A gigabyte stored for an hour, serverless Valkey.
    pub valkey_gb_hour_micro_usd: MicroUsd,
    /// The same for Redis OSS.
    pub redis_oss_gb_hour_micro_usd: MicroUsd,
    /// The same for Memcached.
    pub memcached_gb_hour_micro_usd: MicroUsd,
    /// A million ECPUs, serverless Valkey.
    pub valkey_million_ecpu_micro_usd: MicroUsd,
    /// The same for Redis OSS.
    pub redis_oss_million_ecpu_micro_usd: MicroUsd,
    /// The same for Memcached.
    pub memcached_million_ecpu_micro_usd: MicroUsd,
    /// The least that a serverless Valkey cache is billed for, in bytes.
    pub valkey_minimum_bytes: u64,
    /// The same for Redis OSS.
    pub redis_oss_minimum_bytes: u64,
    /// The same for Memcached.
    pub memcached_minimum_bytes: u64,
    /// The surcharge for synchronous durability, in thousandths of the nodes' price.
    pub durability_per_mille: u32,
    /// A gigabyte that goes to another zone, or comes from one.
    pub cross_zone_gb_micro_usd: MicroUsd,
}

/// The published ones.
impl Default for Prices {
    fn default() -> Self {
        Published::get().prices()
    }
}

/// What serverless charges for one engine.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ServerlessPrices {
    /// A gigabyte for an hour.
    pub gb_hour: MicroUsd,
    /// A million ECPUs.
    pub million_ecpu: MicroUsd,
    /// The least that is billed, in bytes.
    pub minimum_bytes: u64,
}

impl Prices {
    /// The price of a node for an hour; `None` for Memcached, whose node prices no source gives.
    pub fn node_hour(&self, engine: Engine, node_type: NodeType) -> Option<MicroUsd> {
        match (engine, node_type) {
            (Engine::Valkey, NodeType::T4gMicro) => Some(self.valkey_t4g_micro_hour_micro_usd),
            (Engine::Valkey, NodeType::M7gLarge) => Some(self.valkey_m7g_large_hour_micro_usd),
            (Engine::Valkey, NodeType::R7gLarge) => Some(self.valkey_r7g_large_hour_micro_usd),
            (Engine::RedisOss, NodeType::T4gMicro) => Some(self.redis_oss_t4g_micro_hour_micro_usd),
            (Engine::RedisOss, NodeType::M7gLarge) => Some(self.redis_oss_m7g_large_hour_micro_usd),
            (Engine::RedisOss, NodeType::R7gLarge) => Some(self.redis_oss_r7g_large_hour_micro_usd),
            (Engine::Memcached, _) => None,
        }
    }

    /// The prices of serverless.
    pub fn serverless(&self, engine: Engine) -> ServerlessPrices {
        let (gb_hour, million_ecpu, minimum_bytes) = match engine {
            Engine::Valkey => (
                self.valkey_gb_hour_micro_usd,
                self.valkey_million_ecpu_micro_usd,
                self.valkey_minimum_bytes,
            ),
            Engine::RedisOss => (
                self.redis_oss_gb_hour_micro_usd,
                self.redis_oss_million_ecpu_micro_usd,
                self.redis_oss_minimum_bytes,
            ),
            Engine::Memcached => (
                self.memcached_gb_hour_micro_usd,
                self.memcached_million_ecpu_micro_usd,
                self.memcached_minimum_bytes,
            ),
        };
        ServerlessPrices {
            gb_hour,
            million_ecpu,
            minimum_bytes,
        }
    }
}

/// The data file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// The Region that the prices are of.
    pub region: String,
    /// Their currency.
    pub currency: String,
    /// The day on which they were put together.
    pub compiled: String,
    /// The node types.
    pub node_types: Vec<NodeTypeAbout>,
    /// The prices, in the order in which they are shown.
    pub prices: Vec<PublishedPrice>,
}

/// A node type.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeTypeAbout {
    /// AWS's name without `cache.`.
    pub name: String,
    /// The engine's `maxmemory`, of which a quarter is reserved.
    pub maxmemory_bytes: u64,
    /// How many connections the node takes.
    pub connections: u64,
    /// Where the two figures come from.
    pub source: String,
}

/// One figure.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishedPrice {
    /// The name of its field in [`Prices`].
    pub name: String,
    /// The figure, in the unit that its name ends with.
    pub value: u64,
    /// The day or month in which it was read.
    pub date: String,
    /// Where it comes from.
    pub source: String,
}

impl Published {
    /// The file. It is read once.
    pub fn get() -> &'static Published {
        static FILE: OnceLock<Published> = OnceLock::new();
        FILE.get_or_init(|| {
            serde_json::from_str(include_str!("prices.json")).expect("the data file is valid")
        })
    }

    /// The figure of that name with its source.
    pub fn price(&self, name: &str) -> Option<&PublishedPrice> {
        self.prices.iter().find(|price| price.name == name)
    }

    /// The figures by themselves.
    pub fn prices(&self) -> Prices {
        let figure = |name| {
            self.price(name)
                .expect("the data file has every price")
                .value
        };
        let price = |name| MicroUsd(figure(name));
        Prices {
            valkey_t4g_micro_hour_micro_usd: price("valkey_t4g_micro_hour_micro_usd"),
            valkey_m7g_large_hour_micro_usd: price("valkey_m7g_large_hour_micro_usd"),
            valkey_r7g_large_hour_micro_usd: price("valkey_r7g_large_hour_micro_usd"),
            redis_oss_t4g_micro_hour_micro_usd: price("redis_oss_t4g_micro_hour_micro_usd"),
            redis_oss_m7g_large_hour_micro_usd: price("redis_oss_m7g_large_hour_micro_usd"),
            redis_oss_r7g_large_hour_micro_usd: price("redis_oss_r7g_large_hour_micro_usd"),
            valkey_gb_hour_micro_usd: price("valkey_gb_hour_micro_usd"),
            redis_oss_gb_hour_micro_usd: price("redis_oss_gb_hour_micro_usd"),
            memcached_gb_hour_micro_usd: price("memcached_gb_hour_micro_usd"),
            valkey_million_ecpu_micro_usd: price("valkey_million_ecpu_micro_usd"),
            redis_oss_million_ecpu_micro_usd: price("redis_oss_million_ecpu_micro_usd"),
            memcached_million_ecpu_micro_usd: price("memcached_million_ecpu_micro_usd"),
            valkey_minimum_bytes: figure("valkey_minimum_bytes"),
            redis_oss_minimum_bytes: figure("redis_oss_minimum_bytes"),
            memcached_minimum_bytes: figure("memcached_minimum_bytes"),
            durability_per_mille: figure("durability_per_mille") as u32,
            cross_zone_gb_micro_usd: price("cross_zone_gb_micro_usd"),
        }
    }
}
