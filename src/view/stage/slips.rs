//! Keys without entries: ghosts, what the last eviction drew, and the pool.

use super::{LETTER, text, text_w};
use crate::view::shell::format::{fit, grouped, px};
use crate::view::stage::layout::{Grid, Section};
use std::rc::Rc;
use yew::prelude::*;

/// A key with what is said about it.
pub(super) struct Slip {
    pub key: Rc<str>,
    pub value: String,
    /// Whether it is no longer in the cache; ghosts, which never are, leave it out.
    pub gone: bool,
}

/// The keys that fit, the first ones first, and how many there are besides.
pub(super) fn slips(
    section: &Section,
    class: &'static str,
    items: &[Slip],
    count: usize,
    followed: Option<&Rc<str>>,
) -> Html {
    let grid = &section.grid;
    let shown = if count > grid.cells {
        grid.cells - 1
    } else {
        count.min(items.len())
    };
    let more = (count > shown).then(|| {
        let (x, y) = grid.at(grid.cells - 1);
        text(
            x + 4.0,
            y + 18.0,
            "t",
            format!("+{}", grouped((count - shown) as u64)),
        )
    });
    let empty = (count == 0).then(|| {
        let (x, y) = grid.at(0);
        text(x, y + 18.0, "t", "none yet")
    });
    html! {
        <g>
            { for items[..shown].iter().enumerate().map(|(cell, item)| place(grid, cell, class, item, followed)) }
            { for more }
            { for empty }
        </g>
    }
}

fn place(
    grid: &Grid,
    cell: usize,
    class: &'static str,
    item: &Slip,
    followed: Option<&Rc<str>>,
) -> Html {
    let (x, y) = grid.at(cell);
    let (key, value) = (&item.key, &item.value);
    let taken = if value.is_empty() {
        0.0
    } else {
        text_w(value) + 5.0
    };
    let room = ((grid.w - 10.0 - taken) / LETTER).max(1.0) as usize;
    let mut label = match value.as_str() {
        "" => format!("{class} {key}"),
        value => format!("{class} {key}, {value}"),
    };
    if item.gone {
        label.push_str(", no longer in the cache");
    }
    let followed = followed.is_some_and(|followed| **followed == **key);
    html! {
        <g class={classes!("slip", class, item.gone.then_some("gone"), followed.then_some("followed"))} transform={format!("translate({} {})", px(x), px(y))}
            data-key={key.to_string()} role="button" tabindex="-1" aria-haspopup="menu">
            <title>{ label }</title>
            if followed {
                <rect class="ring" x="-3" y="-3" width={px(grid.w + 6.0)} height={px(grid.h + 6.0)} rx="8" />
            }
            <rect class="slip-box" width={px(grid.w)} height={px(grid.h)} rx="6" />
            <text class="p" x="5" y="18">{ fit(key, room) }</text>
            if !value.is_empty() {
                <text class="t end" x={px(grid.w - 5.0)} y="18">{ value.clone() }</text>
            }
        </g>
    }
}
