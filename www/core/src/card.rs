//! What an image card says, to be sent to others.

use crate::answer::Answer;
use crate::choices::named;
use crate::comparison::{Candidate, Measure};
use tilewise::estimate::Volume;

/// How many models a card names.
const NAMED: usize = 3;

/// The lines of a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// `$0.0039 to $0.0591`.
    pub price: String,
    /// `4,158 to 62,222 tokens under Kimi K2.6 · Baseten`.
    pub under: String,
    /// `3 files`.
    pub about: String,
    /// The cheapest that take the request: name, and dollars of one.
    pub cheapest: Vec<(String, String)>,
}

impl Card {
    /// `model` is [`named`] with its provider; `candidates` are in order, the cheapest first.
    pub fn new(answer: &Answer, model: &str, about: String, candidates: &[Candidate]) -> Self {
        let taken = candidates
            .iter()
            .filter(|it| !it.is_refused() && it.is_whole);
        let priced = taken.filter(|it| it.answer.high.usd.is_some());
        let cheapest = priced.take(NAMED).map(|it| {
            (
                named(&it.name, &it.provider_name),
                it.text(Measure::Request, Volume::default()),
            )
        });
        Self {
            price: answer.usd_text(),
            under: format!(
                "{}{} under {model}",
                answer.tokens_text(),
                answer.tokens_unit()
            ),
            about,
            cheapest: cheapest.collect(),
        }
    }
}
