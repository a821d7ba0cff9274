//! The TTLs in the arguments of `SET`, `GETEX` and `EXPIRE`, and which of them the engines refuse. A server
//! prints a command before it looks at these, so a command that it answers with an error is in the output
//! of `MONITOR` too (seen with Redis 7.0).

use super::super::record::Lifetime;
use super::monitor_commands::Span;
use cache::units::Micros;
use scenario::TIME_MAX_US;

/// A TTL: `None` if it is over.
pub(super) type Life = Option<Lifetime>;

/// The command that takes the options.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Taker {
    Set,
    GetEx,
}

/// The meaning of an option.
enum About {
    /// A TTL, which the next argument gives.
    For(Span),
    /// A TTL without a number.
    Plainly(Lifetime),
    /// A condition for the whole command, with the number of arguments after it.
    Condition(usize),
    /// The answer.
    Answer,
}

fn about(taker: Taker, option: &[u8]) -> Option<About> {
    Some(match (taker, option) {
        (_, b"EX") => About::For(Span::Seconds),
        (_, b"PX") => About::For(Span::Millis),
        (_, b"EXAT") => About::For(Span::UntilSeconds),
        (_, b"PXAT") => About::For(Span::UntilMillis),
        (Taker::Set, b"KEEPTTL") => About::Plainly(Lifetime::Keep),
        (Taker::GetEx, b"PERSIST") => About::Plainly(Lifetime::Never),
        (Taker::Set, b"NX" | b"XX") => About::Condition(0),
        // Valkey since 8.1 and Redis since 8.4.
        (Taker::Set, b"IFEQ" | b"IFNE" | b"IFDEQ" | b"IFDNE") => About::Condition(1),
        (Taker::Set, b"GET") => About::Answer,
        _ => return None,
    })
}

/// The TTL that the options give: `unsaid` if none does. `None` if they are refused.
///
/// As in the engines, an option may come twice, and the last one counts; two different ones that exclude
/// each other may not.
pub(super) fn options<'a>(
    taker: Taker,
    mut options: impl Iterator<Item = &'a [u8]>,
    unsaid: Lifetime,
    now_us: u64,
) -> Option<Life> {
    let (mut said, mut number) = (Some(unsaid), None);
    let (mut life, mut condition) = (None, None);
    while let Some(option) = options.next() {
        let option = option.to_ascii_uppercase();
        match about(taker, &option)? {
            About::For(span) => {
                number = Some((options.next()?, span));
                only(&mut life, option)?;
            }
            About::Plainly(lifetime) => {
                said = Some(lifetime);
                only(&mut life, option)?;
            }
            About::Condition(values) => {
                (0..values).try_for_each(|_| options.next().map(drop))?;
                only(&mut condition, option)?;
            }
            About::Answer => {}
        }
    }
    match number {
        Some((number, span)) => lifetime(number, span, now_us, Ended::Refused),
        None => Some(said),
    }
}

/// Notes an option of a kind that excludes others. `None` if there has been another.
fn only(before: &mut Option<Vec<u8>>, option: Vec<u8>) -> Option<()> {
    let fits = before.as_ref().is_none_or(|before| *before == option);
    *before = Some(option);
    fits.then_some(())
}

/// Whether the engines accept these options of `EXPIRE`. Their effect cannot be seen.
pub(super) fn conditions_fit<'a>(options: impl Iterator<Item = &'a [u8]>) -> bool {
    let names: [&[u8]; 4] = [b"NX", b"XX", b"GT", b"LT"];
    let mut given = [false; 4];
    for option in options {
        let is = |name: &&[u8]| option.eq_ignore_ascii_case(name);
        match names.iter().position(is) {
            Some(place) => given[place] = true,
            None => return false,
        }
    }
    let [nx, xx, gt, lt] = given;
    !(nx && (xx || gt || lt)) && !(gt && lt)
}

/// What a TTL of 0 or below does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Ended {
    /// The command is refused, whatever its clock says: by all that store a value, and `GETEX`.
    Refused,
    /// The key is deleted: by `EXPIRE` and its kin.
    Deletes,
}

/// The TTL that an argument gives. `None` if the engines refuse it, as they do with one that overflows.
/// One above the simulation's longest never ends.
pub(super) fn lifetime(number: &[u8], span: Span, now_us: u64, ended: Ended) -> Option<Life> {
    let number = i128::from(whole_number(number)?);
    if number <= 0 && ended == Ended::Refused {
        return None;
    }
    let now_us = i128::from(now_us);
    let (millis, from_us) = match span {
        Span::Seconds => (number * 1_000, now_us),
        Span::Millis => (number, now_us),
        Span::UntilSeconds => (number * 1_000, 0),
        Span::UntilMillis => (number, 0),
    };
    // The engines count milliseconds, and until when, in 64 bits.
    i64::try_from(millis).ok()?;
    if millis + from_us / 1_000 > i128::from(i64::MAX) {
        return None;
    }
    let left_us = millis * 1_000 + from_us - now_us;
    Some(match u64::try_from(left_us.max(0)) {
        Ok(0) => None,
        Ok(left_us) if left_us <= TIME_MAX_US => Some(Lifetime::After(Micros(left_us))),
        _ => Some(Lifetime::Never),
    })
}

/// A number as the engines read it: no plus sign, no zero before it, nothing around it.
fn whole_number(text: &[u8]) -> Option<i64> {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    let plain = match digits {
        [b'1'..=b'9', ..] => true,
        [b'0'] => digits.len() == text.len(),
        _ => false,
    };
    let text = std::str::from_utf8(text).ok().filter(|_| plain)?;
    text.parse().ok()
}
