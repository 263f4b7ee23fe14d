//! The turns of a conversation.
//!
//! One rule decides what is where: a question stays in the box until its answer is complete, or is kept
//! as far as it came. Then it is settled: it leaves the box, and is sent with each later question. So
//! whatever fails, nothing has to be put back.

use super::inputs::Item;
use leptos::prelude::*;
use tilewise::error::Error;
use tilewise::estimate::Estimate;
use tilewise::request::{Draft, MediaPart, Message};
use tilewise::stream::ChatResult;
use tilewise::units::Usd;
use tilewise::usage::Reconciliation;
use tilewise::usage::ledger::Ledger;
use tilewise::web::{Abort, Data};

#[derive(Clone, Copy, Debug)]
pub(crate) struct Conversation {
    /// In order; only the last may not be settled.
    pub(crate) turns: RwSignal<Vec<Turn>, LocalStorage>,
    pub(crate) ledger: RwSignal<Ledger>,
    pub(crate) editing: RwSignal<Option<Editing>, LocalStorage>,
    /// What was dropped last, while it can still come back.
    pub(crate) dropped: RwSignal<Option<Dropped>, LocalStorage>,
    /// What stood in the box before an earlier question took its place.
    pub(crate) aside: RwSignal<Option<Contents>, LocalStorage>,
    /// What was sent last, for sending it again.
    pub(crate) request: RwSignal<Option<Request>, LocalStorage>,
    pub(crate) abort: RwSignal<Option<Abort>, LocalStorage>,
    /// A finished answer as a screen reader shall speak it.
    pub(crate) spoken: RwSignal<String>,
}

/// A question and what came of it.
#[derive(Clone, Debug)]
pub(crate) struct Turn {
    pub(crate) id: usize,
    pub(crate) question: Contents,
    pub(crate) media: Vec<MediaPart>,
    pub(crate) data: Vec<Option<Data>>,
    /// Counted for itself, because a turn outlives the component that started it.
    pub(crate) exchange: ArcRwSignal<Exchange>,
    /// Answers to the same question that broke off before this one.
    pub(crate) attempts: Vec<Exchange>,
    /// As it is sent with each later question; `None` while the turn is not settled.
    pub(crate) answer: Option<String>,
}

/// What the box holds of a question.
#[derive(Clone, Debug, Default)]
pub(crate) struct Contents {
    pub(crate) text: String,
    pub(crate) items: Vec<Item>,
}

/// One request, ready to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) question: Contents,
    pub(crate) draft: Draft,
    pub(crate) data: Vec<Option<Data>>,
    pub(crate) estimate: Estimate,
}

/// An earlier question that stands in the box again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Editing {
    /// Place of its turn, which goes when it is asked, with all behind it.
    pub(crate) place: usize,
}

#[derive(Clone, Debug)]
pub(crate) enum Dropped {
    /// From here on, by asking an earlier question anew.
    Turns(usize, Vec<Turn>),
    /// All of them, by beginning anew.
    All(Vec<Turn>, Ledger),
}

/// A request on its way, and what has come.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Exchange {
    pub(crate) phase: Phase,
    pub(crate) result: ChatResult,
    /// By estimate, while it runs.
    pub(crate) so_far: Option<Usd>,
    /// When it is over.
    pub(crate) bill: Option<Reconciliation>,
    /// Nobody was asked, and nothing is paid.
    pub(crate) is_demo: bool,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Phase {
    #[default]
    Sending,
    /// Waiting to try again: why, and how long in milliseconds.
    Retrying(String, u32),
    Streaming,
    Done,
    Stopped,
    Failed(Error),
}

impl Phase {
    pub(crate) fn is_running(&self) -> bool {
        matches!(self, Self::Sending | Self::Retrying(..) | Self::Streaming)
    }
}

impl Exchange {
    pub(crate) fn has_words(&self) -> bool {
        !(self.result.text.is_empty() && self.result.reasoning.is_empty())
    }
}

impl Conversation {
    pub(crate) fn new() -> Self {
        Self {
            turns: RwSignal::new_local(Vec::new()),
            ledger: RwSignal::new(Ledger::default()),
            editing: RwSignal::new_local(None),
            dropped: RwSignal::new_local(None),
            aside: RwSignal::new_local(None),
            request: RwSignal::new_local(None),
            abort: RwSignal::new_local(None),
            spoken: RwSignal::new(String::new()),
        }
    }

    /// Puts what is sent again with the next question behind its own: messages into the draft, data behind
    /// that of the question.
    pub(crate) fn put_history(&self, draft: &mut Draft, data: &mut Vec<Option<Data>>) {
        let end = self
            .editing
            .get()
            .map_or(usize::MAX, |editing| editing.place);
        self.turns.with(|turns| {
            for turn in turns.iter().take(end) {
                let Some(answer) = &turn.answer else { continue };
                let question = Message::question(&turn.question.text, turn.media.clone());
                draft.history.push(question);
                draft.history.push(Message::new("assistant", answer));
                data.extend(turn.data.iter().cloned());
            }
        });
    }

    /// Phase of the last turn.
    pub(crate) fn phase(&self) -> Option<Phase> {
        let last = self
            .turns
            .with(|turns| turns.last().map(|turn| turn.exchange.clone()));
        last.map(|exchange| exchange.with(|exchange| exchange.phase.clone()))
    }

    pub(crate) fn is_running(&self) -> bool {
        self.phase().is_some_and(|phase| phase.is_running())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.turns.with(Vec::is_empty)
    }

    /// Where a turn stands, from 0.
    pub(crate) fn place(&self, id: usize) -> Option<usize> {
        self.turns
            .with(|turns| turns.iter().position(|turn| turn.id == id))
    }

    pub(crate) fn is_settled(&self, id: usize) -> bool {
        self.turns.with(|turns| {
            turns
                .iter()
                .any(|turn| turn.id == id && turn.answer.is_some())
        })
    }
}
