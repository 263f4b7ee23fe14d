use crate::fixtures::{clip, image, video};
use tilewise::catalog::Limits;
use tilewise::catalog::{Certainty, Model, find, models};
use tilewise::estimate::{EstimateOptions, estimate};
use tilewise::limits::{Address, Unreachable};
use tilewise::media::{Format, ImageFacts, MediaFacts, Orientation, Rotation, Size, VideoFacts};
use tilewise::request::{Body, Detail, Draft, MediaPart, Via};
use tilewise::violation::{Severity, Violation, ViolationCode as Code};

/// The table of the vision page, row by row: what, Kimi K2.5, Kimi K2.6. MB are 1,000,000 bytes.
const PAGE: &str = include_str!("vision-limits.txt");

fn row(name: &str) -> [u64; 2] {
    let line = PAGE.lines().find(|line| line.contains(name)).unwrap();
    let cells: Vec<_> = line
        .split('|')
        .map(str::trim)
        .filter(|cell| !cell.is_empty())
        .collect();
    [cells[1], cells[2]].map(|cell| match cell.strip_suffix(" MB") {
        Some(megabytes) => megabytes.parse::<u64>().unwrap() * 1_000_000,
        None => cell.parse().unwrap(),
    })
}

#[test]
fn the_catalogue_holds_the_table_of_the_page() {
    type Figure = fn(&Limits) -> Option<u64>;
    let rows: [(&str, Figure); 5] = [
        ("Max images per request", |limits| limits.max_images),
        ("Max videos per request", |limits| limits.max_videos),
        ("Max total media size per request (URL)", |limits| {
            limits.max_media_bytes
        }),
        ("Max size per image (URL)", |limits| limits.max_image_bytes),
        ("Max request body (base64)", |limits| limits.max_body_bytes),
    ];
    let ids = ["moonshotai/Kimi-K2.5", "moonshotai/Kimi-K2.6"];
    for (name, figure) in rows {
        for (id, expected) in ids.iter().zip(row(name)) {
            assert_eq!(
                figure(&find(id).unwrap().limits),
                Some(expected),
                "{name}, {id}"
            );
        }
    }
}

/// The models whose limits the page documents. They are switched off, which is another matter.
fn documented() -> impl Iterator<Item = &'static Model> {
    let documented = |model: &&Model| model.limits_certainty == Certainty::Documented;
    models()
        .iter()
        .filter(|model| model.provider == "baseten")
        .filter(documented)
}

fn violations(draft: &Draft) -> Vec<Violation> {
    let mut found = estimate(draft, &EstimateOptions::default()).violations;
    found.retain(|violation| violation.code != Code::ModelRetired);
    found
}

fn codes(draft: &Draft) -> Vec<Code> {
    violations(draft)
        .iter()
        .map(|violation| violation.code)
        .collect()
}

fn draft(model: &Model) -> Draft {
    Draft::new(model.id.as_ref(), "What is this?")
}

fn by_url(facts: MediaFacts) -> MediaPart {
    MediaPart::url(facts, "https://example.com/photo.jpg")
}

/// The one violation of a draft, with what it says of the figures.
fn only(draft: &Draft) -> (Code, Option<u64>, Option<u64>) {
    let found = violations(draft);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].severity, Severity::Error);
    assert!(found[0].fix.is_some() && !found[0].message.is_empty());
    (found[0].code, found[0].actual, found[0].allowed)
}

#[test]
fn as_many_images_as_allowed_pass_and_one_more_does_not() {
    for model in documented() {
        let most = model.limits.max_images.unwrap();
        let mut draft = draft(model);
        draft.media = vec![by_url(image(28, 28, 1_000)); most as usize];
        assert_eq!(codes(&draft), []);
        draft.media.push(by_url(image(28, 28, 1_000)));
        assert_eq!(
            only(&draft),
            (Code::TooManyImages, Some(most + 1), Some(most))
        );
    }
}

#[test]
fn as_many_videos_as_allowed_pass_and_one_more_does_not() {
    for model in documented() {
        let most = model.limits.max_videos.unwrap();
        let clip = MediaPart::url(video(64, 64, 30, 30.0), "https://example.com/a.mp4");
        let mut draft = draft(model);
        draft.media = vec![clip.clone(); most as usize];
        assert_eq!(codes(&draft), []);
        draft.media.push(clip);
        assert_eq!(
            only(&draft),
            (Code::TooManyVideos, Some(most + 1), Some(most))
        );
    }
}

#[test]
fn an_image_by_url_as_large_as_allowed_passes_and_a_byte_more_does_not() {
    for model in documented() {
        let most = model.limits.max_image_bytes.unwrap();
        let mut draft = draft(model);
        draft.media = vec![by_url(image(28, 28, most))];
        assert_eq!(codes(&draft), []);
        draft.media = vec![by_url(image(28, 28, most + 1))];
        assert_eq!(
            only(&draft),
            (Code::ImageTooLarge, Some(most + 1), Some(most))
        );
        assert_eq!(violations(&draft)[0].media, Some(0));
    }
}

#[test]
fn media_by_url_as_large_together_as_allowed_pass_and_a_byte_more_does_not() {
    for model in documented() {
        let most = model.limits.max_media_bytes.unwrap();
        let mut draft = draft(model);
        draft.media = vec![by_url(image(28, 28, most / 4)); 4];
        assert_eq!(codes(&draft), []);
        draft.media.push(by_url(image(28, 28, 1)));
        assert_eq!(
            only(&draft),
            (Code::MediaTooLarge, Some(most + 1), Some(most))
        );
    }
}

#[test]
fn a_body_as_long_as_allowed_passes_and_a_byte_more_does_not() {
    for model in documented() {
        let most = model.limits.max_body_bytes.unwrap();
        let mut draft = draft(model);
        draft.media = vec![MediaPart::base64(image(28, 28, 3_000_000))];
        // Plain letters fill up to the limit byte by byte, where base64 goes by fours.
        draft.text = "x".into();
        let room = most - Body::streamed(&draft).len();
        draft.text = "x".repeat(1 + room as usize);
        assert_eq!(Body::streamed(&draft).len(), most);
        assert!(!codes(&draft).contains(&Code::BodyTooLarge));
        draft.text.push('x');
        let body = violations(&draft)
            .into_iter()
            .find(|violation| violation.code == Code::BodyTooLarge);
        let body = body.unwrap();
        assert_eq!((body.actual, body.allowed), (Some(most + 1), Some(most)));
    }
}

#[test]
fn figures_that_round_to_the_same_are_given_to_the_byte() {
    let mut draft = draft(find("moonshotai/Kimi-K2.6").unwrap());
    draft.media = vec![by_url(image(28, 28, 80_000_001))];
    let message = &violations(&draft)[0].message;
    assert_eq!(
        message,
        "The image holds 80,000,001 bytes; 80.00 MB are allowed for one image by URL."
    );
}

#[test]
fn media_in_the_body_do_not_count_against_the_limits_of_urls() {
    let model = find("moonshotai/Kimi-K2.6").unwrap();
    let mut draft = draft(model);
    draft.media = vec![MediaPart::base64(image(28, 28, 300_000_000))];
    assert_eq!(codes(&draft), [Code::BodyTooLarge]);
}

#[test]
fn the_context_holds_input_and_output_together() {
    let model = find("moonshotai/Kimi-K2.6").unwrap();
    let mut draft = draft(model);
    let input = estimate(&draft, &EstimateOptions::default()).input_tokens;
    let room = model.context_tokens.unwrap() - input;
    draft.max_tokens = Some(room);
    assert_eq!(codes(&draft), []);
    draft.max_tokens = Some(room + 1);
    assert_eq!(
        only(&draft),
        (Code::ContextExceeded, Some(262_001), Some(262_000))
    );
}

#[test]
fn a_context_that_is_too_small_by_one_rule_only_is_a_warning() {
    let mut draft = draft(find("moonshotai/Kimi-K2.6").unwrap());
    draft.media = vec![by_url(image(1024, 1024, 1_000)); 50];
    let found = violations(&draft);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        (found[0].code, found[0].severity),
        (Code::ContextExceeded, Severity::Warning)
    );

    draft.max_tokens = Some(200_000);
    assert_eq!(violations(&draft)[0].severity, Severity::Error);
}

#[test]
fn a_limit_given_by_the_caller_wins() {
    let model = find("moonshotai/Kimi-K2.6").unwrap();
    let mut draft = draft(model);
    draft.media = vec![by_url(image(28, 28, 1_000)); 9];
    let options = EstimateOptions {
        limits: Limits {
            max_images: Some(8),
            ..Limits::default()
        },
        ..EstimateOptions::default()
    };
    let estimate = estimate(&draft, &options);
    let found: Vec<_> = estimate.errors().collect();
    assert_eq!(found[0].code, Code::TooManyImages);
    assert_eq!(found[0].allowed, Some(8));
}

#[test]
fn a_model_that_is_switched_off_is_a_warning_with_what_to_use_instead() {
    let found = violations_of(&draft(find("moonshotai/Kimi-K2.6").unwrap()));
    assert_eq!(
        (found[0].code, found[0].severity),
        (Code::ModelRetired, Severity::Warning)
    );
    assert!(found[0].message.contains("2026-10-16"));
    assert!(
        found[0]
            .fix
            .as_ref()
            .unwrap()
            .contains("moonshotai/Kimi-K3")
    );
}

#[test]
fn limits_that_are_assumed_only_warn_and_those_that_the_caller_gives_forbid() {
    let mut draft = draft(find("moonshotai/Kimi-K3").unwrap());
    draft.media = vec![by_url(image(28, 28, 1_000)); 97];
    let found = violations_of(&draft);
    assert_eq!(
        (found[0].code, found[0].severity),
        (Code::TooManyImages, Severity::Warning)
    );
    assert!(found[0].message.contains("assumed"));
    let options = EstimateOptions {
        limits: Limits {
            max_images: Some(96),
            ..Limits::default()
        },
        ..EstimateOptions::default()
    };
    let given = estimate(&draft, &options).violations;
    assert_eq!(
        (given[0].code, given[0].severity),
        (Code::TooManyImages, Severity::Error)
    );
}

fn violations_of(draft: &Draft) -> Vec<Violation> {
    estimate(draft, &EstimateOptions::default()).violations
}

fn at(provider: &str, id: &str, media: Vec<MediaPart>) -> Draft {
    Draft {
        provider: Some(provider.into()),
        media,
        ..Draft::new(id, "What is this?")
    }
}

#[test]
fn claude_refuses_long_sides_and_fewer_pixels_where_there_are_many_images() {
    let claude = |side, count| {
        let photo = MediaPart::base64(image(side, 100, 1_000));
        let found = violations_of(&at("anthropic", "claude-opus-5", vec![photo; count]));
        let found = found.into_iter().find(|it| it.is_error());
        found.map(|it| (it.code, it.actual, it.allowed))
    };
    assert_eq!(claude(8_000, 1), None);
    assert_eq!(
        claude(8_001, 1),
        Some((Code::ImageSideTooLarge, Some(8_001), Some(8_000)))
    );
    assert_eq!(claude(2_001, 20), None);
    assert_eq!(claude(2_000, 21), None);
    assert_eq!(
        claude(2_001, 21),
        Some((Code::ImageSideTooLarge, Some(2_001), Some(2_000)))
    );
}

#[test]
fn an_image_of_too_many_patches_is_refused_at_full_detail_only() {
    let astra = |width, height, detail| {
        let mut photo = MediaPart::base64(image(width, height, 1_000));
        photo.detail = detail;
        let found = violations_of(&at("openai", "gpt-6-astra", vec![photo]));
        let found = found.into_iter().find(|it| it.is_error());
        found.map(|it| (it.code, it.actual, it.allowed))
    };
    // OpenAI, Images and vision: 7952×5304 are 41,334 patches, and are refused.
    let refused = Some((Code::TooManyPatches, Some(41_334), Some(30_000)));
    assert_eq!(astra(7_952, 5_304, None), refused);
    assert_eq!(astra(7_952, 5_304, Some(Detail::Original)), refused);
    assert_eq!(astra(7_952, 5_304, Some(Detail::High)), None);
    assert_eq!(astra(32 * 200, 32 * 150, None), None);
}

#[test]
fn what_a_model_sees_smaller_or_larger_is_a_warning_with_the_size_that_it_sees() {
    let seen = |provider, id, width, height| {
        let part = by_url(image(width, height, 1_000));
        let found = violations_of(&at(provider, id, vec![part]));
        let mut found = found
            .into_iter()
            .filter(|it| matches!(it.code, Code::Downscaled | Code::Enlarged));
        found.next().map(|it| {
            assert_eq!(it.severity, Severity::Warning);
            (it.code, it.actual, it.allowed, it.message)
        })
    };
    let (code, actual, allowed, message) =
        seen("anthropic", "claude-haiku-4-5", 1_920, 1_080).unwrap();
    assert_eq!(
        (code, actual, allowed),
        (Code::Downscaled, Some(1_920), Some(1_456))
    );
    assert!(message.contains("1,456 × 819"), "{message}");
    let (code, actual, allowed, _) = seen("open", "gemma-4", 64, 64).unwrap();
    assert_eq!(
        (code, actual, allowed),
        (Code::Enlarged, Some(64), Some(768))
    );
    // Rounding to whole tiles is neither.
    assert_eq!(seen("open", "qwen3-vl", 1_920, 1_080), None);
    assert_eq!(seen("baseten", "moonshotai/Kimi-K3", 4_000, 3_000), None);
    assert!(seen("baseten", "moonshotai/Kimi-K2.6", 4_000, 3_000).is_some());
}

#[test]
fn a_video_is_refused_where_it_is_said_to_be_and_not_where_nothing_is_said() {
    let code = |provider, id| {
        let clip = MediaPart::url(video(64, 64, 30, 30.0), "https://example.com/a.mp4");
        let found = violations_of(&at(provider, id, vec![clip]));
        found.into_iter().find(|it| it.is_error()).map(|it| it.code)
    };
    assert_eq!(
        code("baseten", "zai-org/GLM-5.3"),
        Some(Code::UnsupportedFormat)
    );
    assert_eq!(code("openai", "gpt-6.2-astra"), None);
    assert_eq!(code("baseten", "moonshotai/Kimi-K2.6"), None);
}

#[test]
fn a_provider_or_a_model_at_it_that_is_none_is_named() {
    let message = |provider, id| {
        let found = violations_of(&at(provider, id, Vec::new()));
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].code, found[0].severity),
            (Code::UnknownModel, Severity::Warning)
        );
        found[0].message.clone()
    };
    assert!(message("nowhere", "moonshotai/Kimi-K3").contains("No provider \"nowhere\""));
    assert!(message("openai", "moonshotai/Kimi-K3").contains("of \"openai\""));
}

#[test]
fn a_mistyped_model_is_named_as_it_was_meant() {
    let fix = |provider: Option<&str>, id: &str| {
        let mut draft = Draft::new(id, "What is this?");
        draft.provider = provider.map(str::to_owned);
        let found = violations(&draft);
        assert_eq!(found.len(), 1, "{id}");
        assert_eq!(found[0].code, Code::UnknownModel, "{id}");
        found[0].fix.clone().unwrap()
    };
    for (typed, meant) in [
        ("moonshotai/kimi-k2.5", "moonshotai/Kimi-K2.5"),
        ("Kimi K2.5", "moonshotai/Kimi-K2.5"),
        ("moonshotai/Kimi-K2.7-Cdoe", "moonshotai/Kimi-K2.7-Code"),
        ("gpt5-mini", "gpt-5-mini"),
        ("cluade-opus-5", "claude-opus-5"),
    ] {
        assert_eq!(
            fix(None, typed),
            format!("Did you mean {meant}?"),
            "{typed}"
        );
    }
    assert_eq!(
        fix(Some("moonshot"), "Kimi_K2.6"),
        "Did you mean kimi-k2.6?"
    );
    // Another version is no slip, and nor is another name, or a word more.
    let others = [
        "moonshotai/Kimi-K2.9",
        "gpt-4",
        "gpt-4-turbo",
        "qwen3",
        "o5",
        "k",
        "",
        "my-own-model",
    ];
    for id in others {
        assert_eq!(
            fix(None, id),
            "Check the spelling, or choose a model of the catalogue.",
            "{id}"
        );
    }
}

#[test]
fn a_mistyped_model_is_looked_for_where_it_was() {
    let listed = Model {
        id: "acme/Vision-7B".into(),
        ..find("moonshotai/Kimi-K2.5").unwrap().clone()
    };
    let options = EstimateOptions {
        models: Some(vec![listed]),
        ..EstimateOptions::default()
    };
    let fix = |id: &str| {
        let estimate = estimate(&Draft::new(id, ""), &options);
        estimate.violations[0].fix.clone().unwrap()
    };
    assert_eq!(fix("vision 7b"), "Did you mean acme/Vision-7B?");
    assert!(fix("moonshotai/Kimi-K2.5").starts_with("Check the spelling"));
}

#[test]
fn what_few_endpoints_take_is_doubted_where_formats_are_not_published() {
    let found = |model: &str, format: Format| {
        let mut draft = Draft::new(model, "What is this?");
        let facts = MediaFacts::image(format, Size::new(280, 280), ImageFacts::default());
        draft.media = vec![by_url(facts)];
        let mut found = violations(&draft);
        found.retain(|violation| violation.code == Code::UnsupportedFormat);
        found.pop()
    };
    for format in [
        Format::Heic,
        Format::Avif,
        Format::Svg,
        Format::Tiff,
        Format::Bmp,
    ] {
        let doubt = found("moonshotai/Kimi-K3", format).unwrap();
        assert_eq!(doubt.severity, Severity::Warning, "{format:?}");
        let refusal = found("moonshotai/Kimi-K2.6", format).unwrap();
        assert_eq!(refusal.severity, Severity::Error, "{format:?}");
    }
    for format in [Format::Png, Format::Jpeg, Format::Gif, Format::Webp] {
        assert_eq!(found("moonshotai/Kimi-K3", format), None, "{format:?}");
    }
}

#[test]
fn an_unknown_model_is_said_and_not_guessed() {
    let mut draft = Draft::new("moonshotai/Kimi-K9", "");
    draft.media = vec![by_url(image(28, 28, 1_000))];
    let estimate = estimate(&draft, &EstimateOptions::default());
    let violation = &estimate.violations[0];
    assert_eq!(
        (violation.code, violation.severity),
        (Code::UnknownModel, Severity::Warning)
    );
    assert_eq!(estimate.media[0].tokens.published, None);
    assert_eq!(estimate.cost.input_usd, None);
}

#[test]
fn a_format_that_the_model_does_not_take_is_refused_with_those_that_it_takes() {
    let model = find("moonshotai/Kimi-K2.6").unwrap();
    let mut draft = draft(model);
    let heic = MediaFacts::image(Format::Heic, Size::new(28, 28), ImageFacts::default());
    draft.media = vec![by_url(heic)];
    let found = violations(&draft);
    assert_eq!(found[0].code, Code::UnsupportedFormat);
    assert_eq!(
        found[0].fix.as_deref(),
        Some("Convert it to one of png, jpeg, webp, gif.")
    );
}

#[test]
fn a_refused_format_under_another_name_is_refused_with_that_name() {
    let mut draft = draft(find("moonshotai/Kimi-K2.6").unwrap());
    let heic = MediaFacts::image(Format::Heic, Size::new(28, 28), ImageFacts::default());
    draft.media = vec![MediaPart::url(heic, "https://example.com/IMG_1.JPG?w=9")];
    assert_eq!(
        violations(&draft)[0].message,
        "Kimi K2.6 does not take heic, which IMG_1.JPG is in spite of its name."
    );
}

#[test]
fn a_turned_or_animated_image_and_an_unknown_size_are_warnings() {
    let model = find("moonshotai/Kimi-K2.6").unwrap();
    let mut draft = draft(model);
    let odd = ImageFacts {
        orientation: Orientation::new(6).unwrap(),
        animated: Some(true),
        ..ImageFacts::default()
    };
    let odd = MediaFacts::image(Format::Jpeg, Size::new(28, 28), odd);
    draft.media = vec![by_url(image(28, 28, 1)), by_url(odd)];
    let found = violations(&draft);
    let codes: Vec<_> = found.iter().map(|violation| violation.code).collect();
    assert_eq!(codes, [Code::SizeUnknown, Code::Rotated, Code::Animated]);
    assert!(
        found
            .iter()
            .all(|violation| violation.severity == Severity::Warning)
    );
    assert!(found.iter().all(|violation| violation.media == Some(1)));
}

#[test]
fn a_video_that_players_turn_may_be_seen_lying() {
    let model = find("moonshotai/Kimi-K2.6").unwrap();
    let turned = |rotation| {
        let video = VideoFacts {
            rotation: Rotation::new(rotation).unwrap(),
            ..clip(30, 30.0)
        };
        let facts = MediaFacts::video(Format::Mp4, Size::new(64, 48), video).with_bytes(1_000);
        let mut draft = draft(model);
        draft.media = vec![MediaPart::url(facts, "https://example.com/a.mp4")];
        violations(&draft)
    };
    assert_eq!(turned(0), []);
    for rotation in [90, 180, 270] {
        let found = turned(rotation);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].code, Code::Rotated);
        assert_eq!(found[0].severity, Severity::Warning);
        assert_eq!(found[0].media, Some(0));
        assert!(found[0].message.contains(&format!("{rotation}°")));
        assert!(found[0].message.contains("may not"));
    }
}

#[test]
fn a_url_that_the_endpoint_cannot_fetch_is_refused() {
    let model = find("moonshotai/Kimi-K2.6").unwrap();
    for (url, code) in [
        ("http://example.com/a.png", Code::UrlNotHttps),
        ("blob:https://example.com/7f2c", Code::UrlNotHttps),
        ("data:image/png;base64,AAAA", Code::UrlNotHttps),
        ("not a url", Code::UrlNotHttps),
        ("https://localhost/a.png", Code::UrlNotPublic),
        ("https://192.168.1.20/a.png", Code::UrlNotPublic),
    ] {
        let mut draft = draft(model);
        draft.media = vec![MediaPart {
            via: Via::Url(Some(url.into())),
            ..by_url(image(28, 28, 1_000))
        }];
        assert_eq!(only(&draft).0, code, "{url}");
    }
}

#[test]
fn public_addresses_pass() {
    for (url, host) in [
        ("https://example.com/a.png", "example.com"),
        ("HTTPS://EXAMPLE.COM:8443/a.png", "example.com"),
        (
            "https://user:secret@cdn.example.com./a.png?b#c",
            "cdn.example.com",
        ),
        ("https://8.8.8.8/", "8.8.8.8"),
        ("https://172.32.0.1/", "172.32.0.1"),
        ("https://[2606:4700::1111]/", "[2606:4700::1111]"),
        ("https://bücher.com/a.png", "bücher.com"),
        ("  https://example.com/a b.png\n", "example.com"),
        ("https://localhost.example.com/", "localhost.example.com"),
    ] {
        assert_eq!(
            Address::parse(url).map(|address| address.host).as_deref(),
            Ok(host),
            "{url}"
        );
    }
}

#[test]
fn addresses_that_only_look_public_do_not_pass() {
    for url in [
        "https://localhost",
        "https://LOCALHOST./",
        "https://app.localhost:3000/",
        "https://intranet/photo.png",
        "https://printer.local/",
        "https://db.internal/",
        "https://shop.example/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f.0.0.1/",
        "https://0177.0.0.1/",
        "https://0x7f000001/",
        "https://10.1.2.3/",
        "https://172.16.0.1/",
        "https://172.31.255.255/",
        "https://169.254.169.254/latest/meta-data",
        "https://100.64.0.1/",
        "https://0.0.0.0/",
        "https://[::1]/",
        "https://[::]/",
        "https://[fe80::1]/",
        "https://[fd12:3456::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://example.com@127.0.0.1/",
        "https://127.0.0.1\\@example.com/",
        "https://%31%32%37.0.0.1/",
        "https://127\u{3002}0\u{3002}0\u{3002}1/",
        "https://224.0.0.1/",
        "https://255.255.255.255/",
    ] {
        let refused = Address::parse(url);
        assert!(
            matches!(refused, Err(Unreachable::NotPublic { .. })),
            "{url}: {refused:?}"
        );
    }
}

#[test]
fn what_is_no_url_is_said_to_be_none() {
    for url in [
        "",
        "photo.png",
        "https://",
        "https:/",
        "//example.com/a",
        "https://exa mple.com/",
        "https://a..b/",
        "https://[::1/",
        "https://example.com:99999/",
        "https://1.2.3.4.5/",
        "https://256.1.1.1.1/",
        "1https://example.com",
    ] {
        assert_eq!(Address::parse(url), Err(Unreachable::NotAUrl), "{url}");
    }
}
