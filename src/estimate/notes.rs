//! What an estimate cannot know, in plain words.

use super::EstimateOptions;
use super::counts::Counts;
use crate::catalog::{Certainty, Model, Status, provider};
use crate::day::Day;
use crate::media::Kind;
use crate::price::Prices;
use crate::request::{Detail, Draft, MediaPart, Via};
use crate::rule::text::TextTokens;
use crate::rule::{Family, Refusal, Rule, Rules};
use crate::units;
use std::borrow::Cow;

type Note = Cow<'static, str>;

/// Figures that were read longer ago than this are called old.
const MAX_AGE_DAYS: u64 = 90;

pub(super) fn notes(
    draft: &Draft,
    model: Option<&Model>,
    rules: Option<&Rules>,
    counts: &Counts,
    options: &EstimateOptions,
    price: &Prices,
    text: Option<TextTokens>,
) -> Vec<Note> {
    let mut notes = Vec::new();
    let parts = draft.known_media();
    let any = |is_it: &dyn Fn(&MediaPart) -> bool| parts.iter().any(|part| is_it(part));
    notes.extend(misleading_names(&draft.media));
    if let Some(model) = model {
        notes.extend(life(model, options));
        if !parts.is_empty() {
            notes.extend(of_rule(model, rules, counts, options));
        }
    }
    let mut note = |applies: bool, text: &'static str| {
        if applies {
            notes.push(text.into());
        }
    };
    note(
        text.is_none(),
        "Text is counted without the model's vocabulary: approximately, between two bounds.",
    );
    note(
        text.is_some(),
        "Text is counted by the model's own vocabulary, with what its chat template writes; a host may use another template.",
    );
    note(
        counts.sum(counts.rule).markers > 0,
        "The markers around each image, and the time stamp and markers of each chunk of frames, are counted with the text.",
    );
    let is_sent = |part: &MediaPart| draft.known_details().sent(part).is_some();
    // `auto` asks for nothing: it is what an endpoint does without the field.
    let is_asked = |part: &MediaPart| part.detail.is_some_and(|detail| detail != Detail::Auto);
    let is_unsent = |part: &MediaPart| is_asked(part) && !is_sent(part);
    note(
        any(&is_unsent),
        "A level of detail is asked for that the endpoint is not known to know: it is not sent.",
    );
    let lowers = |part: &MediaPart| matches!(part.detail, Some(Detail::Low | Detail::High));
    note(
        any(&lowers) && rules.is_none_or(|rules| rules.family().details().is_empty()),
        "What detail \"low\" or \"high\" changes is not published; full resolution is assumed.",
    );
    if !counts.refusals.contains(&Refusal::NoVideoRule) {
        of_videos(&parts, rules, options, &mut note);
    }
    note(
        draft.earlier_media().any(|part| part.is_none()),
        "The request holds media whose tokens are not counted, because their size is not known here.",
    );
    let uncounted = draft.uncounted();
    note(
        uncounted.holds_others,
        "The request holds audio or documents, whose tokens are not counted: the input is larger by them.",
    );
    note(
        uncounted.lacks_readers,
        "A video or rare image in the request is not counted: the reader of its format is not loaded. `await preload([\"formats\"])` loads it.",
    );
    note(
        draft.tools().is_some() && text.is_none(),
        "Tool definitions are counted as their JSON text; each model writes them in its own way.",
    );
    let no_url = |part: &MediaPart| matches!(part.via, Via::Url(None));
    note(
        any(&no_url),
        "A media item has no URL yet, so the body will be longer by that URL.",
    );
    let no_length = |part: &MediaPart| {
        matches!(part.via, Via::Base64 { bytes: None }) && part.facts.bytes.is_none()
    };
    note(
        any(&no_length),
        "The length of base64 data is not known, so the body will be longer by that data.",
    );
    note(
        options.cached_share > 0.0 && price.cached_input.is_none(),
        "The price of cached input is not known.",
    );
    for refusal in &counts.refusals {
        notes.push(
            format!("A media item could not be counted, so the sum is too low: {refusal}.").into(),
        );
    }
    notes
}

/// When the model ends, and how old its figures are.
fn life(model: &Model, options: &EstimateOptions) -> impl Iterator<Item = Note> {
    let today = options.today.as_deref().and_then(Day::parse);
    let end = (model.status == Status::Retiring).then(|| {
        let day = model.retired_on.as_deref().unwrap_or_default();
        let is_over = today.is_some_and(|today| Day::parse(day).is_some_and(|end| end <= today));
        let what = if is_over {
            "was announced to end"
        } else {
            "is announced to end"
        };
        let instead = model.replacement.as_deref();
        let instead = instead.map_or_else(String::new, |id| format!(" {id} replaces it."));
        format!("{} {what} on {day}.{instead}", model.name).into()
    });
    let read = model.sources.iter().map(|source| source.checked.as_ref());
    let oldest = today.and_then(|today| {
        let day = read.min()?;
        let age = u64::try_from(today.days_since(Day::parse(day)?)).ok()?;
        (age > MAX_AGE_DAYS).then(|| {
            let text = format!(
                "The oldest figures for {} were read on {day}, {age} days ago: they may have changed.",
                model.name
            );
            text.into()
        })
    });
    end.into_iter().chain(oldest)
}

/// How the media are counted, and how sure that is.
fn of_rule(
    model: &Model,
    rules: Option<&Rules>,
    counts: &Counts,
    options: &EstimateOptions,
) -> Vec<Note> {
    let mut notes: Vec<Note> = Vec::new();
    let Some(rules) = rules else {
        return vec!["No rule is known by which this model counts media.".into()];
    };
    // The model's own code is not known where its rule is that of another model.
    let is_assumed = model.certainty_of(counts.rule) == Certainty::Assumed;
    if Rule::ALL.iter().all(|rule| rules.has(*rule)) {
        notes.push(
            "The provider does not say which rule its bill follows; the published rule counts about four times what the model's own processor does, and of a large image more. Every public count, from servers of the open model, follows the processor. The usage of a first answer tells."
                .into(),
        );
    } else if rules.has(Rule::Processor) && model.provider != "open" && !is_assumed {
        let host = provider(&model.provider).map_or("the provider", |provider| provider.name);
        notes.push(
            format!(
                "Media are counted as the model's own code does; that the bill of {host} follows it is not proven. The usage of a first answer tells."
            )
            .into(),
        );
    }
    if let Some(asked) = options.rule.filter(|asked| !rules.has(*asked)) {
        notes.push(
            format!(
                "{} has no {} rule: its media are counted by the {} rule.",
                model.name,
                asked.name(),
                counts.rule.name()
            )
            .into(),
        );
    }
    if is_assumed {
        notes.push(
            "How this model counts media is assumed: by another model's rule, or by a rule that fits the counts that were seen."
                .into(),
        );
    }
    if let Some(count) = counts.widest() {
        notes.push(
            format!(
                "No exact rule is published: an image alone, without the text and what marks its place there, may take {} to {} tokens, and is counted as {}.",
                units::grouped(count.low),
                units::grouped(count.high),
                units::grouped(count.tokens)
            )
            .into(),
        );
    }
    notes
}

fn of_videos(
    parts: &[&MediaPart],
    rules: Option<&Rules>,
    options: &EstimateOptions,
    note: &mut impl FnMut(bool, &'static str),
) {
    let videos = || {
        parts.iter().filter_map(|part| match &part.facts.kind {
            Kind::Image(_) => None,
            Kind::Video(video) => Some(video),
        })
    };
    let has_videos = videos().next().is_some();
    note(
        has_videos && rules.is_none_or(|rules| rules.has(Rule::Processor)),
        "How the provider samples a video is not published; the model's own processor is assumed, and an endpoint may decline video.",
    );
    let of_rule = options.of_rule();
    let assumes_rate = |video| {
        let sampling = rules.and_then(|rules| rules.sampling(video, &of_rule));
        sampling.is_some_and(|sampling| sampling.assumes_rate())
    };
    note(
        videos().any(assumes_rate),
        "The frame rate of a video is not known; it is taken to be no lower than that of the sampling.",
    );
    note(
        videos().any(|video| video.frames_derived),
        "The frames of a video were not counted: they follow from its duration and frame rate, so its tokens may be off. The bounds allow for 5 % of them.",
    );
    let family = rules.map(Rules::family);
    let is_uncapped = has_videos && options.max_frames.is_none();
    note(
        is_uncapped && matches!(family, Some(Family::Qwen3Vl(_))),
        "A server of vLLM looks at 32 frames of a video unless it is told otherwise, the model's own processor at up to 768: `maxFrames` counts for such a server.",
    );
    note(
        is_uncapped && matches!(family, Some(Family::Glm53Flash(_))),
        "A serving engine is known that caps a video at 30,000 tokens, the model's own processor at 240,000: `maxFrames` counts for such a server.",
    );
}

/// An endpoint, or a program that is handed the file, may go by the name.
fn misleading_names(media: &[MediaPart]) -> Option<Note> {
    let mut named = String::new();
    for part in media {
        if let Some(name) = part.misleading_name() {
            let between = if named.is_empty() { "" } else { ", " };
            named += &format!("{between}{name} is {}", part.facts.format.name());
        }
    }
    (!named.is_empty()).then(|| {
        format!("Name and content disagree, and the content is what counts: {named}.").into()
    })
}
