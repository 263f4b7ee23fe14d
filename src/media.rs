//! What an image or a video is: plain facts, as the probe finds them and every later stage takes them.

mod format;

pub use format::Format;

use crate::literal::Literal;
use crate::nullable;
use crate::units;
use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};

/// An image or a video.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(from = "FlatFacts")]
#[non_exhaustive]
pub struct MediaFacts {
    /// The format that the bytes show, whatever the name of the file says.
    pub format: Format,
    /// The type that the bytes show, as in a `Content-Type` header.
    pub mime: String,
    /// Size of the whole source in bytes; `None` where a server does not tell.
    pub bytes: Option<u64>,
    /// Bytes that were read to learn this.
    pub bytes_read: u64,
    /// Stored width in pixels: what a decoder that ignores rotation yields.
    pub width: u64,
    /// Stored height in pixels.
    pub height: u64,
    /// Width in pixels as a viewer shows it: upright, with square pixels.
    pub display_width: u64,
    /// Height in pixels as a viewer shows it.
    pub display_height: u64,
    /// Whether it is an image or a video, and the facts that only one of them has.
    pub kind: Kind,
}

/// What only images have, or only videos.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// A still or animated image.
    Image(ImageFacts),
    /// A video in any container.
    Video(VideoFacts),
}

/// What is known of an image alone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImageFacts {
    /// How it must be turned to stand upright, from its EXIF block or an equivalent of its format.
    pub orientation: Orientation,
    /// `None` where only decoding would tell.
    pub animated: Option<bool>,
    /// `None` where only decoding would tell.
    pub has_alpha: Option<bool>,
}

/// What is known of a video alone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VideoFacts {
    /// Clockwise degrees: 0, 90, 180 or 270.
    pub rotation: Rotation,
    /// Milliseconds of what is shown, edits applied; `None` where the file does not say.
    pub duration_ms: Option<f64>,
    /// Average frames a second.
    pub frame_rate: Option<f64>,
    /// Frames that are shown; `None` where the file does not say.
    pub frame_count: Option<u64>,
    /// Whether the frames follow from the duration and a stated or average rate, and were not counted. Then they
    /// may be off.
    pub frames_derived: bool,
    /// Short name as ffprobe prints it, such as `h264`, else the container's own; `None` where the file does not say.
    pub codec: Option<String>,
    /// Whether it has sound; `None` where the file does not say.
    pub has_audio: Option<bool>,
}

impl MediaFacts {
    /// An image of this stored size, of which neither length nor reading is known yet.
    pub fn image(format: Format, stored: Size, image: ImageFacts) -> Self {
        let display = image.orientation.display(stored);
        Self::new(format, stored, display, Kind::Image(image))
    }

    /// A video with square pixels of this stored size, of which neither length nor reading is known yet.
    pub fn video(format: Format, stored: Size, video: VideoFacts) -> Self {
        Self::video_shown_as(format, stored, stored, video)
    }

    /// As [`video`](Self::video), with the size at which a player shows a frame before it turns it.
    pub(crate) fn video_shown_as(
        format: Format,
        stored: Size,
        shown: Size,
        video: VideoFacts,
    ) -> Self {
        let display = video.rotation.display(shown);
        Self::new(format, stored, display, Kind::Video(video))
    }

    fn new(format: Format, stored: Size, display: Size, kind: Kind) -> Self {
        Self {
            format,
            mime: format.mime().to_owned(),
            bytes: None,
            bytes_read: 0,
            width: stored.width,
            height: stored.height,
            display_width: display.width,
            display_height: display.height,
            kind,
        }
    }

    /// Of a file of this length; `None` where that is not known.
    #[must_use]
    pub fn with_bytes(mut self, bytes: impl Into<Option<u64>>) -> Self {
        self.bytes = bytes.into();
        self
    }

    /// Stored size in pixels, before any rotation.
    pub fn stored(&self) -> Size {
        Size::new(self.width, self.height)
    }

    /// Whether it is an image, animated or not; otherwise it is a video.
    pub fn is_image(&self) -> bool {
        matches!(self.kind, Kind::Image(_))
    }
}

/// Width and height in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Size {
    /// Pixels from left to right.
    #[serde(serialize_with = "units::count")]
    pub width: u64,
    /// Pixels from top to bottom.
    #[serde(serialize_with = "units::count")]
    pub height: u64,
}

impl Size {
    /// A size from its two sides in pixels.
    pub const fn new(width: u64, height: u64) -> Self {
        Self { width, height }
    }

    /// The size at which pixels of this aspect, `across` to `down`, become square. Players widen a wide
    /// pixel and heighten a tall one, so that no pixel is lost.
    pub fn with_square_pixels(self, across: u64, down: u64) -> Self {
        match (across, down) {
            (0, _) | (_, 0) => self,
            _ if across > down => Self::new(scaled(self.width, across, down), self.height),
            _ => Self::new(self.width, scaled(self.height, down, across)),
        }
    }
}

/// `side · by / over`, to the nearest; a product beyond 64 bits is as wide as can be.
fn scaled(side: u64, by: u64, over: u64) -> u64 {
    let exact = u128::from(side) * u128::from(by);
    let over = u128::from(over);
    u64::try_from((exact + over / 2) / over).unwrap_or(u64::MAX)
}

/// How far a player turns the frames of a video, clockwise. In JavaScript, and in JSON, the degrees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u16")]
pub enum Rotation {
    /// Not at all.
    #[default]
    None,
    /// By 90°.
    Quarter,
    /// By 180°.
    Half,
    /// By 270°.
    ThreeQuarters,
}

impl Rotation {
    /// Each of them, by growing degrees.
    pub const ALL: [Self; 4] = [Self::None, Self::Quarter, Self::Half, Self::ThreeQuarters];

    /// From 0, 90, 180 or 270; `None` for any other number.
    pub fn new(degrees: u64) -> Option<Self> {
        let is = |rotation: &Self| u64::from(rotation.degrees()) == degrees;
        Self::ALL.into_iter().find(is)
    }

    /// 0, 90, 180 or 270.
    pub const fn degrees(self) -> u16 {
        match self {
            Self::None => 0,
            Self::Quarter => 90,
            Self::Half => 180,
            Self::ThreeQuarters => 270,
        }
    }

    /// Size in pixels as a player shows it: by a quarter and three quarters of a turn it lies on its side.
    pub const fn display(self, stored: Size) -> Size {
        match self {
            Self::None | Self::Half => stored,
            Self::Quarter | Self::ThreeQuarters => Size::new(stored.height, stored.width),
        }
    }

    /// To the nearest quarter; clockwise degrees, any number of turns.
    pub(crate) fn nearest(degrees: f64) -> Self {
        match (degrees / 90.0).round().rem_euclid(4.0) {
            1.0 => Self::Quarter,
            2.0 => Self::Half,
            3.0 => Self::ThreeQuarters,
            _ => Self::None,
        }
    }

    /// That which takes the axis to the right nearest to this direction: right and down.
    pub(crate) fn towards(right: f64, down: f64) -> Self {
        if down.abs() > right.abs() {
            if down > 0.0 {
                Self::Quarter
            } else {
                Self::ThreeQuarters
            }
        } else if right < 0.0 {
            Self::Half
        } else {
            Self::None
        }
    }
}

impl TryFrom<u64> for Rotation {
    type Error = &'static str;

    fn try_from(degrees: u64) -> Result<Self, Self::Error> {
        Self::new(degrees).ok_or("a rotation is 0, 90, 180 or 270")
    }
}

impl From<Rotation> for u16 {
    fn from(rotation: Rotation) -> Self {
        rotation.degrees()
    }
}

/// How a stored image must be turned and mirrored to stand upright, 1 to 8 as EXIF numbers it
/// (CIPA DC-008-2023, 4.6.5.1.6). 1 is upright.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u8")]
pub struct Orientation(u8);

impl Orientation {
    /// Neither turned nor mirrored: 1.
    pub const UPRIGHT: Self = Self(1);

    /// `None` for a number outside 1 to 8.
    pub const fn new(number: u8) -> Option<Self> {
        if matches!(number, 1..=8) {
            Some(Self(number))
        } else {
            None
        }
    }

    /// The number that EXIF has for it, 1 to 8.
    pub const fn number(self) -> u8 {
        self.0
    }

    /// Whether it is neither turned nor mirrored.
    pub fn is_upright(self) -> bool {
        self == Self::UPRIGHT
    }

    /// This, and then a quarter turn to the left.
    pub(crate) const fn turned_left(self) -> Self {
        Self(match self.0 {
            1 => 8,
            8 => 3,
            3 => 6,
            6 => 1,
            2 => 5,
            5 => 4,
            4 => 7,
            _ => 2,
        })
    }

    /// This, and then left and right exchanged.
    pub(crate) const fn mirrored(self) -> Self {
        Self(match self.0 {
            1 => 2,
            2 => 1,
            3 => 4,
            4 => 3,
            5 => 6,
            6 => 5,
            7 => 8,
            _ => 7,
        })
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

impl TryFrom<u64> for Orientation {
    type Error = &'static str;

    fn try_from(number: u64) -> Result<Self, Self::Error> {
        let number = u8::try_from(number).ok();
        number.and_then(Self::new).ok_or("an orientation is 1 to 8")
    }
}

impl From<Orientation> for u8 {
    fn from(orientation: Orientation) -> Self {
        orientation.0
    }
}

/// Flat: the fields of its kind stand beside the others.
impl Serialize for MediaFacts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let capped = |count: u64| count.min(units::MAX_COUNT);
        let mut fields = serializer.serialize_struct("MediaFacts", 15)?;
        let kind = if self.is_image() { "image" } else { "video" };
        fields.serialize_field("kind", &Literal(kind))?;
        fields.serialize_field("format", &self.format)?;
        let mime = self.format.mime();
        if self.mime == mime {
            fields.serialize_field("mime", &Literal(mime))?;
        } else {
            fields.serialize_field("mime", &self.mime)?;
        }
        fields.serialize_field("bytes", &self.bytes)?;
        fields.serialize_field("bytesRead", &self.bytes_read)?;
        fields.serialize_field("width", &capped(self.width))?;
        fields.serialize_field("height", &capped(self.height))?;
        fields.serialize_field("displayWidth", &capped(self.display_width))?;
        fields.serialize_field("displayHeight", &capped(self.display_height))?;
        match &self.kind {
            Kind::Image(image) => {
                fields.serialize_field("orientation", &image.orientation.number())?;
                fields.serialize_field("animated", &image.animated)?;
                fields.serialize_field("hasAlpha", &image.has_alpha)?;
            }
            Kind::Video(video) => {
                fields.serialize_field("rotation", &video.rotation)?;
                fields.serialize_field("durationMs", &video.duration_ms)?;
                fields.serialize_field("frameRate", &video.frame_rate)?;
                fields.serialize_field("frameCount", &video.frame_count.map(capped))?;
                fields.serialize_field("framesDerived", &video.frames_derived)?;
                fields.serialize_field("codec", &video.codec)?;
                fields.serialize_field("hasAudio", &video.has_audio)?;
            }
        }
        fields.end()
    }
}

/// All fields at once. Deserialising a flattened, tagged enum would buffer everything and generate the
/// code for it several times over.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
struct FlatFacts {
    kind: FlatKind,
    format: Format,
    mime: String,
    bytes: Option<u64>,
    #[serde(default, deserialize_with = "nullable::or_default")]
    bytes_read: u64,
    width: u64,
    height: u64,
    display_width: u64,
    display_height: u64,
    #[serde(default, deserialize_with = "nullable::or_default")]
    orientation: Orientation,
    animated: Option<bool>,
    has_alpha: Option<bool>,
    #[serde(default, deserialize_with = "nullable::or_default")]
    rotation: Rotation,
    duration_ms: Option<f64>,
    frame_rate: Option<f64>,
    frame_count: Option<u64>,
    #[serde(default, deserialize_with = "nullable::or_default")]
    frames_derived: bool,
    codec: Option<String>,
    has_audio: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum FlatKind {
    Image,
    Video,
}

impl From<FlatFacts> for MediaFacts {
    fn from(flat: FlatFacts) -> Self {
        let kind = match flat.kind {
            FlatKind::Image => Kind::Image(ImageFacts {
                orientation: flat.orientation,
                animated: flat.animated,
                has_alpha: flat.has_alpha,
            }),
            FlatKind::Video => Kind::Video(VideoFacts {
                rotation: flat.rotation,
                duration_ms: flat.duration_ms,
                frame_rate: flat.frame_rate,
                frame_count: flat.frame_count,
                frames_derived: flat.frames_derived,
                codec: flat.codec,
                has_audio: flat.has_audio,
            }),
        };
        Self {
            format: flat.format,
            mime: flat.mime,
            bytes: flat.bytes,
            bytes_read: flat.bytes_read,
            width: flat.width,
            height: flat.height,
            display_width: flat.display_width,
            display_height: flat.display_height,
            kind,
        }
    }
}
