//! Who serves models, and how requests are made.

use super::providers;
use crate::rule::Detail;

/// Who serves models. The same checkpoint at two of them is two models.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Provider {
    /// As in [`Model::provider`](super::Model::provider): `baseten`. Provider `open` has each open family once, for servers
    /// of one's own.
    pub id: &'static str,
    /// For people: `Baseten`.
    pub name: &'static str,
    /// Where its endpoint speaks OpenAI's chat completions, without a slash at the end; `None` where it has none.
    pub base_url: Option<&'static str>,
    /// The parameter of chat completions that bounds the output: `max_tokens`, or `max_completion_tokens` where that is
    /// refused. `None` where it is not known.
    pub output_bound: Option<&'static str>,
    /// The header that carries the key, and what stands before the key in it: `Authorization: Bearer`.
    pub key_header: Option<&'static str>,
    /// The environment variable that its own documents keep the key in.
    pub key_variable: Option<&'static str>,
    /// Whether a page may call it, by CORS; `None` where no source shows it.
    pub browser: Option<bool>,
    /// A header, with its value, without which it refuses pages.
    pub browser_header: Option<&'static str>,
    /// The values of `image_url.detail` that it knows, unless a model says otherwise; `None` where that is not known.
    pub details: Option<&'static [Detail]>,
    /// Its own protocol, where that is another.
    pub native: Option<Native>,
    /// Its place among the citations.
    pub(super) citations: u8,
    /// Its models, as the build writes them.
    pub(super) models: &'static str,
}

impl Provider {
    /// The provider whose OpenAI-compatible endpoint lies at this address, or under it.
    pub fn at(url: &str) -> Option<&'static Self> {
        let is_at = |base: &str| {
            let rest = url.strip_prefix(base);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let mut at = providers().iter();
        at.find(|provider| provider.base_url.is_some_and(is_at))
    }
}

/// An endpoint that speaks its provider's own protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Native {
    /// `anthropic-messages`, `google-generate` or `bedrock-converse`.
    pub protocol: &'static str,
    /// Without a slash at the end.
    pub base_url: &'static str,
    /// As [`Provider::key_header`].
    pub key_header: &'static str,
}
