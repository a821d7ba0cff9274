//! Downloads: a text as a file, and a drawing of the page as an SVG file that stands on its own.

use crate::view::shell::format::px;
use gloo::timers::callback::Timeout;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    Blob, BlobPropertyBag, CssStyleDeclaration, Element, HtmlAnchorElement, Url, XmlSerializer,
};

/// How long the browser may take to fetch what it is offered, in milliseconds.
const FETCH_MS: u32 = 60_000;

/// The kind of an SVG file.
pub const SVG: &str = "image/svg+xml";

/// The height of the heading that a drawing gets in its file, in its own units.
const HEADING: f64 = 34.0;

/// The style properties that a drawing depends on, which are SVG attributes too, and their defaults.
const DRAWN_BY: [(&str, &str); 15] = [
    ("fill", "rgb(0, 0, 0)"),
    ("fill-opacity", "1"),
    ("stroke", "none"),
    ("stroke-width", "1px"),
    ("stroke-dasharray", "none"),
    ("stroke-linecap", "butt"),
    ("stroke-linejoin", "miter"),
    ("opacity", "1"),
    ("font-size", ""),
    ("font-weight", "400"),
    ("text-anchor", "start"),
    ("dominant-baseline", "auto"),
    ("paint-order", "normal"),
    ("vector-effect", "none"),
    ("visibility", "visible"),
];

/// The attributes that a file does without.
const OF_THE_PAGE: [&str; 8] = [
    "class",
    "tabindex",
    "role",
    "aria-label",
    "aria-hidden",
    "aria-current",
    "aria-describedby",
    "style",
];

/// Hands a text to the person as a file.
///
/// # Errors
/// A sentence, where the browser may not save it or where the page can't tell whether it may.
pub fn download(name: &str, mime: &str, text: &str) -> Result<(), &'static str> {
    offer(name, mime, text).map_err(|_| "This browser does not let the page save files.")?;
    // In a sandboxed frame the click is passed over in silence, unless the host allows downloads, and
    // nothing tells the page which. Such a frame has an origin of its own, which is written so.
    if gloo::utils::window().origin() == "null" {
        return Err(
            "The frame that this page is in may not be allowed to save files. If no file has come, \
             open the page in a tab of its own.",
        );
    }
    Ok(())
}

fn offer(name: &str, mime: &str, text: &str) -> Result<(), JsValue> {
    let parts = js_sys::Array::of1(&text.into());
    let options = BlobPropertyBag::new();
    options.set_type(mime);
    let blob = Blob::new_with_str_sequence_and_options(&parts, &options)?;
    let address = Url::create_object_url_with_blob(&blob)?;
    let anchor = gloo::utils::document().create_element("a")?;
    let anchor: HtmlAnchorElement = anchor.unchecked_into();
    anchor.set_href(&address);
    anchor.set_download(name);
    anchor.click();
    Timeout::new(FETCH_MS, move || {
        Url::revoke_object_url(&address).ok();
    })
    .forget();
    Ok(())
}

/// A drawing as the text of an SVG file: with the colours and sizes that it has at this moment, fonts
/// named by their kind, on the page's ground, and its title above it. `None` where the browser can't
/// write it.
///
/// The drawing has to be an `svg` element with a `viewBox`, and to hold all that it draws: a `use` of
/// something elsewhere in the page would be empty in the file.
pub fn standalone_svg(drawing: &Element, title: &str) -> Option<String> {
    let copy: Element = drawing.clone_node_with_deep(true).ok()?.unchecked_into();
    resolve(drawing, &copy);
    let view_box = drawing.get_attribute("viewBox")?;
    let sides: Option<Vec<f64>> = view_box
        .split_ascii_whitespace()
        .map(|side| Some(js_sys::Number::parse_float(side)).filter(|side| side.is_finite()))
        .collect();
    let [x, y, width, height] = *sides?.as_slice() else {
        return None;
    };
    let (y, height) = (y - HEADING, height + HEADING);
    let view_box = [px(x), px(y), px(width), px(height)];
    set(&copy, &[("viewBox", &view_box.join(" "))])?;
    let [x, y, width, height] = view_box.each_ref().map(String::as_str);
    set(&copy, &[("width", width), ("height", height)])?;

    let name = svg_element("title")?;
    name.set_text_content(Some(title));
    let ground = svg_element("rect")?;
    set(
        &ground,
        &[("x", x), ("y", y), ("width", width), ("height", height)],
    )?;
    set(&ground, &[("fill", &ground_behind(drawing))])?;
    let heading = svg_element("text")?;
    heading.set_text_content(Some(title));
    let ink = style_of(drawing).and_then(|style| style.get_property_value("color").ok());
    set(
        &heading,
        &[("x", "8"), ("y", "-12"), ("fill", &ink.unwrap_or_default())],
    )?;
    set(
        &heading,
        &[
            ("font-size", "16px"),
            ("font-weight", "600"),
            ("font-family", "sans-serif"),
        ],
    )?;
    for (added, place) in [name, ground, heading].iter().zip(0..) {
        copy.insert_before(added, copy.child_nodes().item(place).as_ref())
            .ok()?;
    }
    let written = XmlSerializer::new().ok()?.serialize_to_string(&copy).ok()?;
    let legal: String = written.chars().filter(|&c| is_legal(c)).collect();
    Some(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{legal}\n"
    ))
}

/// A name of a file that every system takes, made of a title.
pub fn file_name(title: &str, ending: &str) -> String {
    let mut name = String::new();
    for c in title.chars() {
        match c {
            c if c.is_alphanumeric() => name.extend(c.to_lowercase()),
            _ if !name.is_empty() && !name.ends_with('-') => name.push('-'),
            _ => {}
        }
        if name.len() >= 80 {
            break;
        }
    }
    let name = name.trim_end_matches('-');
    let name = if name.is_empty() { "cache" } else { name };
    format!("{name}.{ending}")
}

fn set(element: &Element, attributes: &[(&str, &str)]) -> Option<()> {
    for (name, value) in attributes {
        element.set_attribute(name, value).ok()?;
    }
    Some(())
}

fn svg_element(name: &str) -> Option<Element> {
    let namespace = Some("http://www.w3.org/2000/svg");
    gloo::utils::document()
        .create_element_ns(namespace, name)
        .ok()
}

/// Writes what the style sheet says about an element and what is in it onto a copy of them. Groups hand
/// nothing on but how transparent they are, so that whatever is drawn is as it would be by itself.
fn resolve(shown: &Element, copy: &Element) {
    let name = shown.tag_name();
    let (group, text) = (
        matches!(name.as_str(), "svg" | "g"),
        matches!(name.as_str(), "text" | "tspan"),
    );
    if let Some(style) = style_of(shown) {
        for (property, otherwise) in DRAWN_BY {
            let value = style.get_property_value(property).unwrap_or_default();
            let of_text = property.starts_with("font") || property == "text-anchor";
            let counts = if group {
                property == "opacity"
            } else {
                text || !of_text
            };
            // A part of a text has its whole's style unless it says otherwise.
            if counts && (value != otherwise || name == "tspan") {
                copy.set_attribute(property, &value).ok();
            } else {
                copy.remove_attribute(property).ok();
            }
        }
        let family = style.get_property_value("font-family").unwrap_or_default();
        let kind = if family.contains("mono") {
            "monospace"
        } else {
            "sans-serif"
        };
        if text {
            copy.set_attribute("font-family", kind).ok();
        }
    }
    for name in OF_THE_PAGE {
        copy.remove_attribute(name).ok();
    }
    let (shown, copies) = (shown.children(), copy.children());
    // From the end, because what is hidden is taken out of the copy on the way.
    for place in (0..shown.length()).rev() {
        let (Some(shown), Some(copy)) = (shown.item(place), copies.item(place)) else {
            continue;
        };
        let display = style_of(&shown).and_then(|style| style.get_property_value("display").ok());
        match display.as_deref() {
            Some("none") if !is_kept_out_of_sight(&shown) => copy.remove(),
            _ => resolve(&shown, &copy),
        }
    }
}

/// Elements that are never drawn where they stand, whose `display` is none.
fn is_kept_out_of_sight(element: &Element) -> bool {
    matches!(
        element.tag_name().as_str(),
        "title" | "desc" | "defs" | "pattern" | "marker" | "clipPath"
    )
}

fn style_of(element: &Element) -> Option<CssStyleDeclaration> {
    gloo::utils::window()
        .get_computed_style(element)
        .ok()
        .flatten()
}

/// The colour of the first ancestor that has one.
pub fn ground_behind(element: &Element) -> String {
    let mut next = Some(element.clone());
    while let Some(behind) = next {
        let style = style_of(&behind);
        let colour = style.and_then(|style| style.get_property_value("background-color").ok());
        if let Some(colour) = colour.filter(|colour| colour != "rgba(0, 0, 0, 0)") {
            return colour;
        }
        next = behind.parent_element();
    }
    "white".to_owned()
}

/// Whether XML 1.0 has the character at all; it has no way to write most control characters.
fn is_legal(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_are_plain() {
        let cases = [
            (
                "Cache-aside or write-through?",
                "cache-aside-or-write-through.svg",
            ),
            ("Request 4 · get user:7", "request-4-get-user-7.svg"),
            ("../..", "cache.svg"),
            ("Überlast", "überlast.svg"),
        ];
        for (title, expected) in cases {
            assert_eq!(file_name(title, "svg"), expected);
        }
    }

    #[test]
    fn xml_gets_only_what_it_can_hold() {
        assert!("GET user:7 → v2\n".chars().all(is_legal));
        assert!("\0\u{1}\u{b}\u{fffe}".chars().all(|c| !is_legal(c)));
    }
}
