use crate::fixtures::{clip, image, video};
use tilewise::catalog::Limits;
use tilewise::catalog::{Model, find, models};
use tilewise::estimate::{EstimateOptions, estimate};
use tilewise::limits::{Address, Unreachable};
use tilewise::media::{Format, ImageFacts, MediaFacts, Orientation, Size, VideoFacts};
use tilewise::request::{Body, Draft, MediaPart, Via};
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

fn violations(draft: &Draft) -> Vec<Violation> {
    estimate(draft, &EstimateOptions::default()).violations
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
    for model in models() {
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
    for model in models() {
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
    for model in models() {
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
    for model in models() {
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
    for model in models() {
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
    let found = estimate(&draft, &options).violations;
    assert_eq!(found[0].code, Code::TooManyImages);
    assert_eq!(found[0].allowed, Some(8));
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
            rotation,
            ..clip(30, 30.0)
        };
        let facts = MediaFacts {
            bytes: Some(1_000),
            ..MediaFacts::video(Format::Mp4, Size::new(64, 48), video)
        };
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
