//! What the page and the lab say to each other comes through as it was.

use scenario::opening;
use trace::Replay;
use worker::{
    Answer, CurvesFound, Lab, MissPoint, Order, TraceOpened, TraceSummary, from_text, to_text,
};

#[test]
fn orders_come_through() {
    let orders = [
        Order::Read {
            seed: "18446744073709551615".to_owned(),
        },
        Order::Keep,
        Order::Count {
            number: 3,
            scenario: Box::new(opening()),
        },
        Order::FindCurves {
            policies: vec!["belady".to_owned(), "lru".to_owned()],
            capacities: vec![1, 2, u32::MAX],
        },
        Order::StopCurves,
    ];
    for order in orders {
        assert_eq!(from_text::<Order>(&to_text(&order)).ok(), Some(order));
    }
}

#[test]
fn answers_come_through() {
    let replays = vec![Replay {
        reads: u64::MAX,
        misses: 7,
        ..Replay::default()
    }];
    let opened = TraceOpened {
        summary: TraceSummary {
            name: "\"trace\" \u{2028}.csv".to_owned(),
            requests: 1 << 60,
            keys: 9,
            timed: true,
            unused: vec!["\"cost\"".to_owned()],
        },
        scenario: opening(),
        replays: replays.clone(),
    };
    let found = CurvesFound {
        per_mille: 17,
        points: vec![MissPoint {
            of: "arc".to_owned(),
            capacity: 1,
            misses: 1 << 60,
        }],
        lru: vec![(1, 2), (3, 4)],
    };
    let answers = [
        Answer::Progress {
            bytes: 1 << 60,
            requests: 2,
        },
        Answer::Opened(Box::new(opened)),
        Answer::Refused {
            why: "Line 3: no.".to_owned(),
            requests: 2,
        },
        Answer::Counted { number: 3, replays },
        Answer::Curves(found),
    ];
    for answer in answers {
        assert_eq!(from_text::<Answer>(&to_text(&answer)).ok(), Some(answer));
    }
    assert!(from_text::<Answer>("\"Closed\"").is_err());
}

#[test]
fn curves_that_cannot_be_found_are_refused() {
    let mut lab = Lab::new("keys.txt");
    let unknown = lab.find_curves(&["mru?".to_owned()], vec![1]);
    assert_eq!(unknown, Err("There is no such policy.".to_owned()));
    let none = lab.find_curves(&["lru".to_owned()], vec![0]).unwrap_err();
    assert!(none.starts_with("Capacities go from 1 to"), "{none}");
}
