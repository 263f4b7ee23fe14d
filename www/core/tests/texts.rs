//! What is wrong with a file, and what was read of a model, in the page's words.
#![cfg(test)]

use tilewise::catalog;
use tilewise::estimate::{EstimateOptions, estimate};
use tilewise::media::{Format, ImageFacts, MediaFacts, Orientation, Size};
use tilewise::request::{Draft, MediaPart};
use tilewise::violation::ViolationCode;
use tilewise_www_core::source_text::{about, distinct};
use tilewise_www_core::violation_text::{in_inspector, in_row};

#[test]
fn a_photo_that_is_stored_turned_is_short_in_its_row_and_has_its_fix_in_the_inspector() {
    let image = ImageFacts {
        orientation: Orientation::new(6).unwrap(),
        ..ImageFacts::default()
    };
    let mut draft = Draft::new("moonshotai/Kimi-K3", "What is this?");
    let facts = MediaFacts::image(Format::Jpeg, Size::new(1_200, 900), image);
    draft.media = vec![MediaPart::base64(facts)];
    let violations = estimate(&draft, &EstimateOptions::default()).violations;
    let is_rotated = |code| code == ViolationCode::Rotated;
    let rotated = violations.into_iter().find(|it| is_rotated(it.code));
    let rotated = rotated.unwrap();
    let short = in_row(rotated.clone(), true);
    assert!(short.message.len() < 30 && short.fix.is_none(), "{short:?}");
    assert!(short.message.contains("not seen upright"));
    let here = in_inspector(rotated.clone(), true);
    assert!(here.fix.unwrap().contains("Resize & compress"));
    assert_eq!(in_inspector(rotated.clone(), false), rotated);
}

#[test]
fn what_was_read_of_a_model_is_named_in_words_each_document_once() {
    for model in catalog::models() {
        let found = distinct(&model.sources);
        assert!(!found.is_empty(), "{}", model.id);
        for source in model.sources.iter() {
            assert_ne!(about(source), "Other figures", "{}", source.what);
        }
        for (index, (about, source)) in found.iter().enumerate() {
            let mut before = found[..index].iter();
            assert!(before.all(|(other, known)| other != about || known.url != source.url));
        }
    }
}
