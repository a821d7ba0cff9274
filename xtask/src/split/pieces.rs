//! One piece of a function, and what stands in its place.

use super::{Failure, flow::Flow};
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};
use wasm_encoder::{BlockType, Function, Instruction, reencode::Reencode};
use wasmparser::{FuncType, Operator, ValType};

/// More than this a piece does not give back.
const RESULTS: usize = 4;

/// A stretch of one frame's instructions that takes no operand from before it.
pub struct Piece {
    pub steps: Range<usize>,
    /// The locals that it is given.
    takes: Vec<u32>,
    /// The locals that it gives back.
    gives: Vec<u32>,
    ways: Ways,
}

/// Where control goes on after a piece.
enum Ways {
    /// The function returns, with these results.
    Return(Vec<ValType>),
    /// One of these. If there are several, the piece gives its place in the list before all else.
    Any(Vec<Way>),
}

#[derive(PartialEq, Eq, PartialOrd, Ord, Clone, Copy)]
enum Way {
    /// After its end.
    On,
    /// As with a branch to this frame: what opened it, or the function itself.
    To(Option<usize>),
}

impl Piece {
    /// These steps as a piece, if they can be one; `results` is how many the function has.
    pub fn of(flow: &Flow, steps: Range<usize>, results: &[ValType]) -> Option<Self> {
        let mut ways = BTreeSet::new();
        if flow.steps[steps.end].height.is_some() {
            let is_last = steps.end + 1 == flow.steps.len() && !results.is_empty();
            ways.insert(if is_last { Way::To(None) } else { Way::On });
        }
        let (mut touched, mut written) = (BTreeSet::new(), BTreeSet::new());
        for number in steps.clone() {
            let step = &flow.steps[number];
            if matches!(step.operator, Operator::Return) {
                ways.insert(Way::To(None));
            }
            for label in flow.labels(number) {
                ways.extend(leaving(&steps, label).then_some(Way::To(label)));
            }
            match step.operator {
                Operator::LocalGet { local_index } => {
                    touched.insert(local_index);
                }
                Operator::LocalSet { local_index } | Operator::LocalTee { local_index } => {
                    touched.insert(local_index);
                    written.insert(local_index);
                }
                _ => {}
            }
        }
        let after = ways.iter().flat_map(|way| match way {
            Way::On => flow.live(steps.end),
            Way::To(frame) => flow.live(flow.destination(*frame)),
        });
        let after: BTreeSet<u32> = after.collect();
        let piece = Self {
            takes: touched
                .intersection(&flow.live(steps.start))
                .copied()
                .collect(),
            gives: written.intersection(&after).copied().collect(),
            ways: if results.is_empty() || !ways.contains(&Way::To(None)) {
                let mut frames = ways.iter().filter_map(|way| match way {
                    Way::To(Some(frame)) => Some(*frame),
                    _ => None,
                });
                if !frames.all(|frame| flow.is_plain(frame)) {
                    return None;
                }
                Ways::Any(ways.into_iter().collect())
            } else if ways.len() == 1 {
                Ways::Return(results.to_vec())
            } else {
                return None;
            },
            steps,
        };
        (piece.gives.len() <= RESULTS).then_some(piece)
    }

    /// About how many bytes its call has.
    pub fn call_size(&self) -> usize {
        let ways = match &self.ways {
            Ways::Return(_) => 1,
            Ways::Any(ways) => ways.len(),
        };
        2 * (self.takes.len() + self.gives.len() + ways)
    }

    /// What it takes and gives.
    pub fn signature(&self, flow: &Flow) -> FuncType {
        let types = |locals: &[u32]| {
            locals
                .iter()
                .map(|local| flow.locals[*local as usize])
                .collect()
        };
        let gives: Vec<ValType> = match &self.ways {
            Ways::Return(results) => results.clone(),
            Ways::Any(ways) => {
                let way = (ways.len() > 1).then_some(ValType::I32);
                way.into_iter()
                    .chain::<Vec<ValType>>(types(&self.gives))
                    .collect()
            }
        };
        let takes: Vec<ValType> = types(&self.takes);
        FuncType::new(takes, gives)
    }
}

/// Whether a branch from within these steps to this frame leaves them.
fn leaving(steps: &Range<usize>, label: Option<usize>) -> bool {
    label.is_none_or(|frame| frame < steps.start)
}

/// The function that a piece becomes.
pub fn body(flow: &Flow, piece: &Piece) -> Result<Function, Failure> {
    let steps = &flow.steps[piece.steps.clone()];
    let mut numbers: BTreeMap<u32, u32> = piece.takes.iter().copied().zip(0..).collect();
    let mut own = Vec::new();
    for step in steps {
        if let Operator::LocalGet { local_index }
        | Operator::LocalSet { local_index }
        | Operator::LocalTee { local_index } = step.operator
            && !numbers.contains_key(&local_index)
        {
            numbers.insert(local_index, numbers.len() as u32);
            own.push(Plain.val_type(flow.locals[local_index as usize])?);
        }
    }
    let mut function = Function::new_with_locals_types(own);
    let none = Vec::new();
    let (ways, returns) = match &piece.ways {
        Ways::Return(_) => (&none, true),
        Ways::Any(ways) => (ways, false),
    };
    // A frame for each way, the first innermost: what leaves the piece leaves its frame.
    for _ in ways {
        function.instruction(&Instruction::Block(BlockType::Empty));
    }
    let base = flow.steps[piece.steps.start].depth;
    for number in piece.steps.clone() {
        let step = &flow.steps[number];
        let within = (step.depth - base) as u32;
        let place = |way| {
            let place = ways.iter().position(|each| *each == way);
            within + place.unwrap_or(0) as u32
        };
        let over = |over: u32| match flow.label(number, over) {
            label if leaving(&piece.steps, label) => place(Way::To(label)),
            _ => over,
        };
        function.instruction(&match &step.operator {
            Operator::LocalGet { local_index } => Instruction::LocalGet(numbers[local_index]),
            Operator::LocalSet { local_index } => Instruction::LocalSet(numbers[local_index]),
            Operator::LocalTee { local_index } => Instruction::LocalTee(numbers[local_index]),
            Operator::Br { relative_depth } => Instruction::Br(over(*relative_depth)),
            Operator::BrIf { relative_depth } => Instruction::BrIf(over(*relative_depth)),
            Operator::BrTable { targets } => {
                let all: Result<Vec<u32>, _> = targets.targets().collect();
                let all: Vec<u32> = all?.into_iter().map(over).collect();
                Instruction::BrTable(all.into(), over(targets.default()))
            }
            Operator::Return if !returns => Instruction::Br(place(Way::To(None))),
            other => Plain.instruction(other.clone())?,
        });
    }
    if ways.is_empty() && !returns {
        function.instruction(&Instruction::Unreachable);
    }
    for number in 0..ways.len() {
        function.instruction(&Instruction::End);
        if ways.len() > 1 {
            function.instruction(&Instruction::I32Const(number as i32));
        }
        for local in &piece.gives {
            function.instruction(&Instruction::LocalGet(numbers[local]));
        }
        if number + 1 < ways.len() {
            function.instruction(&Instruction::Return);
        }
    }
    function.instruction(&Instruction::End);
    Ok(function)
}

/// What is left of a function: `first` is the number of the first of its pieces. `rest` has its locals.
pub fn rest(
    flow: &Flow,
    pieces: &[Piece],
    first: u32,
    mut rest: Function,
) -> Result<Function, Failure> {
    let mut at = 0;
    for (piece, number) in pieces.iter().zip(first..) {
        for step in &flow.steps[at..piece.steps.start] {
            rest.instruction(&Plain.instruction(step.operator.clone())?);
        }
        call(flow, piece, number, &mut rest);
        at = piece.steps.end;
    }
    for step in &flow.steps[at..] {
        rest.instruction(&Plain.instruction(step.operator.clone())?);
    }
    Ok(rest)
}

/// What stands in the place of a piece.
fn call(flow: &Flow, piece: &Piece, number: u32, rest: &mut Function) {
    let start = &flow.steps[piece.steps.start];
    let over = |way: &Way| match way {
        Way::On => 0,
        Way::To(frame) => {
            (start.depth - 1 - frame.map_or(0, |frame| flow.steps[frame].depth)) as u32
        }
    };
    let ways: &[Way] = match &piece.ways {
        Ways::Return(_) => &[],
        Ways::Any(ways) => ways,
    };
    if ways.len() > 2 {
        rest.instruction(&Instruction::Block(BlockType::Empty));
    }
    for local in &piece.takes {
        rest.instruction(&Instruction::LocalGet(*local));
    }
    rest.instruction(&Instruction::Call(number));
    for local in piece.gives.iter().rev() {
        rest.instruction(&Instruction::LocalSet(*local));
    }
    match (&piece.ways, ways) {
        (Ways::Return(_), _) => {
            rest.instruction(&Instruction::Return);
        }
        (_, []) => {
            rest.instruction(&Instruction::Unreachable);
        }
        (_, [Way::On]) => {}
        (_, [to]) => {
            rest.instruction(&Instruction::Br(over(to)));
        }
        (_, [one, other]) => {
            rest.instruction(&Instruction::BrIf(over(other)));
            if *one != Way::On {
                rest.instruction(&Instruction::Br(over(one)));
            }
        }
        _ => {
            // One frame more is open here, and left by what goes on.
            let mut places: Vec<u32> = ways
                .iter()
                .map(|way| if *way == Way::On { 0 } else { over(way) + 1 })
                .collect();
            let last = places.pop().unwrap_or(0);
            rest.instruction(&Instruction::BrTable(places.into(), last));
            rest.instruction(&Instruction::End);
        }
    }
}

/// Writes instructions as they are.
struct Plain;

impl Reencode for Plain {
    type Error = &'static str;
}
