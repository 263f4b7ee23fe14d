//! Measures the core natively: `cargo bench --bench core`, or `cargo xtask bench` for sizes as well.
//!
//! Each figure is the median of many runs. The probe stands beside `imagesize`, the crate that a Rust
//! user would pick, on the same bytes in the same run; the ratio says more than the microseconds.

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;
use tilewise::estimate::{Options, estimate};
use tilewise::probe;
use tilewise::request::{Draft, MediaPart};
use tilewise::stream::chat::Chat;

const RUNS: usize = 51;

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

fn main() {
    probes();
    estimates();
    streams();
}

fn probes() {
    println!(
        "{:18} {:>10} {:>10} {:>12} {:>6}",
        "probe", "bytes read", "ns", "imagesize ns", "ratio"
    );
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    for (format, name) in FILES {
        let Ok(file) = std::fs::read(folder.join(name)) else {
            println!("{format:18} {name} is missing");
            continue;
        };
        let read = probe::bytes(&file).map_or(0, |facts| facts.bytes_read);
        let own = median(|| probe::bytes(black_box(&file)));
        let peer = median(|| imagesize::blob_size(black_box(&file)));
        println!(
            "{format:18} {read:>10} {own:>6.0} {peer:>12.0} {:>6.1}",
            own / peer
        );
    }
}

fn estimates() {
    let Ok(facts) = probe::bytes(include_bytes!("../tests/fixtures/jpeg/baseline.jpg")) else {
        return;
    };
    let mut draft = Draft::new("moonshotai/Kimi-K2.6", "Compare these pictures.");
    draft.media = vec![MediaPart::base64(facts); 96];
    let options = Options::default();
    let time = median(|| estimate(black_box(&draft), &options));
    println!("\nestimate, 96 images: {:.1} µs", time / 1e3);
}

fn streams() {
    let event = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"A few words of an answer. \"}}]}\n\n";
    let stream = event.repeat(10_000_000 / event.len());
    println!();
    for size in [16, 1024, 65_536] {
        let started = Instant::now();
        let mut chat = Chat::new();
        let mut events = Vec::new();
        for chunk in stream.as_bytes().chunks(size) {
            if chat.push(chunk, &mut events).is_err() {
                return;
            }
            black_box(&events);
            events.clear();
        }
        let rate = stream.len() as f64 / 1e6 / started.elapsed().as_secs_f64();
        println!("stream of 10 MB, chunks of {size:>6} bytes: {rate:.0} MB/s");
    }
}

/// Nanoseconds of one call. A clock is too coarse for a single one, so each run makes many.
fn median<T>(mut call: impl FnMut() -> T) -> f64 {
    const CALLS: u32 = 200;
    let mut times: Vec<_> = (0..RUNS)
        .map(|_| {
            let started = Instant::now();
            for _ in 0..CALLS {
                black_box(call());
            }
            started.elapsed().as_nanos()
        })
        .collect();
    times.sort_unstable();
    times
        .get(RUNS / 2)
        .map_or(f64::NAN, |time| *time as f64 / f64::from(CALLS))
}
