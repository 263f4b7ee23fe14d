//! The figures of a request as the fragment of an address, so that a link shows the same ones.
//!
//! A link holds figures alone: sizes, lengths, rates and what was chosen. Never a media item, its name or its
//! address, never a text or a key. It is text of a fixed form, with its version in front; whatever is not exactly
//! of that form is refused as a whole, and nothing in it is taken on trust: numbers are bounded, lists are
//! short, names are those that tilewise knows or plain words.
//!
//! ```
//! use tilewise::link::{Link, Linked};
//! use tilewise::media::{Format, ImageFacts, MediaFacts, Size};
//! use tilewise::request::MediaPart;
//!
//! let photo = MediaFacts::image(Format::Jpeg, Size::new(4032, 3024), ImageFacts::default());
//! let media = vec![Linked::from(MediaPart::base64(photo))];
//! let link = Link { media, ..Link::new("moonshotai/Kimi-K2.6") };
//! let text = link.fragment().unwrap();
//! assert_eq!(text, "1&model=moonshotai/Kimi-K2.6&rule=published&media=jpeg_4032x3024");
//! assert_eq!(text.parse(), Ok(link));
//! assert!("section-2".parse::<Link>().is_err());
//! ```

mod media_item;

pub use media_item::Linked;

use crate::estimate::{Volume, WhatIf};
use crate::request::Detail;
use crate::rule::Rule;
use std::fmt::Write;
use std::str::FromStr;

/// Goes up when an older reader would misunderstand.
const VERSION: &str = "1";

/// Addresses of this length still go through mail and chat programs.
const MAX_BYTES: usize = 8_000;

/// More than any limit allows, and few enough to show.
const MAX_MEDIA: usize = 200;

/// The longest identifier of a model that is read.
const MAX_MODEL_BYTES: usize = 100;

/// Frames a second beyond which nothing is recorded.
const MAX_FPS: f64 = 1_000.0;

/// What is chosen, and of what.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// As the endpoint spells it.
    pub model: String,
    /// The rule by which media are counted.
    pub rule: Rule,
    /// How closely the model should look; `None` where nothing was chosen.
    pub detail: Option<Detail>,
    /// Frames sampled from a video each second.
    pub sample_fps: Option<f64>,
    /// Most tokens of output.
    pub max_tokens: Option<u64>,
    /// How many such requests are sent in a day.
    pub volume: Volume,
    /// The changes that the estimate is compared with.
    pub what_if: WhatIf,
    /// The images and videos of the request, in order, at most 200.
    pub media: Vec<Linked>,
}

/// Why a text is no link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LinkError {
    /// The text does not begin as a link of tilewise does.
    #[error("it is no link of tilewise")]
    Foreign,
    /// The text has the number of another version in front.
    #[error("it is a link of another version of tilewise")]
    OtherVersion,
    /// The text has more than 8,000 bytes.
    #[error("the link is too long")]
    TooLong,
    /// A field is unknown, repeated, out of range or missing.
    #[error("the link is damaged")]
    Damaged,
}

impl Link {
    /// One of a model, with nothing else chosen.
    pub fn new(model: impl Into<String>) -> Self {
        Self {
            model: model.into(),
            rule: Rule::default(),
            detail: None,
            sample_fps: None,
            max_tokens: None,
            volume: Volume::default(),
            what_if: WhatIf::default(),
            media: Vec::new(),
        }
    }

    /// What stands behind the `#` of an address; `None` where it would be too long, or says what cannot be read
    /// again.
    pub fn fragment(&self) -> Option<String> {
        let mut text = format!("{VERSION}&model={}&rule={}", self.model, self.rule.name());
        let fields = [
            ("detail", self.detail.map(|detail| detail.name().to_owned())),
            ("fps", self.sample_fps.map(|fps| fps.to_string())),
            ("max", self.max_tokens.map(|tokens| tokens.to_string())),
            (
                "daily",
                Some(self.volume)
                    .filter(|volume| *volume != Volume::default())
                    .map(|volume| volume.requests_a_day.to_string()),
            ),
            (
                "if-size",
                self.what_if.size_percent.map(|percent| percent.to_string()),
            ),
            ("if-fps", self.what_if.sample_fps.map(|fps| fps.to_string())),
            (
                "if-pictures",
                self.what_if.images.map(|images| images.to_string()),
            ),
        ];
        for (name, value) in fields {
            if let Some(value) = value {
                // Writing into a string never fails.
                let _ = write!(text, "&{name}={value}");
            }
        }
        for (index, linked) in self.media.iter().enumerate() {
            text.push_str(if index == 0 { "&media=" } else { "," });
            text.push_str(&linked.text());
        }
        text.parse::<Self>().is_ok().then_some(text)
    }
}

impl FromStr for Link {
    type Err = LinkError;

    fn from_str(text: &str) -> Result<Self, LinkError> {
        let (version, fields) = text.split_once('&').ok_or(LinkError::Foreign)?;
        if version != VERSION {
            let is_number =
                !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit());
            return Err(if is_number && fields.starts_with("model=") {
                LinkError::OtherVersion
            } else {
                LinkError::Foreign
            });
        }
        if text.len() > MAX_BYTES {
            return Err(LinkError::TooLong);
        }
        let mut link = Self::new("");
        let mut seen = Vec::new();
        for field in fields.split('&') {
            let (name, value) = field.split_once('=').ok_or(LinkError::Damaged)?;
            if seen.contains(&name) {
                return Err(LinkError::Damaged);
            }
            seen.push(name);
            link.set(name, value).ok_or(LinkError::Damaged)?;
        }
        if link.model.is_empty() {
            Err(LinkError::Damaged)
        } else {
            Ok(link)
        }
    }
}

impl Link {
    fn set(&mut self, name: &str, value: &str) -> Option<()> {
        match name {
            "model" => self.model = model(value)?,
            "rule" => self.rule = Rule::ALL.into_iter().find(|rule| rule.name() == value)?,
            "detail" => {
                let detail = Detail::ALL
                    .into_iter()
                    .find(|detail| detail.name() == value);
                self.detail = Some(detail?);
            }
            "fps" => self.sample_fps = Some(rate(value)?),
            "max" => self.max_tokens = Some(positive(value)?),
            "daily" => self.volume.requests_a_day = positive(value)?,
            "if-size" => {
                let percent = positive(value).filter(|percent| *percent <= 100)?;
                self.what_if.size_percent = Some(percent);
            }
            "if-fps" => self.what_if.sample_fps = Some(rate(value)?),
            "if-pictures" => {
                let images = positive(value).filter(|count| *count <= WhatIf::MAX_IMAGES)?;
                self.what_if.images = Some(images);
            }
            "media" => {
                let media = value.split(',').take(MAX_MEDIA + 1);
                self.media = media.map(Linked::read).collect::<Option<_>>()?;
                return (self.media.len() <= MAX_MEDIA).then_some(());
            }
            _ => return None,
        }
        Some(())
    }
}

/// As endpoints spell them: nothing that an address or a page would take for anything else.
fn model(text: &str) -> Option<String> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._/:@".contains(&byte);
    let is_model = (1..=MAX_MODEL_BYTES).contains(&text.len()) && text.bytes().all(is_plain);
    is_model.then(|| text.to_owned())
}

/// A whole number of at least 1, written in digits alone.
fn positive(text: &str) -> Option<u64> {
    whole(text).filter(|number| *number > 0)
}

fn whole(text: &str) -> Option<u64> {
    let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    is_digits.then(|| text.parse().ok()).flatten()
}

/// Frames a second, as a decimal number.
fn rate(text: &str) -> Option<f64> {
    decimal(text).filter(|fps| *fps > 0.0 && *fps <= MAX_FPS)
}

/// Digits and a point: no sign, no exponent, no name of a number.
fn decimal(text: &str) -> Option<f64> {
    let is_decimal = |byte: u8| byte.is_ascii_digit() || byte == b'.';
    let number: f64 = text.bytes().all(is_decimal).then(|| text.parse().ok())??;
    number.is_finite().then_some(number)
}
