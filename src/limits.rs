//! Whether the endpoint will take a request, and what to do if not.
//!
//! The figures are the catalogue's and can be overridden one by one: vendors change them, and other
//! pages of the same vendor have named others.

mod address;

pub use address::{Address, Unreachable};

use crate::catalog::{self, Certainty, Limits, Model, Status, spelling};
use crate::list::joined;
use crate::media::{Format, ImageFacts, Kind, Rotation, Size, VideoFacts};
use crate::request::{Draft, MediaPart, Via};
use crate::rule::Rules;
use crate::units;
use crate::violation::{Violation, ViolationCode};
use std::borrow::Cow;
use std::iter::repeat;

/// What a request would use of each limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LimitUse {
    /// Images of the whole request, earlier turns included.
    pub images: u64,
    /// Videos of the whole request, earlier turns included.
    pub videos: u64,
    /// Known bytes of media passed by URL.
    pub media_bytes: u64,
    /// Known bytes of the largest image passed by URL.
    pub largest_image_bytes: u64,
    /// Bytes of the JSON body, without base64 data of unknown length.
    pub body_bytes: u64,
    /// By the chosen rule.
    pub input_tokens: u64,
    /// By whichever rule counts less.
    pub least_input_tokens: u64,
    /// Most tokens of output that the draft allows; 0 where it sets none.
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
        for part in draft.known_media() {
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

/// A request, and what it is checked against.
pub(crate) struct Request<'a> {
    pub(crate) draft: &'a Draft,
    pub(crate) model: Option<&'a Model>,
    /// Among which it was looked for.
    pub(crate) models: &'a [Model],
    pub(crate) rules: Option<&'a Rules>,
    pub(crate) limits: &'a Limits,
    /// Those of them that the caller gave.
    pub(crate) given: &'a Limits,
    pub(crate) usage: &'a LimitUse,
    /// The size in pixels at which the model sees each of the draft's media.
    pub(crate) seen: &'a [Option<Size>],
}

/// All that is wrong with a draft: first what concerns the whole request, then each media item in order.
pub(crate) fn check(request: &Request<'_>) -> Vec<Violation> {
    let Request { draft, model, .. } = request;
    let mut found = Vec::new();
    match model {
        Some(model) => found.extend(check_model(draft, model)),
        None => found.push(unknown_model(draft, request.models)),
    }
    found.extend(check_counts(request));
    found.extend(check_body(request));
    found.extend(check_media_bytes(request));
    found.extend(check_context(request));
    for part in draft.earlier_media().flatten() {
        // What is merely odd about an earlier turn was said when it was asked.
        let of_part = check_part(request, part, None).into_iter();
        found.extend(
            of_part
                .filter(Violation::is_error)
                .map(Violation::of_earlier),
        );
    }
    let seen = request.seen.iter().copied().chain(repeat(None));
    for (index, (part, seen)) in draft.media.iter().zip(seen).enumerate() {
        let of_part = check_part(request, part, seen).into_iter();
        found.extend(of_part.map(|violation| violation.of_media(index)));
    }
    found
}

impl Request<'_> {
    /// A limit of which a request has more: what it has, and what is allowed.
    fn exceeded(&self, limit: Limit, actual: u64) -> Option<(u64, u64)> {
        let allowed = limit(self.limits).filter(|allowed| actual > *allowed)?;
        Some((actual, allowed))
    }

    /// Limits that are only assumed of a model forbid nothing; those that the caller gave do.
    fn violation(
        &self,
        limit: Limit,
        code: ViolationCode,
        (actual, allowed): (u64, u64),
        message: String,
        fix: impl Into<Cow<'static, str>>,
    ) -> Violation {
        let certainty = self.model.map(|model| model.limits_certainty);
        let is_assumed = certainty == Some(Certainty::Assumed) && limit(self.given).is_none();
        let violation = if is_assumed {
            Violation::warning(
                code,
                format!(
                    "{message} That limit is assumed: its provider publishes it for another model."
                ),
                fix,
            )
        } else {
            Violation::error(code, message, fix)
        };
        violation.with_figures(actual, allowed)
    }
}

type Limit = fn(&Limits) -> Option<u64>;

fn check_model(draft: &Draft, model: &Model) -> impl Iterator<Item = Violation> {
    let own = draft.media.iter().map(Some);
    let is_taken = |part: Option<&MediaPart>| match part {
        Some(part) if !part.facts.is_image() => model.takes_videos == Some(true),
        _ => model.takes_images != Some(false),
    };
    let says_no = model.takes_images == Some(false);
    let is_refused = says_no && !own.chain(draft.earlier_media()).all(is_taken);
    let refused = is_refused.then(|| {
        Violation::error(
            ViolationCode::NotAVisionModel,
            format!("{} does not take images or videos.", model.name),
            "Choose a vision model, or send text alone.",
        )
    });
    check_life(model).into_iter().chain(refused)
}

/// Whether its provider still serves it.
fn check_life(model: &Model) -> Option<Violation> {
    // What its own list names, an endpoint serves.
    if model.status == Status::Retired && model.listed != Some(true) {
        let day = model.retired_on.as_deref().unwrap_or_default();
        let instead = model.replacement.as_deref();
        return Some(Violation::warning(
            ViolationCode::ModelRetired,
            format!("{} was switched off by its provider on {day}.", model.name),
            match (instead, catalog::default_model(Some(&model.provider))) {
                (Some(id), _) => format!("Use {id}, which its provider recommends instead."),
                (None, Some(current)) => {
                    format!(
                        "Use another, such as {}, or another host of it.",
                        current.id
                    )
                }
                (None, None) => "Use another model, or another host of it.".to_owned(),
            },
        ));
    }
    (model.listed == Some(false)).then(|| {
        Violation::warning(
            ViolationCode::UnknownModel,
            format!(
                "The endpoint does not list {} among its models.",
                model.name
            ),
            "Choose one that it lists.",
        )
    })
}

fn unknown_model(draft: &Draft, models: &[Model]) -> Violation {
    let (id, provider) = (&draft.model, draft.provider.as_deref());
    let unknown_provider = provider.filter(|provider| catalog::provider(provider).is_none());
    let what = match (unknown_provider, provider) {
        (Some(provider), _) => format!("No provider \"{provider}\" is in the catalogue"),
        (None, Some(provider)) => format!("The catalogue has no model \"{id}\" of \"{provider}\""),
        (None, None) => format!("The model \"{id}\" is not in the catalogue"),
    };
    let meant = || spelling::meant(id, models.iter().filter(|model| model.may_be_at(provider)));
    let fix: Cow<'static, str> = if unknown_provider.is_some() {
        let known = catalog::providers().iter().map(|provider| provider.id);
        format!("Use one of {}.", joined(known, ", ")).into()
    } else if let Some(model) = meant() {
        format!("Did you mean {}?", model.id).into()
    } else {
        "Check the spelling, or choose a model of the catalogue.".into()
    };
    Violation::warning(
        ViolationCode::UnknownModel,
        format!("{what}: its rules, prices and limits are not known."),
        fix,
    )
}

fn check_counts<'a>(request: &'a Request<'_>) -> impl Iterator<Item = Violation> + 'a {
    let usage = request.usage;
    let rows: [(ViolationCode, &str, u64, Limit); 2] = [
        (
            ViolationCode::TooManyImages,
            "images",
            usage.images,
            |limits| limits.max_images,
        ),
        (
            ViolationCode::TooManyVideos,
            "videos",
            usage.videos,
            |limits| limits.max_videos,
        ),
    ];
    rows.into_iter().filter_map(|(code, what, actual, limit)| {
        let figures = request.exceeded(limit, actual)?;
        let (actual, allowed) = figures;
        Some(request.violation(
            limit,
            code,
            figures,
            format!("{actual} {what} in one request; {allowed} are allowed."),
            format!("Remove {}, or split the request.", actual - allowed),
        ))
    })
}

fn check_body(request: &Request<'_>) -> Option<Violation> {
    let limit: Limit = |limits| limits.max_body_bytes;
    let figures = request.exceeded(limit, request.usage.body_bytes)?;
    let (actual, allowed) = figures;
    Some(request.violation(
        limit,
        ViolationCode::BodyTooLarge,
        figures,
        format!(
            "The request body would be {} long; {} are allowed.",
            units::bytes_beside(actual, allowed),
            units::bytes(allowed)
        ),
        "Pass large media by URL, or make them smaller: base64 adds a third to their size.",
    ))
}

fn check_media_bytes(request: &Request<'_>) -> Option<Violation> {
    let limit: Limit = |limits| limits.max_media_bytes;
    let figures = request.exceeded(limit, request.usage.media_bytes)?;
    let (actual, allowed) = figures;
    Some(request.violation(
        limit,
        ViolationCode::MediaTooLarge,
        figures,
        format!(
            "The media passed by URL hold {} together; {} are allowed.",
            units::bytes_beside(actual, allowed),
            units::bytes(allowed)
        ),
        "Make them smaller, or split the request.",
    ))
}

/// An error only where the context is too small by each rule: outside of the provider it is not known which one counts.
fn check_context(request: &Request<'_>) -> Option<Violation> {
    let usage = request.usage;
    let total = |input: u64| input.saturating_add(usage.output_tokens);
    let actual = total(usage.input_tokens);
    let context = request.model?.context_tokens;
    let allowed = context.filter(|allowed| actual > *allowed)?;
    let figures = format!(
        "{} tokens of input and output; the model's context holds {}.",
        units::grouped(actual),
        units::grouped(allowed)
    );
    let fix = "Send fewer or smaller media, a shorter text, or ask for less output.";
    let code = ViolationCode::ContextExceeded;
    let violation = if total(usage.least_input_tokens) > allowed {
        Violation::error(code, figures, fix)
    } else {
        Violation::warning(
            code,
            format!("{figures} By the other rule, or by its lower bound, it would fit."),
            fix,
        )
    };
    Some(violation.with_figures(actual, allowed))
}

fn check_part(request: &Request<'_>, part: &MediaPart, seen: Option<Size>) -> Vec<Violation> {
    let mut found = Vec::new();
    found.extend(request.model.and_then(|model| check_format(part, model)));
    if let Via::Url(Some(url)) = &part.via {
        found.extend(check_url(url));
    }
    found.extend(check_size(request, part));
    match &part.facts.kind {
        Kind::Image(image) => {
            let stored = part.facts.stored();
            found.extend(check_side(request, stored));
            found.extend(check_patches(request, part));
            found.extend(check_image(image));
            found.extend(seen.and_then(|seen| check_seen(stored, seen)));
        }
        Kind::Video(video) => found.extend(check_video(video)),
    }
    found
}

fn check_side(request: &Request<'_>, stored: Size) -> Option<Violation> {
    let Request { limits, usage, .. } = request;
    let longer = stored.width.max(stored.height);
    let allowed = limits.image_side(usage.images);
    let figures = (longer, allowed.filter(|allowed| longer > *allowed)?);
    let limit: Limit = if limits.max_image_side == allowed {
        |limits| limits.max_image_side
    } else {
        |limits| limits.max_image_side_of_many
    };
    let few = limits.few_images.filter(|few| usage.images > *few);
    let of_many = match few.filter(|_| limits.max_image_side_of_many == allowed) {
        Some(few) => format!(" where a request holds more than {few} images"),
        None => String::new(),
    };
    let allowed = units::grouped(figures.1);
    Some(request.violation(
        limit,
        ViolationCode::ImageSideTooLarge,
        figures,
        format!(
            "The longer side of the image has {} pixels; {allowed} are allowed{of_many}.",
            units::grouped(longer)
        ),
        format!("Scale it down so that no side has more than {allowed} pixels."),
    ))
}

fn check_patches(request: &Request<'_>, part: &MediaPart) -> Option<Violation> {
    let limit: Limit = |limits| limits.max_image_patches;
    let family = request.rules?.family();
    let patches = family.patches(part.facts.stored(), part.detail)?;
    let figures = request.exceeded(limit, patches)?;
    Some(request.violation(
        limit,
        ViolationCode::TooManyPatches,
        figures,
        format!(
            "The image holds {} patches of 32 pixels a side; {} are allowed at full detail.",
            units::grouped(patches),
            units::grouped(figures.1)
        ),
        "Scale it down, or ask for detail \"high\", at which the endpoint scales it down.",
    ))
}

/// Of the pixels: less is what rounding to whole tiles does.
const NOTABLE_SHARE: f64 = 0.1;

/// Whether the model sees fewer pixels than the file holds, or is paid for more.
fn check_seen(stored: Size, seen: Size) -> Option<Violation> {
    let area = |size: Size| size.width as f64 * size.height as f64;
    let (held, looked_at) = (area(stored), area(seen));
    let differs = (held - looked_at).abs() > held * NOTABLE_SHARE;
    let pixels = |size: Size| {
        format!(
            "{} × {}",
            units::grouped(size.width),
            units::grouped(size.height)
        )
    };
    let violation = match looked_at < held {
        _ if !differs => return None,
        true => Violation::warning(
            ViolationCode::Downscaled,
            format!(
                "The model sees the image at {} pixels, not at its {}: fine text may be lost.",
                pixels(seen),
                pixels(stored)
            ),
            "Crop it to what matters, or send it in parts.",
        ),
        false => Violation::warning(
            ViolationCode::Enlarged,
            format!(
                "The model enlarges the image from {} to {} pixels, and all of those are paid for.",
                pixels(stored),
                pixels(seen)
            ),
            "Put several small images into one, where the question allows it.",
        ),
    };
    let longer = |size: Size| size.width.max(size.height);
    Some(violation.with_figures(longer(stored), longer(seen)))
}

fn check_image(image: &ImageFacts) -> impl Iterator<Item = Violation> {
    let rotated = (!image.orientation.is_upright()).then(|| {
        Violation::warning(
            ViolationCode::Rotated,
            format!(
                "The image is stored turned or mirrored (orientation {}), and the model ignores that: it will not see it upright.",
                u64::from(image.orientation.number())
            ),
            "Turn the image itself upright before sending it.",
        )
    });
    let animated = (image.animated == Some(true)).then(|| {
        Violation::warning(
            ViolationCode::Animated,
            "The image is animated; it counts as one image, and the model sees one frame.",
            "Send the frame that matters, or a video.",
        )
    });
    rotated.into_iter().chain(animated)
}

/// Players turn the frames. Whether the decoder before the model does is not published.
fn check_video(video: &VideoFacts) -> Option<Violation> {
    (video.rotation != Rotation::None).then(|| {
        Violation::warning(
            ViolationCode::Rotated,
            format!(
                "Players turn the video by {}°, which a decoder may ignore: the model may not see it upright.",
                u64::from(video.rotation.degrees())
            ),
            "Encode it again with its frames upright.",
        )
    })
}

fn check_format(part: &MediaPart, model: &Model) -> Option<Violation> {
    let format = part.facts.format;
    let is_video = format.is_video();
    if is_video && model.takes_videos == Some(false) {
        return Some(Violation::error(
            ViolationCode::UnsupportedFormat,
            format!("{} does not take videos.", model.name),
            "Send frames of it as images, or choose a model that takes videos.",
        ));
    }
    if !model.refuses(format) {
        return check_uncommon(format, model);
    }
    let accepted = model
        .formats
        .iter()
        .filter(|listed| listed.is_video() == is_video);
    let accepted = joined(accepted.map(|accepted| accepted.name()), ", ");
    let refusal = format!("{} does not take {}", model.name, format.name());
    Some(Violation::error(
        ViolationCode::UnsupportedFormat,
        match part.misleading_name() {
            Some(name) => format!("{refusal}, which {name} is in spite of its name."),
            None => format!("{refusal}."),
        },
        format!("Convert it to one of {accepted}."),
    ))
}

/// Of a model that takes images, in formats that are not known.
fn check_uncommon(format: Format, model: &Model) -> Option<Violation> {
    /// In nearly every list of formats that a provider publishes.
    const COMMON: [Format; 4] = [Format::Png, Format::Jpeg, Format::Gif, Format::Webp];
    let is_uncommon = model.formats.is_empty() && !format.is_video() && !COMMON.contains(&format);
    is_uncommon.then(|| {
        let name = format.name();
        Violation::warning(
            ViolationCode::UnsupportedFormat,
            format!(
                "Which formats {} takes is not known: it may refuse {name}.",
                model.name
            ),
            "Convert it to JPEG or PNG.",
        )
    })
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

fn check_size(request: &Request<'_>, part: &MediaPart) -> Option<Violation> {
    let bytes = match part.via {
        Via::Base64 { bytes } => bytes.or(part.facts.bytes),
        Via::Url(_) => part.facts.bytes,
    };
    let Some(actual) = bytes else {
        return Some(Violation::warning(
            ViolationCode::SizeUnknown,
            "The size of the file is not known, so the limits in bytes cannot be checked.",
            match part.via {
                Via::Url(_) => {
                    "Use a server that sends Content-Length, or check the size yourself."
                }
                Via::Base64 { .. } => "Give the data with the part, or the size with its facts.",
            },
        ));
    };
    let (limit, how): (Limit, _) = match part.via {
        Via::Url(_) => (|limits| limits.max_image_bytes, "by URL"),
        Via::Base64 { .. } => (|limits| limits.max_image_base64_bytes, "in base64"),
    };
    let figures = request
        .exceeded(limit, actual)
        .filter(|_| part.facts.is_image())?;
    let allowed = figures.1;
    Some(request.violation(
        limit,
        ViolationCode::ImageTooLarge,
        figures,
        format!(
            "The image holds {}; {} are allowed for one image {how}.",
            units::bytes_beside(actual, allowed),
            units::bytes(allowed)
        ),
        "Make it smaller.",
    ))
}
