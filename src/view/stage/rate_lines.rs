//! The rate of a serverless cache, in two lines of its box: what the cache and its busiest slot have used in this
//! second, each with a bar.

use super::{text, text_w};
use crate::view::shell::format::px;
use crate::view::stage::layout::Rect;
use cache::units::Micros;
use timeline::ServerlessFrame;
use yew::prelude::*;

/// How many lines there are.
pub(super) const RATE_LINES: usize = 2;
/// How wide a bar is.
const BAR: f64 = 60.0;
/// From one line to the next.
const PITCH: f64 = 22.0;

/// The lines, from `y` on, which is the first one's foot.
pub(super) fn rate_lines(rate: &ServerlessFrame, rect: Rect, y: f64, now: Micros) -> Html {
    let (left, right) = (rect.x + 12.0, rect.x + rect.w - 12.0);
    let begin = left + BAR + 8.0;
    let used = [
        (rate.used_milli_ecpu, rate.ecpu_per_second),
        (rate.slot_used_milli_ecpu, rate.slot_ecpu_per_second),
    ];
    let words = [rate.of_cache(), rate.of_slot()];
    let line = |(nth, ((milli, most), words)): (usize, ((u64, u32), &String))| {
        let y = y + nth as f64 * PITCH;
        // The console's commands are not throttled, so more than the rate can be used.
        let share = (milli as f64 / (f64::from(most) * 1_000.0)).min(1.0);
        html! {
            <g>
                <rect class="rate used" x={px(left)} y={px(y - 10.0)} width={px(BAR * share)} height="10" rx="3" />
                <rect class="rate" x={px(left)} y={px(y - 10.0)} width={px(BAR)} height="10" rx="3" />
                { text(begin, y, "t rate-words", words.clone()) }
            </g>
        }
    };
    // At the end of each line, where there is room.
    let news = [rate.throttled_in_words(), rate.growth_in_words(now)];
    let told = |(nth, (news, words)): (usize, (String, &String))| {
        let fits = text_w(&news) <= right - begin - text_w(words) - 12.0;
        let y = y + nth as f64 * PITCH;
        (fits && !news.is_empty()).then(|| text(right, y, "t end rate-news", news))
    };
    let news = news.into_iter().zip(&words).enumerate().filter_map(told);
    html! {
        <g>
            { for used.into_iter().zip(&words).enumerate().map(line) }
            { for news }
        </g>
    }
}
