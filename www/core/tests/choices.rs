//! The models to choose from, as their list shows them.
#![cfg(test)]

use tilewise::catalog::{self, Model, Status};
use tilewise::estimate::EstimateOptions;
use tilewise::media::{Format, ImageFacts, MediaFacts, Size};
use tilewise::request::{Draft, MediaPart};
use tilewise_www_core::choices::{Choice, Group, groups};
use tilewise_www_core::comparison::{Candidate, figures};
use tilewise_www_core::model_key::{find, key, split};

const K26: &str = "moonshotai/Kimi-K2.6";

fn choice(groups: &[Group], key: &str) -> Choice {
    let mut choices = groups.iter().flat_map(|group| &group.choices);
    choices.find(|choice| choice.key == key).unwrap().clone()
}

fn figure(key: &str) -> Candidate {
    let photo = MediaFacts::image(Format::Jpeg, Size::new(1_024, 1_024), ImageFacts::default());
    let mut draft = Draft::new("moonshotai/Kimi-K3", "What is this?");
    draft.media.push(MediaPart::base64(photo.with_bytes(1_000)));
    let model = find(None, key).unwrap();
    let found = figures(&draft, &EstimateOptions::default(), &[&model], None);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].key, key);
    found.into_iter().next().unwrap()
}

#[test]
fn basetens_models_come_first_and_under_each_heading_those_that_have_ended_come_last() {
    let groups = groups(None, K26);
    assert_eq!(groups[0].heading, "Baseten");
    let count: usize = groups.iter().map(|group| group.choices.len()).sum();
    assert_eq!(count, catalog::models().len());
    for group in &groups {
        let is_over: Vec<_> = group.choices.iter().map(|choice| choice.is_over).collect();
        assert!(is_over.is_sorted(), "{}", group.heading);
    }
    assert!(groups[0].choices.last().unwrap().is_over);
}

#[test]
fn a_model_that_was_switched_off_says_when_and_what_replaces_it() {
    let gone = choice(&groups(None, K26), K26);
    assert!(gone.is_over);
    assert_eq!(gone.remark(None), "switched off 16\u{a0}Oct\u{a0}2026");
    let replaced = Model {
        replacement: Some("moonshotai/Kimi-K3".into()),
        ..find(None, K26).unwrap()
    };
    assert_eq!(
        Choice::new(&replaced).remark(None),
        "switched off 16\u{a0}Oct\u{a0}2026 · Kimi K3 replaces it"
    );
    let ending = Model {
        status: Status::Retiring,
        ..replaced.clone()
    };
    let ending = Choice::new(&ending);
    assert!(
        !ending.is_over
            && ending
                .remark(None)
                .starts_with("ends 16\u{a0}Oct\u{a0}2026")
    );
    // What an endpoint lists, it serves.
    let listed = Model {
        listed: Some(true),
        ..replaced
    };
    assert_eq!(Choice::new(&listed).remark(None), "");
}

#[test]
fn with_files_a_choice_has_what_the_request_costs_and_without_any_its_prices() {
    let k25 = choice(&groups(None, K26), "moonshotai/Kimi-K2.5");
    let figure = figure("moonshotai/Kimi-K2.5");
    assert!(figure.answer.is_range());
    assert!(k25.cost(Some(&figure)).contains(" to $"));
    let prices = k25.cost(None);
    assert!(
        prices.ends_with(" out") && prices.contains(" in · $"),
        "{prices}"
    );
}

#[test]
fn what_is_not_known_of_a_choice_is_said() {
    assert_eq!(Choice::unknown("mine").cost(None), "price not known");
    assert_eq!(figure("open:kimi-k3").answer.high.usd, None);
    let open = choice(&groups(None, K26), "open:kimi-k3");
    assert_eq!(open.cost(Some(&figure("open:kimi-k3"))), "price not known");
    let uncounted = Candidate {
        is_whole: false,
        ..figure("moonshotai/Kimi-K3")
    };
    assert_eq!(open.cost(Some(&uncounted)), "count not known");
}

#[test]
fn a_model_that_would_refuse_the_request_says_so() {
    let refused = Candidate {
        refusal: Some("too many".to_owned()),
        ..figure("moonshotai/Kimi-K3")
    };
    let k3 = choice(&groups(None, K26), "moonshotai/Kimi-K3");
    assert_eq!(k3.remark(Some(&refused)), "would be refused");
    assert_eq!(k3.remark(Some(&figure("moonshotai/Kimi-K3"))), "");
}

#[test]
fn a_model_is_found_by_all_words_of_its_name_its_identifier_or_its_provider() {
    let groups = groups(None, K26);
    let found = |query: &str| -> Vec<String> {
        let found = groups.iter().flat_map(|group| group.matching(query));
        found.map(|choice| choice.key.clone()).collect()
    };
    assert!(found("  OPUS  5 ").contains(&"claude-opus-5".to_owned()));
    assert!(found("baseten kimi").contains(&K26.to_owned()));
    assert_eq!(found("moonshotai/kimi-k2.6"), [K26]);
    assert!(found("no such model").is_empty());
    assert_eq!(found("").len(), catalog::models().len());
}

#[test]
fn a_model_that_no_list_has_can_be_chosen_all_the_same() {
    let offline = groups(None, "llava-of-our-own");
    let last = offline.last().unwrap();
    assert_eq!(last.heading, "Not in the catalogue");
    assert_eq!(last.choices, [Choice::unknown("llava-of-our-own")]);
    let list = r#"{"data":[{"id":"example/Writer","input_modalities":["text"]},{"id":"example/Eye","input_modalities":["text","image"]}]}"#;
    let listed = catalog::listing::merge(list, "https://x/v1/models", "2026-11-25").unwrap();
    let headings: Vec<_> = groups(Some(&listed), "llava-of-our-own")
        .into_iter()
        .map(|group| group.heading)
        .collect();
    assert_eq!(
        headings,
        [
            "Listed, for text only",
            "Listed by the endpoint",
            "Not listed by the endpoint"
        ]
    );
}

#[test]
fn every_key_finds_its_own_model() {
    for model in catalog::models() {
        let key = key(model);
        assert_eq!(find(None, &key).as_ref(), Some(model), "{key}");
        let (provider, id) = split(&key);
        assert_eq!(id, model.id);
        assert!(provider.is_none_or(|provider| provider == model.provider));
    }
}
