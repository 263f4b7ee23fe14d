//! Which model a mistyped identifier was meant for.

use super::Model;

/// The one whose identifier has the same letters but for two that stand together. Capitals, signs, and what stands before the
/// last slash are passed over. Digits must be the same, and so must be the end: another version is another model, and so is one
/// with a word more.
pub(crate) fn meant<'a>(id: &str, models: impl Iterator<Item = &'a Model>) -> Option<&'a Model> {
    const MOST_DIFFERENT: usize = 2;
    let typed = letters(id);
    let near = models.filter(|model| model.id != id).filter_map(|model| {
        let letters = difference(&letters(&model.id), &typed)?;
        (letters <= MOST_DIFFERENT).then_some((letters, model))
    });
    near.min_by_key(|(letters, _)| *letters)
        .map(|(_, model)| model)
}

fn letters(id: &str) -> Vec<u8> {
    let own = id.rsplit('/').next().unwrap_or_default().bytes();
    own.filter(u8::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .collect()
}

/// How many letters stand between those that both begin and end with; `None` where a digit is among them, and where one is the
/// beginning of the other.
fn difference(one: &[u8], other: &[u8]) -> Option<usize> {
    let front = one.iter().zip(other);
    let front = front.take_while(|(one, other)| one == other).count();
    let (one, other) = (one.get(front..)?, other.get(front..)?);
    if one.is_empty() != other.is_empty() {
        return None;
    }
    let back = one.iter().rev().zip(other.iter().rev());
    let back = back.take_while(|(one, other)| one == other).count();
    let between = |letters: &[u8]| {
        let between = letters.get(..letters.len() - back)?;
        let has_digit = between.iter().any(u8::is_ascii_digit);
        (!has_digit).then_some(between.len())
    };
    Some(between(one)?.max(between(other)?))
}
