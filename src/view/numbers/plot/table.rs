//! The same numbers as a table.

use super::Axis;
use super::line::{Line, read_out};
use std::rc::Rc;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct TableProps {
    pub name: AttrValue,
    /// What its rows are.
    pub x: Axis,
    /// What its numbers are.
    pub y: Axis,
    /// Its columns.
    pub lines: Rc<[Line]>,
}

/// The table: a row for each place of the horizontal axis at which any line has a point.
#[function_component(Table)]
pub fn table(props: &TableProps) -> Html {
    let mut places: Vec<u64> = Vec::new();
    for point in props.lines.iter().flat_map(|line| line.points.iter()) {
        // Lines mostly share their places, so that this is mostly a look at the end.
        if let Err(place) = places.binary_search(&point.x) {
            places.insert(place, point.x);
        }
    }
    html! {
        <div class="plot-table" tabindex="0" role="region" aria-label={props.name.clone()}>
            <table>
                <caption>{ props.name.clone() }</caption>
                <thead><tr>
                    <th scope="col">{ props.x.label.clone() }</th>
                    { for props.lines.iter().map(|line| html! { <th scope="col">{ line.full_name.clone() }</th> }) }
                </tr></thead>
                <tbody>
                    { for places.into_iter().map(|x| html! {
                        <tr>
                            <th scope="row">{ props.x.unit.text(x) }</th>
                            { for props.lines.iter().map(|line| html! { <td>{ read_out(props.y.unit, line.at(x)) }</td> }) }
                        </tr>
                    }) }
                </tbody>
            </table>
        </div>
    }
}
