//! Measures the core natively: `cargo bench --bench core`, or `cargo xtask bench` for sizes as well.
//!
//! Each figure is the median of many runs. The probe stands beside `imagesize`, the crate that a Rust
//! user would pick, on the same bytes in the same run; the ratio says more than the nanoseconds.
//!
//! `cargo test` runs it once, on little: its figures say nothing then, but an answer that is not right fails.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "an answer that is not right ends the measurement"
)]

mod fragmented;

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;
use tilewise::estimate::{EstimateOptions, candidates, compare, estimate};
use tilewise::media::Kind;
use tilewise::probe;
use tilewise::request::{Draft, MediaPart};
use tilewise::stream::ChatEvent;
use tilewise::stream::chat::Chat;

const FILES: [(&str, &str); 8] = [
    ("PNG", "png/rgb.png"),
    ("PNG, long notes", "png/notes-before-pixels.png"),
    ("JPEG", "jpeg/baseline.jpg"),
    ("JPEG, EXIF", "jpeg/orientation-6.jpg"),
    ("JPEG, previews", "jpeg/exif-behind-previews.jpg"),
    ("GIF, animated", "gif/looping-large.gif"),
    ("WebP", "webp/lossy.webp"),
    ("WebP, EXIF", "webp/turned.webp"),
];

/// How much is done for a figure.
struct Effort {
    runs: usize,
    /// A clock is too coarse for a single call, so each run makes many.
    calls: u32,
    fragments: &'static [u32],
    stream_bytes: usize,
}

const FULL: Effort = Effort {
    runs: 51,
    calls: 200,
    fragments: &[100, 1_000, 10_000],
    stream_bytes: 10_000_000,
};

const ONCE: Effort = Effort {
    runs: 1,
    calls: 1,
    fragments: &[5],
    stream_bytes: 10_000,
};

fn main() {
    // Cargo says so where it is to measure.
    let effort = if std::env::args().any(|argument| argument == "--bench") {
        FULL
    } else {
        ONCE
    };
    probes(&effort);
    fragments(&effort);
    estimates(&effort);
    streams(&effort);
}

fn probes(effort: &Effort) {
    println!(
        "{:18} {:>10} {:>12} {:>13} {:>28}",
        "probe", "bytes read", "tilewise, ns", "imagesize, ns", "imagesize, × tilewise's time"
    );
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    for (format, name) in FILES {
        let file = std::fs::read(folder.join(name)).expect(name);
        let facts = probe::bytes(&file).expect(name);
        let size = imagesize::blob_size(&file).expect(name);
        assert_eq!(
            [facts.width, facts.height],
            [size.width as u64, size.height as u64],
            "{name}"
        );
        let own = median(effort, 1, || probe::bytes(black_box(&file)));
        let peer = median(effort, 1, || imagesize::blob_size(black_box(&file)));
        println!(
            "{format:18} {:>10} {own:>12.0} {peer:>13.0} {:>28.2}",
            facts.bytes_read,
            peer / own
        );
    }
}

/// Of videos whose frames are of many lengths, so that each fragment has to be read.
fn fragments(effort: &Effort) {
    println!(
        "\n{:>20} {:>14} {:>14} {:>14}",
        "fragments, in memory", "frames counted", "µs", "µs a fragment"
    );
    for count in effort.fragments {
        let file = fragmented::mp4(*count);
        let facts = probe::bytes(&file).expect("fragments are read");
        let Kind::Video(video) = facts.kind else {
            panic!("{count} fragments are no video");
        };
        let right = u64::from(count * fragmented::FRAMES);
        assert!(
            video.frame_count.is_none_or(|frames| frames == right),
            "{count} fragments have {right} frames, not {:?}",
            video.frame_count
        );
        let us = median(effort, *count, || probe::bytes(black_box(&file))) / 1e3;
        let frames = video
            .frame_count
            .map_or("not said".to_owned(), |frames| frames.to_string());
        println!(
            "{count:>20} {frames:>14} {us:>14.1} {:>14.3}",
            us / f64::from(*count)
        );
    }
}

fn estimates(effort: &Effort) {
    let facts = probe::bytes(include_bytes!("../tests/fixtures/jpeg/baseline.jpg"))
        .expect("a JPEG is read");
    let mut draft = Draft::new("moonshotai/Kimi-K2.6", "Compare these images.");
    draft.media = vec![MediaPart::base64(facts); 96];
    let options = EstimateOptions::default();
    let answer = estimate(&draft, &options);
    // The published rule: 8 × 5 tiles each.
    assert_eq!(answer.media_tokens, 96 * 40);
    let time = median(effort, 1, || estimate(black_box(&draft), &options));
    println!("\nestimate, 96 images: {:.1} µs", time / 1e3);
    for images in [1, 96] {
        draft.media.truncate(images);
        draft
            .media
            .resize(images, draft.media.first().expect("an image").clone());
        let models = candidates(&draft);
        let compared = compare(&draft, &options, &models);
        assert!(models.len() > 50 && compared.len() == models.len());
        let time = median(effort, images as u32, || {
            compare(black_box(&draft), &options, &models)
        });
        let images = match images {
            1 => "1 image".to_owned(),
            _ => format!("{images} images"),
        };
        println!(
            "compare, {images} under {} models: {:.1} µs",
            models.len(),
            time / 1e3
        );
    }
}

fn streams(effort: &Effort) {
    const WORDS: &str = "A few words of an answer. ";
    let event = format!(
        "data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{WORDS}\"}}}}]}}\n\n"
    );
    let count = effort.stream_bytes / event.len();
    let stream = event.repeat(count);
    println!();
    for size in [16, 1024, 65_536] {
        let started = Instant::now();
        let mut chat = Chat::new();
        let mut events = Vec::new();
        let mut text = 0;
        for chunk in stream.as_bytes().chunks(size) {
            chat.push(chunk, &mut events).expect("the stream is read");
            for event in events.drain(..) {
                if let ChatEvent::Text { text: words } = black_box(event) {
                    text += words.len();
                }
            }
        }
        let elapsed = started.elapsed();
        assert_eq!(text, count * WORDS.len(), "in chunks of {size} bytes");
        let megabytes = stream.len() as f64 / 1e6;
        println!(
            "stream of {megabytes:.2} MB, chunks of {size:>6} bytes: {:.0} MB/s",
            megabytes / elapsed.as_secs_f64()
        );
    }
}

/// Nanoseconds of one call, which does so many times as much as a small one.
fn median<T>(effort: &Effort, size: u32, mut call: impl FnMut() -> T) -> f64 {
    let calls = (effort.calls / size).max(1);
    let mut times: Vec<_> = (0..effort.runs)
        .map(|_| {
            let started = Instant::now();
            for _ in 0..calls {
                black_box(call());
            }
            started.elapsed().as_nanos()
        })
        .collect();
    times.sort_unstable();
    times
        .get(effort.runs / 2)
        .map_or(f64::NAN, |time| *time as f64 / f64::from(calls))
}
