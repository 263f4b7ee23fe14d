//! The one answer, the verdict beside it, and what is sent to others.
#![cfg(test)]

use tilewise::catalog::{self, Certainty};
use tilewise::counting::calibration::Calibration;
use tilewise::estimate::{Estimate, EstimateOptions, estimate};
use tilewise::media::{Format, MediaFacts, Size, VideoFacts};
use tilewise::request::{Draft, MediaPart};
use tilewise::rule::Rule;
use tilewise_www_core::answer::{Answer, EXAMPLE, sized, with_example};
use tilewise_www_core::billing::{has_both, offer, outcome};
use tilewise_www_core::card::Card;
use tilewise_www_core::choices::full_name;
use tilewise_www_core::comparison::compared;
use tilewise_www_core::day::in_words;
use tilewise_www_core::files::Files;
use tilewise_www_core::gauge::{gauges, used};
use tilewise_www_core::obstacle::Obstacle;
use tilewise_www_core::samples::{SAMPLES, SIZES};
use tilewise_www_core::verdict::{VerdictKind, verdict};
use tilewise_www_core::video_plan::VideoPlan;

fn draft(model: &str, media: Vec<MediaPart>) -> Draft {
    let mut draft = Draft::new(model, "What is this?");
    draft.media = media;
    draft
}

fn image(width: u64, height: u64) -> MediaPart {
    MediaPart::base64(sized(Size::new(width, height)))
}

fn estimated(draft: &Draft) -> Estimate {
    estimate(draft, &EstimateOptions::default())
}

fn answer(draft: &Draft, is_settled: bool) -> Answer {
    let options = EstimateOptions::default();
    Answer::new(draft, &options, &estimated(draft), is_settled)
}

#[test]
fn where_the_rules_of_a_model_differ_the_answer_is_a_range_and_says_why() {
    let answer = answer(&with_example(&draft("moonshotai/Kimi-K2.6", vec![])), false);
    assert!(answer.is_range());
    assert_eq!(answer.usd_text(), "$0.0040 to $0.0591");
    assert!(
        answer.tokens_text().ends_with(" to 62,220"),
        "{}",
        answer.tokens_text()
    );
    let why = answer.why(catalog::find("moonshotai/Kimi-K2.6")).unwrap();
    assert!(
        why.starts_with("Baseten’s docs count 62,220 tokens"),
        "{why}"
    );
}

#[test]
fn once_the_rule_is_settled_or_where_there_is_one_the_answer_is_one_figure() {
    let example = with_example(&draft("moonshotai/Kimi-K2.6", vec![]));
    let settled = answer(&example, true);
    assert!(!settled.is_range());
    assert_eq!(settled.why(catalog::find("moonshotai/Kimi-K2.6")), None);
    let one = answer(&with_example(&draft("claude-opus-5", vec![])), false);
    assert!(!one.is_range() && !one.usd_text().contains(" to "));
}

fn unreadable_video() -> MediaPart {
    let video = MediaFacts::video(Format::Mp4, Size::new(640, 360), VideoFacts::default());
    MediaPart::base64(video)
}

#[test]
fn where_not_all_is_counted_the_answer_is_a_least_and_where_nothing_is_none() {
    const MODEL: &str = "moonshotai/Kimi-K3";
    let some = draft(MODEL, vec![image(280, 280), unreadable_video()]);
    let (kind, text) = judged(&some, Files::default());
    assert_eq!((kind, &*text), (VerdictKind::Warned, "Not fully checked"));
    let some = answer(&some, false);
    assert_eq!(some.uncounted, 1);
    let usd = some.usd_text();
    assert!(usd.starts_with("at least $"), "{usd}");
    let tokens = some.tokens_text() + some.tokens_unit();
    assert!(
        tokens.starts_with("at least ") && tokens.ends_with(" tokens"),
        "{tokens}"
    );

    let none = draft(MODEL, vec![unreadable_video()]);
    let text = answer(&none, false);
    assert_eq!(text.usd_text(), "cost not known");
    assert_eq!(text.tokens_text() + text.tokens_unit(), "count not known");
    let why = text.why(catalog::find(MODEL)).unwrap();
    assert!(why.contains("Kimi K3") && why.contains("Compare"), "{why}");
    assert_eq!(
        judged(&none, Files::default()),
        (VerdictKind::Warned, "Not fully checked".to_owned())
    );
}

#[test]
fn text_alone_is_counted_whole() {
    let text = answer(&draft("moonshotai/Kimi-K3", vec![]), false);
    assert!(text.usd_text().starts_with('$'), "{}", text.usd_text());
    assert!(!text.is_unknown());
}

fn judged(draft: &Draft, files: Files) -> (VerdictKind, String) {
    let verdict = verdict(&estimated(draft), &files, None);
    let text = verdict
        .text
        .split(" · ")
        .next()
        .unwrap_or_default()
        .to_owned();
    (verdict.kind, text)
}

#[test]
fn files_that_are_not_sent_or_damaged_keep_a_verdict_from_being_fine() {
    let facts = image(1_000, 1_000).facts.with_bytes(1_000);
    let draft = draft("claude-opus-5", vec![MediaPart::base64(facts)]);
    let of = |files| verdict(&estimated(&draft), &files, None);
    let fine = Files {
        listed: 9,
        ..Files::default()
    };
    assert_eq!(of(fine).kind, VerdictKind::Fine, "{:?}", of(fine));
    assert_eq!(
        (of(fine).text.as_str(), fine.text()),
        ("OK to send", "9 files".to_owned())
    );
    let unreadable = Files {
        unreadable: 2,
        ..fine
    };
    assert_eq!(of(unreadable).kind, VerdictKind::Warned);
    assert_eq!(of(unreadable).text, "7 of 9 OK to send");
    assert_eq!(unreadable.text(), "7 of 9 files · 2 cannot be read");
    let damaged = Files { damaged: 1, ..fine };
    assert_eq!(of(damaged).text, "1 file damaged");
    let none = Files {
        listed: 1,
        unreadable: 1,
        damaged: 0,
    };
    // Also where the text alone could be sent.
    assert_eq!(of(none).text, "No file could be read");
    assert_eq!(none.text(), "1 file · cannot be read");
}

#[test]
fn nothing_is_called_ok_to_send_while_something_stands_in_the_way() {
    let facts = image(1_000, 1_000).facts.with_bytes(1_000);
    let draft = draft("claude-opus-5", vec![MediaPart::base64(facts)]);
    let of = |obstacle| verdict(&estimated(&draft), &Files::default(), obstacle);
    assert_eq!(of(None).text, "OK to send");
    let sized = of(Some(Obstacle::NoFile));
    assert_eq!(
        (sized.kind, &*sized.text),
        (VerdictKind::Fine, "Within the limits")
    );
    let empty = of(Some(Obstacle::Nothing));
    assert_eq!(
        (empty.kind, &*empty.text),
        (VerdictKind::Open, "Nothing to send yet")
    );
    assert_eq!(of(Some(Obstacle::Reading)).kind, VerdictKind::Open);
    assert_eq!(of(Some(Obstacle::NoUrl)).text, "A URL is missing");
    let mut many = draft;
    many.media = vec![many.media[0].clone(); 3_000];
    let refused = verdict(
        &estimated(&many),
        &Files::default(),
        Some(Obstacle::Refused),
    );
    assert_eq!(refused.kind, VerdictKind::Refused);
}

#[test]
fn where_nothing_can_be_sent_nothing_costs_anything() {
    let nothing = Answer {
        is_nothing: true,
        ..answer(&draft("moonshotai/Kimi-K2.6", vec![]), false)
    };
    assert_eq!((&*nothing.usd_text(), nothing.tokens_unit()), ("–", ""));
}

#[test]
fn a_limit_that_is_only_assumed_and_exceeded_may_refuse() {
    let assumed = catalog::models().iter().find(|model| {
        model.limits_certainty == Certainty::Assumed && model.limits.max_body_bytes.is_some()
    });
    let assumed = assumed.unwrap();
    let mut large = image(1_000, 1_000);
    large.facts.bytes = assumed.limits.max_body_bytes;
    let mut draft = draft(&assumed.id, vec![MediaPart::base64(large.facts)]);
    draft.provider = Some(assumed.provider.to_string());
    let verdict = verdict(&estimated(&draft), &Files::default(), None);
    assert_eq!(verdict.kind, VerdictKind::Warned);
    assert!(verdict.text.starts_with("May be refused · "), "{verdict:?}");
}

#[test]
fn each_sample_and_common_size_is_a_figure() {
    let draft = draft("moonshotai/Kimi-K2.6", vec![]);
    for sample in SAMPLES {
        let price = sample.price(&draft, &EstimateOptions::default());
        assert!(price.is_some_and(|price| price.contains('$')), "{sample:?}");
    }
    assert!(SIZES.iter().any(|(_, size)| *size == EXAMPLE));
}

#[test]
fn a_verdict_says_what_is_wrong_in_a_few_words() {
    let of = |media| {
        verdict(
            &estimated(&draft("moonshotai/Kimi-K2.6", media)),
            &Files::default(),
            None,
        )
    };
    // Its provider has switched it off; others may serve it.
    let retired = of(vec![image(28, 28)]);
    assert!(retired.text.starts_with("May be refused · "), "{retired:?}");
    let many = of(vec![image(28, 28); 97]);
    assert_eq!(many.kind, VerdictKind::Refused);
    let mut large = image(28, 28);
    large.facts.bytes = Some(9_000_000);
    let large = of(vec![MediaPart::base64(large.facts)]);
    assert_eq!(large.text, "Too large to send");
}

#[test]
fn limits_show_what_is_used_each_always_in_its_place() {
    let estimate = estimated(&draft("moonshotai/Kimi-K2.6", vec![image(28, 28); 48]));
    let shown = used(gauges(&estimate.usage, &estimate.limits, Some(100)));
    let names: Vec<_> = shown.iter().map(|gauge| gauge.name).collect();
    assert_eq!(names, ["Request body", "Images", "Context in tokens"]);
}

#[test]
fn of_two_figures_the_chosen_one_names_its_rule_and_the_other() {
    let both = answer(&with_example(&draft("moonshotai/Kimi-K2.6", vec![])), false);
    assert_eq!(
        both.chosen_of_two(Rule::Published).unwrap(),
        "By the provider’s docs, as chosen below; $0.0040 by the model’s code."
    );
    assert!(
        both.chosen_of_two(Rule::Processor)
            .unwrap()
            .contains("$0.0591")
    );
    let one = answer(&with_example(&draft("claude-opus-5", vec![])), false);
    assert_eq!(one.chosen_of_two(Rule::Published), None);
}

#[test]
fn a_card_names_the_three_cheapest() {
    let draft = draft("moonshotai/Kimi-K2.6", vec![image(1_600, 1_200)]);
    let candidates = compared(&draft, &EstimateOptions::default(), None, None);
    let card = Card::new(
        &answer(&draft, false),
        &full_name(catalog::find("moonshotai/Kimi-K2.6").unwrap()),
        "1 file".to_owned(),
        &candidates,
    );
    assert_eq!(card.cheapest.len(), 3);
    assert!(card.under.ends_with("tokens under Kimi K2.6 · Baseten"));
    let is_named = |(name, _): &(String, String)| name.contains(" · ");
    assert!(card.cheapest.iter().all(is_named), "{:?}", card.cheapest);
    assert!(card.price.contains(" to "));
}

#[test]
fn finding_out_how_one_is_billed_says_what_it_costs_and_what_it_found() {
    let calibration = Calibration::new("moonshotai/Kimi-K2.6", None);
    let before = offer(&calibration).unwrap();
    assert!(
        before.contains("280 × 280") && before.contains("at most $"),
        "{before}"
    );
    let calibration = calibration.unwrap();
    assert!(has_both(&calibration));
    let of = |counts| outcome(&calibration, &calibration.conclude(counts));
    let published = of([16 + 20, 400 + 20]);
    assert!(published.contains("docs say: 400 tokens"), "{published}");
    let processor = of([4 + 20, 100 + 20]);
    assert!(
        processor.contains("own code counts: 100 tokens"),
        "{processor}"
    );
    let neither = of([10, 20]);
    assert!(neither.contains("neither"), "{neither}");
}

#[test]
fn of_one_rule_a_bill_follows_it_or_is_so_much_of_it() {
    let calibration = Calibration::new("moonshotai/Kimi-K3", None).unwrap();
    assert!(!has_both(&calibration));
    let [small, large] = Rule::ALL
        .into_iter()
        .find_map(|rule| calibration.counted(rule))
        .unwrap();
    let of = |counts| outcome(&calibration, &calibration.conclude(counts));
    let follows = of([small + 20, large + 20]);
    assert!(
        follows.contains("as this model is counted here"),
        "{follows}"
    );
    let twice = of([2 * small + 20, 2 * large + 20]);
    assert!(twice.contains("200 % of that"), "{twice}");
}

#[test]
fn where_finding_out_tells_nothing_it_says_why() {
    let unknown = offer(&Calibration::new("mine", None)).unwrap_err();
    assert!(unknown.contains("not known how"), "{unknown}");
    let flat = catalog::models()
        .iter()
        .find_map(|model| offer(&Calibration::new(&model.id, Some(&model.provider))).err());
    assert!(
        flat.is_some_and(|why| why.contains("as many tokens")),
        "{flat:?}"
    );
}

#[test]
fn a_plan_for_a_video_is_counted_whole_and_written_as_a_command() {
    let video = VideoFacts {
        duration_ms: Some(10_000.0),
        frame_rate: Some(30.0),
        frame_count: Some(300),
        ..VideoFacts::default()
    };
    let stored = Size::new(1_920, 1_080);
    let part = MediaPart::base64(MediaFacts::video(Format::Mp4, stored, video));
    let draft = draft("moonshotai/Kimi-K2.5", vec![part]);
    let plan = VideoPlan {
        fps: Some(1.0),
        side: Some(0.5),
        seconds: Some(5.0),
    };
    let options = EstimateOptions {
        rule: Some(Rule::Processor),
        ..EstimateOptions::default()
    };
    let now = estimate(&draft, &options);
    let then = plan.estimate(&draft, 0, &options);
    assert!(
        then.input_tokens * 3 < now.input_tokens,
        "{} {}",
        then.input_tokens,
        now.input_tokens
    );
    assert_eq!(
        VideoPlan::default()
            .estimate(&draft, 0, &options)
            .media_tokens,
        now.media_tokens
    );
    assert_eq!(
        plan.command("a 'b'.mov", stored),
        r"ffmpeg -i 'a '\''b'\''.mov' -t 5 -vf fps=1,scale=960:540 -an 'a '\''b'\''-small.mp4'"
    );
}

#[test]
fn days_read_as_people_write_them() {
    assert_eq!(in_words("2026-11-23"), "23\u{a0}Nov\u{a0}2026");
    assert_eq!(in_words("2026-13-23"), "2026-13-23");
    assert_eq!(in_words("soon"), "soon");
}
