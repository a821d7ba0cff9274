//! Yew as the page uses it: everything is Yew's own, except what tags in `html!` make.
//!
//! Yew compiles its machinery (mounting, comparing, updating, dropping) anew for each type of component,
//! some 2 KB of machine code each. Here all function components are of one type for it, [`part::Part`],
//! which knows which function it runs. `html!` names types by their place in the crate `yew`, and this
//! crate stands there: components and their uses are written as with Yew alone.

mod element;
mod part;

pub use full::*;

/// Yew's, but for [`VChild`](virtual_dom::VChild) and [`VTag`](virtual_dom::VTag).
pub mod virtual_dom {
    pub use crate::{element::VTag, part::VChild};
    pub use full::virtual_dom::*;
}
