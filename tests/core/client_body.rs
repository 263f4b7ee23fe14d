//! Bodies as clients of three APIs write them.

use base64::{Engine, prelude::BASE64_STANDARD};
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;
use tilewise::estimate::{Estimate, EstimateOptions, estimate, estimate_body};
use tilewise::guard::{OnLimit, Policy, Verdict, judge, most_usd};
use tilewise::media::MediaFacts;
use tilewise::request::{
    BodyPiece, ClientBody, Draft, Gap, Inline, InlineSource, LongText, MediaPart,
};
use tilewise::units::Usd;
use tilewise::violation::ViolationCode;

const MODEL: &str = "moonshotai/Kimi-K3";

/// Of one pixel.
const PIXEL: &str = "R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs=";

fn parse(body: &str) -> ClientBody {
    ClientBody::parse(body, &[]).unwrap_or_else(|error| panic!("{error}: {body}"))
}

fn estimated(body: &ClientBody) -> Estimate {
    estimate_body(body, None, &BTreeMap::new(), &EstimateOptions::default())
}

fn chat(content: &str) -> String {
    format!(
        r#"{{"model":"{MODEL}","max_tokens":100,"messages":[{{"role":"user","content":{content}}}]}}"#
    )
}

fn responses(input: &str) -> String {
    format!(r#"{{"model":"{MODEL}","max_output_tokens":100,"input":{input}}}"#)
}

#[test]
fn a_body_costs_what_the_draft_costs_that_it_is_made_of() {
    let photo = std::fs::read("tests/fixtures/jpeg/orientation-6.jpg").unwrap();
    let mut draft = Draft::new(MODEL, "What is this?");
    draft.max_tokens = Some(100);
    draft.system = Some("Be brief.".into());
    draft.media = vec![MediaPart::base64(tilewise::probe::bytes(&photo).unwrap())];
    let written = tilewise::request::Body::whole(&draft);
    let written = written.json(|_| Some(&photo)).unwrap();

    let of_draft = estimate(&draft, &EstimateOptions::default());
    let of_body = estimated(&parse(&written));
    assert_eq!(of_body.input_tokens, of_draft.input_tokens);
    assert_eq!(of_body.media, of_draft.media);
    assert_eq!(of_body.violations, of_draft.violations);
    assert_eq!(of_body.bounds, of_draft.bounds);
    assert_eq!(of_body.cost, of_draft.cost);
    assert_eq!(of_body.body_bytes, written.len() as u64);
}

#[test]
fn images_are_found_in_every_shape_that_clients_send() {
    let url = format!("data:image/gif;base64,{PIXEL}");
    let shapes = [
        // Chat completions.
        chat(r#"[{"type":"image_url","image_url":{"url":"URL","detail":"high"}}]"#),
        chat(r#"[{"type":"text","text":"See"},{"type":"image_url","image_url":"URL"}]"#),
        format!(
            r#"{{"model":"{MODEL}","messages":[{{"role":"tool","tool_call_id":"a","content":[{{"type":"image_url","image_url":{{"url":"URL"}}}}]}}]}}"#
        ),
        // Responses.
        responses(
            r#"[{"role":"user","content":[{"type":"input_image","image_url":"URL","detail":"low"}]}]"#,
        ),
        responses(
            r#"[{"type":"message","role":"user","content":[{"type":"input_text","text":"See"},{"type":"input_image","image_url":"URL"}]}]"#,
        ),
        responses(
            r#"[{"type":"function_call_output","call_id":"a","output":[{"type":"input_image","image_url":"URL"}]}]"#,
        ),
        responses(
            r#"[{"type":"computer_call_output","call_id":"a","output":{"type":"computer_screenshot","image_url":"URL"}}]"#,
        ),
        // Messages.
        chat(
            r#"[{"type":"image","source":{"type":"base64","media_type":"image/gif","data":"PIXEL"}}]"#,
        ),
        chat(
            r#"[{"type":"image","source":{"data":"PIXEL","media_type":"image/gif","type":"base64"}}]"#,
        ),
        chat(
            r#"[{"type":"tool_result","tool_use_id":"a","content":[{"type":"image","source":{"type":"base64","media_type":"image/gif","data":"PIXEL"}}]}]"#,
        ),
    ];
    for shape in shapes {
        let written = shape.replace("URL", &url).replace("PIXEL", PIXEL);
        let body = parse(&written);
        let [item] = body.media() else {
            panic!("{written}");
        };
        assert_eq!(item.facts.as_ref().unwrap().bytes, Some(29), "{written}");
        let estimate = estimated(&body);
        assert_eq!(estimate.media.len(), 1);
        assert!(
            estimate.media_tokens > 0 && estimate.range.is_some(),
            "{written}"
        );

        let other = Inline {
            media: 0,
            mime: "image/png".into(),
            base64: "QUJD".into(),
        };
        let [BodyPiece::Text(rewritten)] = &body.with(&[other])[..] else {
            panic!("{written}");
        };
        let expected = written
            .replace(&url, "data:image/png;base64,QUJD")
            .replace(PIXEL, "QUJD")
            .replace("\"image/gif\"", "\"image/png\"");
        assert_eq!(rewritten, &expected);
    }
}

#[test]
fn what_a_body_says_counts_as_text_wherever_it_stands() {
    let long = "A sentence of several words. ".repeat(20);
    let shapes = [
        chat(r#""LONG""#),
        chat(r#"[{"type":"text","text":"LONG"}]"#),
        format!(r#"{{"model":"{MODEL}","system":"LONG","messages":[]}}"#),
        format!(
            r#"{{"model":"{MODEL}","system":[{{"type":"text","text":"LONG"}}],"messages":[]}}"#
        ),
        format!(
            r#"{{"model":"{MODEL}","messages":[{{"role":"assistant","tool_calls":[{{"id":"a","type":"function","function":{{"name":"f","arguments":"LONG"}}}}]}}]}}"#
        ),
        chat(r#"[{"type":"tool_use","id":"a","name":"f","input":{"what":"LONG"}}]"#),
        chat(r#"[{"type":"tool_result","tool_use_id":"a","content":"LONG"}]"#),
        responses(r#""LONG""#),
        format!(r#"{{"model":"{MODEL}","instructions":"LONG","input":"Hi"}}"#),
        responses(r#"[{"role":"user","content":"LONG"}]"#),
        responses(
            r#"[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"LONG"}]}]"#,
        ),
        responses(r#"[{"type":"function_call","call_id":"a","name":"f","arguments":"LONG"}]"#),
        responses(r#"[{"type":"function_call_output","call_id":"a","output":"LONG"}]"#),
        responses(r#"[{"type":"reasoning","summary":[{"type":"summary_text","text":"LONG"}]}]"#),
        format!(
            r#"{{"model":"{MODEL}","messages":[],"tools":[{{"name":"f","description":"LONG"}}]}}"#
        ),
        format!(
            r#"{{"model":"{MODEL}","messages":[],"response_format":{{"description":"LONG"}}}}"#
        ),
    ];
    for shape in shapes {
        let [with, without] =
            [&*long, ""].map(|text| estimated(&parse(&shape.replace("LONG", text))));
        let more = with.text.tokens - without.text.tokens;
        assert!((100..200).contains(&more), "{more} of {shape}");
        assert!(with.range.is_some(), "{shape}");
    }
}

#[test]
fn what_cannot_be_counted_is_said_and_leaves_no_bounds() {
    let gone = |field: &str| format!(r#"{{"model":"{MODEL}","input":"Hi",{field}}}"#);
    let rows = [
        (
            chat(r#"[{"type":"image_url","image_url":{"url":"https://example.com/a.png"}}]"#),
            "https://example.com/a.png",
        ),
        (
            chat(r#"[{"type":"image","source":{"type":"url","url":"https://example.com/a.png"}}]"#),
            "https://example.com/a.png",
        ),
        (
            chat(r#"[{"type":"image","source":{"type":"file","file_id":"file-1"}}]"#),
            "not counted",
        ),
        (
            chat(
                r#"[{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo"}}]"#,
            ),
            "not counted",
        ),
        (
            chat(
                r#"[{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBERi0="}}]"#,
            ),
            "documents",
        ),
        (
            chat(r#"[{"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}}]"#),
            "audio",
        ),
        (
            responses(r#"[{"role":"user","content":[{"type":"input_file","file_id":"file-1"}]}]"#),
            "documents",
        ),
        (
            responses(r#"[{"role":"user","content":[{"type":"input_image","file_id":"file-1"}]}]"#),
            "not counted",
        ),
        (
            responses(r#"[{"type":"item_reference","id":"a"}]"#),
            "not counted",
        ),
        (
            responses(r#"[{"type":"reasoning","summary":[],"encrypted_content":"gAAA"}]"#),
            "not counted",
        ),
        (gone(r#""previous_response_id":"resp_1""#), "provider keeps"),
        (gone(r#""conversation":{"id":"conv_1"}"#), "provider keeps"),
        (gone(r#""prompt":{"id":"pmpt_1"}"#), "provider keeps"),
    ];
    for (body, said) in rows {
        let estimate = estimated(&parse(&body));
        assert!(
            estimate.notes.iter().any(|note| note.contains(said)),
            "{:?} of {body}",
            estimate.notes
        );
        assert_eq!(
            (estimate.range, estimate.bounds.outer()),
            (None, None),
            "{body}"
        );
    }
}

#[test]
fn facts_tell_what_lies_behind_an_address() {
    let url = "https://example.com/a.png";
    let body = parse(&chat(&format!(
        r#"[{{"type":"image_url","image_url":{{"url":"https://example.com/unknown.png"}}}},{{"type":"image_url","image_url":{{"url":"{url}"}}}}]"#
    )));
    assert_eq!(body.unknown_urls(&BTreeMap::new()).len(), 2);
    let facts =
        tilewise::probe::bytes(&std::fs::read("tests/fixtures/jpeg/orientation-6.jpg").unwrap())
            .unwrap();
    let known = BTreeMap::from([(url.to_owned(), facts)]);
    assert_eq!(
        body.unknown_urls(&known),
        ["https://example.com/unknown.png"]
    );
    let estimate = estimate_body(&body, None, &known, &EstimateOptions::default());
    assert_eq!(
        estimate
            .media
            .iter()
            .map(|item| item.usd.is_some())
            .collect::<Vec<_>>(),
        [false, true]
    );
    // A violation points to the place in the body.
    let places: Vec<_> = estimate
        .violations
        .iter()
        .map(|violation| (violation.code, violation.media))
        .collect();
    assert!(
        places.contains(&(ViolationCode::Rotated, Some(1))),
        "{places:?}"
    );
}

#[test]
fn the_output_is_bounded_by_whichever_field_the_api_has() {
    let rows = [
        (r#""max_tokens":5"#, Some(5)),
        (r#""max_completion_tokens":6"#, Some(6)),
        (r#""max_tokens":5,"max_completion_tokens":6"#, Some(6)),
        (r#""max_completion_tokens":6,"max_tokens":5"#, Some(6)),
        (r#""max_output_tokens":7"#, Some(7)),
        (r#""max_tokens":5,"n":3"#, Some(15)),
        (r#""max_tokens":null"#, None),
        (r#""temperature":1"#, None),
    ];
    for (fields, expected) in rows {
        let body = parse(&format!(r#"{{"model":"{MODEL}","messages":[],{fields}}}"#));
        assert_eq!(estimated(&body).max_output_tokens, expected, "{fields}");
    }
}

#[test]
fn what_is_no_body_is_refused() {
    for body in [
        "",
        "no JSON",
        "[]",
        "null",
        "{}",
        r#"{"model":"a"}"#,
        r#"{"messages":[]"#,
        r#"{"messages":"Hi"}"#,
        r#"{"messages":[]} x"#,
    ] {
        let error = ClientBody::parse(body, &[]).unwrap_err();
        assert_eq!(error.code().name(), "invalid_argument", "{body}");
        assert!(error.to_string().starts_with("body: "), "{error}");
    }
}

#[test]
fn no_text_makes_it_panic() {
    let whole = chat(&format!(
        r#"[{{"type":"image","source":{{"data":"{PIXEL}","media_type":"image/gif"}}}},{{"type":"image_url","image_url":"data:,%ü"}}]"#
    ));
    for end in (0..=whole.len()).filter(|end| whole.is_char_boundary(*end)) {
        let read = ClientBody::parse(&whole[..end], &[]);
        assert_eq!(read.is_ok(), end == whole.len());
    }
}

/// What is read of a long text.
struct Watched<'a> {
    text: &'a str,
    read: RefCell<Vec<Range<u64>>>,
}

impl LongText for Watched<'_> {
    fn length(&self) -> u64 {
        self.text.len() as u64
    }

    fn read(&self, range: Range<u64>) -> Cow<'_, str> {
        self.read.borrow_mut().push(range.clone());
        self.text[range.start as usize..range.end as usize].into()
    }
}

/// A body whose only image is left out of it.
fn with_gap<T>(
    shape: &str,
    source: &str,
    use_it: impl FnOnce(&ClientBody, &Watched<'_>) -> T,
) -> T {
    let at = shape.find("SOURCE").unwrap();
    let text = shape.replace("SOURCE", "");
    let watched = Watched {
        text: source,
        read: RefCell::default(),
    };
    let gap = Gap::new(at - 1, &watched);
    let body = ClientBody::parse(&text, std::slice::from_ref(&gap)).unwrap();
    use_it(&body, &watched)
}

#[test]
fn an_image_in_a_gap_is_what_it_is_in_its_place_and_hardly_read() {
    let photo = std::fs::read("tests/fixtures/jpeg/orientation-6.jpg").unwrap();
    let mut photo = photo;
    photo.resize(1_000_000, 0);
    let base64 = BASE64_STANDARD.encode(&photo);
    let url = format!("data:image/jpeg;base64,{base64}");
    let rows = [
        (
            chat(r#"[{"type":"image_url","image_url":{"url":"SOURCE"}}]"#),
            &url,
        ),
        (
            responses(
                r#"[{"role":"user","content":[{"type":"input_image","image_url":"SOURCE"}]}]"#,
            ),
            &url,
        ),
        (
            chat(
                r#"[{"type":"image","source":{"type":"base64","media_type":"image/jpeg","data":"SOURCE"}}]"#,
            ),
            &base64,
        ),
    ];
    for (shape, source) in rows {
        let in_place = parse(&shape.replace("SOURCE", source));
        with_gap(&shape, source, |body, watched| {
            let [one, other] = [body, &in_place].map(estimated);
            assert_eq!(one, other);
            let read: u64 = watched
                .read
                .borrow()
                .iter()
                .map(|range| range.end - range.start)
                .sum();
            assert!(read < 60_000, "{read} characters of {}", source.len());

            let Some(InlineSource::Gap(0, head)) = body.source(0) else {
                panic!("{:?}", body.source(0));
            };
            assert_eq!(head + source, url);
            assert_eq!(in_place.source(0), Some(InlineSource::Url(url.clone())));

            // As it is, it is put together again.
            let pieces = body.with(&[]);
            let whole: String = pieces
                .iter()
                .map(|piece| match piece {
                    BodyPiece::Text(text) => &**text,
                    BodyPiece::Gap(_) => source,
                })
                .collect();
            assert_eq!(whole, shape.replace("SOURCE", source));
        });
    }
}

#[test]
fn a_gap_whose_data_is_escaped_or_cut_is_what_it_is_in_its_place() {
    let photo = std::fs::read("tests/fixtures/jpeg/orientation-6.jpg").unwrap();
    let base64 = BASE64_STANDARD.encode(&photo);
    let whole = format!("data:image/jpeg;base64,{base64}");
    let sources = [
        whole.replace('/', "\\/"),
        format!("{}\\n{}", &whole[..1000], &whole[1000..]),
        whole[..whole.len() / 20].to_owned(),
        whole.replace(";base64", ""),
        "data:image/jpeg".to_owned(),
        "AAAA".repeat(100),
    ];
    let shape = chat(r#"[{"type":"image_url","image_url":{"url":"SOURCE"}}]"#);
    for source in sources {
        let in_place = parse(&shape.replace("SOURCE", &source));
        with_gap(&shape, &source, |body, _| {
            assert_eq!(
                body.media()[0].facts,
                in_place.media()[0].facts,
                "{}",
                &source[..30]
            );
        });
    }
}

#[test]
fn a_gap_that_is_no_image_counts_as_text() {
    let text = "QUJDREVGR0hJSktM".repeat(400);
    let shapes = [
        chat(r#""SOURCE""#),
        chat(r#"[{"type":"text","text":"SOURCE"}]"#),
        chat(r#"[{"type":"tool_use","name":"f","input":{"data":"SOURCE"}}]"#),
    ];
    for shape in shapes {
        let in_place = estimated(&parse(&shape.replace("SOURCE", &text)));
        with_gap(&shape, &text, |body, _| {
            let estimate = estimated(body);
            assert!(estimate.text.high >= text.len() as u64, "{shape}");
            assert_eq!(estimate.body_bytes, in_place.body_bytes);
        });
    }
}

fn verdict(body: &str, on_limit: OnLimit) -> Verdict {
    let body = parse(body);
    let policy = Policy {
        on_limit,
        max_usd: None,
    };
    judge(&body, &estimated(&body), &policy)
}

#[test]
fn what_a_limit_forbids_is_refused_or_made_to_fit() {
    let png = std::fs::read("tests/fixtures/png/rgb.png").unwrap();
    let mut long = png.clone();
    long.resize(6_000_000, 0);
    let image = |bytes: &[u8]| {
        format!(
            r#"{{"type":"image","source":{{"type":"base64","media_type":"image/png","data":"{}"}}}}"#,
            BASE64_STANDARD.encode(bytes)
        )
    };
    let claude = |parts: &str| {
        format!(
            r#"{{"model":"claude-opus-4-5","max_tokens":9,"messages":[{{"role":"user","content":[{parts}]}}]}}"#
        )
    };
    let too_large = claude(&format!("{},{}", image(&png), image(&long)));
    let Verdict::Refuse(refusal) = verdict(&too_large, OnLimit::Refuse) else {
        panic!();
    };
    assert_eq!(refusal.code, "limit");
    assert!(
        refusal.message.starts_with("not sent: "),
        "{}",
        refusal.message
    );
    assert_eq!(refusal.violations[0].code, ViolationCode::ImageTooLarge);
    assert_eq!(verdict(&too_large, OnLimit::Send), Verdict::Send);
    let Verdict::Fit { images } = verdict(&too_large, OnLimit::Fit) else {
        panic!();
    };
    assert_eq!(images.len(), 1);
    assert_eq!(
        (images[0].media, images[0].goal.max_bytes),
        (1, refusal.violations[0].allowed)
    );

    // Smaller images are not fewer.
    let many = claude(&vec![image(&png); 700].join(","));
    assert!(matches!(verdict(&many, OnLimit::Fit), Verdict::Refuse(_)));
    let small = claude(&image(&png));
    assert_eq!(verdict(&small, OnLimit::Fit), Verdict::Send);
}

#[test]
fn images_share_a_body_that_is_too_long() {
    let mut long = std::fs::read("tests/fixtures/png/rgb.png").unwrap();
    long.resize(20_000_000, 0);
    let url = format!("data:image/png;base64,{}", BASE64_STANDARD.encode(&long));
    let part = format!(r#"{{"type":"image_url","image_url":{{"url":"{url}"}}}}"#);
    // A long text leaves them less.
    let text = "word ".repeat(200_000);
    let body = parse(&format!(
        r#"{{"model":"moonshotai/Kimi-K2.6","messages":[{{"role":"user","content":[{{"type":"text","text":"{text}"}},{part},{part},{part},{part},{part}]}}]}}"#
    ));
    let estimate = estimated(&body);
    let allowed = estimate.limits.max_body_bytes.unwrap();
    let policy = Policy {
        on_limit: OnLimit::Fit,
        max_usd: None,
    };
    let Verdict::Fit { images } = judge(&body, &estimate, &policy) else {
        panic!("{:?}", estimate.violations);
    };
    let data: u64 = images
        .iter()
        .map(|image| image.goal.max_bytes.unwrap().div_ceil(3) * 4)
        .sum();
    assert_eq!(images.len(), 5);
    assert!(
        data + 1_000_000 <= allowed && data > allowed / 10 * 9 - 1_000_000,
        "{data} of {allowed}"
    );
}

#[test]
fn a_request_costs_at_most_what_every_rule_and_all_its_output_cost() {
    let body = parse(&chat(r#""Hello""#));
    let estimate = estimated(&body);
    let most = most_usd(&body, &estimate).unwrap();
    assert_eq!(
        most,
        tilewise_cost(&estimate, estimate.bounds.outer().unwrap().high, 100)
    );

    let without = |from: &str, to: &str| {
        let body = parse(&chat(r#""Hello""#).replace(from, to));
        most_usd(&body, &estimated(&body)).unwrap_err()
    };
    for (from, to, why) in [
        (r#""max_tokens":100,"#, "", "most tokens"),
        (MODEL, "unheard-of", "price"),
        (
            r#""max_tokens""#,
            r#""cache_control":{"type":"ephemeral"},"max_tokens""#,
            "cache_control",
        ),
        (
            r#""max_tokens""#,
            r#""tools":[{"type":"web_search"}],"max_tokens""#,
            "tool of the provider",
        ),
        (
            r#""max_tokens""#,
            r#""service_tier":"priority","max_tokens""#,
            "priority",
        ),
        (
            r#""Hello""#,
            r#"[{"type":"image_url","image_url":"https://example.com/a.png"}]"#,
            "cannot be counted",
        ),
    ] {
        let refusal = without(from, to);
        assert_eq!(refusal.code, "budget");
        assert!(refusal.message.contains(why), "{}", refusal.message);
    }
    let several = parse(&chat(r#""Hello""#).replace(r#""max_tokens""#, r#""n":3,"max_tokens""#));
    assert_eq!(
        most_usd(&several, &estimated(&several)),
        Ok(tilewise_cost(
            &estimate,
            estimate.bounds.outer().unwrap().high,
            300
        ))
    );
}

fn tilewise_cost(estimate: &Estimate, input: u64, output: u64) -> Usd {
    estimate.price.input_cost(input, 0).unwrap() + estimate.price.output_cost(output).unwrap()
}

#[test]
fn a_request_above_its_price_is_refused() {
    let body = parse(&chat(r#""Hello""#));
    let estimate = estimated(&body);
    let cost = estimate.cost.input_usd.unwrap() + estimate.cost.max_output_usd.unwrap();
    let at_most = |usd: f64| {
        let policy = Policy {
            max_usd: Usd::from_f64(usd),
            ..Policy::default()
        };
        judge(&body, &estimate, &policy)
    };
    assert_eq!(at_most(cost.as_f64()), Verdict::Send);
    let Verdict::Refuse(refusal) = at_most(cost.as_f64() / 2.0) else {
        panic!();
    };
    assert_eq!((refusal.code, refusal.violations.len()), ("budget", 0));
}

#[test]
fn facts_are_those_of_the_file() {
    let facts: MediaFacts =
        tilewise::probe::bytes(&BASE64_STANDARD.decode(PIXEL).unwrap()).unwrap();
    let body = parse(&chat(&format!(
        r#"[{{"type":"image_url","image_url":"data:image/gif;base64,{PIXEL}"}}]"#
    )));
    assert_eq!(body.media()[0].facts, Some(facts));
}
