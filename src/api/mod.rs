//! `window.cachePlayground`: what scripts call.

mod convert;
mod miss_counts;
mod page;
mod plain;

pub use page::{CachePlayground, begin_if_embedded, install};
