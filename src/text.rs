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
use crate::estimate::{EstimateOptions, compared_models};
use crate::request::Draft;
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
        let id = match model {
            Some(model) if !model.id.is_empty() => &*model.id,
            _ => &*draft.model,
        };
        let Some(vocabulary) = Vocabulary::of_template(id) else {
            return;
        };
        let known = match vocabulary {
            Vocabulary::KimiK2 => &mut self.kimi_k2,
            Vocabulary::KimiK3 => &mut self.kimi_k3,
        };
        if known.is_none() {
            *known = tokens(vocabulary, draft);
        }
    }
}

/// All text of a draft, and what the chat template writes around it: without the markers around media. `None` where the
/// draft holds what is not known to become text in one way, such as a field that a template may read.
pub fn tokens(vocabulary: Vocabulary, draft: &Draft) -> Option<TextTokens> {
    let tokenizer = vocabulary::tokenizer()?;
    let conversation = Conversation::of(draft);
    let counted: Result<_, Unclear> = conversation.and_then(|conversation| match vocabulary {
        Vocabulary::KimiK2 => kimi_k2::tokens(&conversation, tokenizer),
        Vocabulary::KimiK3 => kimi_k3::tokens(&conversation, tokenizer),
    });
    counted.ok()
}
