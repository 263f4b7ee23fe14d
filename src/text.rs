//! Exact counts of text, by the vocabularies of Kimi K2 and K3 and what their chat templates write around it.
//!
//! The vocabularies are those of Moonshot AI, under its Modified MIT licence, as the crate `splintr-vocab-kimi` has them:
//! a product of more than 100 million monthly users, or of more than 20 million US dollars a month, must show the name
//! "Kimi K2".
//!
//! ```
//! use tilewise::estimate::{EstimateOptions, estimate};
//! use tilewise::request::Draft;
//! use tilewise::text;
//!
//! let draft = Draft::new("moonshotai/Kimi-K2.5", "Describe the image.");
//! let mut options = EstimateOptions::default();
//! options.text = text::counted(&draft, &options);
//! let estimate = estimate(&draft, &options);
//! assert!(estimate.exact);
//! assert_eq!(estimate.input_tokens, 12);
//! ```

mod kimi_k2;
mod kimi_k3;
mod python;
mod tools;
mod turn;
mod vocabulary;

pub use crate::rule::text::{CountedText, Vocabulary};

use crate::catalog::Model;
use crate::estimate::{EstimateOptions, compared_models, id_under};
use crate::request::{Draft, Json};
use crate::rule::text::TextTokens;
use turn::{Conversation, Unclear};

/// Tokens of a text alone; `None` where the vocabulary cannot be read, which is a fault of the build. In a text, Kimi K2's
/// tokeniser takes the names of its special tokens for these tokens; K3's takes them for text.
pub fn count(vocabulary: Vocabulary, text: &str) -> Option<u64> {
    let tokenizer = vocabulary::tokenizer()?;
    Some(match vocabulary {
        Vocabulary::KimiK2 => tokenizer.with_markers(text),
        Vocabulary::KimiK3 => tokenizer.ordinary(text),
    })
}

/// Unfolds the vocabulary now, and not with the first count; says whether it can be read.
pub fn prepare() -> bool {
    vocabulary::tokenizer().is_some()
}

/// The text of a draft under the model that it means, for [`EstimateOptions::text`].
pub fn counted(draft: &Draft, options: &EstimateOptions) -> CountedText {
    let mut counted = CountedText::default();
    counted.add(draft, options.model_of(draft));
    counted
}

/// The same for [`compare`](crate::estimate::compare) with the models that the options mean.
pub fn counted_for_all(draft: &Draft, options: &EstimateOptions) -> CountedText {
    let mut counted = CountedText::default();
    for model in compared_models(draft, options) {
        counted.add(draft, Some(model));
    }
    counted
}

impl CountedText {
    fn add(&mut self, draft: &Draft, model: Option<&Model>) {
        let Some(vocabulary) = Vocabulary::of_template(id_under(model, draft)) else {
            return;
        };
        let known = self.by(vocabulary);
        if known.is_none() {
            *known = tokens(vocabulary, draft);
        }
    }

    fn by(&mut self, vocabulary: Vocabulary) -> &mut Option<TextTokens> {
        match vocabulary {
            Vocabulary::KimiK2 => &mut self.kimi_k2,
            Vocabulary::KimiK3 => &mut self.kimi_k3,
        }
    }
}

/// The text of a chat completion as any client writes it, for [`EstimateOptions::text`]: nothing for other forms, and where
/// [`tokens`] of a draft has none. `model` is what [`body_template`](crate::estimate::body_template) says, and the data of media
/// may be left out of the body.
///
/// ```
/// use tilewise::estimate::{EstimateOptions, body_template, estimate_body};
/// use tilewise::request::ClientBody;
/// use tilewise::text;
///
/// let json = r#"{"model":"moonshotai/Kimi-K2.5","messages":[{"role":"user","content":"Describe the image."}]}"#;
/// let body = ClientBody::parse(json, &[])?;
/// let mut options = EstimateOptions::default();
/// let model = body_template(&body, None, &options).unwrap();
/// options.text = text::counted_body(json, &model);
/// assert_eq!(estimate_body(&body, None, &Default::default(), &options).input_tokens, 12);
/// # Ok::<(), tilewise::error::Error>(())
/// ```
pub fn counted_body(body: &str, model: &str) -> CountedText {
    let mut counted = CountedText::default();
    let json = Json::parse(body).ok();
    if let Some((vocabulary, json)) = Vocabulary::of_template(model).zip(json) {
        let conversation = Conversation::of_body(json.value());
        *counted.by(vocabulary) = tokens_of(vocabulary, conversation);
    }
    counted
}

/// All text of a draft, and what the chat template writes around it: without the markers around media. `None` where the
/// draft holds what is not known to become text in one way, such as a field that a template may read.
pub fn tokens(vocabulary: Vocabulary, draft: &Draft) -> Option<TextTokens> {
    tokens_of(vocabulary, Conversation::of(draft))
}

fn tokens_of(
    vocabulary: Vocabulary,
    conversation: Result<Conversation<'_>, Unclear>,
) -> Option<TextTokens> {
    let tokenizer = vocabulary::tokenizer()?;
    let counted: Result<_, Unclear> = conversation.and_then(|conversation| match vocabulary {
        Vocabulary::KimiK2 => kimi_k2::tokens(&conversation, tokenizer),
        Vocabulary::KimiK3 => kimi_k3::tokens(&conversation, tokenizer),
    });
    counted.ok()
}
