//! How many tokens a text takes, approximately.
//!
//! The model's vocabulary is megabytes of data, too much to ship for a figure that images dwarf. What
//! is known without it bounds the count: the tokeniser first cuts a text into words, runs of digits,
//! runs of marks and the like, and never joins two of those; and it works on UTF-8, so that no token
//! is shorter than a byte.

use crate::units;
use serde::{Deserialize, Serialize};
use std::{iter::Sum, ops::Add};

/// An approximate count between two bounds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(expecting = "an object")]
pub struct TextTokens {
    /// The likeliest count.
    #[serde(serialize_with = "units::count")]
    pub tokens: u64,
    /// No fewer.
    #[serde(serialize_with = "units::count")]
    pub low: u64,
    /// No more: no token is shorter than a byte of UTF-8.
    #[serde(serialize_with = "units::count")]
    pub high: u64,
}

impl TextTokens {
    /// A count that is known exactly.
    pub const fn exact(tokens: u64) -> Self {
        Self {
            tokens,
            low: tokens,
            high: tokens,
        }
    }

    /// Whether it is one number.
    pub const fn is_exact(self) -> bool {
        self.low == self.high
    }

    fn times(self, count: u64) -> Self {
        Self {
            tokens: self.tokens.saturating_mul(count),
            low: self.low.saturating_mul(count),
            high: self.high.saturating_mul(count),
        }
    }

    /// The same at most: what is counted may be left out.
    pub(crate) const fn or_none(self) -> Self {
        Self { low: 0, ..self }
    }

    /// A text alone.
    pub fn of(text: &str) -> Self {
        let mut tally = Tally::default();
        for character in text.chars() {
            tally.add(character);
        }
        tally.finish(text.len() as u64)
    }
}

/// The texts of a request, of which models read more: their chat templates write around each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RequestText {
    texts: TextTokens,
    messages: u64,
}

impl RequestText {
    /// All of a message.
    pub(crate) fn message(text: &str) -> Self {
        Self {
            texts: TextTokens::of(text),
            messages: 1,
        }
    }

    /// What is part of a message, or of none.
    pub(crate) fn part(texts: TextTokens) -> Self {
        Self { texts, messages: 0 }
    }

    /// The tokens that the model of this identifier reads, approximately.
    pub fn under(self, id: &str) -> TextTokens {
        let template = if is_kimi_k3(id) { &KIMI_K3 } else { &ASSUMED };
        let messages = template.message.times(self.messages);
        self.texts + messages + template.answer + template.request
    }
}

impl Add for RequestText {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            texts: self.texts + other.texts,
            messages: self.messages.saturating_add(other.messages),
        }
    }
}

impl Sum for RequestText {
    fn sum<I: Iterator<Item = Self>>(texts: I) -> Self {
        texts.fold(Self::default(), Add::add)
    }
}

/// What a chat template writes by itself.
struct Template {
    /// Markers of role, beginning and end around each message.
    message: TextTokens,
    /// Those before the answer.
    answer: TextTokens,
    /// What it tells the model in each request.
    request: TextTokens,
}

/// An assumption: most endpoints do not publish their template.
const ASSUMED: Template = Template {
    message: TextTokens {
        tokens: 5,
        low: 3,
        high: 8,
    },
    answer: TextTokens {
        tokens: 3,
        low: 1,
        high: 4,
    },
    request: TextTokens::exact(0),
};

/// `mlx_vlm` 0.7.10, `models/kimi_k3/encoding_k3.py`, counted by the vocabulary of K3: 11 tokens around a message, and 12 more in
/// an earlier answer, where tags stand around its thinking. How much to think, which a request may turn off, takes 67, or 68
/// where it is not the most.
const KIMI_K3: Template = Template {
    message: TextTokens {
        tokens: 11,
        low: 11,
        high: 26,
    },
    answer: TextTokens::exact(10),
    request: TextTokens {
        tokens: 67,
        low: 0,
        high: 68,
    },
};

/// A vocabulary that feature `text` has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vocabulary {
    /// Of Kimi K2, K2.5, K2.6 and K2.7.
    KimiK2,
    /// Of Kimi K3: the same ranks, other special tokens.
    KimiK3,
}

impl Vocabulary {
    /// That of the checkpoint which the identifier of a model names: `moonshotai/Kimi-K2.6`. Of K3.1 none is public.
    pub fn of_model(id: &str) -> Option<Self> {
        Self::named(id, "kimi-k2")
    }

    /// The same where the chat template of the checkpoint is known too.
    pub fn of_template(id: &str) -> Option<Self> {
        Self::named(id, "kimi-k2.5").or_else(|| Self::named(id, "kimi-k2.6"))
    }

    fn named(id: &str, k2: &str) -> Option<Self> {
        if behind(id, k2).is_some() {
            Some(Self::KimiK2)
        } else {
            is_kimi_k3(id).then_some(Self::KimiK3)
        }
    }
}

/// Of K3.1 neither vocabulary nor template is public.
fn is_kimi_k3(id: &str) -> bool {
    behind(id, "kimi-k3").is_some_and(|rest| !rest.starts_with(b"."))
}

/// What follows a name in an identifier, of any case. The standard library's search takes more code than the rest.
fn behind<'a>(id: &'a str, name: &str) -> Option<&'a [u8]> {
    let id = id.as_bytes();
    let mut ends = name.len()..=id.len();
    let end = ends.find(|end| {
        let before = id.get(..*end).unwrap_or_default();
        let at = end - name.len();
        let found = before.get(at..).unwrap_or_default();
        found.eq_ignore_ascii_case(name.as_bytes())
    })?;
    id.get(end..)
}

/// The text of a request as models' own vocabularies and chat templates count it, without the markers around media;
/// `None` where it is not counted so. Feature `text` makes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CountedText {
    /// By [`Vocabulary::KimiK2`].
    pub kimi_k2: Option<TextTokens>,
    /// By [`Vocabulary::KimiK3`].
    pub kimi_k3: Option<TextTokens>,
}

impl CountedText {
    /// By the vocabulary and the chat template of a model.
    pub fn of_model(&self, id: &str) -> Option<TextTokens> {
        // To find out whose vocabulary it is takes longer.
        if *self == Self::default() {
            return None;
        }
        match Vocabulary::of_template(id)? {
            Vocabulary::KimiK2 => self.kimi_k2,
            Vocabulary::KimiK3 => self.kimi_k3,
        }
    }
}

impl Add for TextTokens {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            tokens: self.tokens.saturating_add(other.tokens),
            low: self.low.saturating_add(other.low),
            high: self.high.saturating_add(other.high),
        }
    }
}

impl Sum for TextTokens {
    fn sum<I: Iterator<Item = Self>>(counts: I) -> Self {
        counts.fold(Self::default(), Add::add)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Space,
    Latin,
    Digit,
    Mark,
    Other,
}

impl Kind {
    fn of(character: char) -> Self {
        match character {
            _ if character.is_whitespace() => Self::Space,
            '0'..='9' => Self::Digit,
            'A'..='Z' | 'a'..='z' | '\'' | '\u{c0}'..='\u{24f}' => Self::Latin,
            _ if character.is_ascii() || is_symbol(character) => Self::Mark,
            _ => Self::Other,
        }
    }
}

/// Blocks of Unicode without letters: punctuation, symbols, emoji. Tokenisers join such a mark with the
/// letters behind it.
fn is_symbol(character: char) -> bool {
    matches!(
        character,
        '\u{80}'..='\u{bf}'
            | '\u{2000}'..='\u{2bff}'
            | '\u{2e00}'..='\u{2e7f}'
            | '\u{3000}'..='\u{303f}'
            | '\u{fe00}'..='\u{fe6f}'
            | '\u{ff00}'..='\u{ff0f}'
            | '\u{1f000}'..='\u{1faff}'
    )
}

/// Goes over a text run by run.
#[derive(Default)]
struct Tally {
    run: Option<Kind>,
    length: u64,
    low: u64,
    /// In quarters of a token.
    quarters: u64,
}

impl Tally {
    fn add(&mut self, character: char) {
        let kind = Kind::of(character);
        if self.run == Some(kind) {
            self.length += 1;
        } else {
            self.close();
            self.run = Some(kind);
            self.length = 1;
        }
    }

    fn close(&mut self) {
        let Some(kind) = self.run.take() else {
            return;
        };
        let length = self.length;
        let (low, quarters) = match kind {
            // A single space joins the word behind it.
            Kind::Space => (0, if length > 1 { 4 } else { 0 }),
            // A word is one token or a few: English ones average some five letters for 1.25.
            Kind::Latin => (1, 4 * length.div_ceil(7)),
            // Digits are cut into threes at most.
            Kind::Digit => (length.div_ceil(3), 4 * length.div_ceil(3)),
            Kind::Mark => (0, 4 * length.div_ceil(2)),
            // Han, Kana, Cyrillic and the rest: some three tokens for four characters.
            Kind::Other => (1, 3 * length),
        };
        self.low += low;
        self.quarters += quarters;
    }

    fn finish(mut self, bytes: u64) -> TextTokens {
        self.close();
        let low = self.low.min(bytes).max(bytes.min(1));
        TextTokens {
            tokens: self.quarters.div_ceil(4).clamp(low, bytes.max(low)),
            low,
            high: bytes,
        }
    }
}
