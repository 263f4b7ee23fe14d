//! The vocabulary, unfolded when it is first asked for.

use splintr::pretrained::kimi_k2_special_tokens;
use splintr::{KIMI_PATTERN, Tokenizer};
use splintr_vocab_kimi::KIMI_VOCAB_PACKED;
use std::sync::LazyLock;

/// Behind Kimi's own 163,840 tokens `splintr` adds some that no model of Kimi's knows.
const SIZE: u32 = 163_840;

static KIMI: LazyLock<Option<Kimi>> = LazyLock::new(Kimi::new);

pub(super) struct Kimi(Tokenizer);

/// `None` where the vocabulary is not what the tokeniser reads.
pub(super) fn tokenizer() -> Option<&'static Kimi> {
    KIMI.as_ref()
}

impl Kimi {
    /// K2 and K3 share all ranks. Of their special tokens only K2's are looked for in text.
    fn new() -> Option<Self> {
        let mut markers = kimi_k2_special_tokens();
        markers.retain(|_, id| *id < SIZE);
        let tokenizer = Tokenizer::from_packed_chain(KIMI_VOCAB_PACKED, &[KIMI_PATTERN], markers);
        tokenizer.ok().map(Self)
    }

    /// The names of special tokens are text.
    pub(super) fn ordinary(&self, text: &str) -> u64 {
        self.0.encode_ordinary(text).len() as u64
    }

    /// The names of Kimi K2's special tokens are these tokens.
    pub(super) fn with_markers(&self, text: &str) -> u64 {
        self.0.encode_with_special(text).len() as u64
    }
}
