//! How control goes through a function, and which of its locals are still to be read where.

use super::{Failure, blocks};
use std::collections::BTreeSet;
use wasmparser::{
    BlockType, FuncToValidate, FuncValidatorAllocations, FunctionBody, Operator, ValType,
    WasmModuleResources,
};

/// A function's instructions in their order.
pub struct Flow<'a> {
    pub steps: Vec<Step<'a>>,
    /// The types of its locals, the parameters first.
    pub locals: Vec<ValType>,
    /// For each step the locals that may be read from there on before they are written.
    live: Vec<Locals>,
}

/// One instruction, and where it stands.
pub struct Step<'a> {
    pub operator: Operator<'a>,
    /// How many bytes it has.
    pub size: usize,
    /// The number of its block.
    pub block: usize,
    /// How many frames are open: 1 for what is in none but the function itself.
    pub depth: usize,
    /// What opened the innermost of them, unless that is the function.
    pub parent: Option<usize>,
    /// How many operands its frame has before it; none, if it is never reached.
    pub height: Option<usize>,
    /// Of what opens a frame: the step that ends it.
    pub end: usize,
    /// Of an `if`: its `else`.
    pub otherwise: Option<usize>,
}

/// A set of locals.
type Locals = Vec<u64>;

impl<'a> Flow<'a> {
    /// Reads a function.
    pub fn read<R: WasmModuleResources>(
        function: FuncToValidate<R>,
        body: &FunctionBody<'a>,
    ) -> Result<Self, Failure> {
        let mut validator = function.into_validator(FuncValidatorAllocations::default());
        let mut reader = body.get_binary_reader();
        validator.read_locals(&mut reader)?;
        let locals = (0..validator.len_locals())
            .map_while(|local| validator.get_local_type(local))
            .collect();
        let mut reader = body.get_operators_reader()?;
        let mut steps: Vec<Step> = Vec::new();
        let (mut block, mut open) = (0, Vec::new());
        while !reader.eof() {
            let at = reader.original_position();
            let frame = validator.get_control_frame(0);
            let height = frame
                .filter(|frame| !frame.unreachable)
                .map(|frame| validator.operand_stack_height() as usize - frame.height);
            let operator = reader.read()?;
            validator.op(at, &operator)?;
            let number = steps.len();
            let mut step = Step {
                size: reader.original_position() - at,
                block,
                depth: open.len() + 1,
                parent: open.last().copied(),
                height,
                end: number,
                otherwise: None,
                operator,
            };
            if blocks::ends(&step.operator) {
                block += 1;
            }
            match step.operator {
                Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => {
                    open.push(number);
                }
                Operator::Else => {
                    if let Some(start) = open.last() {
                        steps[*start].otherwise = Some(number);
                    }
                }
                Operator::End => {
                    if let Some(start) = open.pop() {
                        steps[start].end = number;
                        // It stands where what it ends stands.
                        (step.depth, step.parent) = (steps[start].depth, steps[start].parent);
                    }
                }
                _ => {}
            }
            steps.push(step);
        }
        let mut flow = Self {
            live: Vec::new(),
            steps,
            locals,
        };
        flow.find_live();
        Ok(flow)
    }

    /// The frame that is left by branching from this step over so many frames: by what opened it, or
    /// nothing for the function itself.
    pub fn label(&self, step: usize, over: u32) -> Option<usize> {
        let mut frame = self.steps[step].parent;
        for _ in 0..over {
            frame = frame.and_then(|opener| self.steps[opener].parent);
        }
        frame
    }

    /// Where a branch to this frame leads.
    pub fn destination(&self, frame: Option<usize>) -> usize {
        match frame {
            None => self.steps.len() - 1,
            Some(opener) if matches!(self.steps[opener].operator, Operator::Loop { .. }) => opener,
            Some(opener) => self.steps[opener].end,
        }
    }

    /// Whether a branch to this frame takes no operand along.
    pub fn is_plain(&self, frame: usize) -> bool {
        match self.steps[frame].operator {
            Operator::Block { blockty } | Operator::If { blockty } => blockty == BlockType::Empty,
            Operator::Loop { blockty } => !matches!(blockty, BlockType::FuncType(_)),
            _ => false,
        }
    }

    /// The locals that may be read from this step on before they are written.
    pub fn live(&self, step: usize) -> BTreeSet<u32> {
        let locals = 0..self.locals.len() as u32;
        locals
            .filter(|local| has(&self.live[step], *local))
            .collect()
    }

    /// The frames that a step may branch to, as [`Self::label`] gives them.
    pub fn labels(&self, number: usize) -> Vec<Option<usize>> {
        let label = |over: u32| self.label(number, over);
        match &self.steps[number].operator {
            Operator::Br { relative_depth } | Operator::BrIf { relative_depth } => {
                vec![label(*relative_depth)]
            }
            Operator::BrTable { targets } => {
                let all = targets.targets().flatten().chain([targets.default()]);
                all.map(label).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The steps that may follow this one.
    pub fn next(&self, number: usize) -> Vec<usize> {
        let step = &self.steps[number];
        let labels = self.labels(number).into_iter();
        let mut next: Vec<usize> = labels.map(|label| self.destination(label)).collect();
        match &step.operator {
            Operator::Br { .. } | Operator::BrTable { .. } => {}
            Operator::If { .. } => {
                next.extend([
                    number + 1,
                    step.otherwise.map_or(step.end, |other| other + 1),
                ]);
            }
            Operator::Else => next.extend(step.parent.map(|start| self.steps[start].end)),
            Operator::Return | Operator::Unreachable => {}
            _ if number + 1 == self.steps.len() => {}
            _ => next.push(number + 1),
        }
        next
    }

    fn find_live(&mut self) {
        let words = self.locals.len().div_ceil(64);
        self.live = vec![vec![0; words]; self.steps.len()];
        let mut changed = true;
        while changed {
            changed = false;
            for number in (0..self.steps.len()).rev() {
                let mut live = vec![0; words];
                for next in self.next(number) {
                    for (word, other) in live.iter_mut().zip(&self.live[next]) {
                        *word |= other;
                    }
                }
                match self.steps[number].operator {
                    Operator::LocalGet { local_index } => {
                        live[local_index as usize / 64] |= 1 << (local_index % 64);
                    }
                    Operator::LocalSet { local_index } | Operator::LocalTee { local_index } => {
                        live[local_index as usize / 64] &= !(1 << (local_index % 64));
                    }
                    _ => {}
                }
                changed |= live != self.live[number];
                self.live[number] = live;
            }
        }
    }
}

fn has(locals: &Locals, local: u32) -> bool {
    locals[local as usize / 64] & (1 << (local % 64)) != 0
}
