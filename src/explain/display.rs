//! The steps as sentences.

use super::{Cited, Explanation, ExplanationStep, Figure, Limit};
use crate::rule::Rule;
use crate::units::{counted, decimal, duration, grouped};
use std::fmt::{Display, Formatter, Result};

impl Explanation {
    /// By what the tokens are counted, in one line.
    pub fn rule_in_words(&self) -> &'static str {
        self.way.unwrap_or(match self.rule {
            Rule::Published => "The provider’s published rule",
            Rule::Processor => "The model’s own image processor",
        })
    }
}

impl ExplanationStep {
    /// What it is about, in a word or two.
    pub const fn title(&self) -> &'static str {
        match self {
            Self::Stored { .. } => "Stored",
            Self::Shown { .. } => "Shown",
            Self::Sampled { .. } => "Sampled",
            Self::Unscaled { .. } => "Size kept",
            Self::Scaled { .. } => "Scaled",
            Self::Padded { .. } => "Padded",
            Self::Seen { .. } => "Scaled",
            Self::Tiles { .. } => "Tiles",
            Self::Counted { .. } => "Rule",
            Self::Frames { .. } => "Frames",
            Self::Chunks { .. } => "Chunks",
            Self::Markers { .. } => "Begin and end",
            Self::Media { .. } => "Media",
            Self::EarlierMedia { .. } => "Sent again",
            Self::Text { .. } => "Text",
            Self::Input { .. } => "Input",
            Self::PriceTier { .. } => "Price step",
            Self::Priced { .. } | Self::NoPrice => "Price",
            Self::Cached { .. } => "From the cache",
            Self::Sum { .. } => "Together",
            Self::Answer { .. } => "Answer",
            Self::LeftOut { .. } | Self::Uncounted { .. } => "Not counted",
            Self::NoRule => "Rule",
            Self::NoDuration => "Duration",
        }
    }
}

impl Display for ExplanationStep {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let text = match self {
            Self::Stored {
                width_px,
                height_px,
            } => pixels(*width_px, *height_px),
            Self::Shown {
                width_px,
                height_px,
            } => format!(
                "as {} by a viewer, but what is stored counts",
                pixels(*width_px, *height_px)
            ),
            Self::Sampled {
                video_frames,
                video_fps,
                video_seconds,
                sample_fps,
                frames,
            } => sampled(
                video_frames.zip(*video_fps),
                *video_seconds,
                *sample_fps,
                *frames,
            ),
            Self::Unscaled {
                patches,
                max_patches,
            } => format!(
                "{} patches are within the limit of {}",
                grouped(*patches),
                grouped(*max_patches)
            ),
            Self::Scaled {
                limit,
                factor,
                width_px,
                height_px,
            } => format!(
                "{limit}, so each side × {} makes {}",
                multiplier(*factor),
                pixels(*width_px, *height_px)
            ),
            Self::Padded {
                tile_px,
                width_px,
                height_px,
            } => format!(
                "up to multiples of {tile_px}: {}",
                pixels(*width_px, *height_px)
            ),
            Self::Seen {
                width_px,
                height_px,
            } => format!("to {}", pixels(*width_px, *height_px)),
            Self::Tiles {
                tile_px,
                is_exact,
                across,
                down,
                tiles,
                is_token,
            } => format!(
                "of {tile_px} × {tile_px} pixels: {} across × {} down = {}{}",
                grouped(*across),
                grouped(*down),
                if *is_token {
                    tokens_of(*tiles)
                } else {
                    counted(*tiles, "tile")
                },
                if *is_exact {
                    ""
                } else {
                    "; what is left at the edges does not count"
                },
            ),
            Self::Counted { low, tokens } if low < tokens => format!(
                "{} to {}; only these bounds are known, and the higher is taken",
                grouped(*low),
                tokens_of(*tokens)
            ),
            Self::Counted { tokens, .. } => tokens_of(*tokens),
            Self::Frames {
                tokens_per_frame,
                frames,
                tokens,
            } => format!(
                "{} × {} = {}",
                tokens_of(*tokens_per_frame),
                counted(*frames, "frame"),
                tokens_of(*tokens)
            ),
            Self::Chunks {
                frames,
                frames_per_chunk,
                chunks,
                tokens_per_chunk,
                tokens,
            } => format!(
                "up to {frames_per_chunk} frames cost as much as one: {} make {}, {} × {} = {}",
                counted(*frames, "frame"),
                counted(*chunks, "chunk"),
                grouped(*chunks),
                grouped(*tokens_per_chunk),
                tokens_of(*tokens)
            ),
            Self::Markers { tokens } => format!(
                "{} that mark where each image or video begins and ends, counted with the text",
                tokens_of(*tokens)
            ),
            Self::Media {
                media,
                images,
                tokens,
            } => {
                let of = match (*images, media.saturating_sub(*images)) {
                    (images, 0) => counted(images, "image"),
                    (0, videos) => counted(videos, "video"),
                    _ => media_of(*media),
                };
                format!("{} of {of}", tokens_of(*tokens))
            }
            Self::EarlierMedia { tokens } => {
                format!("{} of earlier images and videos", tokens_of(*tokens))
            }
            Self::Text { tokens, low, high } if low == high => format!(
                "{} of text and its markup, counted exactly",
                tokens_of(*tokens)
            ),
            Self::Text { tokens, low, high } => format!(
                "about {} of text and its markup, between {} and {}",
                tokens_of(*tokens),
                grouped(*low),
                grouped(*high)
            ),
            Self::Input { tokens } => format!("{} in all", tokens_of(*tokens)),
            Self::PriceTier { above_input_tokens } => format!(
                "more than {} of input, so that all of them are billed at the higher price",
                tokens_of(*above_input_tokens)
            ),
            Self::Priced {
                tokens,
                usd_per_million,
                usd,
            }
            | Self::Cached {
                tokens,
                usd_per_million,
                usd,
            } => format!(
                "{} × {usd_per_million} for a million = {usd}",
                tokens_of(*tokens)
            ),
            Self::Sum { usd } => usd.to_string(),
            Self::Answer {
                tokens,
                usd_per_million,
                usd,
            } => format!(
                "of full length on top: {} × {usd_per_million} for a million = {usd}",
                tokens_of(*tokens)
            ),
            Self::LeftOut { media } => format!("{}, so the sum is too low", media_of(*media)),
            Self::NoRule => "it is not known how this model counts images and videos".to_owned(),
            Self::NoDuration => {
                "neither the frames nor the length of the video are known, so it cannot be counted"
                    .to_owned()
            }
            Self::Uncounted { why } => why.clone(),
            Self::NoPrice => "not known".to_owned(),
        };
        f.write_str(&text)
    }
}

impl Display for Limit {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Patches {
                across,
                down,
                patches,
                max_patches,
            } => write!(
                f,
                "{} × {} = {} patches are over the limit of {}",
                grouped(*across),
                grouped(*down),
                grouped(*patches),
                grouped(*max_patches)
            ),
            Self::Side { max_px } => {
                write!(f, "no side may be over {} pixels", grouped(*max_px))
            }
        }
    }
}

/// What was read there, and when.
impl Display for Cited {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "{}, read on {}", self.figure, self.checked)
    }
}

impl Display for Figure {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(match self {
            Figure::Rule => "The rule",
            Figure::Sampling => "The sampling",
            Figure::InputPrice => "The price",
            Figure::PriceTiers => "The price of long input",
            Figure::CachedPrice => "The price from the cache",
            Figure::OutputPrice => "The price of an answer",
        })
    }
}

fn sampled(by_frame: Option<(u64, f64)>, seconds: f64, sample_fps: f64, frames: u64) -> String {
    let rate = decimal(sample_fps);
    let looked_at = counted(frames, "frame");
    match by_frame {
        Some((all, own)) if sample_fps >= own => format!(
            "all {}: the video has no more than are looked at",
            counted(all, "frame")
        ),
        Some((all, own)) => format!(
            "{} at {own} a second, looked at {rate} a second: {} × {rate} ÷ {own}, rounded, is {looked_at}",
            counted(all, "frame"),
            grouped(all),
            own = decimal(own),
        ),
        None => format!(
            "{}, looked at {rate} times a second: rounded, {looked_at}",
            duration(seconds)
        ),
    }
}

fn pixels(width: u64, height: u64) -> String {
    format!("{} × {} pixels", grouped(width), grouped(height))
}

fn tokens_of(count: u64) -> String {
    counted(count, "token")
}

fn media_of(count: u64) -> String {
    match count {
        1 => "one image or video".to_owned(),
        _ => format!("{} images and videos", grouped(count)),
    }
}

/// A number of at most 1, in four decimals.
fn multiplier(factor: f64) -> String {
    match (factor * 10_000.0).round() as u64 {
        0 => "less than 0.0001".to_owned(),
        parts => format!("{}.{:04}", parts / 10_000, parts % 10_000),
    }
}
