//! The table of models, as its component shows it.

use tilewise::catalog;
use tilewise::estimate::{EstimateOptions, Volume, estimate};
use tilewise::media::{Format, ImageFacts, MediaFacts, Size, VideoFacts};
use tilewise::request::{Draft, MediaPart, Message};
use tilewise::rule::Rule;
use tilewise::units::Usd;
use tilewise_www_core::axis::Axis;
use tilewise_www_core::comparison::{Candidate, Measure, compared, scope};

fn draft(model: &str, width: u64, height: u64) -> Draft {
    let photo = MediaFacts::image(
        Format::Jpeg,
        Size::new(width, height),
        ImageFacts::default(),
    );
    let mut draft = Draft::new(model, "What is this?");
    draft.media.push(MediaPart::base64(photo.with_bytes(1_000)));
    draft
}

fn chosen(found: &[Candidate]) -> Vec<&Candidate> {
    found
        .iter()
        .filter(|candidate| candidate.is_chosen)
        .collect()
}

#[test]
fn the_chosen_model_stands_there_once_from_one_of_its_rules_to_the_other() {
    let draft = draft("moonshotai/Kimi-K2.5", 1_024, 1_024);
    let by = |rule| {
        let options = EstimateOptions {
            rule: Some(rule),
            ..EstimateOptions::default()
        };
        estimate(&draft, &options).input_tokens
    };
    let found = compared(&draft, &EstimateOptions::default(), Some("baseten"), None);
    let chosen = chosen(&found);
    assert_eq!(chosen.len(), 1);
    let answer = chosen[0].answer;
    assert_eq!(answer.low.tokens, by(Rule::Processor));
    assert_eq!(answer.high.tokens, by(Rule::Published));
    assert!(
        found
            .iter()
            .all(|candidate| candidate.provider == "baseten")
    );
}

#[test]
fn once_it_is_known_how_a_provider_bills_its_models_have_one_figure() {
    let draft = draft("moonshotai/Kimi-K2.5", 1_024, 1_024);
    let settled = Some(("baseten", Rule::Processor));
    let found = compared(&draft, &EstimateOptions::default(), None, settled);
    let chosen = chosen(&found);
    assert!(!chosen[0].answer.is_range());
    assert_eq!(chosen[0].answer.low.rule, Rule::Processor);
}

#[test]
fn the_cheapest_comes_first_by_the_most_it_may_cost() {
    let draft = draft("moonshotai/Kimi-K3", 1_920, 1_080);
    let found = compared(&draft, &EstimateOptions::default(), None, None);
    let priced: Vec<_> = found
        .iter()
        .filter(|it| it.is_whole && !it.is_refused())
        .filter_map(|it| it.answer.high.usd)
        .collect();
    assert!(priced.len() > 50 && priced.is_sorted());
    assert_eq!(chosen(&found).len(), 1);
}

#[test]
fn what_is_compared_is_tokens_dollars_or_a_month_of_requests() {
    let draft = draft("moonshotai/Kimi-K2.5", 1_400, 1_400);
    let found = compared(&draft, &EstimateOptions::default(), Some("baseten"), None);
    let chosen = chosen(&found)[0];
    let volume = Volume {
        requests_a_day: 1_000,
    };
    let request = chosen.text(Measure::Request, volume);
    assert!(request.contains(" to $"), "{request}");
    let month = chosen.answer.high.usd.unwrap().times(30_000).in_cents();
    assert!(chosen.text(Measure::Month, volume).ends_with(&month));
    let tokens = chosen.text(Measure::Tokens, volume);
    assert!(tokens.contains(" to 10,0"), "{tokens}");
}

#[test]
fn bars_end_where_their_dollars_stand_on_a_logarithmic_axis_and_the_shortest_is_seen() {
    let draft = draft("moonshotai/Kimi-K3", 4_032, 3_024);
    let found = compared(&draft, &EstimateOptions::default(), None, None);
    let axis = Axis::of(found.iter().map(Candidate::ends)).unwrap();
    let priced = |it: &&Candidate| it.is_whole && it.answer.high.usd.is_some();
    for candidate in found.iter().filter(priced) {
        let [low, high] = candidate.bar(Some(axis));
        assert!(low <= high && low > 0.04 && high <= 1.0, "{low} {high}");
    }
    let marks = axis.marks();
    assert_eq!(marks.len() as i32, axis.decades() + 1);
    assert_eq!((marks[0].share, marks[marks.len() - 1].share), (0.0, 1.0));
    // Ten times as dear is one mark further.
    let tenth = |dollars: f64| axis.share(Usd::from_f64(dollars).unwrap());
    let step = tenth(0.03) - tenth(0.003);
    assert!((step - 1.0 / f64::from(axis.decades())).abs() < 1e-9);
    assert!(marks.iter().any(|mark| mark.text == "$0.001"), "{marks:?}");
}

#[test]
fn without_a_price_there_is_no_axis_and_no_bar() {
    let draft = draft("moonshotai/Kimi-K3", 1_920, 1_080);
    let found = compared(&draft, &EstimateOptions::default(), Some("open"), None);
    let unpriced: Vec<_> = found
        .into_iter()
        .filter(|it| it.answer.high.usd.is_none())
        .collect();
    assert!(!unpriced.is_empty());
    assert_eq!(Axis::of(unpriced.iter().map(Candidate::ends)), None);
    assert_eq!(unpriced[0].bar(None), [0.0; 2]);
}

#[test]
fn a_model_that_would_refuse_says_why_and_stands_last() {
    let mut draft = draft("moonshotai/Kimi-K2.5", 28, 28);
    draft.media = vec![draft.media[0].clone(); 97];
    let found = compared(&draft, &EstimateOptions::default(), None, None);
    let refused = found.iter().position(Candidate::is_refused).unwrap();
    assert!(found[refused..].iter().all(Candidate::is_refused));
    let chosen = chosen(&found)[0];
    let why = chosen.refusal.as_deref().unwrap();
    assert!(why.contains("96"), "{why}");
}

#[test]
fn a_model_that_counts_nothing_stands_there_only_as_the_chosen_one() {
    let list = r#"{"data":[{"id":"new/Vision"}]}"#;
    let models = catalog::listing::merge(list, "https://x/v1/models", "2026-11-25").unwrap();
    let options = EstimateOptions {
        models: Some(models),
        ..EstimateOptions::default()
    };
    let found = compared(
        &draft("new/Vision", 28, 28),
        &options,
        Some("baseten"),
        None,
    );
    let chosen = chosen(&found);
    assert_eq!(chosen.len(), 1);
    assert!(!chosen[0].is_whole && chosen[0].answer.high.usd.is_none());
    for measure in Measure::ALL {
        assert_eq!(chosen[0].text(measure, Volume::default()), "not known");
    }
}

#[test]
fn a_model_that_does_not_count_what_was_sent_before_stands_last_and_names_no_figure() {
    let mut draft = draft("moonshotai/Kimi-K3", 28, 28);
    let asked = std::mem::take(&mut draft.media);
    let video = VideoFacts {
        duration_ms: Some(4_000.0),
        frame_rate: Some(24.0),
        frame_count: Some(96),
        ..VideoFacts::default()
    };
    let video = MediaFacts::video(Format::Mp4, Size::new(640, 360), video);
    let asked = asked.into_iter().chain([MediaPart::base64(video)]);
    draft.history = vec![Message::question("What is this?", asked.collect())];
    let found = compared(&draft, &EstimateOptions::default(), None, None);
    let taken: Vec<_> = found.iter().filter(|it| !it.is_refused()).collect();
    let uncounted = taken.iter().position(|it| !it.is_whole).unwrap();
    assert!(uncounted > 0 && taken[uncounted..].iter().all(|it| !it.is_whole));
    let axis = Axis::of(found.iter().map(Candidate::ends));
    for it in &taken[uncounted..] {
        assert_eq!(it.text(Measure::Request, Volume::default()), "not known");
        assert_eq!((it.bar(axis), it.has_pale_part()), ([0.0; 2], false));
    }
}

#[test]
fn what_is_compared_says_which_models_are_left_out() {
    let mut draft = draft("moonshotai/Kimi-K3", 1_920, 1_080);
    let photos = scope(&draft, None);
    let begins = "All current models that take photos; ";
    assert!(photos.starts_with(begins), "{photos}");
    let video = VideoFacts::default();
    let video = MediaFacts::video(Format::Mp4, Size::new(640, 360), video);
    draft.media.push(MediaPart::base64(video));
    let both = scope(&draft, None);
    assert!(both.contains("photos and videos; "), "{both}");
    assert_ne!(
        photos.rsplit("; ").next(),
        both.rsplit("; ").next(),
        "fewer take videos"
    );
}

#[test]
fn a_size_that_is_seen_is_named_only_where_it_is_that_of_all_files() {
    let mut draft = draft("claude-opus-5", 640, 360);
    let of = |draft: &Draft| {
        let found = compared(draft, &EstimateOptions::default(), None, None);
        chosen(&found)[0].seen
    };
    assert_eq!(of(&draft), Some(Size::new(640, 360)));
    let other = MediaFacts::image(Format::Jpeg, Size::new(360, 640), ImageFacts::default());
    draft.media.push(MediaPart::base64(other));
    assert_eq!(of(&draft), None);
}

#[test]
fn each_row_says_where_its_figures_were_read() {
    let found = compared(
        &draft("moonshotai/Kimi-K3", 1920, 1080),
        &EstimateOptions::default(),
        None,
        None,
    );
    assert!(found.len() > 60);
    for candidate in found {
        let documents = &candidate.documents;
        assert!(!documents.is_empty(), "{}", candidate.name);
        for (index, document) in documents.iter().enumerate() {
            assert!(document.url.starts_with("https://"), "{document:?}");
            assert!(document.url.contains(&document.host) && document.host.contains('.'));
            assert_eq!(document.checked.len(), "2026-11-29".len());
            let before = &documents[..index];
            assert!(before.iter().all(|known| known.url != document.url));
        }
    }
}
