//! Packets of an elementary stream (ISO/IEC 13818-1, 2.4.3.6; ISO/IEC 11172-1, 2.4.3.3).

/// What a piece of a file holds.
#[derive(Default)]
pub(super) struct Scan {
    pub(super) video: Vec<u8>,
    pub(super) stamps: Vec<Stamp>,
    /// Sound was met; that none was is no proof.
    pub(super) has_audio: bool,
}

/// When the first frame that begins in a packet is decoded. Frames are shown in another order, and their
/// times jump; these do not.
pub(super) struct Stamp {
    /// Where in the video.
    pub(super) at: usize,
    /// In units of 90 kHz, modulo 2³³.
    pub(super) time: u64,
}

impl Scan {
    /// Forgets the times of frames before one that begins with what a decoder needs.
    pub(super) fn begin_at(&mut self, at: usize) {
        let first = self.stamps.iter().rposition(|stamp| stamp.at <= at);
        self.stamps.drain(..first.unwrap_or(0));
    }

    pub(super) fn take(&mut self, packet: &[u8]) {
        let Some(packet) = Packet::read(packet) else {
            return;
        };
        if let Some(time) = packet.decoded {
            let at = self.video.len();
            self.stamps.push(Stamp { at, time });
        }
        self.video.extend_from_slice(packet.payload);
    }
}

pub(super) struct Packet<'a> {
    decoded: Option<u64>,
    pub(super) payload: &'a [u8],
}

impl<'a> Packet<'a> {
    /// From the start code on.
    pub(super) fn read(packet: &'a [u8]) -> Option<Self> {
        let [0, 0, 1, _id, _, _, rest @ ..] = packet else {
            return None;
        };
        match rest {
            [0x80..=0xbf, ..] => Self::of_mpeg2(rest),
            _ => Self::of_mpeg1(rest),
        }
    }

    fn of_mpeg2(header: &'a [u8]) -> Option<Self> {
        let [_, flags, length, rest @ ..] = header else {
            return None;
        };
        let (times, payload) = rest.split_at_checked(usize::from(*length))?;
        let decoded = match flags >> 6 {
            2 => time(times),
            3 => time(times.get(5..)?),
            _ => None,
        };
        Some(Self { decoded, payload })
    }

    fn of_mpeg1(mut header: &'a [u8]) -> Option<Self> {
        while let [0xff, rest @ ..] = header {
            header = rest;
        }
        // The size of a buffer.
        if let [0x40..=0x7f, _, rest @ ..] = header {
            header = rest;
        }
        let (decoded, length) = match header.first()? {
            0x20..=0x2f => (time(header), 5),
            0x30..=0x3f => (time(header.get(5..)?), 10),
            _ => (None, 1),
        };
        let payload = header.get(length..)?;
        Some(Self { decoded, payload })
    }
}

/// 33 bits, with marks between that are always set.
fn time(field: &[u8]) -> Option<u64> {
    let [b0, b1, b2, b3, b4, ..] = field else {
        return None;
    };
    if b0 & b2 & b4 & 1 == 0 {
        return None;
    }
    let part = |byte: &u8, shift: u32| u64::from(*byte) << shift;
    Some(
        part(&(b0 >> 1 & 0x07), 30)
            | part(b1, 22)
            | part(&(b2 >> 1), 15)
            | part(b3, 7)
            | part(&(b4 >> 1), 0),
    )
}
