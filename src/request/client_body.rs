//! The body of a request as any client writes it: chat completions and responses of OpenAI's API, messages of Anthropic's.
//!
//! The data of large images may stay where it is: a [`Gap`] says where it belongs, and no more of it is read than an image's
//! format asks for.
//!
//! ```
//! use tilewise::request::{BodyPiece, ClientBody, Inline};
//!
//! let body = r#"{"model":"moonshotai/Kimi-K3","max_tokens":9,"messages":[{"role":"user","content":[
//!     {"type":"image_url","image_url":{"url":"data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs="}}]}]}"#;
//! let body = ClientBody::parse(body, &[])?;
//! assert_eq!((body.model(), body.max_tokens()), (Some("moonshotai/Kimi-K3"), Some(9)));
//! assert_eq!(body.media().first().and_then(|item| item.facts.as_ref()).map(|facts| facts.width), Some(1));
//!
//! let smaller = Inline { media: 0, mime: "image/png".into(), base64: "QUJD".into() };
//! let [BodyPiece::Text(text)] = &body.with(&[smaller])[..] else { panic!() };
//! assert!(text.contains(r#"{"url":"data:image/png;base64,QUJD"}"#));
//! # Ok::<(), tilewise::error::Error>(())
//! ```

use super::content::{Content, MediaItem, MediaSource};
use super::message::{Message, Uncounted};
use super::{Detail, Draft, Json, MediaPart};
use crate::data_url::{self, Unread};
use crate::error::Error;
use crate::json::{Gap, Kind, NotJson, Reader};
use crate::list::joined;
use crate::media::MediaFacts;
use crate::order::by_number;
use crate::probe::DEFAULT_MAX_BYTES;
use crate::rule::text::{RequestText, TextTokens};
use std::collections::BTreeMap;
use std::ops::Range;

/// A body that was read.
#[derive(Clone, Debug)]
pub struct ClientBody {
    /// With empty strings where gaps are.
    text: String,
    /// Where the strings of the gaps begin.
    gaps: Vec<usize>,
    /// With the gaps.
    length: u64,
    model: Option<String>,
    max_tokens: Option<u64>,
    answers: u64,
    texts: RequestText,
    tools: Option<String>,
    media: Vec<BodyItem>,
    holds_others: bool,
    is_continued: bool,
    open_ended: Vec<&'static str>,
}

/// An image or a video of a body.
#[derive(Clone, Debug)]
pub struct BodyItem {
    /// What it is, where its data lies in the body and could be read.
    pub facts: Option<MediaFacts>,
    /// Its address, where it does not lie in the body.
    pub url: Option<String>,
    /// The level of detail that is asked for.
    pub detail: Option<Detail>,
    /// Where its source stands, quotes included.
    at: Option<Range<usize>>,
    mime_at: Option<Range<usize>>,
    gap: Option<usize>,
    is_base64_alone: bool,
    lacks_readers: bool,
}

/// The data of an image in place of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inline {
    /// Index into [`ClientBody::media`].
    pub media: usize,
    /// Its media type.
    pub mime: String,
    /// Its data.
    pub base64: String,
}

/// A part of a body, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BodyPiece {
    /// JSON text, as it is.
    Text(String),
    /// What lies in this gap, as it is.
    Gap(usize),
}

/// Where the data of a media item lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InlineSource {
    /// A whole `data:` URL.
    Url(String),
    /// In a gap, behind this: empty where a whole `data:` URL lies there.
    Gap(usize, String),
}

/// Fields that name earlier turns which the provider keeps.
const CONTINUES: [&str; 3] = ["previous_response_id", "conversation", "prompt"];

/// Fields because of which an answer may cost more than its tokens by the list of prices.
const OPEN_ENDED: [(&str, &str); 9] = [
    ("web_search_options", "searches cost extra"),
    ("mcp_servers", "what tools of a server give back is input"),
    ("container", "what the provider runs is input"),
    (
        "prediction",
        "tokens of a prediction that is rejected are paid for",
    ),
    ("audio", "audio has prices of its own"),
    ("plugins", "what a gateway adds is not known"),
    ("models", "the gateway may ask another model"),
    ("speed", "a faster answer has a price of its own"),
    ("inference_geo", "a region may have a price of its own"),
];

impl ClientBody {
    /// Reads a body. `gaps` are the strings that are left out of it, in order.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] for what is no JSON, and for a body with neither messages nor input.
    pub fn parse(text: &str, gaps: &[Gap<'_>]) -> Result<Self, Error> {
        let mut found = Found::default();
        let mut reader = Reader::new(text).with_gaps(gaps);
        if !matches!(reader.kind(), Ok(Kind::Object)) {
            return Err(Error::invalid("body", "it is no JSON object"));
        }
        let read = found.read(&mut reader).and_then(|()| reader.end());
        read.map_err(|error| Error::invalid("body", error.to_string()))?;
        if !found.has_turns {
            let why = "it holds neither messages nor an input";
            return Err(Error::invalid("body", why));
        }
        let media: Vec<_> = found
            .media
            .iter()
            .map(|item| BodyItem::read(item, gaps))
            .collect();
        // A string that no field that is known here holds, such as an argument of a call.
        let is_text = |(index, gap): &(usize, &Gap<'_>)| {
            !gap.is_read() && !media.iter().any(|item| item.gap == Some(*index))
        };
        let others = gaps.iter().enumerate().filter(is_text);
        let unread = others.fold(0_u64, |sum, (_, gap)| sum.saturating_add(gap.text.length()));
        if names(text, "cache_control") {
            let why = "cache_control: what it costs to write to the cache is not known";
            found.open_ended.push(why);
        }
        Ok(Self {
            text: text.to_owned(),
            gaps: gaps.iter().map(|gap| gap.at).collect(),
            length: gaps.iter().fold(text.len() as u64, |sum, gap| {
                sum.saturating_add(gap.text.length())
            }),
            model: found.model,
            max_tokens: found.max_tokens,
            answers: found.answers.unwrap_or(1).max(1),
            texts: found.texts
                + RequestText::part(TextTokens {
                    tokens: unread / 4,
                    low: 0,
                    high: unread,
                }),
            tools: found.tools,
            media,
            holds_others: found.holds_others,
            is_continued: found.is_continued,
            open_ended: found.open_ended,
        })
    }

    /// The model as the body names it; `None` where it names none.
    pub fn model(&self) -> Option<&str> {
        self.model.as_deref()
    }

    /// Most tokens of one answer; `None` where nothing bounds it.
    pub fn max_tokens(&self) -> Option<u64> {
        self.max_tokens
    }

    /// How many answers it asks for.
    pub fn answers(&self) -> u64 {
        self.answers
    }

    /// Its length in bytes.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Its images and videos, in order.
    pub fn media(&self) -> &[BodyItem] {
        &self.media
    }

    /// Whether it goes on from turns that the provider keeps, which are not in it.
    pub fn is_continued(&self) -> bool {
        self.is_continued
    }

    /// Why its answer may cost more than its tokens by the list of prices; empty where nothing says so.
    pub fn open_ended(&self) -> &[&'static str] {
        &self.open_ended
    }

    /// Whether it defines tools.
    pub fn has_tools(&self) -> bool {
        self.tools.is_some()
    }

    /// All text.
    pub fn request_text(&self) -> RequestText {
        let tools = TextTokens::of(self.tools.as_deref().unwrap_or_default()).or_none();
        self.texts + RequestText::part(tools)
    }

    /// Whether a media item is not counted for want of readers that are loaded later: then it is worth to read it again.
    pub fn lacks_readers(&self) -> bool {
        self.media.iter().any(|item| item.lacks_readers)
    }

    /// The addresses of media of which neither the body nor `known` says what they are, each once.
    pub fn unknown_urls(&self, known: &BTreeMap<String, MediaFacts>) -> Vec<&str> {
        let mut urls = Vec::new();
        for url in self.media.iter().filter_map(|it| it.url.as_deref()) {
            if !known.contains_key(url) && !urls.contains(&url) {
                urls.push(url);
            }
        }
        urls
    }

    /// The same as a draft, whose text is not in it, and the place in the body of each of its media. `known` says what lies
    /// behind addresses.
    pub(crate) fn draft(
        &self,
        provider: Option<&str>,
        known: &BTreeMap<String, MediaFacts>,
    ) -> (Draft, Vec<usize>) {
        let mut draft = Draft::new(self.model().unwrap_or_default(), "");
        draft.provider = provider.map(str::to_owned);
        draft.max_tokens = self.max_tokens;
        let mut places = Vec::new();
        for (place, item) in self.media.iter().enumerate() {
            if let Some(part) = item.part(known) {
                draft.media.push(part);
                places.push(place);
            }
        }
        let unknown = self.media.len().saturating_sub(places.len());
        let uncounted = Uncounted {
            lacks_readers: self.lacks_readers(),
            holds_others: self.holds_others,
        };
        if unknown > 0 || self.is_continued || uncounted != Uncounted::default() {
            let unknown = unknown + usize::from(self.is_continued);
            draft.history = vec![Message::not_counted(unknown, uncounted)];
        }
        if let Some(tools) = &self.tools {
            draft.extra = vec![("tools".to_owned(), Json(tools.clone()))];
        }
        (draft, places)
    }

    /// Where the data of a media item lies; `None` where it does not lie in the body.
    pub fn source(&self, media: usize) -> Option<InlineSource> {
        let item = self.media.get(media)?;
        let facts = item.facts.as_ref()?;
        let head = if item.is_base64_alone {
            format!("data:{};base64,", facts.mime)
        } else {
            String::new()
        };
        if let Some(gap) = item.gap {
            return Some(InlineSource::Gap(gap, head));
        }
        let text = self.text.get(item.at.clone()?)?;
        let text = Reader::new(text).string().ok()?;
        Some(InlineSource::Url(head + &text))
    }

    /// The body without the data of its media. Of gaps only those are left that hold text.
    pub fn without_media(&self) -> Vec<BodyPiece> {
        let nothing = |media| Inline {
            media,
            mime: String::new(),
            base64: String::new(),
        };
        let all: Vec<_> = (0..self.media.len()).map(nothing).collect();
        self.with(&all)
    }

    /// The body with other data for these media, and all else as it is.
    pub fn with(&self, others: &[Inline]) -> Vec<BodyPiece> {
        let mut edits = Vec::new();
        for other in others {
            let Some(item) = self.media.get(other.media) else {
                continue;
            };
            let source = if item.is_base64_alone {
                other.base64.clone()
            } else {
                format!("data:{};base64,{}", other.mime, other.base64)
            };
            let at = item.at.clone().map(|at| (at, source));
            let mime_at = item.mime_at.clone().map(|at| (at, other.mime.clone()));
            edits.extend(at.into_iter().chain(mime_at));
        }
        let is_edited = |at: usize| edits.iter().any(|(range, _)| range.start == at);
        let gaps = self.gaps.iter().enumerate();
        let mut places: Vec<_> = gaps
            .filter(|(_, at)| !is_edited(**at))
            // Behind the opening quote.
            .map(|(gap, at)| (at + 1..at + 1, BodyPiece::Gap(gap)))
            .collect();
        places.extend(edits.into_iter().map(|(range, text)| {
            let text = Json::from(&*text);
            (range, BodyPiece::Text(text.text().to_owned()))
        }));
        let mut pieces = Vec::new();
        let mut text = String::new();
        let mut from = 0;
        for (range, piece) in by_number(places, |(range, _)| range.start) {
            text.push_str(self.text.get(from..range.start).unwrap_or_default());
            from = range.end;
            match piece {
                BodyPiece::Text(other) => text.push_str(&other),
                gap @ BodyPiece::Gap(_) => {
                    pieces.push(BodyPiece::Text(std::mem::take(&mut text)));
                    pieces.push(gap);
                }
            }
        }
        text.push_str(self.text.get(from..).unwrap_or_default());
        pieces.push(BodyPiece::Text(text));
        pieces
    }
}

/// Whether a key of this name may stand in a JSON text. In place of the searcher for any text, which is 3 KB of a download, the
/// one for a single byte: few bytes of a text are low lines.
fn names(text: &str, key: &str) -> bool {
    let Some(before) = key.find('_') else {
        return false;
    };
    text.match_indices('_').any(|(at, _)| {
        let from = at.checked_sub(before + 1);
        let behind = from.and_then(|from| text.as_bytes().get(from..));
        let inside = behind.and_then(|behind| behind.strip_prefix(b"\""));
        let rest = inside.and_then(|inside| inside.strip_prefix(key.as_bytes()));
        rest.is_some_and(|rest| rest.first() == Some(&b'"'))
    })
}

impl BodyItem {
    fn read(item: &MediaItem<'_>, gaps: &[Gap<'_>]) -> Self {
        let mut read = Self {
            facts: None,
            url: None,
            detail: item.known_detail(),
            at: item.at.clone(),
            mime_at: item.mime_at.clone(),
            gap: None,
            is_base64_alone: false,
            lacks_readers: false,
        };
        let facts = match &item.source {
            MediaSource::Url(url) if data_url::begins_url(url) => {
                Some(data_url::read(url, DEFAULT_MAX_BYTES))
            }
            MediaSource::Url(url) => {
                read.url = Some(url.to_string());
                None
            }
            MediaSource::Base64(text) => {
                read.is_base64_alone = true;
                Some(data_url::read_base64(text, DEFAULT_MAX_BYTES))
            }
            MediaSource::Outside(index) => {
                read.gap = Some(*index);
                gaps.get(*index).map(|gap| {
                    let head = gap.text.read(0..gap.text.length().min(16));
                    read.is_base64_alone = !data_url::begins_url(&head);
                    data_url::read_long(gap.text, DEFAULT_MAX_BYTES)
                })
            }
            MediaSource::Elsewhere => None,
        };
        read.lacks_readers = matches!(facts, Some(Err(Unread::LacksReaders)));
        read.facts = facts.and_then(Result::ok);
        read
    }

    fn part(&self, known: &BTreeMap<String, MediaFacts>) -> Option<MediaPart> {
        let part = match (&self.facts, &self.url) {
            (Some(facts), _) => MediaPart::base64(facts.clone()),
            (None, Some(url)) => MediaPart::url(known.get(url)?.clone(), url),
            (None, None) => return None,
        };
        Some(MediaPart {
            detail: self.detail,
            ..part
        })
    }
}

/// What a body holds, as far as it was read.
#[derive(Default)]
struct Found<'a> {
    has_turns: bool,
    model: Option<String>,
    max_tokens: Option<u64>,
    answers: Option<u64>,
    texts: RequestText,
    tools: Option<String>,
    media: Vec<MediaItem<'a>>,
    holds_others: bool,
    is_continued: bool,
    open_ended: Vec<&'static str>,
}

impl<'a> Found<'a> {
    fn read(&mut self, reader: &mut Reader<'a>) -> Result<(), NotJson> {
        reader.object(|reader, key| self.read_field(reader, &key))
    }

    fn read_field(&mut self, reader: &mut Reader<'a>, key: &str) -> Result<(), NotJson> {
        match key {
            "model" => self.model = reader.text()?.map(String::from),
            "messages" if reader.kind()? == Kind::Array => {
                self.has_turns = true;
                reader.array(|reader| {
                    if reader.kind()? != Kind::Object {
                        return reader.skip();
                    }
                    let content = Content::of_message(reader)?;
                    self.add(content.unwrap_or_default());
                    Ok(())
                })?;
            }
            "input" => match reader.kind()? {
                Kind::Array => {
                    self.has_turns = true;
                    reader.array(|reader| {
                        let item = Content::of_item(reader)?;
                        self.add(item);
                        Ok(())
                    })?;
                }
                Kind::String => {
                    self.has_turns = true;
                    self.read_text(reader)?;
                }
                _ => reader.skip()?,
            },
            "system" | "instructions" => self.read_text(reader)?,
            "tools" | "functions" => self.read_tools(reader)?,
            "response_format" | "text" | "output_config" | "output_format" => {
                self.add_json(reader.raw()?);
            }
            "max_tokens" | "max_completion_tokens" | "max_output_tokens" => {
                let most = reader.count()?;
                // The newer name wins, where both are there.
                if key != "max_tokens" || self.max_tokens.is_none() {
                    self.max_tokens = most.or(self.max_tokens);
                }
            }
            "n" => self.answers = reader.count()?,
            "service_tier" => {
                if reader.text()?.as_deref() == Some("priority") {
                    let why = "service_tier: priority has a price of its own";
                    self.open_ended.push(why);
                }
            }
            _ => {
                let is_there = !matches!(reader.kind()?, Kind::Null);
                self.is_continued |= is_there && CONTINUES.contains(&key);
                let reason = OPEN_ENDED.iter().find(|(name, _)| *name == key && is_there);
                self.open_ended.extend(reason.map(|(_, why)| *why));
                reader.skip()?;
            }
        }
        Ok(())
    }

    fn read_text(&mut self, reader: &mut Reader<'a>) -> Result<(), NotJson> {
        if reader.kind()? == Kind::Null {
            return reader.skip();
        }
        let mut content = Content::default();
        content.read(reader)?;
        self.add(content);
        Ok(())
    }

    fn add(&mut self, mut content: Content<'a>) {
        let [said, thought] = [content.said, content.thought].map(|texts| joined(texts, "\n"));
        let thought = TextTokens::of(&thought).or_none();
        self.texts = self.texts + RequestText::message(&said) + RequestText::part(thought);
        self.media.append(&mut content.media);
        self.holds_others |= content.holds_others;
    }

    /// What shapes the answer: it may become text of the input.
    fn add_json(&mut self, json: &str) {
        self.texts = self.texts + RequestText::part(TextTokens::of(json).or_none());
    }

    fn read_tools(&mut self, reader: &mut Reader<'a>) -> Result<(), NotJson> {
        let json = reader.raw()?;
        match &mut self.tools {
            None if json != "null" => self.tools = Some(json.to_owned()),
            None => {}
            Some(_) => self.add_json(json),
        }
        let mut tools = Reader::new(json);
        if tools.kind()? != Kind::Array {
            return Ok(());
        }
        tools.array(|reader| {
            reader.object_or_skip(|reader, key| {
                if key != "type" {
                    return reader.skip();
                }
                let kind = reader.text()?;
                if !matches!(kind.as_deref(), None | Some("function" | "custom")) {
                    let why = "a tool of the provider's: what it costs and adds is not known";
                    self.open_ended.push(why);
                }
                Ok(())
            })
        })
    }
}
