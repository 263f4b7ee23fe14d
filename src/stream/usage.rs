//! What an answer says that it used.

use crate::units;
use serde::{Deserialize, Serialize};

/// What an endpoint reports. A reported 0 is not the same as nothing reported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, expecting = "an object")]
pub struct Usage {
    /// Of all that was sent; `None`, as below, where it is not reported.
    #[serde(serialize_with = "units::count")]
    pub input_tokens: Option<u64>,
    /// Of all that was generated, reasoning included.
    #[serde(serialize_with = "units::count")]
    pub output_tokens: Option<u64>,
    /// Of the input tokens, those that came from the prompt cache.
    #[serde(serialize_with = "units::count")]
    pub cached_input_tokens: Option<u64>,
    /// Of the output tokens, those spent on reasoning.
    #[serde(serialize_with = "units::count")]
    pub reasoning_tokens: Option<u64>,
}
