//! Every family against the worked examples of its vendor, and against counts that other programs made
//! (`tests/fixtures/tokens`).

use proptest::prelude::*;
use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use tilewise::media::{Size, VideoFacts};
use tilewise::rule::*;

const NO_OPTIONS: Options = Options {
    detail: None,
    media_resolution: None,
    context_left: None,
    sample_fps: None,
    max_frames: None,
};

fn named(name: &str) -> Family {
    Family::by_name(name).unwrap()
}

/// The family with some of its parameters overridden.
fn with(name: &str, parameters: &[(&str, u64)]) -> Family {
    let mut family = named(name);
    for (parameter, value) in parameters {
        family.set(parameter, *value).unwrap();
    }
    family
}

fn at(detail: Detail) -> Options {
    Options {
        detail: Some(detail),
        ..NO_OPTIONS
    }
}

fn count(family: &Family, width: u64, height: u64) -> ImageCount {
    counted(family, width, height, &NO_OPTIONS)
}

fn counted(family: &Family, width: u64, height: u64, options: &Options) -> ImageCount {
    let count = family.image(Size::new(width, height), options);
    count.unwrap_or_else(|refusal| panic!("{} {width}×{height}: {refusal}", family.name()))
}

fn tokens(family: &Family, width: u64, height: u64) -> u64 {
    count(family, width, height).tokens
}

/// Models of OpenAI that count patches, where they differ from gpt-6-astra.
const GPT_56: &[(&str, u64)] = &[("high_max_side", 2048)];
const GPT_55: &[(&str, u64)] = &[
    ("high_max_side", 2048),
    ("original_max_side", 6000),
    ("original_max_patches", 10_000),
];
const GPT_54: &[(&str, u64)] = &[
    ("low_max_side", 2048),
    ("low_max_patches", 6144),
    ("high_max_side", 2048),
    ("original_max_side", 6000),
    ("original_max_patches", 10_000),
    ("auto_is_original", 0),
];
const GPT_52: &[(&str, u64)] = &[
    ("low_max_side", 2048),
    ("low_max_patches", 6144),
    ("high_max_side", 2048),
    ("high_max_patches", 6144),
    ("original_max_side", 0),
    ("auto_is_original", 0),
];
const GPT_41_MINI: &[(&str, u64)] = &[
    ("tokens_per_100_patches", 162),
    ("low_max_side", 2048),
    ("low_max_patches", 6144),
    ("high_max_side", 2048),
    ("high_max_patches", 6144),
    ("original_max_side", 0),
    ("auto_is_original", 0),
];

const SIZES: [(u64, u64); 6] = [
    (64, 64),
    (256, 256),
    (1024, 1024),
    (1920, 1080),
    (4032, 3024),
    (3000, 300),
];

#[test]
fn each_family_counts_six_sizes_as_its_own_code_does() {
    let low = at(Detail::Low);
    let high = at(Detail::High);
    let original = at(Detail::Original);
    let mini = [("base_tokens", 2833), ("tokens_per_tile", 5667)];
    let gpt_5 = [("base_tokens", 70), ("tokens_per_tile", 140)];
    let o3 = [("base_tokens", 75), ("tokens_per_tile", 150)];
    let astra = named("openai-patches");
    let standard = Family::Claude(Claude::STANDARD);
    #[rustfmt::skip]
    let rows: [(Family, Options, [u64; 6]); 37] = [
        (named("kimi-k2.5"), NO_OPTIONS, [9, 100, 1369, 2691, 4144, 1188]),
        (named("kimi-k3"), NO_OPTIONS, [9, 100, 1369, 2691, 15552, 1188]),
        (named("openai-tiles"), high, [255, 255, 765, 1105, 765, 765]),
        (with("openai-tiles", &mini), high, [8500, 8500, 25501, 36835, 25501, 25501]),
        (with("openai-tiles", &gpt_5), high, [210, 210, 630, 910, 630, 630]),
        (with("openai-tiles", &o3), high, [225, 225, 675, 975, 675, 675]),
        (with("openai-patches", GPT_41_MINI), NO_OPTIONS, [7, 104, 1659, 3305, 4977, 726]),
        (with("openai-patches", GPT_52), NO_OPTIONS, [5, 77, 1229, 2448, 3687, 538]),
        (with("openai-patches", GPT_54), low, [5, 77, 1229, 2448, 3687, 538]),
        (with("openai-patches", GPT_54), high, [5, 77, 1229, 2448, 2942, 538]),
        (with("openai-patches", GPT_55), high, [5, 77, 1229, 2448, 2942, 538]),
        (with("openai-patches", GPT_56), high, [5, 77, 1229, 2448, 2942, 538]),
        (with("openai-patches", GPT_54), original, [5, 77, 1229, 2448, 11868, 1128]),
        (with("openai-patches", GPT_55), original, [5, 77, 1229, 2448, 11868, 1128]),
        (with("openai-patches", GPT_55), low, [5, 77, 308, 173, 231, 39]),
        (with("openai-patches", GPT_56), low, [5, 77, 308, 173, 231, 39]),
        (astra, low, [5, 77, 308, 173, 231, 39]),
        (astra, high, [5, 77, 1229, 2448, 2942, 1128]),
        (astra, original, [5, 77, 1229, 2448, 14364, 1128]),
        (astra, NO_OPTIONS, [5, 77, 1229, 2448, 14364, 1128]),
        (standard, NO_OPTIONS, [9, 100, 1369, 1560, 1564, 336]),
        (named("claude"), NO_OPTIONS, [9, 100, 1369, 2691, 4740, 920]),
        (named("gemini-2"), NO_OPTIONS, [258, 258, 1032, 1548, 1032, 7740]),
        (named("gemini-3"), NO_OPTIONS, [1089, 1089, 1089, 1100, 1064, 1050]),
        (named("qwen2.5-vl"), NO_OPTIONS, [4, 81, 1369, 2691, 15552, 1177]),
        (with("qwen2.5-vl", &[("max_pixels", 1_003_520)]), NO_OPTIONS, [4, 81, 1225, 1222, 1230, 1177]),
        (named("qwen3-vl"), NO_OPTIONS, [64, 64, 1024, 2040, 11844, 846]),
        (named("glm-4.5v"), NO_OPTIONS, [9, 81, 1369, 2691, 6030, 1177]),
        (named("glm-5.3-flash"), NO_OPTIONS, [16, 100, 1369, 2691, 7931, 1188]),
        (named("deepseek-v4.1-flash"), NO_OPTIONS, [184, 184, 652, 968, 1001, 586]),
        (named("muse-spark"), NO_OPTIONS, [9, 100, 1369, 2691, 4015, 1188]),
        (named("minimax-m3"), NO_OPTIONS, [16, 81, 576, 576, 540, 525]),
        (named("pixtral"), NO_OPTIONS, [20, 272, 4160, 2340, 3120, 455]),
        (named("mistral"), NO_OPTIONS, [12, 110, 1406, 1736, 2352, 336]),
        (named("gemma-4"), NO_OPTIONS, [256, 256, 256, 264, 266, 260]),
        (with("gemma-4", &[("max_tokens", 1120)]), NO_OPTIONS, [1089, 1089, 1089, 1100, 1064, 1050]),
        (named("gemma-3"), NO_OPTIONS, [256; 6]),
    ];
    for (family, options, expected) in rows {
        let found = SIZES.map(|(width, height)| counted(&family, width, height, &options).tokens);
        assert_eq!(found, expected, "{} {options:?}", family.name());
    }
}

#[test]
fn families_whose_tables_hold_the_markers_count_six_sizes_with_them() {
    let rows = [
        ("llama-4", [147, 147, 2467, 2322, 1887, 1452]),
        ("internvl3", [258, 258, 2562, 2306, 3330, 2818]),
        ("nemotron", [258, 258, 1026, 2042, 3302, 942]),
        ("step3", [171, 171, 504, 836, 2665, 1001]),
    ];
    for (name, expected) in rows {
        let found = SIZES.map(|(width, height)| {
            let count = count(&named(name), width, height);
            count.tokens + count.markers
        });
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn markers_are_counted_beside_the_tokens() {
    let markers =
        |name: &str| SIZES.map(|(width, height)| count(&named(name), width, height).markers);
    assert_eq!(markers("kimi-k2.5"), [5; 6]);
    assert_eq!(markers("kimi-k3"), [8, 8, 10, 10, 10, 9]);
    for name in [
        "qwen2.5-vl",
        "qwen3-vl",
        "glm-4.5v",
        "glm-5.3-flash",
        "muse-spark",
        "minimax-m3",
    ] {
        assert_eq!(markers(name), [2; 6], "{name}");
    }
    for name in ["gemma-4", "internvl3", "nemotron"] {
        assert_eq!(markers(name), [2; 6], "{name}");
    }
    // sgl-project/sglang 40356: 81 tokens, 12 of them text.
    let small = count(&named("kimi-k2.5"), 224, 224);
    assert_eq!(small.tokens + small.markers, 69);
}

#[test]
fn worked_examples_hold() {
    #[rustfmt::skip]
    let rows: [(&str, u64, u64, u64); 42] = [
        ("kimi-k2.5", 600, 400, 330), ("kimi-k2.5", 448, 449, 272), ("kimi-k2.5", 4000, 3000, 4200),
        ("kimi-k2.5", 1024, 768, 1036), ("kimi-k2.5", 8000, 8000, 4225), ("kimi-k2.5", 489, 7083, 4464),
        ("kimi-k3", 4000, 3000, 15_444), ("kimi-k3", 1024, 768, 1036), ("kimi-k3", 1500, 500, 972),
        ("kimi-k3", 2875, 1500, 5562), ("kimi-k3", 1861, 7041, 16_817),
        ("claude", 200, 200, 64), ("claude", 1000, 1000, 1296), ("claude", 1092, 1092, 1521),
        ("claude", 1920, 1080, 2691), ("claude", 2000, 1500, 3888), ("claude", 3840, 2160, 4784),
        ("claude", 1075, 1520, 2145),
        ("openai-tiles", 1024, 1024, 765), ("openai-tiles", 2048, 4096, 1105),
        ("gemini-2", 960, 540, 1548), ("gemini-2", 384, 384, 258), ("gemini-2", 4032, 3024, 1032),
        ("gemini-3", 1000, 1000, 1089), ("gemini-3", 1600, 1200, 1064),
        ("deepseek-v4.1-flash", 64, 48, 194), ("deepseek-v4.1-flash", 640, 480, 206),
        ("deepseek-v4.1-flash", 1024, 768, 496), ("deepseek-v4.1-flash", 1920, 1080, 968),
        ("deepseek-v4.1-flash", 4000, 3000, 1001), ("deepseek-v4.1-flash", 8000, 1000, 981),
        ("minimax-m3", 400, 40, 160), ("minimax-m3", 300, 80, 60), ("minimax-m3", 112, 20, 88),
        ("nemotron", 224, 224, 256), ("nemotron", 64, 32, 276), ("nemotron", 1000, 500, 512),
        ("nemotron", 1536, 1536, 2304), ("nemotron", 1920, 1080, 2040),
        ("gemma-3", 5000, 20, 256), ("nova-2", 1, 1, 230), ("pixtral", 1024, 1024, 4160),
    ];
    for (name, width, height, expected) in rows {
        assert_eq!(
            tokens(&named(name), width, height),
            expected,
            "{name} {width}×{height}"
        );
    }
}

#[test]
fn claude_s_standard_tier_gives_its_vendor_s_table_and_sizes() {
    let standard = Family::Claude(Claude::STANDARD);
    #[rustfmt::skip]
    let rows = [
        (200, 200, 64, (200, 200)), (1000, 1000, 1296, (1000, 1000)), (1092, 1092, 1521, (1092, 1092)),
        (1920, 1080, 1560, (1456, 819)), (1075, 1520, 1551, (924, 1307)),
    ];
    for (width, height, expected, (seen_width, seen_height)) in rows {
        let count = count(&standard, width, height);
        assert_eq!(count.tokens, expected, "{width}×{height}");
        assert_eq!(
            count.seen,
            Some(Size::new(seen_width, seen_height)),
            "{width}×{height}"
        );
    }
    assert_eq!(tokens(&standard, 2000, 1500), 1564);
    assert_eq!(tokens(&standard, 3840, 2160), 1560);
}

#[test]
fn openai_s_examples_hold_at_each_level_of_detail() {
    let astra = named("openai-patches");
    let gpt_54 = with("openai-patches", GPT_54);
    let patches = |family: &Family, width, height, detail| {
        counted(family, width, height, &at(detail))
            .grid
            .unwrap()
            .tokens()
    };
    for family in [&astra, &gpt_54] {
        assert_eq!(counted(family, 1024, 1024, &at(Detail::High)).tokens, 1229);
        assert_eq!(counted(family, 2048, 2048, &at(Detail::High)).tokens, 3000);
    }
    assert_eq!(tokens(&astra, 4096, 512), 2458);
    assert_eq!(patches(&astra, 6000, 6000, Detail::Original), 35_344);
    assert_eq!(patches(&astra, 6000, 6000, Detail::High), 2_500);
    assert_eq!(patches(&astra, 7952, 5304, Detail::Auto), 41_334);

    // The older budget of four small models.
    let small = |percent: u64| {
        with(
            "openai-patches",
            &[
                ("high_max_patches", 1536),
                ("auto_is_original", 0),
                ("tokens_per_100_patches", percent),
            ],
        )
    };
    assert_eq!(tokens(&small(100), 1800, 2400), 33 * 44);
    let photo = [120, 150, 172, 246].map(|percent| tokens(&small(percent), 1920, 1080));
    assert_eq!(photo, [1810, 2262, 2594, 3710]);

    let tiles = named("openai-tiles");
    assert_eq!(counted(&tiles, 5000, 5000, &at(Detail::Low)).tokens, 85);
}

#[test]
fn a_level_of_detail_that_a_model_does_not_know_is_refused() {
    let photo = Size::new(1920, 1080);
    let refused = Err(Refusal::UnknownDetail(Detail::Original));
    for family in [named("openai-tiles"), with("openai-patches", GPT_52)] {
        assert_eq!(family.image(photo, &at(Detail::Original)), refused);
        assert!(!family.details().contains(&Detail::Original));
    }
    // What no family but OpenAI's knows, it passes over.
    assert!(named("kimi-k3").details().is_empty());
    let kimi = named("kimi-k3").image(photo, &at(Detail::Original));
    assert_eq!(kimi, named("kimi-k3").image(photo, &NO_OPTIONS));
}

#[test]
fn media_resolution_sets_the_budget_of_gemini() {
    let at = |resolution| Options {
        media_resolution: Some(resolution),
        ..NO_OPTIONS
    };
    let gemini = named("gemini-3");
    let page = |resolution| counted(&gemini, 850, 1100, &at(resolution)).tokens;
    assert_eq!(page(MediaResolution::Medium), 520);
    assert_eq!(
        counted(&gemini, 850, 1100, &at(MediaResolution::Medium)).high,
        560
    );
    assert!(page(MediaResolution::Low) <= 280 && page(MediaResolution::UltraHigh) > 1120);
    let older = named("gemini-2");
    assert_eq!(
        counted(&older, 4032, 3024, &at(MediaResolution::Low)).tokens,
        64
    );
    assert_eq!(
        counted(&older, 4032, 3024, &at(MediaResolution::Medium)).tokens,
        256
    );
}

#[test]
fn where_only_a_range_is_known_the_count_is_its_upper_end() {
    let ranges = [("grok", 256, 1792), ("nova-1", 800, 2600)];
    for (name, low, high) in ranges {
        let count = count(&named(name), 1920, 1080);
        assert_eq!(
            (count.low, count.high, count.tokens),
            (low, high, high),
            "{name}"
        );
        assert_eq!(count.seen, None, "{name}");
    }
    // Two pages of Google's disagree on large images.
    let large = count(&named("gemini-2"), 4032, 3024);
    assert_eq!((large.low, large.tokens, large.high), (1032, 1032, 6192));
}

#[test]
fn nemotron_shrinks_all_images_of_a_request_that_exceed_the_context() {
    let nemotron = named("nemotron");
    let photos = [Size::new(1920, 1080); 3];
    let within = |context_left| {
        let options = Options {
            context_left,
            ..NO_OPTIONS
        };
        let counts = nemotron.images(&photos, &options);
        counts
            .into_iter()
            .map(|count| count.unwrap().tokens)
            .collect::<Vec<_>>()
    };
    assert_eq!(within(None), [2040; 3]);
    assert_eq!(within(Some(65_536)), [2040; 3]);
    // A context of 4,096 and a text of 14.
    assert_eq!(within(Some(4_096 - 14)), [1344; 3]);
    assert!(nemotron.counts_together() && !named("claude").counts_together());
}

#[test]
fn an_image_that_cannot_be_counted_does_not_take_the_others_with_it() {
    let sizes = [
        Size::new(640, 480),
        Size::new(0, 480),
        Size::new(1920, 1080),
    ];
    for family in Family::ALL {
        let counts = family.images(&sizes, &NO_OPTIONS);
        assert!(counts[0].is_ok() && counts[2].is_ok(), "{}", family.name());
        assert_eq!(counts[1], Err(Refusal::Empty), "{}", family.name());
    }
    let thin = named("qwen3-vl").image(Size::new(30_000, 100), &NO_OPTIONS);
    assert_eq!(thin, Err(Refusal::TooThin));
}

#[test]
fn parameters_are_known_by_name_and_can_be_overridden() {
    for mut family in Family::ALL {
        assert_eq!(Family::by_name(family.name()), Some(family));
        for (name, value) in family.parameters() {
            family.set(name, value + 1).unwrap();
            assert!(
                family.parameters().contains(&(name, value + 1)),
                "{} {name}",
                family.name()
            );
        }
    }
    let mut family = named("claude");
    assert_eq!(family.set("tiles", 1), Err(ParameterError::Unknown));
    assert_eq!(
        family.set("tile_px", 1 << 32),
        Err(ParameterError::TooLarge)
    );
    assert_eq!(family, named("claude"));
    assert_eq!(Family::by_name("gpt"), None);
}

fn video(frame_count: u64, frame_rate: f64) -> VideoFacts {
    VideoFacts {
        frame_count: Some(frame_count),
        frame_rate: Some(frame_rate),
        ..VideoFacts::default()
    }
}

#[test]
fn videos_take_what_their_frames_take_together() {
    let qwen = named("qwen3-vl").video(Size::new(128, 96), &video(8, 8.0), &NO_OPTIONS);
    let qwen = qwen.unwrap();
    assert_eq!((qwen.frames, qwen.chunks, qwen.tokens), (4, 2, 24));

    let capped = with("glm-5.3-flash", &[("max_video_tokens", 30_000)]);
    let glm = capped.video(Size::new(3416, 2060), &video(32, 2.0), &NO_OPTIONS);
    assert_eq!(glm.unwrap().tokens, 29_920);

    let wide = named("gemini-3").video(Size::new(1920, 1080), &video(300, 30.0), &NO_OPTIONS);
    let wide = wide.unwrap();
    assert_eq!(
        (wide.frames, wide.frame.tokens, wide.frame.high),
        (10, 66, 70)
    );

    let older = named("gemini-2").video(Size::new(1920, 1080), &video(300, 30.0), &NO_OPTIONS);
    assert_eq!(older.unwrap().tokens, 10 * 258);
    let gemma = named("gemma-4").video(Size::new(1920, 1080), &video(3_000, 30.0), &NO_OPTIONS);
    assert_eq!(gemma.unwrap().frames, 32);

    let options = Options {
        max_frames: Some(32),
        ..NO_OPTIONS
    };
    let served = named("qwen3-vl").video(Size::new(1280, 720), &video(9_000, 30.0), &options);
    assert_eq!(served.unwrap().frames, 32);
}

#[test]
fn a_video_without_rule_or_length_is_not_counted() {
    let size = Size::new(640, 480);
    for name in [
        "claude",
        "openai-patches",
        "kimi-k3",
        "nova-1",
        "grok",
        "llama-4",
        "qwen2.5-vl",
    ] {
        let count = named(name).video(size, &video(10, 1.0), &NO_OPTIONS);
        assert_eq!(count, Err(Refusal::NoVideoRule), "{name}");
    }
    for name in [
        "kimi-k2.5",
        "qwen3-vl",
        "muse-spark",
        "gemini-3",
        "gemma-4",
        "minimax-m3",
        "glm-5.3-flash",
    ] {
        let count = named(name).video(size, &VideoFacts::default(), &NO_OPTIONS);
        assert_eq!(count, Err(Refusal::UnknownLength), "{name}");
    }
}

/// Counts that other programs made.
fn oracles() -> Vec<(String, Value)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tokens");
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let read = |path: PathBuf| {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        (
            name,
            serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap(),
        )
    };
    files.map(read).collect()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

fn family_of(name: &str, series: &Value) -> Family {
    let parameters = series["parameters"].as_object();
    let parameters = parameters
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.as_str(), number(value)));
    with(name, &parameters.collect::<Vec<_>>())
}

#[test]
fn every_count_of_another_program_is_ours() {
    let mut rows = 0;
    for (file, oracle) in oracles() {
        for series in list(&oracle["series"]) {
            let name = series["family"].as_str().unwrap_or(&file);
            let family = family_of(name, series);
            let options = match series["detail"].as_str() {
                None => NO_OPTIONS,
                Some("low") => at(Detail::Low),
                Some("high") => at(Detail::High),
                Some("original") => at(Detail::Original),
                Some(detail) => {
                    assert_eq!(detail, "auto");
                    at(Detail::Auto)
                }
            };
            let with_markers = series["withMarkers"].as_bool() == Some(true);
            for row in list(&series["rows"]) {
                let size = Size::new(number(&row[0]), number(&row[1]));
                let count = family.image(size, &options).ok();
                let ours =
                    count.map(|count| count.tokens + if with_markers { count.markers } else { 0 });
                assert_eq!(
                    ours,
                    row[2].as_u64(),
                    "{file} {series_head} {row}",
                    series_head = series["model"]
                );
                rows += 1;
            }
        }
    }
    assert!(rows > 15_000, "{rows} rows");
}

#[test]
fn every_request_and_video_of_another_program_is_ours() {
    let (mut requests, mut videos) = (0, 0);
    for (name, oracle) in oracles() {
        for request in list(&oracle["requests"]) {
            let options = Options {
                context_left: request["contextLeft"].as_u64(),
                ..NO_OPTIONS
            };
            let rows = list(&request["rows"]);
            let sizes: Vec<_> = rows
                .iter()
                .map(|row| Size::new(number(&row[0]), number(&row[1])))
                .collect();
            let ours = named(&name).images(&sizes, &options);
            let ours: Vec<_> = ours
                .into_iter()
                .map(|count| count.unwrap().tokens)
                .collect();
            let theirs: Vec<_> = rows.iter().map(|row| number(&row[2])).collect();
            assert_eq!(ours, theirs, "{name} {request}");
            requests += 1;
        }
        for series in list(&oracle["videos"]) {
            let family = family_of(&name, series);
            for row in list(&series["rows"]) {
                let size = Size::new(number(&row[0]), number(&row[1]));
                let facts = video(number(&row[2]), number(&row[3]) as f64 / 1000.0);
                let count = family.video(size, &facts, &NO_OPTIONS).unwrap();
                assert_eq!(
                    [count.frames, count.tokens],
                    [number(&row[4]), number(&row[5])],
                    "{name} {row}"
                );
                videos += 1;
            }
        }
    }
    assert!(
        requests > 40 && videos > 700,
        "{requests} requests, {videos} videos"
    );
}

/// The most that an image takes, by what each family states; those that state none are left out.
const MOST: [(&str, u64); 20] = [
    ("qwen2.5-vl", 16_384),
    ("qwen3-vl", 16_384),
    ("glm-4.5v", 6_144),
    ("glm-5.3-flash", 8_000),
    ("deepseek-v4.1-flash", 1_024),
    ("muse-spark", 4_096),
    ("gemma-3", 256),
    ("gemma-4", 280),
    // Sixteen tiles and the whole, with a separator behind each tile but the whole.
    ("llama-4", 17 * 144 + 16),
    ("internvl3", 13 * 256),
    ("pixtral", 65 * 64),
    ("mistral", 56 * 55),
    ("minimax-m3", 576),
    ("nemotron", 13_312 / 4),
    ("openai-tiles", 85 + 8 * 170),
    ("claude", 4_784),
    ("gemini-3", 1_120),
    ("grok", 1_792),
    ("nova-1", 2_600),
    ("nova-2", 230),
];

/// Those for which the size that the model sees takes what the image takes. Not so:
/// - Kimi counts only whole patches against its budget, so that an image scaled to it may be scaled again.
/// - Gemma, Gemini 3, DeepSeek and MiniMax enlarge by the proportions of the image, which rounding to tiles has changed.
/// - Qwen and GLM refuse or enlarge what is thin only before it is rounded to tiles.
/// - Step3 sees a small image as a square that it would look at twice.
/// - Llama 4 scales in single precision.
const SEEN_ALIKE: [&str; 8] = [
    "muse-spark",
    "internvl3",
    "pixtral",
    "mistral",
    "nemotron",
    "openai-tiles",
    "openai-patches",
    "claude",
];

/// As many small sides as large ones, up to what a JPEG holds at most. Beyond, of images thinner
/// than 4,000:1, the code of Muse and of Nemotron itself passes its budget.
fn side() -> impl Strategy<Value = u64> {
    (0..16_u32).prop_flat_map(|bits| 1 << bits..2_u64 << bits)
}

fn any_side() -> impl Strategy<Value = u64> {
    prop_oneof![
        side(),
        0..u64::MAX,
        (0..64_u32).prop_map(|bits| 1 << bits),
        Just(0),
        Just(u64::MAX)
    ]
}

fn any_options() -> impl Strategy<Value = Options> {
    let details = [Detail::Low, Detail::High, Detail::Original, Detail::Auto];
    let resolutions = [
        MediaResolution::Low,
        MediaResolution::Medium,
        MediaResolution::High,
        MediaResolution::UltraHigh,
    ];
    (
        proptest::option::of(proptest::sample::select(details.to_vec())),
        proptest::option::of(proptest::sample::select(resolutions.to_vec())),
        proptest::option::of(any_side()),
        proptest::option::of(any::<f64>()),
        proptest::option::of(any_side()),
    )
        .prop_map(
            |(detail, media_resolution, context_left, sample_fps, max_frames)| Options {
                detail,
                media_resolution,
                context_left,
                sample_fps,
                max_frames,
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_image_takes_more_than_its_family_states(width in side(), height in side()) {
        let size = Size::new(width, height);
        for (name, most) in MOST {
            if let Ok(count) = named(name).image(size, &NO_OPTIONS) {
                prop_assert!(count.tokens <= most, "{name} {}", count.tokens);
                prop_assert!(count.tokens >= 1 && count.low <= count.tokens && count.tokens <= count.high);
            }
        }
        let astra = named("openai-patches");
        for (detail, most) in [(Detail::Low, 308), (Detail::High, 3_000)] {
            prop_assert!(counted(&astra, width, height, &at(detail)).tokens <= most);
        }
        let standard = Family::Claude(Claude::STANDARD);
        prop_assert!(tokens(&standard, width, height) <= 1_568);
    }

    #[test]
    fn what_the_model_sees_takes_as_much_as_the_image(width in side(), height in side()) {
        for name in SEEN_ALIKE {
            let family = named(name);
            let Ok(image) = family.image(Size::new(width, height), &at(Detail::High)) else {
                continue;
            };
            let seen = image.seen.unwrap();
            let again = family.image(seen, &at(Detail::High)).unwrap();
            prop_assert_eq!((again.tokens, again.seen), (image.tokens, Some(seen)), "{}", name);
        }
    }

    #[test]
    fn a_grid_covers_what_the_model_sees(width in side(), height in side()) {
        for family in Family::ALL {
            let Ok(ImageCount { grid: Some(grid), .. }) = family.image(Size::new(width, height), &NO_OPTIONS) else {
                continue;
            };
            prop_assert!(grid.content_width <= grid.width && grid.content_height <= grid.height, "{family:?} {grid:?}");
            prop_assert!(grid.columns * grid.tile >= grid.width && grid.rows * grid.tile >= grid.height, "{family:?} {grid:?}");
            prop_assert!(grid.content_width >= 1 && grid.content_height >= 1, "{family:?} {grid:?}");
        }
    }

    #[test]
    fn nothing_makes_a_rule_panic(
        sizes in proptest::collection::vec((any_side(), any_side()), 0..4),
        options in any_options(),
        family in 0..Family::ALL.len(),
        values in proptest::collection::vec(prop_oneof![0..4_u64, 0..u64::from(u32::MAX)], 12),
        overridden in any::<u16>(),
        frames in proptest::option::of(any_side()),
        rate in proptest::option::of(any::<f64>()),
        milliseconds in proptest::option::of(any::<f64>()),
    ) {
        let mut family = Family::ALL[family];
        for (index, ((name, _), value)) in family.parameters().into_iter().zip(values).enumerate() {
            if overridden >> index & 1 == 1 {
                family.set(name, value).unwrap();
            }
        }
        let sizes: Vec<_> = sizes.into_iter().map(|(width, height)| Size::new(width, height)).collect();
        prop_assert_eq!(family.images(&sizes, &options).len(), sizes.len());
        let facts = VideoFacts {
            frame_count: frames,
            frame_rate: rate,
            duration_ms: milliseconds,
            ..VideoFacts::default()
        };
        for size in sizes {
            let _ = family.video(size, &facts, &options);
        }
    }
}
