//! What the page shows of each lane's cost: the frame's own parts, at the prices in force.

use cache_playground::session::{Edit, Session, Set};
use cache_playground::view::{Costs, CostsProps};
use serde_json::{Value, json};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use timeline::{Command, dollars};
use yew::LocalServerRenderer;

/// The costs as text. Nothing in them waits for anything.
fn drawn(session: &Session) -> String {
    let frame = session.snapshot().frame;
    let renderer = LocalServerRenderer::<Costs>::with_props(CostsProps { frame }).hydratable(false);
    let mut drawing = pin!(renderer.render());
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(text) = drawing.as_mut().poll(&mut context) {
            return text;
        }
    }
}

fn set(session: &Session, place: &str, value: Value) {
    let values = vec![(place.to_owned(), value)];
    let told = String::new();
    let edit = Edit::Set(Set { values, told });
    session.edit(&edit).expect("it is valid");
}

#[test]
fn each_part_of_a_lanes_cost_is_shown_with_its_amount() {
    let session = Session::new();
    session.command(Command::Seek { step: 60 }).expect("a step");
    set(&session, "/lanes/1/cache/deployment/kind", json!("cluster"));
    set(&session, "/prices/valkey_gb_hour_micro_usd", json!(100_000));
    let text = drawn(&session);
    for lane in &session.snapshot().frame.lanes {
        let serverless = lane.cost.serverless.as_ref().expect("time has passed");
        let parts = lane.cost.parts.iter().chain(&serverless.parts);
        for part in parts {
            assert!(text.contains(&part.text), "{} in {text}", part.text);
            let amount = part.micro_usd.map_or("–".to_owned(), dollars);
            assert!(text.contains(&format!("<dd>{amount}</dd>")), "{amount}");
        }
    }
    assert!(text.contains("Lane A: $9.34 a month"), "{text}");
    assert!(text.contains("Lane B: $28.03 a month"), "{text}");
    // 730 × 0.1 GB × $0.1.
    assert!(text.contains("<dd>$7.30</dd>"), "{text}");

    set(
        &session,
        "/prices/valkey_t4g_micro_hour_micro_usd",
        json!(20_000),
    );
    let text = drawn(&session);
    assert!(text.contains("Lane A: $14.60 a month"), "{text}");
    assert!(text.contains("1 t4g.micro node × 730 h × $0.02"), "{text}");
}
