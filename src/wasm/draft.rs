//! A draft as JavaScript writes it.

use super::argument::Argument;
use crate::media::{Format, ImageFacts, Kind, MediaFacts, Orientation, VideoFacts};
use crate::probe::Scope;
use crate::request::{Detail, Draft, Json, MediaPart, Message, Via};

/// The data of media stay in JavaScript; of each its length in bytes and its name stand here.
pub(super) fn draft(argument: &Argument<'_>) -> Draft {
    let text = |key| owned(argument.get(key).needed().text());
    Draft {
        model: text("model"),
        text: text("text"),
        media: parts(argument.get("media").needed()),
        system: argument.get("system").text().map(str::to_owned),
        history: history(&argument.get("history")),
        max_tokens: argument.get("maxTokens").count(),
        extra: extra(&argument.get("extra")),
    }
}

fn owned(text: Option<&str>) -> String {
    text.unwrap_or_default().to_owned()
}

fn parts(argument: &Argument<'_>) -> Vec<MediaPart> {
    argument.items().map(|item| part(&item)).collect()
}

fn part(argument: &Argument<'_>) -> MediaPart {
    let data = argument.get("data");
    data.object_or("it must be a Blob, an ArrayBuffer or a Uint8Array");
    let by_url = |by_url| if by_url { "url" } else { "base64" };
    MediaPart {
        facts: facts(argument.get("facts").object()),
        via: match argument.get("via").needed().one_of([true, false], by_url) {
            Some(true) => Via::Url(argument.get("url").text().map(str::to_owned)),
            _ => Via::Base64 {
                bytes: data.get("bytes").count(),
            },
        },
        detail: argument.get("detail").one_of(
            [Detail::Low, Detail::High, Detail::Original, Detail::Auto],
            Detail::name,
        ),
        file_name: data.get("name").text().map(str::to_owned),
    }
}

fn facts(argument: &Argument<'_>) -> MediaFacts {
    let side = |key| argument.get(key).needed().count().unwrap_or_default();
    let kind = |is_image| if is_image { "image" } else { "video" };
    MediaFacts {
        format: argument
            .get("format")
            .needed()
            .one_of(Format::ALL, Format::name)
            .unwrap_or(Format::Png),
        mime: owned(argument.get("mime").needed().text()),
        bytes: argument.get("bytes").count(),
        bytes_read: argument.get("bytesRead").count().unwrap_or(0),
        width: side("width"),
        height: side("height"),
        display_width: side("displayWidth"),
        display_height: side("displayHeight"),
        kind: match argument.get("kind").needed().one_of([true, false], kind) {
            Some(false) => Kind::Video(video(argument)),
            _ => Kind::Image(image(argument)),
        },
    }
}

fn image(argument: &Argument<'_>) -> ImageFacts {
    let orientation = argument.get("orientation");
    let known = |number| u8::try_from(number).ok().and_then(Orientation::new);
    ImageFacts {
        orientation: orientation.count().map_or(Orientation::UPRIGHT, |number| {
            known(number).unwrap_or_else(|| {
                orientation.refuse("an orientation is 1 to 8");
                Orientation::UPRIGHT
            })
        }),
        animated: argument.get("animated").boolean(),
        has_alpha: argument.get("hasAlpha").boolean(),
    }
}

fn video(argument: &Argument<'_>) -> VideoFacts {
    let rotation = argument.get("rotation").count().unwrap_or(0);
    VideoFacts {
        rotation: u16::try_from(rotation).unwrap_or(u16::MAX),
        duration_ms: argument.get("durationMs").number(),
        frame_rate: argument.get("frameRate").number(),
        frame_count: argument.get("frameCount").count(),
        frames_derived: argument.get("framesDerived").boolean() == Some(true),
        codec: argument.get("codec").text().map(str::to_owned),
        has_audio: argument.get("hasAudio").boolean(),
    }
}

/// A message is an earlier question, as a draft had it, or the JSON text of one in the endpoint's own
/// format. Of media that lie in such a text as `data:` URLs nothing is known here but of the pictures that
/// models take: the readers of others are in another binary.
fn history(argument: &Argument<'_>) -> Vec<Message> {
    let message = |item: Argument<'_>| match item.as_text() {
        Some(json) => {
            let json = item.checked(Json::parse(json))?;
            item.checked(Message::from_json_in(json, Scope::WEB))
        }
        None => {
            let text = owned(item.get("text").needed().text());
            Some(Message::question(text, parts(&item.get("media"))))
        }
    };
    argument.items().filter_map(message).collect()
}

/// Names and the JSON texts of their values, in turn.
fn extra(argument: &Argument<'_>) -> Vec<(String, Json)> {
    let mut items = argument.items();
    let mut fields = Vec::new();
    while let (Some(name), Some(value)) = (items.next(), items.next()) {
        let name = owned(name.text());
        let Some(json) = value.text() else {
            argument.get(&name).refuse("it cannot be written as JSON");
            continue;
        };
        fields.extend(value.checked(Json::parse(json)).map(|json| (name, json)));
    }
    fields
}
