//! Whether the endpoint will take a request, and what to do if not.
//!
//! The figures are the catalogue's and can be overridden one by one: vendors change them, and other
//! pages of the same vendor have named others.

mod address;

pub use address::{Address, Unreachable};

use crate::catalog::{Limits, Model};
use crate::media::{ImageFacts, Kind, VideoFacts};
use crate::request::{Draft, MediaPart, Via};
use crate::units;
use crate::violation::{Violation, ViolationCode};

/// What a request would use of each limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LimitUse {
    pub images: u64,
    pub videos: u64,
    /// Known bytes of media passed by URL.
    pub media_bytes: u64,
    /// Known bytes of the largest image passed by URL.
    pub largest_image_bytes: u64,
    pub body_bytes: u64,
    /// By the chosen rule.
    pub input_tokens: u64,
    /// By whichever rule counts less.
    pub least_input_tokens: u64,
    pub output_tokens: u64,
}

impl LimitUse {
    pub(crate) fn of(draft: &Draft, body_bytes: u64, input_tokens: u64) -> Self {
        let mut usage = Self {
            body_bytes,
            input_tokens,
            least_input_tokens: input_tokens,
            output_tokens: draft.max_tokens.unwrap_or(0),
            ..Self::default()
        };
        for part in draft.media.iter().chain(draft.earlier_media().flatten()) {
            let bytes = match part.via {
                Via::Url(_) => part.facts.bytes.unwrap_or(0),
                Via::Base64 { .. } => 0,
            };
            usage.media_bytes = usage.media_bytes.saturating_add(bytes);
            match part.facts.kind {
                Kind::Image(_) => {
                    usage.images += 1;
                    usage.largest_image_bytes = usage.largest_image_bytes.max(bytes);
                }
                Kind::Video(_) => usage.videos += 1,
            }
        }
        usage
    }
}

/// All that is wrong with a draft: first what concerns the whole request, then each medium in order.
pub(crate) fn check(
    draft: &Draft,
    model: Option<&Model>,
    limits: &Limits,
    usage: &LimitUse,
) -> Vec<Violation> {
    let mut found = Vec::new();
    found.extend(check_model(draft, model));
    found.extend(check_counts(limits, usage));
    found.extend(check_body(limits, usage));
    found.extend(check_media_bytes(limits, usage));
    found.extend(check_context(model, usage));
    for part in draft.earlier_media().flatten() {
        let of_part = check_part(part, model, limits).into_iter();
        // What is merely odd about an earlier turn was said when it was asked.
        found.extend(
            of_part
                .filter(Violation::is_error)
                .map(Violation::of_earlier),
        );
    }
    for (index, part) in draft.media.iter().enumerate() {
        let of_part = check_part(part, model, limits);
        found.extend(
            of_part
                .into_iter()
                .map(|violation| violation.of_media(index)),
        );
    }
    found
}

fn check_model(draft: &Draft, model: Option<&Model>) -> Option<Violation> {
    match model {
        None => Some(Violation::warning(
            ViolationCode::UnknownModel,
            format!(
                "The model \"{}\" is not in the catalogue: its rules, prices and limits are not known.",
                draft.model
            ),
            "Check the spelling, or use one of the models that models() lists.",
        )),
        Some(model) if model.listed == Some(false) => Some(Violation::warning(
            ViolationCode::UnknownModel,
            format!(
                "The endpoint does not list {} among its models.",
                model.name
            ),
            "Choose one that it lists.",
        )),
        Some(model) if !model.vision && holds_media(draft) => Some(Violation::error(
            ViolationCode::NotAVisionModel,
            format!("{} does not take images or videos.", model.name),
            "Choose a vision model, or send text alone.",
        )),
        Some(_) => None,
    }
}

fn holds_media(draft: &Draft) -> bool {
    !draft.media.is_empty() || draft.earlier_media().next().is_some()
}

fn check_counts(limits: &Limits, usage: &LimitUse) -> impl Iterator<Item = Violation> {
    let rows = [
        (
            ViolationCode::TooManyImages,
            "images",
            usage.images,
            limits.max_images,
        ),
        (
            ViolationCode::TooManyVideos,
            "videos",
            usage.videos,
            limits.max_videos,
        ),
    ];
    rows.into_iter()
        .filter_map(|(code, what, actual, allowed)| {
            let allowed = allowed.filter(|allowed| actual > *allowed)?;
            let surplus = actual - allowed;
            let violation = Violation::error(
                code,
                format!("{actual} {what} in one request; {allowed} are allowed."),
                format!("Remove {surplus}, or split the request."),
            );
            Some(violation.with_figures(actual, allowed))
        })
}

fn check_body(limits: &Limits, usage: &LimitUse) -> Option<Violation> {
    let actual = usage.body_bytes;
    let allowed = limits.max_body_bytes.filter(|allowed| actual > *allowed)?;
    let violation = Violation::error(
        ViolationCode::BodyTooLarge,
        format!(
            "The request body would be {} long; {} are allowed.",
            units::bytes_beside(actual, allowed),
            units::bytes(allowed)
        ),
        "Pass large media by URL, or make them smaller: base64 adds a third to their size.",
    );
    Some(violation.with_figures(actual, allowed))
}

fn check_media_bytes(limits: &Limits, usage: &LimitUse) -> Option<Violation> {
    let actual = usage.media_bytes;
    let allowed = limits.max_media_bytes.filter(|allowed| actual > *allowed)?;
    let violation = Violation::error(
        ViolationCode::MediaTooLarge,
        format!(
            "The media passed by URL hold {} together; {} are allowed.",
            units::bytes_beside(actual, allowed),
            units::bytes(allowed)
        ),
        "Make them smaller, or split the request.",
    );
    Some(violation.with_figures(actual, allowed))
}

/// An error only where the context is too small by either rule: nobody outside knows which one counts.
fn check_context(model: Option<&Model>, usage: &LimitUse) -> Option<Violation> {
    let total = |input: u64| input.saturating_add(usage.output_tokens);
    let actual = total(usage.input_tokens);
    let allowed = model?.context_tokens.filter(|allowed| actual > *allowed)?;
    let figures = format!(
        "{} tokens of input and output; the model's context holds {}.",
        units::grouped(actual),
        units::grouped(allowed)
    );
    let fix = "Send fewer or smaller media, a shorter text, or ask for less output.";
    let code = ViolationCode::ContextExceeded;
    let violation = match total(usage.least_input_tokens) > allowed {
        true => Violation::error(code, figures, fix),
        false => Violation::warning(
            code,
            format!("{figures} By the other rule it would fit."),
            fix,
        ),
    };
    Some(violation.with_figures(actual, allowed))
}

fn check_part(part: &MediaPart, model: Option<&Model>, limits: &Limits) -> Vec<Violation> {
    let mut found = Vec::new();
    found.extend(model.and_then(|model| check_format(part, model)));
    if let Via::Url(Some(url)) = &part.via {
        found.extend(check_url(url));
    }
    found.extend(check_size(part, limits));
    match &part.facts.kind {
        Kind::Image(image) => found.extend(check_image(image)),
        Kind::Video(video) => found.extend(check_video(video)),
    }
    found
}

fn check_image(image: &ImageFacts) -> impl Iterator<Item = Violation> {
    let rotated = (!image.orientation.is_upright()).then(|| {
        Violation::warning(
            ViolationCode::Rotated,
            format!(
                "The image is stored turned or mirrored (orientation {}), and the model ignores that: it will not see it upright.",
                image.orientation.number()
            ),
            "Turn the image itself upright before sending it.",
        )
    });
    let animated = (image.animated == Some(true)).then(|| {
        Violation::warning(
            ViolationCode::Animated,
            "The image is animated; it counts as one image, and the model sees one frame.".into(),
            "Send the frame that matters, or a video.",
        )
    });
    rotated.into_iter().chain(animated)
}

/// Players turn the frames. Whether the decoder before the model does is not published.
fn check_video(video: &VideoFacts) -> Option<Violation> {
    (video.rotation != 0).then(|| {
        Violation::warning(
            ViolationCode::Rotated,
            format!(
                "Players turn the video by {}°, which a decoder may ignore: the model may not see it upright.",
                video.rotation
            ),
            "Encode it again with its frames upright.",
        )
    })
}

fn check_format(part: &MediaPart, model: &Model) -> Option<Violation> {
    let format = part.facts.format;
    if model.formats.is_empty() || model.formats.contains(&format) {
        return None;
    }
    let accepted: Vec<_> = model
        .formats
        .iter()
        .filter(|accepted| accepted.is_video() == format.is_video())
        .map(|accepted| accepted.name())
        .collect();
    let refusal = format!("{} does not take {}", model.name, format.name());
    Some(Violation::error(
        ViolationCode::UnsupportedFormat,
        match part.misleading_name() {
            Some(name) => format!("{refusal}, which {name} is in spite of its name."),
            None => format!("{refusal}."),
        },
        format!("Convert it to one of {}.", accepted.join(", ")),
    ))
}

fn check_url(url: &str) -> Option<Violation> {
    let unreachable = Address::parse(url).err()?;
    let code = match unreachable {
        Unreachable::NotAUrl | Unreachable::NotHttps { .. } => ViolationCode::UrlNotHttps,
        Unreachable::NotPublic { .. } => ViolationCode::UrlNotPublic,
    };
    let fix = match &unreachable {
        Unreachable::NotAUrl => "Give a whole address, such as https://example.com/photo.jpg.",
        Unreachable::NotHttps { scheme } if matches!(&**scheme, "blob" | "data" | "file") => {
            "Send the file as base64, or upload it to where https can fetch it."
        }
        Unreachable::NotHttps { .. } => "Use the https address of the same file.",
        Unreachable::NotPublic { .. } => {
            "Upload the file to where the endpoint can fetch it, or send it as base64."
        }
    };
    Some(Violation::error(code, unreachable.to_string(), fix))
}

fn check_size(part: &MediaPart, limits: &Limits) -> Option<Violation> {
    let bytes = match part.via {
        Via::Base64 { bytes } => bytes.or(part.facts.bytes),
        Via::Url(_) => part.facts.bytes,
    };
    let Some(actual) = bytes else {
        return Some(Violation::warning(
            ViolationCode::SizeUnknown,
            "The size of the file is not known, so the limits in bytes cannot be checked.".into(),
            match part.via {
                Via::Url(_) => {
                    "Use a server that sends Content-Length, or check the size yourself."
                }
                Via::Base64 { .. } => "Give the data with the part, or the size with its facts.",
            },
        ));
    };
    let by_url = matches!(part.via, Via::Url(_));
    let is_image = part.facts.is_image();
    let allowed = limits
        .max_image_bytes
        .filter(|allowed| by_url && is_image && actual > *allowed)?;
    let violation = Violation::error(
        ViolationCode::ImageTooLarge,
        format!(
            "The image holds {}; {} are allowed for one image by URL.",
            units::bytes_beside(actual, allowed),
            units::bytes(allowed)
        ),
        "Make it smaller.",
    );
    Some(violation.with_figures(actual, allowed))
}
