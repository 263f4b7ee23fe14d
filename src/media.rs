//! What a picture or a video is: plain facts, as the probe finds them and every later stage takes them.

use crate::units::{count, optional_count};
use serde::{Deserialize, Serialize};

/// An image or a video.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", from = "AnyFacts")]
pub enum MediaFacts {
    Image(ImageFacts),
    Video(VideoFacts),
}

impl MediaFacts {
    pub fn format(&self) -> Format {
        match self {
            Self::Image(image) => image.format,
            Self::Video(video) => video.format,
        }
    }

    /// The type that the bytes show, as in a `Content-Type` header.
    pub fn mime(&self) -> &str {
        match self {
            Self::Image(image) => &image.mime,
            Self::Video(video) => &video.mime,
        }
    }

    /// Size of the whole source in bytes, where it is known.
    pub fn bytes(&self) -> Option<u64> {
        match self {
            Self::Image(image) => image.bytes,
            Self::Video(video) => video.bytes,
        }
    }

    /// Stored size in pixels: what a decoder that ignores rotation yields.
    pub fn stored(&self) -> Size {
        match self {
            Self::Image(image) => Size::new(image.width, image.height),
            Self::Video(video) => Size::new(video.width, video.height),
        }
    }
}

/// Facts of an image.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageFacts {
    pub format: Format,
    pub mime: String,
    /// Size of the whole source in bytes; `None` where a server does not tell.
    #[serde(serialize_with = "optional_count")]
    pub bytes: Option<u64>,
    /// Bytes that were read to learn this.
    #[serde(serialize_with = "count")]
    pub bytes_read: u64,
    /// Stored width in pixels.
    #[serde(serialize_with = "count")]
    pub width: u64,
    /// Stored height in pixels.
    #[serde(serialize_with = "count")]
    pub height: u64,
    /// Width in pixels as a viewer shows it, upright.
    #[serde(serialize_with = "count")]
    pub display_width: u64,
    /// Height in pixels as a viewer shows it, upright.
    #[serde(serialize_with = "count")]
    pub display_height: u64,
    pub orientation: Orientation,
    /// `None` where only decoding would tell.
    pub animated: Option<bool>,
    /// `None` where only decoding would tell.
    pub has_alpha: Option<bool>,
}

/// Facts of a video.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VideoFacts {
    pub format: Format,
    pub mime: String,
    /// Size of the whole source in bytes; `None` where a server does not tell.
    #[serde(serialize_with = "optional_count")]
    pub bytes: Option<u64>,
    /// Bytes that were read to learn this.
    #[serde(serialize_with = "count")]
    pub bytes_read: u64,
    /// Stored width in pixels.
    #[serde(serialize_with = "count")]
    pub width: u64,
    /// Stored height in pixels.
    #[serde(serialize_with = "count")]
    pub height: u64,
    /// Width in pixels as a player shows it.
    #[serde(serialize_with = "count")]
    pub display_width: u64,
    /// Height in pixels as a player shows it.
    #[serde(serialize_with = "count")]
    pub display_height: u64,
    /// Clockwise degrees: 0, 90, 180 or 270.
    pub rotation: u16,
    pub duration_ms: Option<f64>,
    /// Average frames a second.
    pub frame_rate: Option<f64>,
    #[serde(serialize_with = "optional_count")]
    pub frame_count: Option<u64>,
    pub codec: Option<String>,
    pub has_audio: Option<bool>,
}

/// Width and height in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    pub width: u64,
    pub height: u64,
}

impl Size {
    pub const fn new(width: u64, height: u64) -> Self {
        Self { width, height }
    }
}

/// The formats that tilewise names, accepted by a model or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    Png,
    Jpeg,
    Gif,
    Webp,
    Bmp,
    Tiff,
    Ico,
    Avif,
    Heic,
    Jxl,
    Svg,
    Mp4,
    Mov,
    Webm,
    Mkv,
    Avi,
    Mpeg,
    Flv,
    Wmv,
    #[serde(rename = "3gp")]
    ThreeGp,
}

impl Format {
    /// The name used everywhere: in facts, in the catalogue, in file names of snippets.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpeg",
            Self::Gif => "gif",
            Self::Webp => "webp",
            Self::Bmp => "bmp",
            Self::Tiff => "tiff",
            Self::Ico => "ico",
            Self::Avif => "avif",
            Self::Heic => "heic",
            Self::Jxl => "jxl",
            Self::Svg => "svg",
            Self::Mp4 => "mp4",
            Self::Mov => "mov",
            Self::Webm => "webm",
            Self::Mkv => "mkv",
            Self::Avi => "avi",
            Self::Mpeg => "mpeg",
            Self::Flv => "flv",
            Self::Wmv => "wmv",
            Self::ThreeGp => "3gp",
        }
    }

    pub const fn is_video(self) -> bool {
        matches!(
            self,
            Self::Mp4
                | Self::Mov
                | Self::Webm
                | Self::Mkv
                | Self::Avi
                | Self::Mpeg
                | Self::Flv
                | Self::Wmv
                | Self::ThreeGp
        )
    }
}

/// How a stored picture must be turned and mirrored to stand upright, 1 to 8 as EXIF numbers it
/// (CIPA DC-008-2023, 4.6.5.1.6). 1 is upright.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Orientation(u8);

impl Orientation {
    pub const UPRIGHT: Self = Self(1);

    /// `None` for a number outside 1 to 8.
    pub const fn new(number: u8) -> Option<Self> {
        if matches!(number, 1..=8) {
            Some(Self(number))
        } else {
            None
        }
    }

    pub const fn number(self) -> u8 {
        self.0
    }

    pub fn is_upright(self) -> bool {
        self == Self::UPRIGHT
    }

    /// Size in pixels as a viewer shows it: 5 to 8 lie on their side.
    pub const fn display(self, stored: Size) -> Size {
        if self.0 >= 5 {
            Size::new(stored.height, stored.width)
        } else {
            stored
        }
    }
}

impl Default for Orientation {
    fn default() -> Self {
        Self::UPRIGHT
    }
}

impl TryFrom<u8> for Orientation {
    type Error = &'static str;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        Self::new(number).ok_or("an orientation is 1 to 8")
    }
}

impl From<Orientation> for u8 {
    fn from(orientation: Orientation) -> Self {
        orientation.0
    }
}

/// The fields of both kinds at once. Deserialising an internally tagged enum would buffer everything
/// and generate the code for it twice over.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AnyFacts {
    kind: Kind,
    format: Format,
    mime: String,
    bytes: Option<u64>,
    #[serde(default)]
    bytes_read: u64,
    width: u64,
    height: u64,
    display_width: u64,
    display_height: u64,
    #[serde(default)]
    orientation: Orientation,
    animated: Option<bool>,
    has_alpha: Option<bool>,
    #[serde(default)]
    rotation: u16,
    duration_ms: Option<f64>,
    frame_rate: Option<f64>,
    frame_count: Option<u64>,
    codec: Option<String>,
    has_audio: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Image,
    Video,
}

impl From<AnyFacts> for MediaFacts {
    fn from(any: AnyFacts) -> Self {
        match any.kind {
            Kind::Image => Self::Image(ImageFacts {
                format: any.format,
                mime: any.mime,
                bytes: any.bytes,
                bytes_read: any.bytes_read,
                width: any.width,
                height: any.height,
                display_width: any.display_width,
                display_height: any.display_height,
                orientation: any.orientation,
                animated: any.animated,
                has_alpha: any.has_alpha,
            }),
            Kind::Video => Self::Video(VideoFacts {
                format: any.format,
                mime: any.mime,
                bytes: any.bytes,
                bytes_read: any.bytes_read,
                width: any.width,
                height: any.height,
                display_width: any.display_width,
                display_height: any.display_height,
                rotation: any.rotation,
                duration_ms: any.duration_ms,
                frame_rate: any.frame_rate,
                frame_count: any.frame_count,
                codec: any.codec,
                has_audio: any.has_audio,
            }),
        }
    }
}
