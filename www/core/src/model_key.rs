//! What a model is chosen by: one text for its provider and its identifier.

use tilewise::catalog::{self, Model};

/// A model's identifier, behind that of its provider where another provider comes first that has the same.
pub fn key(model: &Model) -> String {
    match catalog::find(&model.id) {
        Some(first) if first.provider != model.provider && model.listed.is_none() => {
            format!("{}:{}", model.provider, model.id)
        }
        _ => model.id.to_string(),
    }
}

/// The provider, where it must be named, and the identifier.
pub fn split(key: &str) -> (Option<&str>, &str) {
    let named = key.split_once(':');
    match named.filter(|(provider, id)| catalog::find_at(provider, id).is_some()) {
        Some((provider, id)) => (Some(provider), id),
        None => (None, key),
    }
}

/// The model of a key; `None` for one that is not known.
pub fn find(listed: Option<&[Model]>, key: &str) -> Option<Model> {
    match (listed, split(key)) {
        (Some(models), (_, id)) => models.iter().find(|model| model.id == id).cloned(),
        (None, (Some(provider), id)) => catalog::find_at(provider, id).cloned(),
        (None, (None, id)) => catalog::find(id).cloned(),
    }
}
