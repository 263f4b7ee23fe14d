//! Where a request goes, and as whom.

use super::retry::DEFAULT_MAX_RETRIES;
use super::session::DEFAULT_TIMEOUT_MS;
use crate::catalog::{BASE_URL, Provider};
use crate::error::Error;
use crate::request::Draft;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;

/// An endpoint and its caller.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "EndpointOptions")]
pub struct Target {
    /// The base URL of the endpoint, which usually ends in `/v1`; by default that of Baseten.
    pub base_url: String,
    /// Sent in the header that the provider takes it in; `None` sends none, as to a proxy that holds the key.
    pub api_key: Option<String>,
    /// Further headers, by name and value, which win over those of this crate.
    pub headers: Vec<(String, String)>,
    /// Longest silence in milliseconds, before the answer and inside it.
    pub timeout_ms: u32,
}

impl Default for Target {
    fn default() -> Self {
        Self {
            base_url: BASE_URL.to_owned(),
            api_key: None,
            headers: Vec::new(),
            timeout_ms: DEFAULT_TIMEOUT_MS,
        }
    }
}

/// Where an endpoint is, and how it is asked, as JavaScript writes it. What is missing has its default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
pub struct EndpointOptions {
    /// Default: [`BASE_URL`], or by [`for_draft`](Self::for_draft) that of the draft's provider.
    pub base_url: Option<String>,
    /// Default: none is sent, as to a proxy that holds the key.
    pub api_key: Option<String>,
    /// In order; one without a value is none.
    #[serde(default, deserialize_with = "headers")]
    pub headers: Vec<(String, String)>,
    /// Longest silence in milliseconds, above 0. Default: [`DEFAULT_TIMEOUT_MS`].
    pub timeout_ms: Option<u32>,
    /// Retries before the first byte of an answer. Default: [`DEFAULT_MAX_RETRIES`].
    pub max_retries: Option<u32>,
}

impl EndpointOptions {
    /// The base URL, or that of the provider.
    pub fn base_url(&self) -> &str {
        self.base_url.as_deref().unwrap_or(BASE_URL)
    }

    /// With the base URL of the draft's provider, where none is given.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] where the provider has no endpoint that is called like this.
    pub fn for_draft(mut self, draft: &Draft) -> Result<Self, Error> {
        if self.base_url.is_none() {
            self.base_url = Some(draft.base_url()?.to_owned());
        }
        Ok(self)
    }

    /// How often a request is sent again, or as often as by itself.
    pub fn max_retries(&self) -> u32 {
        self.max_retries.unwrap_or(DEFAULT_MAX_RETRIES)
    }
}

impl From<EndpointOptions> for Target {
    fn from(options: EndpointOptions) -> Self {
        Self {
            base_url: options.base_url().to_owned(),
            api_key: options.api_key,
            headers: options.headers,
            timeout_ms: options.timeout_ms.unwrap_or(DEFAULT_TIMEOUT_MS),
        }
    }
}

impl Target {
    /// The address of this path of the endpoint.
    pub fn url(&self, path: &str) -> String {
        format!("{}/{path}", self.base_url.trim_end_matches('/'))
    }

    /// Refuses a time-out of nothing with [`Error::InvalidArgument`].
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] for a `timeout_ms` of 0.
    pub fn check_timeout(&self) -> Result<(), Error> {
        match self.timeout_ms {
            0 => Err(Error::invalid("timeoutMs", "it must be above 0")),
            _ => Ok(()),
        }
    }

    /// The headers that say who asks. What no header may hold is refused with [`Error::InvalidArgument`].
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] that names the header.
    pub fn checked_headers(&self) -> Result<Vec<(&str, String)>, Error> {
        let provider = Provider::at(&self.base_url);
        let of_key = provider.and_then(|provider| provider.key_header);
        let (name, scheme) = of_key.map_or(("authorization", "Bearer"), split_header);
        let key = self.api_key.iter();
        let key = key.map(|key| (name, format!("{scheme} {key}").trim_start().to_owned()));
        // What lets a page call the endpoint does no harm elsewhere.
        let of_pages = provider.and_then(|provider| provider.browser_header);
        let of_pages = of_pages.map(split_header);
        let of_pages = of_pages.map(|(name, value)| (name, value.to_owned()));
        let own = self.headers.iter();
        let own = own.map(|(name, value)| (name.as_str(), value.clone()));
        let headers: Vec<_> = key.chain(of_pages).chain(own).collect();
        for (name, value) in &headers {
            let is_valid = value
                .bytes()
                .all(|byte| matches!(byte, b'\t' | b' '..=b'~'));
            if name.is_empty() || !name.bytes().all(is_token) || !is_valid {
                return Err(Error::invalid(
                    format!("header \"{name}\""),
                    "it holds a character that a header cannot hold",
                ));
            }
        }
        Ok(headers)
    }
}

/// A header as the catalogue writes it: its name, and its value or the scheme before a key.
fn split_header(header: &'static str) -> (&'static str, &'static str) {
    let (name, value) = header.split_once(':').unwrap_or((header, ""));
    (name, value.trim_start())
}

fn headers<'de, D>(deserializer: D) -> Result<Vec<(String, String)>, D::Error>
where
    D: Deserializer<'de>,
{
    let headers = Option::<Headers>::deserialize(deserializer)?;
    Ok(headers.map_or_else(Vec::new, |Headers(headers)| headers))
}

/// Names and values in the order of the object that holds them, which no map of the standard library keeps.
struct Headers(Vec<(String, String)>);

impl<'de> Deserialize<'de> for Headers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(HeadersVisitor)
    }
}

struct HeadersVisitor;

impl<'de> Visitor<'de> for HeadersVisitor {
    type Value = Headers;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of names and values")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Headers, A::Error> {
        let mut headers = Vec::new();
        while let Some((name, value)) = map.next_entry::<String, Option<String>>()? {
            headers.extend(value.map(|value| (name, value)));
        }
        Ok(Headers(headers))
    }
}

/// RFC 9110, section 5.6.2.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}
