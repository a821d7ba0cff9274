//! What ElastiCache costs a month: node-based and serverless, their limits, and where the cheaper one
//! changes, for a plan; and what a lane costs. Pure functions of whole numbers.

mod break_even;
mod lane;
mod limits;
mod money;
pub mod month;
mod plan;
mod prices;
pub mod scaling;

pub use break_even::{BreakEven, DATA_MAX, RATE_MAX};
pub use lane::LaneUse;
pub use limits::{Limit, LimitKind, SHARDS_MAX};
pub(crate) use limits::{NODES_RAISED_MAX, SLOT_ECPU_RATE_MAX, SLOT_ECPU_RATE_WITH_REPLICAS_MAX};
pub use money::{MicroUsd, PRICE_MAX};
pub use month::Cost;
pub use plan::{NodeBased, Plan, PlanInput, Serverless, plan};
pub use prices::{
    Engine, NodeType, NodeTypeAbout, Prices, Published, PublishedPrice, ServerlessPrices,
};
