//! What a body costs that some other client wrote.

use super::{Estimate, EstimateOptions, MediaEstimate, estimate_under};
use crate::media::MediaFacts;
use crate::request::{ClientBody, Draft};
use crate::rule::text::Vocabulary;
use std::collections::BTreeMap;

/// As [`estimate`](super::estimate), of a body as any client writes it. `provider` says whose model is meant, and `known` what
/// lies behind addresses: media at others are not counted, and a note says so. The estimate has one entry for each image and
/// video of the body, those of earlier turns included.
///
/// ```
/// use tilewise::estimate::{EstimateOptions, estimate_body};
/// use tilewise::request::ClientBody;
///
/// let body = r#"{"model":"claude-opus-4-5","max_tokens":100,"messages":[{"role":"user","content":"Hello"}]}"#;
/// let body = ClientBody::parse(body, &[])?;
/// let estimate = estimate_body(&body, None, &Default::default(), &EstimateOptions::default());
/// assert_eq!((estimate.max_output_tokens, estimate.body_bytes), (Some(100), body.length()));
/// # Ok::<(), tilewise::error::Error>(())
/// ```
pub fn estimate_body(
    body: &ClientBody,
    provider: Option<&str>,
    known: &BTreeMap<String, MediaFacts>,
    options: &EstimateOptions,
) -> Estimate {
    let (draft, places) = body.draft(provider, known);
    let model = options.model_of(&draft);
    let (text, length) = (body.request_text(), body.length());
    let mut estimate = estimate_under(&draft, model, options, text, length);
    let mut media = vec![MediaEstimate::default(); body.media().len()];
    for (of_item, place) in estimate.media.iter().zip(&places) {
        if let Some(item) = media.get_mut(*place) {
            *item = *of_item;
        }
    }
    estimate.media = media;
    for violation in &mut estimate.violations {
        let place = violation.media.and_then(|index| places.get(index));
        violation.media = place.copied().or(violation.media);
    }
    let answers = body.answers();
    if let Some(most) = body.max_tokens().filter(|_| answers > 1) {
        let most = most.saturating_mul(answers);
        estimate.max_output_tokens = Some(most);
        estimate.cost.max_output_usd = estimate.price.output_cost(most);
    }
    notes(body, known, &mut estimate);
    estimate
}

/// What the model is called that a body means at this provider, where its chat template is known: then
/// [`CountedText`](crate::rule::text::CountedText) may hold the text of the body.
pub fn body_template(
    body: &ClientBody,
    provider: Option<&str>,
    options: &EstimateOptions,
) -> Option<String> {
    let mut draft = Draft::new(body.model().unwrap_or_default(), "");
    draft.provider = provider.map(str::to_owned);
    let id = options.id_of(&draft);
    Vocabulary::of_template(id).map(|_| id.to_owned())
}

fn notes(body: &ClientBody, known: &BTreeMap<String, MediaFacts>, estimate: &mut Estimate) {
    let notes = &mut estimate.notes;
    for url in body.unknown_urls(known) {
        let note = format!(
            "What lies at {url} is not counted: neither its facts nor leave to read it were given, or it could not be read."
        );
        notes.push(note.into());
    }
    if body.is_continued() {
        let note = "The request goes on from turns that the provider keeps: they are not counted.";
        notes.push(note.into());
    }
    for why in body.open_ended() {
        notes.push(format!("It may cost more than its tokens: {why}.").into());
    }
}
