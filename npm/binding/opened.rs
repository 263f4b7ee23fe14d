//! A body that another client wrote: what it costs, what becomes of it, and what its answer is billed at.

use crate::body::{Ask, BodyCall, Outside};
use crate::call::Outcome;
use crate::convert::{from_js, from_js_or_default, get, invalid, to_error};
use crate::estimate::{counted_text, outcome};
use crate::options::estimate_options;
use js_sys::{Array, Function, Uint8Array};
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use tilewise::catalog::Provider;
use tilewise::data_url;
use tilewise::error::Error;
use tilewise::estimate::{Estimate, EstimateOptions, body_template, estimate_body};
use tilewise::guard::{self, Policy, Refusal, Verdict};
use tilewise::media::MediaFacts;
use tilewise::request::{BodyPiece, ClientBody, Gap, Inline, InlineSource, LongText};
use tilewise::stream::meter::Meter;
use tilewise::units::Usd;
use tilewise::usage::{Basis, Received, Reconciliation, reconcile};
use tilewise::web;
use wasm_bindgen::prelude::*;

type Known = BTreeMap<String, MediaFacts>;

/// Reads a body, and loads the readers that its media need.
pub(crate) async fn open(outside: Outside) -> Outcome {
    let body = match read(&outside) {
        Ok(body) if body.lacks_readers() => {
            // Without them, its media are not counted, and a note says so.
            let _ = web::preload_formats().await;
            read(&outside)
        }
        read => read,
    };
    let body = body.map_err(|error| to_error(&error))?;
    let opened = Opened {
        body,
        estimate: None,
        meter: Meter::new(),
    };
    Ok(BodyCall(Box::new(opened)).into())
}

fn read(outside: &Outside) -> Result<ClientBody, Error> {
    let strings: Vec<_> = (0..)
        .zip(&outside.lengths)
        .map(|(number, length)| JsText {
            number,
            length: *length as u64,
            read: &outside.read,
        })
        .collect();
    let mut text = String::new();
    let mut gaps = Vec::new();
    let mut strings = strings.iter();
    for piece in outside.texts.iter() {
        text.push_str(&piece.as_string().unwrap_or_default());
        if let Some(string) = strings.next() {
            // The piece ends in the opening quote.
            gaps.push(Gap::new(text.len().saturating_sub(1), string));
        }
    }
    ClientBody::parse(&text, &gaps)
}

/// A string of JavaScript's, of which parts are asked for.
struct JsText<'a> {
    number: u32,
    length: u64,
    read: &'a Function,
}

impl LongText for JsText<'_> {
    fn length(&self) -> u64 {
        self.length
    }

    fn read(&self, range: Range<u64>) -> Cow<'_, str> {
        let (from, to) = (range.start as f64, range.end as f64);
        let nothing = JsValue::UNDEFINED;
        let part = self
            .read
            .call3(&nothing, &self.number.into(), &from.into(), &to.into());
        let text = part.ok().and_then(|part| part.as_string());
        text.unwrap_or_default().into()
    }
}

struct Opened {
    body: ClientBody,
    estimate: Option<Estimate>,
    meter: Meter,
}

/// What becomes of a request, and what it may cost.
#[derive(Serialize)]
struct Judged {
    verdict: Verdict,
    /// Picodollars, as text; null where there is no bound.
    most: Option<String>,
    /// Why there is none.
    unbounded: Option<Refusal>,
}

#[derive(Serialize)]
struct Billed {
    bill: Reconciliation,
    /// Picodollars, as text; null where none is reported.
    settled: Option<String>,
}

impl Ask for Opened {
    fn ask(&mut self, task: &str, argument: &JsValue) -> Outcome {
        match task {
            "urls" => outcome(known(argument).map(|known| {
                let urls = self.body.unknown_urls(&known);
                urls.into_iter().map(str::to_owned).collect::<Vec<_>>()
            })),
            "text" => self.text(argument).map_err(|error| to_error(&error)),
            "estimate" => outcome(self.estimate(argument)),
            "judge" => outcome(self.judge(argument)),
            "source" => Ok(self.source(argument)),
            "replace" => Ok(self.replace(argument)),
            _ => outcome(self.bill()),
        }
    }

    fn push(&mut self, chunk: &[u8]) -> bool {
        self.meter.push(chunk);
        self.meter.is_complete()
    }
}

impl Opened {
    /// What `countedBody` of the program `text` counts, where it can: the name of the model, and the body without its media
    /// as [`replace`](Self::replace) gives it.
    fn text(&self, argument: &JsValue) -> Result<JsValue, Error> {
        let (options, provider) = asked(argument)?;
        let model = body_template(&self.body, provider.as_deref(), &options);
        Ok(model.map_or(JsValue::NULL, |model| {
            let body = pieces(self.body.without_media());
            Array::of2(&model.into(), &body).into()
        }))
    }

    fn estimate(&mut self, argument: &JsValue) -> Result<&Estimate, Error> {
        let (mut options, provider) = asked(argument)?;
        options.text = counted_text(&get(argument, "text"))?;
        let known = known(&get(argument, "facts"))?;
        let estimate = estimate_body(&self.body, provider.as_deref(), &known, &options);
        Ok(self.estimate.insert(estimate))
    }

    fn estimated(&self) -> Result<&Estimate, Error> {
        let estimate = self.estimate.as_ref();
        estimate.ok_or_else(|| invalid("body", "it was not estimated"))
    }

    fn judge(&self, policy: &JsValue) -> Result<Judged, Error> {
        let policy: Policy = from_js_or_default("options", policy)?;
        let estimate = self.estimated()?;
        let most = guard::most_usd(&self.body, estimate);
        Ok(Judged {
            verdict: guard::judge(&self.body, estimate, &policy),
            most: most.as_ref().ok().map(picodollars),
            unbounded: most.err(),
        })
    }

    /// The beginning of a `data:` URL, and the number of the string behind it; the whole URL alone.
    fn source(&self, media: &JsValue) -> JsValue {
        let media = media.as_f64().unwrap_or(f64::MAX) as usize;
        match self.body.source(media) {
            Some(InlineSource::Url(url)) => Array::of1(&url.into()).into(),
            Some(InlineSource::Gap(gap, head)) => {
                Array::of2(&head.into(), &JsValue::from_f64(gap as f64)).into()
            }
            None => JsValue::NULL,
        }
    }

    /// The body with other data for some media: texts, and the numbers of strings that stay outside.
    fn replace(&self, files: &JsValue) -> JsValue {
        let files = files
            .dyn_ref::<Array>()
            .map_or_else(Vec::new, Array::to_vec);
        let others: Vec<_> = files
            .iter()
            .map(|file| {
                let data = get(file, "data");
                let data = data.dyn_ref::<Uint8Array>().map(Uint8Array::to_vec);
                Inline {
                    media: get(file, "media").as_f64().unwrap_or(f64::MAX) as usize,
                    mime: get(file, "mime").as_string().unwrap_or_default(),
                    base64: data_url::base64(&data.unwrap_or_default()),
                }
            })
            .collect();
        pieces(self.body.with(&others)).into()
    }

    fn bill(&mut self) -> Result<Billed, Error> {
        let measured = std::mem::take(&mut self.meter).finish();
        let usage = measured.usage.unwrap_or_default();
        let received = Received::from(&measured);
        let bill = reconcile(&Basis::from(self.estimated()?), &usage, &received);
        let most = bill.cost.high_usd.filter(|_| measured.usage.is_some());
        Ok(Billed {
            bill,
            settled: most.as_ref().map(picodollars),
        })
    }
}

/// What an estimate assumes, and whose model is meant.
fn asked(argument: &JsValue) -> Result<(EstimateOptions, Option<String>), Error> {
    let options = estimate_options("options", &get(argument, "options"))?;
    let provider: Option<String> = from_js("options.provider", &get(argument, "provider"))?;
    let at = || {
        let address = get(argument, "address").as_string()?;
        Provider::at(&address).map(|provider| provider.id.to_string())
    };
    Ok((options, provider.or_else(at)))
}

/// Texts, and the numbers of strings that stay outside.
fn pieces(pieces: Vec<BodyPiece>) -> Array {
    let pieces = pieces.into_iter().map(|piece| match piece {
        BodyPiece::Text(text) => JsValue::from(text),
        BodyPiece::Gap(gap) => JsValue::from_f64(gap as f64),
    });
    pieces.collect()
}

fn known(facts: &JsValue) -> Result<Known, Error> {
    from_js_or_default("options.facts", facts)
}

fn picodollars(usd: &Usd) -> String {
    usd.picodollars().to_string()
}
