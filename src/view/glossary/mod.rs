//! The words of the field, each explained where it stands: on hover, focus and tap.

mod terms;

use crate::view::shell::format::px;
use gloo::utils::{document_element, window};
pub use terms::{TERMS, Term as Entry};
use web_sys::HtmlElement;
use yew::prelude::*;

/// The widest that an explanation is, in CSS pixels.
const TIP_W: f64 = 340.0;

#[derive(Properties, PartialEq)]
pub struct TermProps {
    /// The text on screen.
    pub text: AttrValue,
    /// What it means.
    pub says: AttrValue,
}

/// A word that explains itself.
#[function_component(Term)]
pub fn term(props: &TermProps) -> Html {
    let open = use_state_eq(|| false);
    let (word, tip) = (use_node_ref(), use_node_ref());
    use_effect_with((*open, word.clone(), tip.clone()), |(open, word, tip)| {
        let (word, tip) = (word.cast::<HtmlElement>(), tip.cast::<HtmlElement>());
        if let (true, Some(word), Some(tip)) = (*open, word, tip) {
            place(&word, &tip);
        }
    });
    let set = |to: bool| {
        let open = open.clone();
        move || open.set(to)
    };
    let (show, hide) = (set(true), set(false));
    // A finger leaves as soon as it has tapped: the focus keeps the explanation open.
    let onpointerenter = {
        let show = show.clone();
        Callback::from(move |event: PointerEvent| {
            if event.pointer_type() == "mouse" {
                show();
            }
        })
    };
    let onpointerleave = {
        let hide = hide.clone();
        Callback::from(move |_: PointerEvent| hide())
    };
    let onkeydown = {
        let (hide, open) = (hide.clone(), *open);
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" && open {
                event.stop_propagation();
                hide();
            }
        })
    };
    html! {
        <span ref={word} class="term" tabindex="0" {onpointerenter} {onpointerleave} {onkeydown}
            onfocus={move |_| show()} onblur={move |_| hide()}>
            { props.text.clone() }
            if *open {
                <span ref={tip} class="term-tip" role="tooltip">{ props.says.clone() }</span>
            }
        </span>
    }
}

/// Puts an explanation below its word, or above it in the lower part of the window, and within the window.
fn place(word: &HtmlElement, tip: &HtmlElement) {
    let rect = word.get_bounding_client_rect();
    let page = document_element();
    let (page_w, page_h) = (
        f64::from(page.client_width()),
        window()
            .inner_height()
            .ok()
            .and_then(|height| height.as_f64())
            .unwrap_or_default(),
    );
    let left = rect.left().min(page_w - TIP_W - 8.0).max(8.0);
    let style = tip.style();
    let (side, distance) = if rect.bottom() > page_h * 0.6 {
        ("bottom", page_h - rect.top() + 4.0)
    } else {
        ("top", rect.bottom() + 4.0)
    };
    for (name, value) in [("left", left), (side, distance)] {
        // Fails only for an invalid property name.
        style.set_property(name, &format!("{}px", px(value))).ok();
    }
}

/// A text in which the first occurrence of each word of the field explains itself.
pub fn explained(text: &str) -> Html {
    let mut parts: Vec<Html> = Vec::new();
    let mut rest = text;
    let mut seen: Vec<&'static str> = Vec::new();
    while let Some((before, word, after, term)) = next_term(rest, &seen) {
        seen.push(term.word);
        if !before.is_empty() {
            parts.push(html! { { before } });
        }
        parts.push(html! { <Term text={word.to_owned()} says={term.says()} /> });
        rest = after;
    }
    if parts.is_empty() {
        return html! { { text } };
    }
    html! { <>{ for parts }{ rest }</> }
}

/// The first word of the field in a text that has not been `seen`, with what stands before and behind it.
fn next_term<'a>(
    text: &'a str,
    seen: &[&'static str],
) -> Option<(&'a str, &'a str, &'a str, &'static Entry)> {
    let mut inside = false;
    for (at, letter) in text.char_indices() {
        let begins = !inside;
        inside = is_of_a_word(letter);
        if !begins || !inside {
            continue;
        }
        let found = TERMS.iter().filter(|term| !seen.contains(&term.word));
        let found = found.filter_map(|term| Some((term.length_in(&text[at..])?, term)));
        if let Some((length, term)) = found.max_by_key(|(length, _)| *length) {
            let end = at + length;
            return Some((&text[..at], &text[at..end], &text[end..], term));
        }
    }
    None
}

/// Whether a letter can be part of a word or a key: `user:1-hit` has no word of the field in it.
fn is_of_a_word(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, ':' | '-' | '_' | '.' | '\'' | '/')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        let (mut rest, mut seen, mut found) = (text, Vec::new(), Vec::new());
        while let Some((_, word, after, term)) = next_term(rest, &seen) {
            seen.push(term.word);
            found.push(word);
            rest = after;
        }
        found
    }

    #[test]
    fn words_of_the_field_are_found_once_and_keys_are_left_alone() {
        assert_eq!(
            words("A hit; a second hit, then the TTL ran out and LRU evicts user:hit"),
            ["hit", "TTL", "LRU", "evicts"]
        );
        assert_eq!(words("Cache-aside misses."), ["Cache-aside", "misses"]);
        assert_eq!(words("the white hitch, S3-FIFO"), ["S3-FIFO"]);
        assert_eq!(words("hit-rate hit rate"), ["hit rate"]);
    }

    #[test]
    fn each_term_has_a_sentence_and_its_words_are_its_own() {
        let mut known: Vec<&str> = Vec::new();
        for term in &TERMS {
            let says = term.says();
            assert!(
                says.ends_with('.') && says.len() > 30,
                "{}: {says}",
                term.word
            );
            for word in [term.word].iter().chain(term.forms) {
                assert!(!known.contains(word), "{word} is explained twice");
                known.push(word);
                assert_eq!(term.length_in(word), Some(word.len()), "{word}");
            }
        }
    }
}
