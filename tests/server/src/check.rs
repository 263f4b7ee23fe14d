//! From the bytes of a body to a checked request, or to the refusal that the endpoint would give.

use crate::form::Form;
use crate::refusal::Refusal;
use axum::http::StatusCode;
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::Value;
use std::fmt::Display;
use tilewise::catalog::{self, Model};
use tilewise::estimate::{EstimateOptions, estimate};
use tilewise::limits::Address;
use tilewise::media::{Format, ImageFacts, MediaFacts, Size, VideoFacts};
use tilewise::probe;
use tilewise::request::{Detail, Draft, MediaPart, Message};
use tilewise::rule::Rule;

const ROLES: [&str; 4] = ["system", "user", "assistant", "tool"];

/// A request that the endpoint takes.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// The last message's text, the texts of those before it, and the media of all.
    pub(crate) draft: Draft,
    pub(crate) roles: Vec<&'static str>,
    pub(crate) prompt_tokens: u64,
    pub(crate) stream: bool,
    pub(crate) include_usage: bool,
}

/// Reads a body of this form, and refuses what the endpoint would refuse.
pub(crate) fn request(body: &[u8], form: Form) -> Result<Request, Refusal> {
    let json: Value = serde_json::from_slice(body).map_err(|error| {
        let message = format!("The body is not JSON: {error}.");
        Refusal::new(StatusCode::BAD_REQUEST, "invalid_json", message)
    })?;
    let json = form.to_chat(json);
    let root = At {
        path: String::new(),
        value: &json,
    };
    let model = find_model(&root)?;
    check_length(body, model)?;
    if positive(&root, "n")?.is_some_and(|n| n > 1) {
        return Err(root.refuse_field("n", "only one answer is given"));
    }
    let stream = flag(&root, "stream")?;
    let include_usage = match root.field("stream_options") {
        Some(options) => flag(&options, "include_usage")?,
        None => false,
    };
    let (mut draft, roles) = read_messages(&root.required("messages")?, model)?;
    draft.max_tokens = match positive(&root, "max_completion_tokens")? {
        Some(most) => Some(most),
        None => positive(&root, "max_tokens")?,
    };
    check_media(&draft, model)?;
    let prompt_tokens = count(&draft);
    check_context(prompt_tokens, draft.max_tokens.unwrap_or(0), model)?;
    Ok(Request {
        draft,
        roles,
        prompt_tokens,
        stream,
        include_usage,
    })
}

fn find_model(root: &At<'_>) -> Result<&'static Model, Refusal> {
    let id = root.required("model")?.text()?;
    catalog::find(id).ok_or_else(|| {
        let message = format!("The model {id:?} does not exist.");
        Refusal::new(StatusCode::NOT_FOUND, "model_not_found", message).about("model")
    })
}

fn check_length(body: &[u8], model: &Model) -> Result<(), Refusal> {
    let length = body.len() as u64;
    match model.limits.max_body_bytes {
        Some(most) if length > most => Err(Refusal::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "request_too_large",
            format!("The body holds {length} bytes; {most} are allowed."),
        )),
        _ => Ok(()),
    }
}

fn read_messages(messages: &At<'_>, model: &Model) -> Result<(Draft, Vec<&'static str>), Refusal> {
    let mut draft = Draft::new(model.id.as_ref(), "");
    let mut roles = Vec::new();
    let mut texts = Vec::new();
    for message in messages.items()? {
        let role = message.required("role")?.one_of(&ROLES)?;
        roles.push(role);
        texts.push(read_content(&message, role, model, &mut draft.media)?);
    }
    draft.text = texts.pop().unwrap_or_default();
    let earlier = roles.iter().zip(texts);
    draft.history = earlier
        .map(|(role, text)| Message::new(role, &text))
        .collect();
    Ok((draft, roles))
}

/// The text of a message; its media go to `media`.
fn read_content(
    message: &At<'_>,
    role: &str,
    model: &Model,
    media: &mut Vec<MediaPart>,
) -> Result<String, Refusal> {
    // An assistant's message may hold tool calls alone.
    if role == "assistant" && message.field("content").is_none() {
        return Ok(String::new());
    }
    let content = message.required("content")?;
    if let Value::String(text) = content.value {
        return Ok(text.clone());
    }
    let mut texts = Vec::new();
    for part in content.items()? {
        match part
            .required("type")?
            .one_of(&["text", "image_url", "video_url"])?
        {
            "text" => texts.push(part.required("text")?.text()?),
            kind => media.push(read_medium(&part, kind, model)?),
        }
    }
    Ok(texts.join("\n"))
}

fn read_medium(part: &At<'_>, kind: &str, model: &Model) -> Result<MediaPart, Refusal> {
    let is_video = kind == "video_url";
    let medium = part.required(kind)?;
    let at = medium.required("url")?;
    let url = at.text()?;
    let mut part = match url.strip_prefix("data:") {
        Some(data) => {
            let facts = read_data(&at, data)?;
            check_format(&at, facts.format, is_video, model)?;
            MediaPart::base64(facts)
        }
        None => {
            Address::parse(url).map_err(|unreachable| at.refuse(unreachable))?;
            MediaPart::url(
                if is_video {
                    unfetched_video()
                } else {
                    unfetched_image()
                },
                url,
            )
        }
    };
    part.detail = medium
        .field("detail")
        .as_ref()
        .map(read_detail)
        .transpose()?;
    Ok(part)
}

/// What is behind a `data:` URL (RFC 2397).
fn read_data(at: &At<'_>, data: &str) -> Result<MediaFacts, Refusal> {
    let base64 = data
        .split_once(',')
        .and_then(|(header, data)| header.ends_with(";base64").then_some(data))
        .ok_or_else(|| at.refuse("a data: URL must carry base64"))?;
    let bytes = BASE64_STANDARD
        .decode(base64)
        .map_err(|error| at.refuse(error))?;
    probe::bytes(&bytes).map_err(|error| at.refuse(error))
}

fn check_format(at: &At<'_>, format: Format, is_video: bool, model: &Model) -> Result<(), Refusal> {
    // Where no list is known, none is enforced.
    let is_listed = model.formats.is_empty() || model.formats.contains(&format);
    if format.is_video() == is_video && is_listed {
        return Ok(());
    }
    let accepted: Vec<_> = model
        .formats
        .iter()
        .filter(|format| format.is_video() == is_video)
        .map(|format| format.name())
        .collect();
    Err(at.refuse(format!(
        "{} is not one of {}",
        format.name(),
        accepted.join(", ")
    )))
}

fn read_detail(at: &At<'_>) -> Result<Detail, Refusal> {
    serde_json::from_value(at.value.clone()).map_err(|error| at.refuse(error))
}

fn check_media(draft: &Draft, model: &Model) -> Result<(), Refusal> {
    let refuse =
        |code, message| Err(Refusal::new(StatusCode::BAD_REQUEST, code, message).about("messages"));
    if model.takes_images == Some(false) && !draft.media.is_empty() {
        return refuse(
            "not_a_vision_model",
            format!("{} takes text only.", model.name),
        );
    }
    let videos = draft
        .media
        .iter()
        .filter(|part| part.facts.format.is_video())
        .count();
    let images = draft.media.len() - videos;
    let rows = [
        (
            "too_many_images",
            "images",
            images as u64,
            model.limits.max_images,
        ),
        (
            "too_many_videos",
            "videos",
            videos as u64,
            model.limits.max_videos,
        ),
    ];
    for (code, what, count, most) in rows {
        if let Some(most) = most.filter(|most| count > *most) {
            return refuse(
                code,
                format!("The request holds {count} {what}; {most} are allowed."),
            );
        }
    }
    Ok(())
}

/// Input tokens, by the rule that the model itself follows.
fn count(draft: &Draft) -> u64 {
    let options = EstimateOptions {
        rule: Some(Rule::Processor),
        ..EstimateOptions::default()
    };
    estimate(draft, &options).input_tokens
}

fn check_context(input: u64, output: u64, model: &Model) -> Result<(), Refusal> {
    match model.context_tokens {
        Some(most) if input.saturating_add(output) > most => {
            let message = format!(
                "{input} tokens of input and {output} of output; the context holds {most}."
            );
            let code = "context_length_exceeded";
            Err(Refusal::new(StatusCode::BAD_REQUEST, code, message).about("messages"))
        }
        _ => Ok(()),
    }
}

/// What an image counts as that is not fetched.
fn unfetched_image() -> MediaFacts {
    MediaFacts::image(Format::Jpeg, Size::new(1024, 1024), ImageFacts::default())
}

/// What a video counts as that is not fetched.
fn unfetched_video() -> MediaFacts {
    let video = VideoFacts {
        duration_ms: Some(10_000.0),
        frame_rate: Some(30.0),
        frame_count: Some(300),
        ..VideoFacts::default()
    };
    MediaFacts::video(Format::Mp4, Size::new(640, 360), video)
}

fn flag(object: &At<'_>, name: &str) -> Result<bool, Refusal> {
    match object.field(name).map(|field| field.value) {
        None => Ok(false),
        Some(Value::Bool(flag)) => Ok(*flag),
        Some(_) => Err(object.refuse_field(name, "must be true or false")),
    }
}

fn positive(object: &At<'_>, name: &str) -> Result<Option<u64>, Refusal> {
    match object.field(name) {
        None => Ok(None),
        Some(field) => match field.value.as_u64() {
            Some(number @ 1..) => Ok(Some(number)),
            _ => Err(field.refuse("must be a positive integer")),
        },
    }
}

/// A value, and the way to it, so that a refusal can name it.
struct At<'a> {
    path: String,
    value: &'a Value,
}

impl<'a> At<'a> {
    /// A field that is there; null is the same as none.
    fn field(&self, name: &str) -> Option<Self> {
        let value = self.value.get(name).filter(|value| !value.is_null())?;
        Some(Self {
            path: self.path_to(name),
            value,
        })
    }

    fn required(&self, name: &str) -> Result<Self, Refusal> {
        self.field(name)
            .ok_or_else(|| self.refuse_field(name, "missing"))
    }

    /// The items of a list that is not empty.
    fn items(&self) -> Result<Vec<Self>, Refusal> {
        let items = self.value.as_array().filter(|items| !items.is_empty());
        let items = items.ok_or_else(|| self.refuse("must be a list that is not empty"))?;
        let item = |(index, value)| Self {
            path: format!("{}[{index}]", self.path),
            value,
        };
        Ok(items.iter().enumerate().map(item).collect())
    }

    fn text(&self) -> Result<&'a str, Refusal> {
        self.value
            .as_str()
            .ok_or_else(|| self.refuse("must be a text"))
    }

    fn one_of(&self, names: &[&'static str]) -> Result<&'static str, Refusal> {
        let text = self.text()?;
        let found = names.iter().find(|name| **name == text);
        found
            .copied()
            .ok_or_else(|| self.refuse(format!("must be one of {}", names.join(", "))))
    }

    fn refuse(&self, why: impl Display) -> Refusal {
        refuse(&self.path, why)
    }

    fn refuse_field(&self, name: &str, why: impl Display) -> Refusal {
        refuse(&self.path_to(name), why)
    }

    fn path_to(&self, name: &str) -> String {
        match self.path.as_str() {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        }
    }
}

fn refuse(path: &str, why: impl Display) -> Refusal {
    Refusal::new(
        StatusCode::BAD_REQUEST,
        "invalid_value",
        format!("{path}: {why}"),
    )
    .about(path)
}
