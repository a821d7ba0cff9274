//! The lab as a program: it carries out the page's orders in slices, and hears of a later order between
//! two of them.

use js_sys::{Function, Promise, Uint8Array};
use scenario::Scenario;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{File, MessageChannel};
use worker::{Answer, Lab, Order, from_text, to_text};

/// How much of the file is in memory at a time.
const BLOCK_BYTES: u64 = 1 << 20;
/// How much of it is handed to the lab at a time.
const PIECE_BYTES: usize = 8 << 10;
/// How often progress is told at most.
const PROGRESS_EVERY_MS: f64 = 100.0;
/// How often curves that are still being found are told at most.
const CURVES_EVERY_MS: f64 = 250.0;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn now_ms() -> f64;
}

/// The program. It keeps the one trace that it has read.
#[wasm_bindgen(js_name = Lab)]
pub struct Program(Rc<Desk>);

#[wasm_bindgen(js_class = Lab)]
impl Program {
    /// A program that gives its answers, as text, to `say`, and works for at most `slice_ms` at a time.
    #[wasm_bindgen(constructor)]
    pub fn new(say: Function, slice_ms: f64) -> Program {
        Program(Rc::new(Desk {
            lab: RefCell::new(Lab::new("")),
            seed: RefCell::default(),
            latest_job: Cell::new(0),
            finding: Cell::new(false),
            say,
            slice_ms,
        }))
    }

    /// Carries out an order. [`Order::Read`] comes with a file.
    pub fn hear(&self, order: &str, file: Option<File>) {
        let desk = self.0.clone();
        let job = desk.next_job();
        let order: Order = from_text(order).expect("the page sends orders");
        spawn_local(async move {
            if let Err(Stopped::Failed { why, requests }) = desk.carry_out(job, order, file).await {
                desk.say(&Answer::Refused { why, requests });
            }
        });
    }

    /// Ends whatever is being done.
    pub fn close(&self) {
        self.0.next_job();
    }
}

/// The program's current work.
struct Desk {
    lab: RefCell<Lab>,
    seed: RefCell<String>,
    /// Each order is a job with a number. A later one takes over at the next pause.
    latest_job: Cell<u32>,
    /// Whether curves are being found: they go on after a count.
    finding: Cell<bool>,
    say: Function,
    slice_ms: f64,
}

/// Why a job did not come to its end.
enum Stopped {
    /// There is a later one.
    Superseded,
    /// It failed, with a sentence and the number of requests read before.
    Failed { why: String, requests: u64 },
}

/// What the browser throws while it reads a file.
impl From<JsValue> for Stopped {
    fn from(thrown: JsValue) -> Self {
        let error = thrown.dyn_ref::<js_sys::Error>();
        let reason = error.map(|error| String::from(error.message()));
        let reason = reason.unwrap_or_else(|| format!("{thrown:?}"));
        Stopped::Failed {
            why: format!("The file could not be read to its end: {reason}."),
            requests: 0,
        }
    }
}

type Done = Result<(), Stopped>;

impl Desk {
    fn next_job(&self) -> u32 {
        self.latest_job.set(self.latest_job.get() + 1);
        self.latest_job.get()
    }

    fn say(&self, answer: &Answer) {
        // The page's function does not throw, and posting text from a worker cannot fail.
        self.say.call1(&JsValue::NULL, &to_text(answer).into()).ok();
    }

    async fn carry_out(&self, job: u32, order: Order, file: Option<File>) -> Done {
        match order {
            Order::Read { seed } => {
                *self.seed.borrow_mut() = seed;
                match file {
                    Some(file) => self.read(job, &file).await,
                    None => Ok(()),
                }
            }
            Order::Keep => {
                let kept = self.lab.borrow_mut().keep();
                match kept {
                    true => self.open(job).await,
                    false => Ok(()),
                }
            }
            Order::Count { number, scenario } => {
                let scenario = Scenario::new(*scenario);
                let scenario = scenario.map_err(|invalid| self.failed(invalid.message))?;
                self.lab.borrow_mut().count(&scenario);
                self.count(job).await?;
                let replays = self.lab.borrow().replays().to_vec();
                self.say(&Answer::Counted { number, replays });
                match self.finding.get() {
                    true => self.find(job).await,
                    false => Ok(()),
                }
            }
            Order::FindCurves {
                policies,
                capacities,
            } => {
                let begun = self.lab.borrow_mut().find_curves(&policies, capacities);
                begun.map_err(|why| self.failed(why))?;
                self.finding.set(true);
                self.find(job).await
            }
            Order::StopCurves => {
                self.finding.set(false);
                self.lab.borrow_mut().stop();
                Ok(())
            }
        }
    }

    /// A failure with the lab's own sentence.
    fn failed(&self, why: String) -> Stopped {
        let requests = self.lab.borrow().requests();
        Stopped::Failed { why, requests }
    }

    async fn read(&self, job: u32, file: &File) -> Done {
        *self.lab.borrow_mut() = Lab::new(&file.name());
        let size = file.size() as u64;
        let mut told_ms = 0.0;
        let mut tell = |bytes: u64| {
            if now_ms() > told_ms + PROGRESS_EVERY_MS {
                told_ms = now_ms();
                let requests = self.lab.borrow().requests();
                self.say(&Answer::Progress { bytes, requests });
            }
        };
        let mut start = 0;
        while start < size {
            let end = (start + BLOCK_BYTES).min(size);
            let block = file.slice_with_f64_and_f64(start as f64, end as f64)?;
            let block = JsFuture::from(block.array_buffer()).await?;
            self.go_on(job)?;
            let block = Uint8Array::new(&block).to_vec();
            let mut at = 0;
            self.work(job, || {
                let piece = &block[at..block.len().min(at + PIECE_BYTES)];
                let taken = self.lab.borrow_mut().push(piece);
                at += taken.map_err(|why| self.failed(why))?;
                tell(start + at as u64);
                Ok(at == block.len())
            })
            .await?;
            start = end;
        }
        self.work(job, || {
            tell(size);
            let finished = self.lab.borrow_mut().finish();
            finished.map_err(|why| self.failed(why))
        })
        .await?;
        self.open(job).await
    }

    /// Counts the trace that has been read for its first lanes, and hands it to the page.
    async fn open(&self, job: u32) -> Done {
        let seed = self.seed.borrow().clone();
        let begun = self.lab.borrow_mut().open(seed.clone());
        begun.map_err(|why| self.failed(why))?;
        self.count(job).await?;
        let opened = self.lab.borrow().opened(seed);
        if let Some(opened) = opened {
            self.say(&Answer::Opened(Box::new(opened)));
        }
        Ok(())
    }

    async fn count(&self, job: u32) -> Done {
        self.work(job, || {
            let mut lab = self.lab.borrow_mut();
            if lab.counting() {
                lab.advance();
            }
            Ok(!lab.counting())
        })
        .await
    }

    /// Finds curves, and tells from time to time what is known of them.
    async fn find(&self, job: u32) -> Done {
        let tell = || {
            let found = self.lab.borrow().curves_found();
            self.say(&Answer::Curves(found));
        };
        let mut told_ms = now_ms();
        self.work(job, || {
            let done = self.lab.borrow_mut().advance();
            if !done && now_ms() > told_ms + CURVES_EVERY_MS {
                told_ms = now_ms();
                tell();
            }
            Ok(done)
        })
        .await?;
        self.finding.set(false);
        tell();
        Ok(())
    }

    /// Repeats a step until it returns that all is done, with a pause after each slice of time.
    async fn work(&self, job: u32, mut step: impl FnMut() -> Result<bool, Stopped>) -> Done {
        loop {
            let end_ms = now_ms() + self.slice_ms;
            while now_ms() < end_ms {
                if step()? {
                    return Ok(());
                }
            }
            pause().await;
            self.go_on(job)?;
        }
    }

    /// Whether a job is still the one to do.
    fn go_on(&self, job: u32) -> Done {
        match job == self.latest_job.get() {
            true => Ok(()),
            false => Err(Stopped::Superseded),
        }
    }
}

/// Lets the browser do what it has waiting: draw, and deliver messages. A timer would wait for longer.
async fn pause() {
    let Ok(channel) = MessageChannel::new() else {
        return;
    };
    let heard = Promise::new(&mut |go_on, _| channel.port1().set_onmessage(Some(&go_on)));
    if channel.port2().post_message(&JsValue::NULL).is_ok() {
        JsFuture::from(heard).await.ok();
    }
}
