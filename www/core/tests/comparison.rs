//! The table of models, as its component shows it.

use tilewise::catalog;
use tilewise::estimate::{EstimateOptions, estimate};
use tilewise::media::{Format, ImageFacts, MediaFacts, Size};
use tilewise::request::{Draft, MediaPart};
use tilewise::rule::Rule;
use tilewise_www_core::comparison::{Candidate, compared};

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
fn the_chosen_model_stands_there_by_each_of_its_rules_and_once_as_chosen() {
    let draft = draft("moonshotai/Kimi-K2.5", 1_024, 1_024);
    let options = EstimateOptions {
        rule: Some(Rule::Processor),
        ..EstimateOptions::default()
    };
    let found = compared(&draft, &options, Some("baseten"));
    let own = found.iter().filter(|it| it.model == draft.model);
    let mut rules: Vec<_> = own.map(|candidate| candidate.rule.name()).collect();
    rules.sort_unstable();
    assert_eq!(rules, ["processor", "published"]);
    let chosen = chosen(&found);
    assert_eq!(chosen.len(), 1);
    assert_eq!(
        chosen[0].input_tokens,
        estimate(&draft, &options).input_tokens
    );
    assert!(
        found
            .iter()
            .all(|candidate| candidate.provider == "baseten")
    );
}

#[test]
fn the_cheapest_comes_first_and_the_dearest_fills_its_bar() {
    let draft = draft("moonshotai/Kimi-K3", 1_920, 1_080);
    let found = compared(&draft, &EstimateOptions::default(), None);
    let priced: Vec<_> = found
        .iter()
        .filter(|it| it.is_whole && !it.is_refused)
        .filter_map(|it| it.usd)
        .collect();
    assert!(priced.len() > 50 && priced.is_sorted());
    let longest = found.iter().map(|it| it.share).fold(0.0, f64::max);
    assert_eq!(longest, 1.0);
    assert_eq!(chosen(&found).len(), 1);
}

#[test]
fn a_model_that_counts_nothing_stands_there_only_as_the_chosen_one() {
    let list = r#"{"data":[{"id":"new/Vision"}]}"#;
    let models = catalog::listing::merge(list, "https://x/v1/models", "2026-11-25").unwrap();
    let options = EstimateOptions {
        models: Some(models),
        ..EstimateOptions::default()
    };
    let found = compared(&draft("new/Vision", 28, 28), &options, Some("baseten"));
    let chosen = chosen(&found);
    assert_eq!(chosen.len(), 1);
    assert!(!chosen[0].is_whole && chosen[0].usd.is_none() && chosen[0].share == 0.0);
}

#[test]
fn each_row_says_where_its_figures_were_read() {
    let found = compared(
        &draft("moonshotai/Kimi-K3", 1920, 1080),
        &EstimateOptions::default(),
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
