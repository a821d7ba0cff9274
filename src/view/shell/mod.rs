//! The page around the stage: header, address, keyboard, sentences, and what a frame in another page needs.

pub mod address;
pub mod drop_down;
pub mod dropping;
pub mod embed;
pub mod field;
pub mod focus;
pub mod format;
pub mod header;
pub mod keyboard;
pub mod lab;
pub mod menu;
pub mod narration;
pub mod notices;
pub mod panic;
pub mod present;
pub mod screen;
pub mod slices;
pub mod solo;
