//! `window.cachePlayground`: what scripts call.

mod convert;
mod miss_counts;
mod page;
mod value;

pub use page::{CachePlayground, install};
