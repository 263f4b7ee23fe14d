//! Which frames of a video are looked at, and what they cost.

use crate::fixtures::{clip, video};
use proptest::prelude::*;
use serde::Deserialize;
use tilewise::catalog;
use tilewise::media::{Format, MediaFacts, Size, VideoFacts};
use tilewise::rule::{Chunk, Options, Refusal, Rule, Rules, Sampling};

fn rules() -> Rules {
    catalog::find("moonshotai/Kimi-K2.5")
        .unwrap()
        .rules()
        .unwrap()
}

fn sampling(video: &VideoFacts) -> Sampling {
    rules().sampling(video, &Options::default()).unwrap()
}

/// A video of which only the duration is known.
fn recording(duration_ms: f64) -> VideoFacts {
    VideoFacts {
        duration_ms: Some(duration_ms),
        ..VideoFacts::default()
    }
}

/// A row of `video_tokens.json`, which `make_video_tokens.py` makes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    width: u64,
    height: u64,
    frames: Option<u64>,
    rate: Option<(f64, f64)>,
    duration_ms: Option<f64>,
    sample_fps: Option<f64>,
    sampled: Option<u64>,
    #[serde(default)]
    published: u64,
    #[serde(default)]
    processor: u64,
    #[serde(default)]
    markers: u64,
    #[serde(default)]
    stamps: Vec<(u64, String)>,
}

impl Row {
    fn video(&self) -> VideoFacts {
        VideoFacts {
            frame_count: self.frames,
            frame_rate: self.rate.map(|(frames, seconds)| frames / seconds),
            duration_ms: self.duration_ms,
            ..VideoFacts::default()
        }
    }
}

fn at(sample_fps: Option<f64>) -> Options {
    Options {
        sample_fps,
        ..Options::default()
    }
}

#[test]
fn a_thousand_random_videos_are_counted_as_by_the_oracle() {
    let rows: Vec<Row> = serde_json::from_str(include_str!("video_tokens.json")).unwrap();
    assert_eq!(rows.len(), 1_000);
    let rules = rules();
    for row in &rows {
        let video = row.video();
        let stored = Size::new(row.width, row.height);
        let count = |rule| rules.video(rule, stored, &video, &at(row.sample_fps)).ok();
        let Some(sampled) = row.sampled else {
            assert_eq!(rules.sampling(&video, &at(row.sample_fps)), None, "{row:?}");
            assert_eq!(Rule::ALL.map(count), [None, None], "{row:?}");
            continue;
        };
        let published = count(Rule::Published).unwrap();
        let processor = count(Rule::Processor).unwrap();
        assert_eq!(
            (published.frames, processor.frames),
            (sampled, sampled),
            "{row:?}"
        );
        assert_eq!(published.tokens, row.published, "{row:?}");
        assert_eq!(processor.tokens, row.processor, "{row:?}");
        assert_eq!(
            (published.markers, processor.markers),
            (0, row.markers),
            "{row:?}"
        );

        let sampling = rules.sampling(&video, &at(row.sample_fps)).unwrap();
        assert_eq!(sampling.frames(), sampled, "{row:?}");
        let chunks: Vec<_> = sampling.chunks().collect();
        for (number, stamp) in &row.stamps {
            let chunk = chunks[*number as usize];
            assert_eq!(
                (chunk.number(), &chunk.time_stamp()),
                (*number, stamp),
                "{row:?}"
            );
        }
    }
}

#[test]
fn the_processor_counts_a_video_in_chunks_of_four_frames() {
    let count = |frames, rate| {
        let facts = video(640, 480, frames, rate);
        rules()
            .media_item(Rule::Processor, &facts, &Options::default())
            .unwrap()
    };
    let frame = rules()
        .image(Rule::Processor, Size::new(640, 480), &Options::default())
        .unwrap()
        .tokens;
    // 10 s at 30 frames a second: 20 sampled, 5 chunks.
    assert_eq!(count(300, 30.0).frames, 20);
    assert_eq!(count(300, 30.0).tokens, 5 * frame);
    // The odd last chunk costs as much as a whole one.
    assert_eq!(count(315, 30.0).frames, 21);
    assert_eq!(count(315, 30.0).tokens, 6 * frame);
    // A slow video is not sampled faster than it is.
    assert_eq!(count(7, 1.0).frames, 7);
    assert_eq!(count(1, 30.0).frames, 1);
}

#[test]
fn sampled_frames_are_rounded_half_to_even() {
    let frames = |frames| sampling(&clip(frames, 4.0)).frames();
    assert_eq!(frames(5), 2);
    assert_eq!(frames(7), 4);
}

#[test]
fn a_video_without_frames_or_duration_is_not_guessed() {
    let rate_alone = VideoFacts {
        frame_rate: Some(30.0),
        ..VideoFacts::default()
    };
    for video in [VideoFacts::default(), rate_alone] {
        let unknown = MediaFacts::video(Format::Mp4, Size::new(64, 64), video);
        for rule in Rule::ALL {
            let count = rules().media_item(rule, &unknown, &Options::default());
            assert_eq!(count, Err(Refusal::UnknownLength));
        }
    }
}

#[test]
fn a_video_of_unknown_rate_is_sampled_by_the_clock() {
    let sampling = sampling(&recording(1_700.0));
    assert!(sampling.assumes_rate());
    assert_eq!(sampling.times().collect::<Vec<_>>(), [0.0, 0.5, 1.0]);
    assert!(!self::sampling(&clip(51, 30.0)).assumes_rate());
}

#[test]
fn the_first_and_the_last_frame_are_always_looked_at() {
    let sampling = sampling(&clip(300, 30.0));
    let times: Vec<_> = sampling.times().collect();
    assert_eq!(times.len(), 20);
    assert_eq!(times[0], 0.0);
    assert_eq!(times[19], 299.0 / 30.0);
    // 299 / 19 is 15.74: the second is frame 16.
    assert_eq!(times[1], 16.0 / 30.0);
}

#[test]
fn chunks_hold_four_frames_behind_the_time_stamp_of_the_first() {
    let sampling = sampling(&clip(315, 30.0));
    let chunks: Vec<_> = sampling.chunks().collect();
    let lengths: Vec<_> = chunks.iter().map(|chunk| chunk.samples().count()).collect();
    assert_eq!(lengths, [4, 4, 4, 4, 4, 1]);
    assert_eq!(chunks[0].time_stamp(), "00:00:00.000");
    // Frame 63 of 314, at 2.1 s.
    assert_eq!(chunks[1].time_stamp(), "00:00:02.100");
    assert_eq!(chunks[5].time_stamp(), "00:00:10.466");
}

#[test]
fn a_few_chunks_are_spread_from_the_first_to_the_last() {
    let sampling = sampling(&clip(108_000, 30.0));
    assert_eq!((sampling.frames(), sampling.chunk_count()), (7_200, 1_800));
    let numbers = |most| -> Vec<_> { sampling.spread(most).map(|chunk| chunk.number()).collect() };
    assert_eq!(numbers(4), [0, 599, 1_199, 1_799]);
    assert_eq!(numbers(1), [0]);
    assert_eq!(numbers(0), [0; 0]);
    assert_eq!(numbers(5_000).len(), 1_800);
}

#[test]
fn time_stamps_begin_anew_after_a_day_as_the_processors_do() {
    let sampling = sampling(&clip(2 * 90_000, 2.0));
    let chunk = sampling.chunks().nth(43_200).unwrap();
    assert_eq!(chunk.samples().next().unwrap().seconds, 86_400.0);
    assert_eq!(chunk.time_stamp(), "00:00:00.000");
}

#[test]
fn time_stamps_carry_into_the_second_as_the_processors_do() {
    let rate = 0.500_000_002;
    let chunk = sampling(&clip(2, rate)).chunks().next().unwrap();
    let last = chunk.samples().last().unwrap();
    assert!((1.999_999..2.0).contains(&last.seconds));
    // 2 seconds after rounding to millionths, 999 thousandths before.
    assert_eq!(last.time_stamp(), "00:00:02.999");
}

/// What a header may claim, likely or not.
fn claims() -> impl Strategy<Value = VideoFacts> {
    let number = || prop_oneof![1.0..1e5, any::<f64>()];
    let count = prop_oneof![1..5_000_u64, any::<u64>()];
    (
        proptest::option::of(number()),
        proptest::option::of(number()),
        proptest::option::of(count),
    )
        .prop_map(|(duration_ms, frame_rate, frame_count)| VideoFacts {
            duration_ms,
            frame_rate,
            frame_count,
            ..VideoFacts::default()
        })
}

proptest! {
    #[test]
    fn sampled_times_rise_within_the_duration_and_are_as_many_as_said(
        frames in 1..20_000_u64, rate in 0.1..240.0_f64, sample_fps in 0.1..300.0_f64,
    ) {
        for video in [clip(frames, rate), recording(frames as f64 / rate * 1000.0)] {
            let sampling = rules().sampling(&video, &at(Some(sample_fps))).unwrap();
            let times: Vec<_> = sampling.times().collect();
            prop_assert_eq!(times.len() as u64, sampling.frames());
            prop_assert!(times.is_sorted_by(|earlier, later| earlier < later));
            prop_assert!(times[0] == 0.0 && times[times.len() - 1] < sampling.seconds());
            let of_chunks: Vec<_> = sampling.chunks().flat_map(Chunk::samples).collect();
            prop_assert!(of_chunks.iter().map(|sample| sample.seconds).eq(times));
            prop_assert!(of_chunks.iter().all(|sample| sample.middle < sampling.seconds()));
        }
    }

    #[test]
    fn a_video_is_not_sampled_beyond_its_own_frames(
        frames in 1..1_000_000_u64, rate in 0.1..240.0_f64, sample_fps in 0.1..300.0_f64,
    ) {
        prop_assert!(rules().sampling(&clip(frames, rate), &at(Some(sample_fps))).unwrap().frames() <= frames);
    }

    #[test]
    fn whatever_a_header_claims_ends_soon(video in claims(), sample_fps in any::<f64>()) {
        for sample_fps in [None, Some(sample_fps)] {
            let Some(sampling) = rules().sampling(&video, &at(sample_fps)) else { continue };
            prop_assert!(sampling.frames() >= 1);
            prop_assert!(sampling.spread(12).flat_map(Chunk::samples).count() <= 48);
            prop_assert!(sampling.chunks().take(3).all(|chunk| chunk.time_stamp().len() == 12));
            for rule in Rule::ALL {
                let count = rules().video(rule, Size::new(640, 480), &video, &at(sample_fps)).unwrap();
                prop_assert!(count.tokens >= 1);
            }
        }
    }
}
