//! A compressed index (Apple, QuickTime File Format, 2001-03-01, "Compressed Movie Resources"): `cmov` in the place of
//! all that `moov` holds.

use super::Index;
use super::inflate::inflate;
use crate::media::MediaFacts;
use crate::probe::boxes::Boxes;
use crate::probe::input::{Attempt, Bytes, Input, Parse, malformed};
use std::ops::Range;

/// No table shrinks further, and a file shall not take more memory than its bytes are worth.
const MAX_RATIO: u64 = 64;
const BASE_BYTES: u64 = 64 * 1024;
/// Work that each byte of the index is worth once it is there again.
const WORK_PER_BYTE: u64 = 4;

/// The facts by the index in the body of a `cmov`. `read` takes the index that was in it, which holds no other.
pub(super) fn read(
    input: &Input<'_>,
    index: &Index,
    body: Range<u64>,
    read: impl Fn(&Input<'_>, &Index) -> Parse<MediaFacts>,
) -> Parse<MediaFacts> {
    let damaged = || malformed(index.format, body.start, "the compressed index is damaged");
    let Some(whole) = decompressed(input, index, body.clone())? else {
        return damaged();
    };
    let length = whole.len() as u64;
    let mut bytes = Bytes::new(Some(length));
    bytes.insert(0, &whole);
    let attempt = Attempt {
        max_work: BASE_BYTES.saturating_add(WORK_PER_BYTE * length),
        ..Attempt::default()
    };
    let inner = Input::new(&bytes, attempt);
    let outcome = match Boxes::of_file(&inner, index.format).next() {
        Ok(Some(found)) if found.kind == *b"moov" => {
            let index = Index {
                body: found.body.start..found.body.end.min(length),
                behind: length,
                ..index.clone()
            };
            read(&inner, &index)
        }
        _ => return damaged(),
    };
    match outcome {
        // All of it is there: it ends too soon of itself.
        Err(halt) if halt.lacks_bytes() => damaged(),
        outcome => outcome,
    }
}

/// `None` where it is not compressed as all are, or damaged.
fn decompressed(input: &Input<'_>, index: &Index, body: Range<u64>) -> Parse<Option<Vec<u8>>> {
    let boxes = Boxes::inside(input, index.format, body);
    if let Some(kind) = boxes.find(b"dcom")?
        && input.array(kind.start)? != *b"zlib"
    {
        return Ok(None);
    }
    let Some(data) = boxes.find(b"cmvd")? else {
        return Ok(None);
    };
    let claimed = u64::from(input.u32_be(data.start)?);
    let start = data.start.saturating_add(4);
    let packed = input.slice(start, data.end.saturating_sub(start))?;
    let max_bytes = MAX_RATIO.saturating_mul(packed.len() as u64);
    let max_bytes = claimed.min(max_bytes.saturating_add(BASE_BYTES));
    input.charge(max_bytes)?;
    let max_bytes = usize::try_from(max_bytes).unwrap_or(usize::MAX);
    Ok(inflate(packed, max_bytes))
}
