//! The curves as files: the counts as CSV, the plot as an SVG that stands on its own.

use crate::view::dialogs::export::ground_behind;
use crate::view::numbers::plot::{Axis, Line, Point};
use crate::view::shell::format::{fit, px};
use std::fmt::Write;
use web_sys::Element;
use worker::CurvesFound;

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
const RIGHT: f64 = 180.0;
const BOTTOM: f64 = 60.0;
/// How far below each other the names of the lines stand: 17 of them fit.
const NAMES: f64 = 24.0;

/// What the file takes from the plot on the page: its colours, and for each line those of the stroke and
/// of the marker (inside and round it) and the dashes.
struct Colours {
    ink: String,
    ground: String,
    lines: Vec<[String; 4]>,
}

/// The plot with its axes, its lines in the colours that `plot` shows them in, and what each is called.
pub fn svg(title: &str, x: &Axis, y: &Axis, lines: &[Line], plot: &Element) -> String {
    let style = |selector: &str, place: usize, name: &str| {
        let found = plot.query_selector_all(selector).ok()?.item(place as u32)?;
        let found: Element = wasm_bindgen::JsCast::dyn_into(found).ok()?;
        let style = gloo::utils::window().get_computed_style(&found).ok()??;
        style.get_property_value(name).ok()
    };
    let ink = style(".plot-head", 0, "color").unwrap_or_else(|| "black".to_owned());
    let of = |place| {
        let parts = [
            (".plot-legend .plot-line", "stroke"),
            (".plot-legend .plot-marker", "fill"),
            (".plot-legend .plot-marker", "stroke"),
            (".plot-legend .plot-line", "stroke-dasharray"),
        ];
        parts.map(|(selector, name)| style(selector, place, name).unwrap_or_else(|| ink.clone()))
    };
    let colours = Colours {
        ground: ground_behind(plot),
        lines: (0..lines.len()).map(of).collect(),
        ink,
    };
    written(title, x, y, lines, &colours)
}

fn written(title: &str, x: &Axis, y: &Axis, lines: &[Line], colours: &Colours) -> String {
    let (w, h) = (WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM);
    let Colours { ink, ground, .. } = colours;
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 960 540\" \
         width=\"960\" height=\"540\" font-family=\"sans-serif\" font-size=\"14\" fill=\"{ink}\">\n<title>{}</title>\n\
         <rect width=\"960\" height=\"540\" fill=\"{ground}\"/>\n\
         <text x=\"{LEFT}\" y=\"28\" font-size=\"17\" font-weight=\"600\">{}</text>\n",
        escaped(title),
        escaped(&fit(title, 80))
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
    let ticks = x.scale.ticks_by_room(x.unit).into_iter();
    for (tick, _) in ticks.filter(|&(_, room)| room <= w) {
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
    // Over all lines.
    let mut markers = String::new();
    for (i, (line, [stroke, inside, round, dashes])) in lines.iter().zip(&colours.lines).enumerate()
    {
        let place = |point: &Point| {
            let value = point.y?;
            let left = LEFT + x.scale.place(point.x) * w;
            Some((px(left), px(TOP + (1.0 - y.scale.place(value)) * h)))
        };
        // Its sample stands beside its name.
        let (sample, name, beside) = (
            WIDTH - RIGHT + 14.0,
            WIDTH - RIGHT + 54.0,
            TOP + NAMES * i as f64,
        );
        let mut path = format!("M{} {}h32", px(sample), px(beside));
        for (nth, (left, top)) in line.points.iter().filter_map(place).enumerate() {
            let letter = if nth == 0 { 'M' } else { 'L' };
            write!(path, "{letter}{left} {top}").ok();
        }
        add(format!(
            "<path d=\"{path}\" fill=\"none\" stroke=\"{stroke}\" stroke-width=\"2\" stroke-dasharray=\"{}\"/>\n",
            dashes.replace("px", "")
        ));
        let marked = line.marked(x.scale, i, lines.len());
        let marked = marked
            .iter()
            .filter_map(place)
            .chain([(px(sample + 16.0), px(beside))]);
        for (left, top) in marked {
            let outline = line.look.outline();
            writeln!(
                markers,
                "<path d=\"{outline}\" transform=\"translate({left} {top})\" fill=\"{inside}\" stroke=\"{round}\" stroke-width=\"1.5\"/>"
            )
            .ok();
        }
        add(format!(
            "<text x=\"{}\" y=\"{}\" dy=\"5\">{}</text>\n",
            px(name),
            px(beside),
            escaped(&line.name)
        ));
    }
    text + &markers + "</svg>\n"
}

fn escaped(text: &str) -> String {
    let legal = text.chars().filter(|c| !c.is_control());
    let text: String = legal.collect();
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::numbers::plot::{Look, Quantity, Scale, Shape};

    #[test]
    fn every_name_of_seventeen_lines_is_inside_the_drawing() {
        let look = |i: usize| if i == 0 { Look::BASE } else { Look::of(i - 1) };
        let line = |i: usize| Line {
            name: format!("Policy {i}").into(),
            full_name: "".into(),
            look: look(i),
            shape: Shape::Straight,
            points: [1, 800].map(|x| Point { x, y: Some(400) }).into(),
        };
        let lines: Vec<Line> = (0..17).map(line).collect();
        let colours = Colours {
            ink: "black".to_owned(),
            ground: "white".to_owned(),
            lines: vec![["red", "red", "white", "none"].map(str::to_owned); 17],
        };
        let x = Axis::new("Capacity in entries", Quantity::Count, Scale::log(1, 800));
        let y = Axis::new("Misses", Quantity::Of(1_000), Scale::linear(1_000));
        let text = written("a trace", &x, &y, &lines, &colours);
        assert!(text.contains("<rect width=\"960\" height=\"540\" fill=\"white\"/>"));
        let mut names = Vec::new();
        for piece in text.split("<text ").skip(1) {
            let of = |name: &str| {
                let (_, value) = piece.split_once(name)?;
                value.split_once('"')?.0.parse::<f64>().ok()
            };
            let (x, y) = (of("x=\"").expect("x"), of("y=\"").expect("y"));
            assert!(
                (0.0..=WIDTH).contains(&x) && (14.0..=HEIGHT - 8.0).contains(&y),
                "{piece}"
            );
            if piece.contains(">Policy ") {
                names.push(y);
            }
        }
        assert_eq!(names.len(), 17);
        assert!(
            names.windows(2).all(|pair| pair[1] - pair[0] >= 18.0),
            "{names:?}"
        );
        // A marker at a few places of each line, and one beside its name.
        assert_eq!(text.matches("transform=").count(), 17 * 5);
    }
}
