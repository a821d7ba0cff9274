//! The curves as files: the counts as CSV, the plot as an SVG that stands on its own.

use crate::session::CurvesFound;
use crate::view::format::px;
use crate::view::plot::{Axis, Line};
use std::fmt::Write;
use web_sys::Element;

/// Every count: one line a policy and capacity.
pub fn csv(found: &CurvesFound, requests: u64) -> String {
    let mut text = "policy,capacity,misses,requests\n".to_owned();
    for point in &found.points {
        let (of, capacity, misses) = (&point.of, point.capacity, point.misses);
        // Writing to a text cannot fail.
        writeln!(text, "{of},{capacity},{misses},{requests}").ok();
    }
    text
}

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 540.0;
const LEFT: f64 = 64.0;
const TOP: f64 = 48.0;
const RIGHT: f64 = 150.0;
const BOTTOM: f64 = 60.0;

/// The plot with its axes, its lines in the colours that `plot` shows them in, and their names at their
/// ends.
pub fn svg(title: &str, x: &Axis, y: &Axis, lines: &[Line], plot: &Element) -> String {
    let (w, h) = (WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM);
    let style = |selector: &str, place: u32, name: &str| {
        let found = plot.query_selector_all(selector).ok()?.item(place)?;
        let found: Element = wasm_bindgen::JsCast::dyn_into(found).ok()?;
        let style = gloo::utils::window().get_computed_style(&found).ok()??;
        style.get_property_value(name).ok()
    };
    let ink = style(".plot-head", 0, "color").unwrap_or_else(|| "black".to_owned());
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 960 540\" \
         width=\"960\" height=\"540\" font-family=\"sans-serif\" font-size=\"14\" fill=\"{ink}\">\n<title>{0}</title>\n\
         <text x=\"{LEFT}\" y=\"28\" font-size=\"17\" font-weight=\"600\">{0}</text>\n",
        escaped(title)
    );
    let mut add = |piece: String| text += &piece;
    for tick in y.scale.ticks(y.unit, 5) {
        let at = px(TOP + (1.0 - tick.place) * h);
        add(format!(
            "<path d=\"M{} {at}h{}\" stroke=\"{ink}\" stroke-opacity=\".2\"/>\n<text x=\"{}\" y=\"{at}\" dy=\"5\" text-anchor=\"end\">{}</text>\n",
            px(LEFT),
            px(w),
            px(LEFT - 8.0),
            tick.label
        ));
    }
    for tick in x.scale.ticks(x.unit, 8) {
        let at = px(LEFT + tick.place * w);
        add(format!(
            "<path d=\"M{at} {}v6\" stroke=\"{ink}\"/>\n<text x=\"{at}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n",
            px(TOP + h),
            px(TOP + h + 22.0),
            tick.label
        ));
    }
    add(format!(
        "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n",
        px(LEFT + w / 2.0),
        px(TOP + h + 44.0),
        escaped(&x.label)
    ));
    // Names at the right ends, each clear of the one above it.
    let mut ends: Vec<(f64, usize)> = Vec::new();
    for (i, line) in (0..).zip(lines) {
        let stroke = style(".plot-svg .plot-line", i, "stroke").unwrap_or_else(|| ink.clone());
        let dashes = style(".plot-svg .plot-line", i, "stroke-dasharray").unwrap_or_default();
        let mut path = String::new();
        for point in line.points.iter() {
            let Some(value) = point.y else { continue };
            let letter = if path.is_empty() { 'M' } else { 'L' };
            let left = px(LEFT + x.scale.place(point.x) * w);
            let top = px(TOP + (1.0 - y.scale.place(value)) * h);
            write!(path, "{letter}{left} {top}").ok();
        }
        add(format!(
            "<path d=\"{path}\" fill=\"none\" stroke=\"{stroke}\" stroke-width=\"2\" stroke-dasharray=\"{}\"/>\n",
            dashes.replace("px", "")
        ));
        if let Some(last) = line.points.last().and_then(|point| point.y) {
            let at = TOP + (1.0 - y.scale.place(last)) * h;
            let gap = ends.partition_point(|&(other, _)| other < at);
            ends.insert(gap, (at, i as usize));
        }
    }
    let mut free = TOP - 20.0;
    for (at, i) in ends {
        free = if at > free + 18.0 { at } else { free + 18.0 };
        let stroke =
            style(".plot-svg .plot-line", i as u32, "stroke").unwrap_or_else(|| ink.clone());
        add(format!(
            "<text x=\"{}\" y=\"{}\" dy=\"5\" fill=\"{stroke}\">{}</text>\n",
            px(LEFT + w + 8.0),
            px(free),
            escaped(&lines[i].name)
        ));
    }
    text + "</svg>\n"
}

fn escaped(text: &str) -> String {
    let legal = text.chars().filter(|c| !c.is_control());
    let text: String = legal.collect();
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}
