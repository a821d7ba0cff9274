//! The blocks of a function: runs of instructions of which either all or none are carried out.

use super::Failure;
use wasmparser::{FunctionBody, Operator};

/// Whether a new block begins after this instruction.
pub fn ends(operator: &Operator) -> bool {
    matches!(
        operator,
        Operator::Block { .. }
            | Operator::Loop { .. }
            | Operator::If { .. }
            | Operator::Else
            | Operator::End
            | Operator::Br { .. }
            | Operator::BrIf { .. }
            | Operator::BrTable { .. }
            | Operator::Return
            | Operator::Unreachable
    )
}

/// What tells a function from one that was compiled otherwise: how many blocks it has, and a hash of its
/// instructions without their operands, which differ from build to build.
pub fn shape(body: &FunctionBody) -> Result<(usize, u32), Failure> {
    let bytes = body.as_bytes();
    let start = body.range().start;
    let (mut blocks, mut hash) = (1, 0x811c_9dc5_u32);
    let mut reader = body.get_operators_reader()?;
    while !reader.eof() {
        let code = bytes[reader.original_position() - start];
        hash = (hash ^ u32::from(code)).wrapping_mul(0x0100_0193);
        if ends(&reader.read()?) && !reader.eof() {
            blocks += 1;
        }
    }
    Ok((blocks, hash))
}
