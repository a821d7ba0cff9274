//! Between JavaScript and the simulation: the page's API, and the lab's.

mod convert;
#[cfg(feature = "lab")]
mod lab;
#[cfg(feature = "web")]
mod miss_counts;
#[cfg(feature = "web")]
mod page;
mod plain;

#[cfg(feature = "lab")]
pub use lab::Lab;
#[cfg(feature = "web")]
pub use page::{CachePlayground, begin_if_embedded, install};
#[cfg(feature = "web")]
pub(crate) use plain::read;
