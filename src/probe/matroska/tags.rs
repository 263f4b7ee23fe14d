//! Tags in which writers say how many frames a track has, and how long it is (RFC 9559, section 5.1.8; the
//! names are those of mkvmerge's statistics, of which FFmpeg writes the duration as well).

use super::Segment;
use super::ebml::Elements;
use super::track::Track;
use crate::media::Format;
use crate::probe::input::{Input, Parse};
use crate::probe::video::MAX_RATE;
use std::ops::Range;

const TAG: u32 = 0x7373;
const TARGETS: u32 = 0x63c0;
const TAG_TRACK_UID: u32 = 0x63c5;
const SIMPLE_TAG: u32 = 0x67c8;
const TAG_NAME: u32 = 0x45a3;
const TAG_STRING: u32 = 0x4487;

#[derive(Default)]
pub(super) struct Statistics {
    pub(super) seconds: Option<f64>,
    pub(super) frames: Option<u64>,
    bits_per_second: Option<u64>,
    bytes: Option<u64>,
    /// The program that counted.
    writer: Option<String>,
    /// Whether the duration is from the first frame on, as mkvmerge has it: who counts frames does.
    pub(super) is_of_whole_track: bool,
}

impl Statistics {
    /// Whether the count is of this file. Programs that cut or encode a video copy the tags of what they were given,
    /// and write another duration beside them.
    pub(super) fn are_of(&self, seconds: Option<f64>, segment: &Segment, track: &Track) -> bool {
        /// Writers round, and count a last frame or not.
        const TOLERANCE: f64 = 0.05;
        const SECONDS: f64 = 0.5;
        let (Some(frames), Some(seconds)) = (self.frames, seconds) else {
            return false;
        };
        if let (Some(bytes), Some(rate @ 1..)) = (self.bytes, self.bits_per_second) {
            let counted = bytes as f64 * 8.0 / rate as f64;
            if (counted - seconds).abs() > SECONDS.max(TOLERANCE * seconds) {
                return false;
            }
        }
        let is_of_writer = self.writer.as_ref() == Some(&segment.writer);
        let expected = seconds * 1e9 / track.frame_ns as f64;
        let is_expected = (expected - frames as f64).abs() <= 2.0_f64.max(TOLERANCE * expected);
        frames as f64 <= seconds * MAX_RATE && (is_of_writer || is_expected)
    }

    pub(super) fn read(
        input: &Input<'_>,
        format: Format,
        tags: Range<u64>,
        track_uid: u64,
    ) -> Parse<Self> {
        let mut found = Self::default();
        let mut tags = Elements::inside(input, format, tags);
        while let Some(tag) = tags.next()? {
            if tag.id == TAG {
                found.read_tag(input, format, tag.body, track_uid)?;
            }
        }
        Ok(found)
    }

    fn read_tag(
        &mut self,
        input: &Input<'_>,
        format: Format,
        body: Range<u64>,
        track_uid: u64,
    ) -> Parse<()> {
        let mut of_track = false;
        let mut fields = Elements::inside(input, format, body);
        while let Some(field) = fields.next()? {
            match field.id {
                TARGETS => {
                    let mut targets = Elements::inside(input, format, field.body);
                    while let Some(target) = targets.next()? {
                        of_track |=
                            target.id == TAG_TRACK_UID && target.unsigned(input)? == track_uid;
                    }
                }
                SIMPLE_TAG if of_track => self.read_value(input, format, field.body)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn read_value(&mut self, input: &Input<'_>, format: Format, body: Range<u64>) -> Parse<()> {
        let mut name = String::new();
        let mut value = String::new();
        let mut fields = Elements::inside(input, format, body);
        while let Some(field) = fields.next()? {
            match field.id {
                TAG_NAME => name = field.text(input)?,
                TAG_STRING => value = field.text(input)?,
                _ => {}
            }
        }
        match name.as_str() {
            "DURATION" => self.seconds = seconds(&value),
            "NUMBER_OF_FRAMES" => {
                self.frames = value.parse().ok();
                self.is_of_whole_track = true;
            }
            "NUMBER_OF_BYTES" => self.bytes = value.parse().ok(),
            "BPS" => self.bits_per_second = value.parse().ok(),
            "_STATISTICS_WRITING_APP" => self.writer = Some(value),
            _ => {}
        }
        Ok(())
    }
}

/// `00:01:02.500000000`.
fn seconds(text: &str) -> Option<f64> {
    let mut sum = 0.0;
    for part in text.split(':') {
        sum = sum * 60.0 + crate::decimal::parse(part)?;
    }
    Some(sum)
}
