//! Packets of data, of one length, which say when the frames in them are shown (section 5.2).

use crate::order::ascending;
use crate::probe::input::{Input, Parse};

/// Where the packets are, and the stream that counts.
pub(super) struct Packets {
    start: u64,
    bytes: u64,
    /// Where the object begins that holds them.
    object: u64,
    stream: u16,
}

impl Packets {
    /// Header, number of the file, count of packets and two reserved bytes (section 5.1).
    const HEADER: u64 = 24 + 16 + 8 + 2;
    /// What is read at either end.
    const MAX_BYTES: u64 = 32 * 1024;

    pub(super) const fn new(object: u64, bytes: u64, stream: u16) -> Self {
        Self {
            start: object.saturating_add(Self::HEADER),
            bytes,
            object,
            stream,
        }
    }

    /// When the frames at the start are shown, in milliseconds and in order, as far as a packet or two tell.
    pub(super) fn first(&self, input: &Input<'_>) -> Parse<Vec<u64>> {
        self.search(input, |index, count| index < count, |index| index)
    }

    /// The same of the end.
    pub(super) fn last(&self, input: &Input<'_>) -> Parse<Vec<u64>> {
        let Some(count) = self.count(input)? else {
            return Ok(Vec::new());
        };
        let from_end = |index: u64| count.saturating_sub(index.saturating_add(1));
        self.search(input, |index, _| index < count, from_end)
    }

    /// How many packets there are: the stated number, or as many as the file has room for.
    fn count(&self, input: &Input<'_>) -> Parse<Option<u64>> {
        const COUNT: u64 = 24 + 16;
        let Some(length) = input.end() else {
            return Ok(None);
        };
        let room = length.saturating_sub(self.start).checked_div(self.bytes);
        let Some(room) = room.filter(|room| *room > 0) else {
            return Ok(None);
        };
        let said = input
            .array(self.object.saturating_add(COUNT))
            .map(u64::from_le_bytes)?;
        Ok(Some(if said == 0 { room } else { said.min(room) }))
    }

    /// The times in the first packets of an order that hold frames, one after the other.
    fn search(
        &self,
        input: &Input<'_>,
        is_there: impl Fn(u64, u64) -> bool,
        place: impl Fn(u64) -> u64,
    ) -> Parse<Vec<u64>> {
        /// Frames that show whether they keep to a rate.
        const ENOUGH: usize = 3;
        let mut times = Vec::new();
        let max_packets = (Self::MAX_BYTES / self.bytes.max(1)).clamp(1, 16);
        for index in 0..max_packets {
            if self.bytes == 0 || !is_there(index, max_packets) || times.len() >= ENOUGH {
                break;
            }
            let at = self
                .start
                .saturating_add(place(index).saturating_mul(self.bytes));
            // Of a file that was cut off, what is there counts.
            let packet = match input.slice(at, self.bytes.min(Self::MAX_BYTES)) {
                Err(halt) if halt.is_truncated() => break,
                packet => packet?,
            };
            times.extend(Packet::new(packet).frames(self.stream).unwrap_or_default());
        }
        let mut times = ascending(times);
        times.dedup();
        Ok(times)
    }
}

/// What is left of a packet.
struct Packet<'a> {
    rest: &'a [u8],
}

impl<'a> Packet<'a> {
    const fn new(rest: &'a [u8]) -> Self {
        Self { rest }
    }

    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(*taken)
    }

    fn skip(&mut self, bytes: usize) -> Option<()> {
        self.rest = self.rest.get(bytes..)?;
        Some(())
    }

    /// A number whose length two bits tell: none, one, two or four bytes.
    fn number(&mut self, kind: u8) -> Option<u32> {
        Some(match kind & 3 {
            0 => 0,
            1 => u8::from_le_bytes(self.take()?).into(),
            2 => u16::from_le_bytes(self.take()?).into(),
            _ => u32::from_le_bytes(self.take()?),
        })
    }

    /// When the frames of a stream are shown that begin here (sections 5.2.1 to 5.2.3).
    fn frames(mut self, stream: u16) -> Option<Vec<u64>> {
        const HAS_CORRECTION: u8 = 0x80;
        const HAS_SEVERAL: u8 = 0x01;
        let [mut lengths] = self.take()?;
        if lengths & HAS_CORRECTION != 0 {
            self.skip(usize::from(lengths & 0x0f))?;
            [lengths] = self.take()?;
        }
        let [properties] = self.take()?;
        self.number(lengths >> 5)?;
        self.number(lengths >> 1)?;
        self.number(lengths >> 3)?;
        // When it is sent, and for how long.
        self.skip(6)?;
        let (count, length_kind) = match lengths & HAS_SEVERAL {
            0 => (1, None),
            _ => {
                let [payloads] = self.take()?;
                (payloads & 0x3f, Some(payloads >> 6))
            }
        };
        let mut frames = Vec::new();
        for _ in 0..count {
            // What cannot be read ends it; what stands before counts.
            if self
                .payload(properties, length_kind, stream, &mut frames)
                .is_none()
            {
                break;
            }
        }
        Some(frames)
    }

    /// Section 5.2.3.
    fn payload(
        &mut self,
        properties: u8,
        length_kind: Option<u8>,
        stream: u16,
        frames: &mut Vec<u64>,
    ) -> Option<()> {
        const IS_COMPRESSED: u32 = 1;
        const NUMBER: u8 = 0x7f;
        let [number] = self.take()?;
        let is_wanted = u16::from(number & NUMBER) == stream;
        self.number(properties >> 4)?;
        let offset = self.number(properties >> 2)?;
        let replicated = self.number(properties)?;
        let (time, step) = match replicated {
            // The offset is a time, and the payload several frames, each behind its length.
            IS_COMPRESSED => {
                let [step] = self.take()?;
                (Some(offset), Some(step))
            }
            _ => {
                let data = self.rest.get(..usize::try_from(replicated).ok()?)?;
                self.skip(data.len())?;
                let time = match data {
                    [_, _, _, _, t0, t1, t2, t3, ..] if offset == 0 => {
                        Some(u32::from_le_bytes([*t0, *t1, *t2, *t3]))
                    }
                    _ => None,
                };
                (time, None)
            }
        };
        let length = match length_kind {
            Some(kind) => usize::try_from(self.number(kind)?).ok()?,
            None => self.rest.len(),
        };
        let payload = self.rest.get(..length)?;
        self.skip(length)?;
        if let Some(time) = time.filter(|_| is_wanted) {
            match step {
                None => frames.push(time.into()),
                Some(step) => frames.extend(compressed(payload, time, step)),
            }
        }
        Some(())
    }
}

fn compressed(mut payload: &[u8], time: u32, step: u8) -> impl Iterator<Item = u64> {
    let mut next = u64::from(time);
    std::iter::from_fn(move || {
        let (length, rest) = payload.split_first()?;
        payload = rest.get(usize::from(*length)..)?;
        let time = next;
        next += u64::from(step);
        Some(time)
    })
}
