//! The images and videos of `tests/fixtures`, with the truths that their makers wrote down, and some that
//! are facts alone.

use serde::{Deserialize, de::DeserializeOwned};
use std::{collections::BTreeMap, fs, path::PathBuf};
use tilewise::media::{Format, ImageFacts, MediaFacts, Rotation, Size, VideoFacts};

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Truth {
    pub(crate) format: Format,
    pub(crate) width: u64,
    pub(crate) height: u64,
    pub(crate) display_width: u64,
    pub(crate) display_height: u64,
    pub(crate) orientation: u8,
    /// `None` where the header does not tell.
    pub(crate) animated: Option<bool>,
    pub(crate) alpha: Option<bool>,
}

/// What a video is meant to be; `None` where no header tells.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Video {
    pub(crate) format: Format,
    pub(crate) width: u64,
    pub(crate) height: u64,
    pub(crate) display_width: u64,
    pub(crate) display_height: u64,
    pub(crate) rotation: Rotation,
    pub(crate) duration_ms: Option<f64>,
    pub(crate) frame_rate: Option<f64>,
    pub(crate) frame_count: Option<u64>,
    pub(crate) codec: Option<String>,
    pub(crate) has_audio: Option<bool>,
}

/// All images.
pub(crate) fn truths() -> BTreeMap<String, Truth> {
    list("truth.json")
}

/// All videos that lie here as they are.
pub(crate) fn videos() -> BTreeMap<String, Video> {
    let mut videos = every_video();
    videos.retain(|name, _| !name.starts_with(SPARSE));
    videos
}

/// All videos of gigabytes, of which only the parts that are no holes lie here.
pub(crate) fn giants() -> BTreeMap<String, Video> {
    let mut videos = every_video();
    videos.retain(|name, _| name.starts_with(SPARSE));
    videos
}

const SPARSE: &str = "sparse/";

fn every_video() -> BTreeMap<String, Video> {
    list("videos.json")
}

fn list<T: DeserializeOwned>(name: &str) -> BTreeMap<String, T> {
    serde_json::from_slice(&read(name)).unwrap()
}

/// The names of all files that have facts, but for giants.
pub(crate) fn names() -> Vec<String> {
    truths().into_keys().chain(videos().into_keys()).collect()
}

pub(crate) fn read(name: &str) -> Vec<u8> {
    fs::read(folder().join(name)).unwrap()
}

pub(crate) fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// An image that exists as facts only.
pub(crate) fn image(width: u64, height: u64, bytes: u64) -> MediaFacts {
    let image = ImageFacts {
        animated: Some(false),
        has_alpha: Some(false),
        ..ImageFacts::default()
    };
    MediaFacts::image(Format::Jpeg, Size::new(width, height), image).with_bytes(bytes)
}

/// A video that exists as facts only.
pub(crate) fn video(width: u64, height: u64, frames: u64, frame_rate: f64) -> MediaFacts {
    let video = clip(frames, frame_rate);
    MediaFacts::video(Format::Mp4, Size::new(width, height), video).with_bytes(1_000_000)
}

/// What of a video is about time.
pub(crate) fn clip(frames: u64, frame_rate: f64) -> VideoFacts {
    VideoFacts {
        duration_ms: Some(frames as f64 / frame_rate * 1000.0),
        frame_rate: Some(frame_rate),
        frame_count: Some(frames),
        codec: Some("avc1".into()),
        has_audio: Some(false),
        ..VideoFacts::default()
    }
}

/// The check of a chunk of a PNG (W3C PNG, annex D).
#[cfg(feature = "prepare")]
pub(crate) fn crc(bytes: &[u8]) -> u32 {
    let remainder = bytes.iter().fold(u32::MAX, |remainder, byte| {
        (0..8).fold(remainder ^ u32::from(*byte), |remainder, _| {
            let polynomial = if remainder & 1 == 1 { 0xedb8_8320 } else { 0 };
            remainder >> 1 ^ polynomial
        })
    });
    !remainder
}
