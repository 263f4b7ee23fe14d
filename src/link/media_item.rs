//! The facts of one media item in a link: its format and its stored size, then each other fact that is known, behind
//! its letter.
//!
//! `jpeg_4032x3024_b3100000_o6` is a JPEG of 3.1 MB that lies on its side.

use super::{decimal, positive, whole};
use crate::media::{Format, ImageFacts, Kind, MediaFacts, Orientation, Rotation, Size, VideoFacts};
use crate::request::{MediaPart, Via};

/// Between facts: no number has it, and no program takes it for the end of an address.
const MARK: char = '_';

/// A year of video.
const MAX_DURATION_MS: f64 = 31_536_000_000.0;

/// One media item of a link.
#[derive(Clone, Debug, PartialEq)]
pub struct Linked {
    /// Without what changes no figure: codec, sound, and how much was read.
    pub facts: MediaFacts,
    /// Whether the endpoint fetches it. Where from, no link tells.
    pub by_url: bool,
}

impl From<MediaPart> for Linked {
    fn from(part: MediaPart) -> Self {
        let mut facts = part.facts;
        facts.bytes_read = 0;
        if let Kind::Video(video) = &mut facts.kind {
            video.codec = None;
            video.has_audio = None;
        }
        Self {
            facts,
            by_url: matches!(part.via, Via::Url(_)),
        }
    }
}

impl Linked {
    pub(super) fn text(&self) -> String {
        let facts = &self.facts;
        let shown = Size::new(facts.display_width, facts.display_height);
        let whole = |number: Option<u64>| number.map(|number| number.to_string());
        let number = |number: Option<f64>| number.map(|number| number.to_string());
        let mut fields = vec![
            ('b', whole(facts.bytes)),
            ('s', (shown != facts.stored()).then(|| size(shown))),
            ('u', self.by_url.then(String::new)),
        ];
        match &facts.kind {
            Kind::Image(image) => {
                let orientation = u64::from(image.orientation.number());
                fields.extend([
                    ('o', whole(Some(orientation).filter(|number| *number != 1))),
                    ('a', yes_or_no(image.animated)),
                    ('t', yes_or_no(image.has_alpha)),
                ]);
            }
            Kind::Video(video) => {
                let rotation = u64::from(video.rotation.degrees());
                fields.extend([
                    ('r', whole(Some(rotation).filter(|degrees| *degrees != 0))),
                    ('d', number(video.duration_ms)),
                    ('f', number(video.frame_rate)),
                    ('n', whole(video.frame_count)),
                    ('e', video.frames_derived.then(String::new)),
                ]);
            }
        }
        let mut text = format!("{}{MARK}{}", facts.format.name(), size(facts.stored()));
        for (letter, value) in fields {
            if let Some(value) = value {
                text.extend([MARK, letter]);
                text.push_str(&value);
            }
        }
        text
    }

    /// `None` for what is not exactly of that form.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut parts = text.split(MARK);
        let name = parts.next()?;
        let format = Format::named(name)?;
        let stored = read_size(parts.next()?)?;
        let mut linked = Self {
            facts: if format.is_video() {
                MediaFacts::video(format, stored, VideoFacts::default())
            } else {
                MediaFacts::image(format, stored, ImageFacts::default())
            },
            by_url: false,
        };
        for part in parts {
            let letter = part.chars().next()?;
            let value = part.get(letter.len_utf8()..)?;
            match (letter, value) {
                ('u', "") => linked.by_url = true,
                _ => set(&mut linked.facts, letter, value)?,
            }
        }
        Some(linked)
    }
}

fn set(facts: &mut MediaFacts, letter: char, value: &str) -> Option<()> {
    match (letter, &mut facts.kind) {
        ('b', _) => facts.bytes = Some(whole(value)?),
        ('s', _) => {
            let shown = read_size(value)?;
            (facts.display_width, facts.display_height) = (shown.width, shown.height);
        }
        ('o', Kind::Image(image)) => {
            image.orientation = Orientation::new(whole(value)?.try_into().ok()?)?;
        }
        ('a', Kind::Image(image)) => image.animated = Some(read_yes_or_no(value)?),
        ('t', Kind::Image(image)) => image.has_alpha = Some(read_yes_or_no(value)?),
        ('r', Kind::Video(video)) => {
            let turned = Rotation::new(whole(value)?)?;
            video.rotation = Some(turned).filter(|turned| *turned != Rotation::None)?;
        }
        ('d', Kind::Video(video)) => {
            let ms = decimal(value).filter(|ms| *ms <= MAX_DURATION_MS)?;
            video.duration_ms = Some(ms);
        }
        ('f', Kind::Video(video)) => video.frame_rate = Some(super::rate(value)?),
        ('n', Kind::Video(video)) => video.frame_count = Some(whole(value)?),
        ('e', Kind::Video(video)) if value.is_empty() => video.frames_derived = true,
        _ => return None,
    }
    Some(())
}

fn size(size: Size) -> String {
    format!("{}x{}", size.width, size.height)
}

fn read_size(text: &str) -> Option<Size> {
    let (width, height) = text.split_once('x')?;
    Some(Size::new(positive(width)?, positive(height)?))
}

fn yes_or_no(answer: Option<bool>) -> Option<String> {
    answer.map(|answer| u8::from(answer).to_string())
}

fn read_yes_or_no(text: &str) -> Option<bool> {
    match text {
        "0" => Some(false),
        "1" => Some(true),
        _ => None,
    }
}
