//! A draft as JavaScript writes it.

use super::argument::Argument;
use crate::error::Error;
use crate::media::{Format, ImageFacts, Kind, MediaFacts, Orientation, VideoFacts};
use crate::probe::Scope;
use crate::request::{Detail, Draft, Json, MediaPart, Message, Via};

/// The data of media stay in JavaScript; of each its length in bytes and its name stand here.
pub(super) fn draft(argument: &Argument<'_>) -> Result<Draft, Error> {
    let model = argument.get("model");
    let text = argument.get("text");
    let media = argument.get("media");
    Ok(Draft {
        model: model.needed(model.text()?)?.to_owned(),
        text: text.needed(text.text()?)?.to_owned(),
        media: match media.is_missing() {
            true => return media.refuse("missing"),
            false => parts(&media)?,
        },
        system: argument.get("system").text()?.map(str::to_owned),
        history: history(&argument.get("history"))?,
        max_tokens: argument.get("maxTokens").count()?,
        extra: extra(&argument.get("extra"))?,
    })
}

fn parts(argument: &Argument<'_>) -> Result<Vec<MediaPart>, Error> {
    let mut parts = Vec::new();
    for item in argument.items()? {
        parts.push(part(&item)?);
    }
    Ok(parts)
}

fn part(argument: &Argument<'_>) -> Result<MediaPart, Error> {
    let via = argument.get("via");
    let data = argument.get("data");
    if data.object().is_err() {
        return data.refuse("it must be a Blob, an ArrayBuffer or a Uint8Array");
    }
    let is_by_url = via.one_of(
        [true, false],
        |by_url| if by_url { "url" } else { "base64" },
    )?;
    let facts_at = argument.get("facts");
    Ok(MediaPart {
        facts: facts(facts_at.object()?)?,
        via: match via.needed(is_by_url)? {
            true => Via::Url(argument.get("url").text()?.map(str::to_owned)),
            false => Via::Base64 {
                bytes: data.get("bytes").count()?,
            },
        },
        detail: argument.get("detail").one_of(
            [Detail::Low, Detail::High, Detail::Original, Detail::Auto],
            Detail::name,
        )?,
        file_name: data.get("name").text()?.map(str::to_owned),
    })
}

fn facts(argument: &Argument<'_>) -> Result<MediaFacts, Error> {
    let needed = |key| {
        let field = argument.get(key);
        field.needed(field.count()?)
    };
    let format = argument.get("format");
    let mime = argument.get("mime");
    let kind = argument.get("kind");
    let is_image = kind.one_of([true, false], |image| if image { "image" } else { "video" })?;
    Ok(MediaFacts {
        format: format.needed(format.one_of(Format::ALL, Format::name)?)?,
        mime: mime.needed(mime.text()?)?.to_owned(),
        bytes: argument.get("bytes").count()?,
        bytes_read: argument.get("bytesRead").count()?.unwrap_or(0),
        width: needed("width")?,
        height: needed("height")?,
        display_width: needed("displayWidth")?,
        display_height: needed("displayHeight")?,
        kind: match kind.needed(is_image)? {
            true => Kind::Image(image(argument)?),
            false => Kind::Video(video(argument)?),
        },
    })
}

fn image(argument: &Argument<'_>) -> Result<ImageFacts, Error> {
    let orientation = argument.get("orientation");
    Ok(ImageFacts {
        orientation: match orientation.count()? {
            None => Orientation::UPRIGHT,
            Some(number) => {
                let known = u8::try_from(number).ok().and_then(Orientation::new);
                match known {
                    Some(known) => known,
                    None => return orientation.refuse("an orientation is 1 to 8"),
                }
            }
        },
        animated: argument.get("animated").boolean()?,
        has_alpha: argument.get("hasAlpha").boolean()?,
    })
}

fn video(argument: &Argument<'_>) -> Result<VideoFacts, Error> {
    let rotation = argument.get("rotation").count()?.unwrap_or(0);
    Ok(VideoFacts {
        rotation: u16::try_from(rotation).unwrap_or(u16::MAX),
        duration_ms: argument.get("durationMs").number()?,
        frame_rate: argument.get("frameRate").number()?,
        frame_count: argument.get("frameCount").count()?,
        codec: argument.get("codec").text()?.map(str::to_owned),
        has_audio: argument.get("hasAudio").boolean()?,
    })
}

/// A message is an earlier question, as a draft had it, or the JSON text of one in the endpoint's own
/// format. Of videos that lie in such a text as `data:` URLs nothing is known here: their readers are in
/// the other binary.
fn history(argument: &Argument<'_>) -> Result<Vec<Message>, Error> {
    let mut history = Vec::new();
    for item in argument.items()? {
        history.push(match item.text() {
            Ok(Some(json)) => Message::from_json_in(Json::parse(json)?, Scope::PICTURES)?,
            _ => {
                let text = item.get("text");
                let text = text.needed(text.text()?)?;
                Message::question(text, parts(&item.get("media"))?)
            }
        });
    }
    Ok(history)
}

/// Names and the JSON texts of their values, in turn.
fn extra(argument: &Argument<'_>) -> Result<Vec<(String, Json)>, Error> {
    let mut items = argument.items()?;
    let mut fields = Vec::new();
    while let (Some(name), Some(value)) = (items.next(), items.next()) {
        let name = name.text()?.unwrap_or_default().to_owned();
        let Some(json) = value.text()? else {
            return Err(Error::invalid(
                format!("extra.{name}"),
                "it cannot be written as JSON",
            ));
        };
        fields.push((name, Json::parse(json)?));
    }
    Ok(fields)
}
