//! What an answer says that it used.

use crate::json::{NotJson, Reader};
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

/// The same as it lies on the wire: in chat completions and responses of OpenAI's API, and messages of Anthropic's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Reported {
    /// Of chat completions, all input; it wins over the next.
    prompt_tokens: Option<u64>,
    /// Of responses, all input; of messages, what neither came from the cache nor went there.
    input_tokens: Option<u64>,
    cache_read: Option<u64>,
    cache_written: Option<u64>,
    output: Option<u64>,
    cached: Option<u64>,
    reasoning: Option<u64>,
    total: Option<u64>,
}

impl Reported {
    /// Reads an object of counts, or passes over what is none.
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, NotJson> {
        let mut reported = Self::default();
        let mut cached = None;
        let mut reasoning = None;
        let mut other_output = None;
        reader.object_or_skip(|reader, key| {
            match &*key {
                "prompt_tokens" => reported.prompt_tokens = reader.count()?,
                "completion_tokens" => reported.output = reader.count()?,
                "input_tokens" => reported.input_tokens = reader.count()?,
                "output_tokens" => other_output = reader.count()?,
                "prompt_tokens_details" | "input_tokens_details" => {
                    let cached = detail(reader, "cached_tokens")?;
                    reported.cached = cached.or(reported.cached);
                }
                "completion_tokens_details" | "output_tokens_details" => {
                    let reasoning = detail(reader, "reasoning_tokens")?;
                    reported.reasoning = reasoning.or(reported.reasoning);
                }
                "cache_read_input_tokens" => reported.cache_read = reader.count()?,
                "cache_creation_input_tokens" => reported.cache_written = reader.count()?,
                // Where Kimi's own API puts them, and DeepSeek's.
                "cached_tokens" | "prompt_cache_hit_tokens" => cached = reader.count()?.or(cached),
                "total_tokens" => reported.total = reader.count()?,
                // Where SGLang puts them.
                "reasoning_tokens" => reasoning = reader.count()?,
                _ => reader.skip()?,
            }
            Ok(())
        })?;
        reported.output = reported.output.or(other_output);
        reported.cached = reported.cached.or(cached);
        reported.reasoning = reported.reasoning.or(reasoning);
        Ok(reported)
    }

    /// Of two reports of one answer, the counts of the later one where it has them.
    pub(super) fn then(self, later: Self) -> Self {
        Self {
            prompt_tokens: later.prompt_tokens.or(self.prompt_tokens),
            input_tokens: later.input_tokens.or(self.input_tokens),
            cache_read: later.cache_read.or(self.cache_read),
            cache_written: later.cache_written.or(self.cache_written),
            output: later.output.or(self.output),
            cached: later.cached.or(self.cached),
            reasoning: later.reasoning.or(self.reasoning),
            total: later.total.or(self.total),
        }
    }

    /// Without the output, which is still going on.
    pub(super) fn of_input(self) -> Self {
        Self {
            output: None,
            reasoning: None,
            total: None,
            ..self
        }
    }

    /// `None` where no count was reported: a bill without a figure is none.
    pub(super) fn usage(self) -> Option<Usage> {
        // Anthropic counts what came from the cache, and what went there, beside the input.
        let beside = [self.cache_read, self.cache_written];
        let all_input = self.input_tokens.map(|input| {
            let counts = beside.into_iter().flatten();
            counts.fold(input, u64::saturating_add)
        });
        let mut usage = Usage {
            input_tokens: self.prompt_tokens.or(all_input),
            output_tokens: self.output,
            cached_input_tokens: self.cached.or(self.cache_read),
            reasoning_tokens: self.reasoning,
        };
        // xAI counts reasoning beside the output, and not as a part of it: then it takes all three to make the sum.
        if let (Some(input), Some(output), Some(reasoning), Some(total)) = (
            usage.input_tokens,
            usage.output_tokens,
            usage.reasoning_tokens,
            self.total,
        ) {
            let all = output.saturating_add(reasoning);
            if reasoning > 0 && input.checked_add(all) == Some(total) {
                usage.output_tokens = Some(all);
            }
        }
        Some(usage).filter(|usage| *usage != Usage::default())
    }
}

fn detail(reader: &mut Reader<'_>, name: &str) -> Result<Option<u64>, NotJson> {
    let mut count = None;
    reader.object_or_skip(|reader, key| {
        if key == name {
            count = reader.count()?;
        } else {
            reader.skip()?;
        }
        Ok(())
    })?;
    Ok(count)
}

impl From<Usage> for Reported {
    fn from(usage: Usage) -> Self {
        Self {
            prompt_tokens: usage.input_tokens,
            output: usage.output_tokens,
            cached: usage.cached_input_tokens,
            reasoning: usage.reasoning_tokens,
            ..Self::default()
        }
    }
}
