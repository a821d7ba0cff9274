//! The page: what it holds (`session`), what scripts call (`api`), and what a person sees (`view`).

pub mod api;
pub mod session;
pub mod view;
