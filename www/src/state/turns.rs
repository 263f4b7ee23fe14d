//! The turns of a conversation.
//!
//! One rule decides what is where: a question stays in the box until its answer is complete, or is kept
//! as far as it came. Then it is settled: it leaves the box, and is sent with each later question. So
//! whatever fails, nothing has to be put back.

use super::items::Item;
use leptos::prelude::*;
use tilewise::error::Error;
use tilewise::estimate::Estimate;
use tilewise::request::{Draft, MediaPart, Message};
use tilewise::stream::ChatResult;
use tilewise::units::Usd;
use tilewise::usage::Reconciliation;
use tilewise::usage::ledger::Ledger;
use tilewise::web::Data;

/// Handles only, so that it can be copied into every closure.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TurnList {
    /// In order; only the last may not be settled.
    pub(crate) turns: RwSignal<Vec<Turn>, LocalStorage>,
    /// The index of the turn whose question stands in the box again. Asking it drops that turn, and all behind it.
    pub(crate) editing: RwSignal<Option<usize>>,
}

/// A question and its answers.
#[derive(Clone, Debug)]
pub(crate) struct Turn {
    pub(crate) id: usize,
    pub(crate) question: Contents,
    pub(crate) media: Vec<MediaPart>,
    pub(crate) data: Vec<Option<Data>>,
    /// A counted reference, because a turn outlives the component that started it.
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

/// What was dropped, while it can still come back.
#[derive(Clone, Debug)]
pub(crate) enum Dropped {
    /// The turns from this index on, when an earlier question was asked again.
    Turns(usize, Vec<Turn>),
    /// The whole conversation, when a new one was begun.
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
    /// The demo answered: no model, and no cost.
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
    pub(crate) fn has_content(&self) -> bool {
        !(self.result.text.is_empty() && self.result.reasoning.is_empty())
    }
}

impl TurnList {
    pub(crate) fn new() -> Self {
        Self {
            turns: RwSignal::new_local(Vec::new()),
            editing: RwSignal::new(None),
        }
    }

    /// Puts what is sent again with the next question behind its own: messages into the draft, data behind
    /// that of the question.
    pub(crate) fn put_history(&self, draft: &mut Draft, data: &mut Vec<Option<Data>>) {
        let end = self.editing.get().unwrap_or(usize::MAX);
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

    /// The question that was asked last with a photo or a video, and what of those was sent.
    pub(crate) fn last_with_media(&self) -> Option<(Contents, Vec<MediaPart>)> {
        self.turns.with(|turns| {
            let mut asked = turns.iter().rev().filter(|turn| turn.answer.is_some());
            let last = asked.find(|turn| !turn.media.is_empty())?;
            Some((last.question.clone(), last.media.clone()))
        })
    }

    /// Whether an answer of the demo is sent with the next question.
    pub(crate) fn holds_demo(&self) -> bool {
        let is_demo =
            |turn: &Turn| turn.answer.is_some() && turn.exchange.with(|exchange| exchange.is_demo);
        self.turns.with(|turns| turns.iter().any(is_demo))
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

    /// The index of a turn.
    pub(crate) fn index(&self, id: usize) -> Option<usize> {
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
