//! One track: what its frames are, and how they are shown.

use super::ebml::Elements;
use super::id;
use crate::media::{Format, Rotation, Size};
use crate::probe::codec;
use crate::probe::input::{Input, Parse};
use std::ops::Range;

/// One track (RFC 9559, section 5.1.4).
#[derive(Clone, Debug)]
pub(super) struct Track {
    pub(super) number: u64,
    pub(super) uid: u64,
    pub(super) kind: u64,
    pub(super) is_enabled: bool,
    pub(super) codec: Option<String>,
    /// Nanoseconds of a frame; 0 where it is not said.
    pub(super) frame_ns: u64,
    pub(super) stored: Size,
    /// Pixels cut off at left and right together, and at top and bottom.
    cropped: Size,
    display: Size,
    display_unit: u64,
    /// Degrees: yaw, pitch and roll.
    pose: [f64; 3],
}

impl Track {
    pub(super) fn read(input: &Input<'_>, format: Format, body: Range<u64>) -> Parse<Self> {
        let mut track = Self {
            number: 0,
            uid: 0,
            kind: 0,
            is_enabled: true,
            codec: None,
            frame_ns: 0,
            stored: Size::new(0, 0),
            cropped: Size::new(0, 0),
            display: Size::new(0, 0),
            display_unit: 0,
            pose: [0.0; 3],
        };
        let mut codec_id = String::new();
        let mut private = 0..0;
        let mut fields = Elements::inside(input, format, body);
        while let Some(field) = fields.next()? {
            match field.id {
                id::TRACK_NUMBER => track.number = field.unsigned(input)?,
                id::TRACK_UID => track.uid = field.unsigned(input)?,
                id::TRACK_TYPE => track.kind = field.unsigned(input)?,
                id::FLAG_ENABLED => track.is_enabled = field.unsigned(input)? != 0,
                id::DEFAULT_DURATION => track.frame_ns = field.unsigned(input)?,
                id::CODEC_ID => codec_id = field.text(input)?,
                id::CODEC_PRIVATE => private = field.body,
                id::VIDEO => track.read_video(input, format, field.body)?,
                _ => {}
            }
        }
        track.codec = name_of_codec(input, &codec_id, &private)?;
        Ok(track)
    }

    fn read_video(&mut self, input: &Input<'_>, format: Format, body: Range<u64>) -> Parse<()> {
        let mut fields = Elements::inside(input, format, body);
        while let Some(field) = fields.next()? {
            match field.id {
                id::PIXEL_WIDTH => self.stored.width = field.unsigned(input)?,
                id::PIXEL_HEIGHT => self.stored.height = field.unsigned(input)?,
                id::PIXEL_CROP_LEFT | id::PIXEL_CROP_RIGHT => {
                    let cut = field.unsigned(input)?;
                    self.cropped.width = self.cropped.width.saturating_add(cut);
                }
                id::PIXEL_CROP_TOP | id::PIXEL_CROP_BOTTOM => {
                    let cut = field.unsigned(input)?;
                    self.cropped.height = self.cropped.height.saturating_add(cut);
                }
                id::DISPLAY_WIDTH => self.display.width = field.unsigned(input)?,
                id::DISPLAY_HEIGHT => self.display.height = field.unsigned(input)?,
                id::DISPLAY_UNIT => self.display_unit = field.unsigned(input)?,
                id::PROJECTION => self.read_projection(input, format, field.body)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn read_projection(
        &mut self,
        input: &Input<'_>,
        format: Format,
        body: Range<u64>,
    ) -> Parse<()> {
        let [yaw, pitch, roll] = &mut self.pose;
        let mut fields = Elements::inside(input, format, body);
        while let Some(field) = fields.next()? {
            let angle = match field.id {
                id::PROJECTION_POSE_YAW => &mut *yaw,
                id::PROJECTION_POSE_PITCH => &mut *pitch,
                id::PROJECTION_POSE_ROLL => &mut *roll,
                _ => continue,
            };
            *angle = field.float(input)?.unwrap_or(0.0);
        }
        Ok(())
    }

    /// Sections 5.1.4.1.28.12 to 14: a size in pixels, or an aspect, in any other unit; by default what is
    /// left of the stored size.
    pub(super) fn shown(&self) -> Size {
        const PIXELS: u64 = 0;
        let left = Size::new(
            self.stored.width.saturating_sub(self.cropped.width).max(1),
            self.stored
                .height
                .saturating_sub(self.cropped.height)
                .max(1),
        );
        let Size { width, height } = self.display;
        match self.display_unit {
            _ if width == 0 && height == 0 => left,
            // One side alone goes with the stored other one.
            PIXELS => Size::new(
                if width == 0 { left.width } else { width },
                if height == 0 { left.height } else { height },
            ),
            _ => left.with_square_pixels(
                width.saturating_mul(left.height),
                height.saturating_mul(left.width),
            ),
        }
    }

    /// Sides of a frame have 14 bits in VP8 (RFC 6386, section 9.1) and 16 in VP9 and AV1, which count from one.
    pub(super) fn is_larger_than_coded(&self) -> bool {
        let longest = match self.codec.as_deref() {
            Some("vp8") => (1 << 14) - 1,
            Some("vp9" | "av1") => 1 << 16,
            _ => return false,
        };
        self.stored.width > longest || self.stored.height > longest
    }

    /// Whether frames may be shown in another order than they are decoded in; of these codecs they never are.
    pub(super) fn is_reordered(&self) -> bool {
        !matches!(
            self.codec.as_deref(),
            Some("vp8" | "vp9" | "av1" | "theora" | "mjpeg" | "prores" | "ffv1" | "rawvideo")
        )
    }

    /// Section 5.1.4.1.28.46: a roll is counter-clockwise. Only a flat image that at most is mirrored as
    /// well, by a yaw of half a turn, can be turned by a player.
    pub(super) fn rotation(&self) -> Rotation {
        let [yaw, pitch, roll] = self.pose;
        if pitch == 0.0 && (yaw == 0.0 || yaw.abs() == 180.0) {
            Rotation::nearest(-roll)
        } else {
            Rotation::None
        }
    }
}

/// RFC 9559 registers the names at IANA, "Matroska Codec IDs".
fn name_of_codec(input: &Input<'_>, codec_id: &str, private: &Range<u64>) -> Parse<Option<String>> {
    /// Where the code stands in a BITMAPINFOHEADER.
    const COMPRESSION: u64 = 16;
    let name = match codec_id {
        "V_VP8" => "vp8",
        "V_VP9" => "vp9",
        "V_AV1" => "av1",
        "V_MPEG4/ISO/AVC" => "h264",
        "V_MPEGH/ISO/HEVC" => "hevc",
        "V_MPEGI/ISO/VVC" => "vvc",
        "V_MPEG4/ISO/SP" | "V_MPEG4/ISO/ASP" | "V_MPEG4/ISO/AP" => "mpeg4",
        "V_MPEG4/MS/V3" => "msmpeg4v3",
        "V_MPEG1" => "mpeg1video",
        "V_MPEG2" => "mpeg2video",
        "V_MJPEG" => "mjpeg",
        "V_THEORA" => "theora",
        "V_PRORES" => "prores",
        "V_FFV1" => "ffv1",
        "V_DIRAC" => "dirac",
        "V_SNOW" => "snow",
        "V_AVS2" => "avs2",
        "V_AVS3" => "avs3",
        "V_REAL/RV10" => "rv10",
        "V_REAL/RV20" => "rv20",
        "V_REAL/RV30" => "rv30",
        "V_REAL/RV40" => "rv40",
        "V_UNCOMPRESSED" => "rawvideo",
        "V_MS/VFW/FOURCC" if private.end - private.start >= COMPRESSION + 4 => {
            let code = input.array(private.start + COMPRESSION)?;
            return Ok(codec::of_four_letters(code));
        }
        "" => return Ok(None),
        other => other,
    };
    Ok(Some(name.to_owned()))
}
