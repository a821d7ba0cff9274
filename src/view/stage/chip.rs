//! One entry: its key, its version beside the row's if it is stale, and how long it has to live.

use super::{LETTER, text_w};
use crate::view::shell::format::{bytes, fit, px};
use cache::units::Micros;
use timeline::EntryFrame;
use yew::prelude::*;

/// What is drawn of an entry.
pub(super) struct Chip<'a> {
    /// The entry.
    pub entry: &'a EntryFrame,
    /// What the policy has noted about it, in words.
    pub mark: Option<String>,
    /// Its upper left corner.
    pub at: (f64, f64),
    /// Its width and height.
    pub size: (f64, f64),
    /// How much of its TTL is left, from 0 to 1, if it has one.
    pub left: Option<f64>,
    /// Whether it goes next.
    pub next_out: bool,
    /// Whether it was drawn for the last eviction.
    pub drawn: bool,
    /// Whether the hand will look at it first.
    pub hand: bool,
    /// Whether the shown request asks for it.
    pub asked: bool,
    /// Whether its key is followed.
    pub followed: bool,
    /// Whether its size matters, because the capacity is in bytes.
    pub sized: bool,
}

/// The share of an entry's TTL that is left, where `ttl` is the lane's.
pub(super) fn left(entry: &EntryFrame, at: Micros, ttl: Option<Micros>) -> Option<f64> {
    let left = entry.expires_at_us?.since(at).0 as f64;
    let whole = ttl.map_or(left, |ttl| ttl.0 as f64).max(left).max(1.0);
    Some(left / whole)
}

/// All that is known of an entry, for a screen reader and as a tooltip.
pub(super) fn description(entry: &EntryFrame, mark: Option<&str>, next_out: bool) -> String {
    let mut said = format!("{}, version {}", entry.key, entry.version.0);
    if entry.stale {
        said += &format!(", stale: the row is at version {}", entry.row_version.0);
    }
    if let Some(slot) = entry.slot {
        said += &format!(", slot {slot}");
    }
    if entry.expired {
        said += ", expired";
    }
    if let Some(mark) = mark.filter(|mark| !mark.is_empty()) {
        said += ", ";
        said += mark;
    }
    if next_out {
        said += ", next out";
    }
    said
}

/// A lower entry has one line.
const TWO_LINES_FROM: f64 = 40.0;

impl Chip<'_> {
    pub(super) fn draw(self) -> Html {
        let Chip {
            entry,
            size: (w, h),
            at: (x, y),
            ..
        } = self;
        let class = classes!(
            "chip",
            entry.stale.then_some("stale"),
            entry.expired.then_some("expired"),
            self.asked.then_some("asked"),
            self.drawn.then_some("drawn"),
            self.followed.then_some("followed")
        );
        let mark = self.mark.as_deref();
        let label = description(entry, mark, self.next_out);
        // The arrow of the next one out stands in the corner.
        let room = (w - 10.0 - if self.next_out { 7.0 } else { 0.0 }) / LETTER;
        html! {
            <g key={&*entry.key} {class} transform={format!("translate({} {})", px(x), px(y))}
                data-key={entry.key.to_string()} role="button" tabindex="-1" aria-haspopup="menu">
                <title>{ label }</title>
                if self.followed {
                    <rect class="ring" x="-3" y="-3" width={px(w + 6.0)} height={px(h + 6.0)} rx="10" />
                }
                <rect class="chip-box" width={px(w)} height={px(h)} rx="8" />
                if h < TWO_LINES_FROM {
                    { self.one_line() }
                } else {
                    <text class="k" x="7" y="17">{ fit(&entry.key, room.max(1.0) as usize) }</text>
                    { self.versions() }
                    <g>{ self.life() }</g>
                }
                if entry.stale {
                    <use class="corner" href="#mark-stale" x="3" y="2" />
                }
                if self.next_out {
                    <g class="corner out"><circle cx={px(w - 6.0)} cy="2" r="8.5" /><use href="#mark-out" x={px(w - 6.0)} y="2" /></g>
                }
                if self.hand {
                    <g class="hand"><path d="M14-2l-6-9h12z" /><text x="24" y="-3">{ "hand" }</text></g>
                }
            </g>
        }
    }

    /// The key, and what there is room for of the versions of a stale copy, or of its slot.
    fn one_line(&self) -> Html {
        let (entry, w) = (self.entry, self.size.0);
        let aside = match (entry.stale, entry.slot) {
            (true, _) => format!("v{}<v{}", entry.version.0, entry.row_version.0),
            (false, Some(slot)) => slot.to_string(),
            (false, None) => format!("v{}", entry.version.0),
        };
        let left = w - 14.0 - entry.key.chars().count() as f64 * LETTER;
        let fits = left >= aside.chars().count() as f64 * LETTER + 5.0;
        html! {
            <>
                <text class="k" x="7" y="19">{ fit(&entry.key, ((w - 12.0) / LETTER).max(1.0) as usize) }</text>
                if fits {
                    <text class={if entry.stale { "row-v end" } else { "v end" }} x={px(w - 7.0)} y="19">{ aside }</text>
                }
            </>
        }
    }

    /// The copy's version, with the row's if that is newer; behind it what else there is room for.
    fn versions(&self) -> Html {
        let entry = self.entry;
        let version = format!("v{}", entry.version.0);
        let from = 7.0 + version.len() as f64 * LETTER;
        let room = self.size.0 - 6.0 - from;
        let row = entry.stale.then(|| {
            let long = format!("row v{}", entry.row_version.0);
            let short = format!("<v{}", entry.row_version.0);
            if text_w(&long) + 5.0 <= room {
                long
            } else {
                short
            }
        });
        let aside = match (&row, self.drawn) {
            (Some(_), _) => None,
            _ if self.entry.expired && self.mark.as_ref().is_some_and(|mark| !mark.is_empty()) => {
                None
            }
            (None, true) => Some("drawn".to_owned()),
            (None, false) if self.sized => Some(bytes(entry.size_bytes.into())),
            // In a cluster the slot says why the entry is where it is.
            (None, false) => entry.slot.map(|slot| slot.to_string()),
        };
        // Where there is no room for both: a size matters more than the version, the version more than a slot.
        let fits = aside
            .as_ref()
            .is_none_or(|aside| text_w(aside) + 5.0 <= room);
        let crowded = self.sized && !fits;
        let aside = aside.filter(|_| fits || self.sized || self.drawn);
        html! {
            <>
                if !crowded {
                    <text class="v" x="7" y="33">{ version }</text>
                }
                { for row.map(|row| html! { <text class="row-v end" x={px(self.size.0 - 6.0)} y="33">{ row }</text> }) }
                { for aside.map(|aside| html! { <text class="t end" x={px(self.size.0 - 7.0)} y="33">{ aside }</text> }) }
            </>
        }
    }

    /// The line of the policy's mark: the last one, unless that says that the entry has expired.
    fn mark_y(&self) -> f64 {
        match (self.entry.expired, self.entry.stale) {
            (false, _) => 47.0,
            (true, false) => 33.0,
            (true, true) => 17.0,
        }
    }

    /// What is left of the TTL, as a bar, and the policy's mark.
    fn life(&self) -> Html {
        let w = self.size.0;
        let mark = self.mark.as_ref().filter(|mark| !mark.is_empty());
        let taken = mark.map_or(0.0, |mark| text_w(mark) + 7.0);
        let bar_w = w - 14.0 - taken;
        let bar = if self.entry.expired {
            html! { <text class="t expired-text" x="7" y="47">{ "expired" }</text> }
        } else if let Some(left) = self.left {
            html! {
                <>
                    <rect class="ttl" x="7" y="40" width={px(bar_w)} height="5" rx="2.5" />
                    <rect class="ttl-left" x="7" y="40" width={px(bar_w * left)} height="5" rx="2.5" />
                </>
            }
        } else {
            html! { <path class="no-ttl" d={format!("M8 42.5H{}", px(7.0 + bar_w))} /> }
        };
        html! {
            <>
                { bar }
                { for mark.map(|mark| html! { <text class="mark end" x={px(w - 7.0)} y={px(self.mark_y())}>{ mark.clone() }</text> }) }
            </>
        }
    }
}
