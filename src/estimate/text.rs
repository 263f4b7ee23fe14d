//! Whose vocabulary counts a text alone.

use crate::catalog;
use crate::rule::text::Vocabulary;

/// The model that a text is meant for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextOptions {
    /// As its endpoint spells it. Default: the first current model of the provider.
    pub model: Option<String>,
    /// Default: the first of the catalogue.
    pub provider: Option<String>,
}

impl TextOptions {
    /// The vocabulary of the model, where feature `text` has it.
    pub fn vocabulary(&self) -> Option<Vocabulary> {
        match &self.model {
            Some(id) => Vocabulary::of_model(id),
            None => {
                let model = catalog::default_model(self.provider.as_deref())?;
                Vocabulary::of_model(&model.id)
            }
        }
    }
}
