//! Tokens to dollars.

use crate::units::{Price, Usd};
use serde::{Deserialize, Serialize};

/// What tokens cost; `None` where no published figure is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, expecting = "an object")]
pub struct Prices {
    /// Of input that is not cached, per token.
    pub input: Option<Price>,
    /// Of input from the prompt cache, per token.
    pub cached_input: Option<Price>,
    /// Of output, reasoning included, per token.
    pub output: Option<Price>,
}

impl Prices {
    /// These prices where they are given, `other` where they are not.
    pub fn or(self, other: Self) -> Self {
        Self {
            input: self.input.or(other.input),
            cached_input: self.cached_input.or(other.cached_input),
            output: self.output.or(other.output),
        }
    }

    /// What input costs of which some tokens come from the prompt cache. `None` where a price that
    /// this takes is not known.
    pub fn input_cost(&self, tokens: u64, cached_tokens: u64) -> Option<Usd> {
        let cached_tokens = cached_tokens.min(tokens);
        let fresh = self.input?.of(tokens - cached_tokens);
        match cached_tokens {
            0 => Some(fresh),
            _ => Some(fresh + self.cached_input?.of(cached_tokens)),
        }
    }

    /// What output of so many tokens costs; `None` where its price is not known.
    pub fn output_cost(&self, tokens: u64) -> Option<Usd> {
        Some(self.output?.of(tokens))
    }
}
