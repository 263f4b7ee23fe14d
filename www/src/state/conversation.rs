//! The conversation: asking, reading the answer as it comes, and going back.

use super::endpoint::{EndpointKind, EndpointState};
use super::estimate::EstimateState;
use super::items::ItemList;
use super::question::QuestionState;
use super::turns::{Contents, Dropped, Exchange, Phase, Request, Turn, TurnList};
use crate::demo::{self, Demo};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use tilewise::error::Error;
use tilewise::stream::session::{Endpoint, Session};
use tilewise::stream::{ChatEvent, ChatResult};
use tilewise::usage::ledger::{Ledger, Outcome};
use tilewise::web::{Abort, FetchEndpoint};
use tilewise_www_core::markdown::to_text;

#[derive(Clone, Copy, Debug)]
pub(crate) struct ConversationState {
    pub(crate) ledger: RwSignal<Ledger>,
    /// What was dropped last, while it can still come back.
    pub(crate) dropped: RwSignal<Option<Dropped>, LocalStorage>,
    /// The request that was sent last, for sending it again.
    pub(crate) request: RwSignal<Option<Request>, LocalStorage>,
    /// A complete answer as a screen reader is to speak it.
    pub(crate) spoken: RwSignal<String>,
    abort: RwSignal<Option<Abort>, LocalStorage>,
    /// The contents of the box before an earlier question took their place.
    saved_draft: RwSignal<Option<Contents>, LocalStorage>,
    list: TurnList,
    items: ItemList,
    question: QuestionState,
    estimate: EstimateState,
    endpoint: EndpointState,
}

/// The part of an answer that is not shown yet: words come far more often than a screen is drawn, and each update
/// reads the whole answer.
#[derive(Default)]
struct Pending {
    /// `None` where nothing has come.
    phase: Option<Phase>,
    text: String,
    reasoning: String,
    first_token_ms: Option<f64>,
}

impl Pending {
    /// Whether it is the first since the last frame.
    fn take(&mut self, event: &ChatEvent, result: &ChatResult) -> bool {
        let is_first = self.phase.is_none();
        self.phase = Some(match event {
            ChatEvent::Retry { wait_ms, cause, .. } => Phase::Retrying(cause.clone(), *wait_ms),
            ChatEvent::Text { text } => {
                self.text += text;
                Phase::Streaming
            }
            ChatEvent::Reasoning { text } => {
                self.reasoning += text;
                Phase::Streaming
            }
            _ => Phase::Streaming,
        });
        self.first_token_ms = result.first_token_ms;
        is_first
    }
}

type Exchanging = Pin<Box<dyn Future<Output = ()>>>;

impl ConversationState {
    pub(crate) fn new(
        list: TurnList,
        items: ItemList,
        question: QuestionState,
        estimate: EstimateState,
        endpoint: EndpointState,
    ) -> Self {
        Self {
            ledger: RwSignal::new(Ledger::default()),
            dropped: RwSignal::new_local(None),
            request: RwSignal::new_local(None),
            spoken: RwSignal::new(String::new()),
            abort: RwSignal::new_local(None),
            saved_draft: RwSignal::new_local(None),
            list,
            items,
            question,
            estimate,
            endpoint,
        }
    }

    /// Asks the question in the box.
    pub(crate) fn ask(&self) {
        let (draft, data) = untrack(|| self.estimate.draft());
        let request = Request {
            question: Contents {
                text: draft.text.clone(),
                items: untrack(|| self.items.sent_items()),
            },
            draft,
            data,
            estimate: self.estimate.estimate.get_untracked(),
        };
        let attempts = self.make_room();
        self.send(request, attempts);
    }

    /// Sends the last request again as it was, whatever the box holds by now; with the key and to the
    /// address of now, which may have been fixed.
    pub(crate) fn retry(&self) {
        if let Some(request) = self.request.get_untracked() {
            let attempts = self.make_room();
            self.send(request, attempts);
        }
    }

    pub(crate) fn stop(&self) {
        if let Some(abort) = self.abort.get_untracked() {
            abort.abort();
        }
    }

    /// Takes a stopped answer into the history as far as it came.
    pub(crate) fn keep(&self) {
        let last = self
            .list
            .turns
            .with_untracked(|turns| turns.last().cloned());
        if let Some(turn) = last {
            let text = turn
                .exchange
                .with_untracked(|exchange| exchange.result.text.clone());
            self.settle(text);
        }
    }

    /// Drops the turns that the next one replaces: the one that is not settled, or where an earlier question is
    /// asked again, its turn and all behind it. Gives back the answers that broke off.
    fn make_room(&self) -> Vec<Exchange> {
        if let Some(index) = self.list.editing.get_untracked() {
            let turns = self
                .list
                .turns
                .try_update(|turns| turns.split_off(index.min(turns.len())));
            let mut turns = turns.unwrap_or_default();
            // Turns that were dropped before, without a complete answer since, can still come back as well.
            if let Some(Dropped::Turns(end, before)) = self.dropped.get_untracked() {
                turns.truncate(end.saturating_sub(index));
                turns.extend(before);
            }
            self.dropped.set(Some(Dropped::Turns(index, turns)));
            self.list.editing.set(None);
            return Vec::new();
        }
        if matches!(self.dropped.get_untracked(), Some(Dropped::All(..))) {
            self.dropped.set(None);
        }
        let last = self
            .list
            .turns
            .try_update(|turns| turns.pop_if(|turn| turn.answer.is_none()))
            .flatten();
        let Some(turn) = last else {
            return Vec::new();
        };
        let mut attempts = turn.attempts;
        attempts.push(turn.exchange.get_untracked());
        attempts.retain(Exchange::has_content);
        attempts
    }

    fn send(&self, request: Request, attempts: Vec<Exchange>) {
        let is_demo = self.endpoint.kind.get_untracked() == EndpointKind::Demo;
        let exchange = ArcRwSignal::new(Exchange {
            is_demo,
            ..Exchange::default()
        });
        let own = request.draft.media.len();
        let turn = Turn {
            id: self.items.next_id(),
            question: request.question.clone(),
            media: request.draft.media.clone(),
            data: request.data.iter().take(own).cloned().collect(),
            exchange: exchange.clone(),
            attempts,
            answer: None,
        };
        self.list.turns.update(|turns| turns.push(turn));
        self.spoken.set(String::new());
        match self.exchange(&request, exchange.clone(), is_demo) {
            Ok(exchanging) => {
                let mut estimate = request.estimate.clone();
                if is_demo {
                    demo::MODEL.clone_into(&mut estimate.model);
                }
                let now = js_sys::Date::new_0().to_iso_string().into();
                self.ledger.update(|ledger| ledger.open(now, &estimate));
                spawn_local(exchanging);
            }
            Err(error) => exchange.update(|exchange| exchange.phase = Phase::Failed(error)),
        }
        self.request.set(Some(request));
    }

    fn exchange(
        &self,
        request: &Request,
        exchange: ArcRwSignal<Exchange>,
        is_demo: bool,
    ) -> Result<Exchanging, Error> {
        let Request {
            draft,
            data,
            estimate,
            ..
        } = request;
        let abort = Abort::new(None)?;
        self.abort.set(Some(abort.clone()));
        let state = *self;
        Ok(if is_demo {
            let session = Session::new(Demo::new(draft, estimate, abort));
            Box::pin(state.read(session, exchange))
        } else {
            let target = self.endpoint.target();
            let base_url = target.base_url.clone();
            let endpoint = FetchEndpoint::new(draft, data.clone(), target, abort)?;
            Box::pin(async move {
                state.read(Session::new(endpoint), exchange.clone()).await;
                state.learn_cors(base_url, &exchange);
            })
        })
    }

    async fn read<E: Endpoint>(self, mut session: Session<E>, exchange: ArcRwSignal<Exchange>) {
        let pending = Rc::new(RefCell::new(Pending::default()));
        let (latest, shown) = (Rc::clone(&pending), exchange.clone());
        let on_events = move |events: &[ChatEvent], result: &ChatResult| {
            for event in events {
                if latest.borrow_mut().take(event, result) {
                    let (pending, exchange) = (Rc::clone(&latest), shown.clone());
                    request_animation_frame(move || self.show(&pending, &exchange));
                }
            }
        };
        let end = session.run(on_events).await;
        // A frame that comes later has nothing to show any more.
        *pending.borrow_mut() = Pending::default();
        self.close(end, session.result(), &exchange);
    }

    fn learn_cors(&self, base_url: String, exchange: &ArcRwSignal<Exchange>) {
        let phase = exchange.with_untracked(|exchange| exchange.phase.clone());
        match phase {
            Phase::Done => self.endpoint.learn_cors(base_url, Ok(())),
            Phase::Failed(error) => self.endpoint.learn_cors(base_url, Err(&error)),
            _ => {}
        }
    }

    /// Shows what has come since the last frame.
    fn show(&self, pending: &RefCell<Pending>, exchange: &ArcRwSignal<Exchange>) {
        let Pending {
            phase: Some(phase),
            text,
            reasoning,
            first_token_ms,
            ..
        } = pending.take()
        else {
            return;
        };
        exchange.update(|exchange| {
            exchange.phase = phase;
            exchange.result.text += &text;
            exchange.result.reasoning += &reasoning;
            exchange.result.first_token_ms = first_token_ms;
            let result = &exchange.result;
            exchange.so_far = self
                .ledger
                .with_untracked(|ledger| ledger.entries().last()?.so_far(result));
        });
    }

    fn close(&self, end: Result<(), Error>, result: &ChatResult, exchange: &ArcRwSignal<Exchange>) {
        let bill = self.ledger.try_update(|ledger| {
            ledger.note(Outcome::of(&end), result);
            Some(ledger.entries().last()?.reconciliation(result))
        });
        exchange.update(|exchange| {
            exchange.result.clone_from(result);
            exchange.bill = bill.flatten();
            exchange.phase = match end {
                Ok(()) => Phase::Done,
                Err(Error::Aborted) => Phase::Stopped,
                Err(error) => Phase::Failed(error),
            };
        });
        if exchange.with_untracked(|exchange| exchange.phase == Phase::Done) {
            self.spoken.set(to_text(&result.text));
            self.settle(result.text.clone());
        }
    }

    /// The question leaves the box, unless it was changed there meanwhile.
    fn settle(&self, answer: String) {
        let settled = self.list.turns.try_update(|turns| {
            let turn = turns.last_mut()?;
            turn.answer = Some(answer);
            Some(turn.question.clone())
        });
        let Some(question) = settled.flatten() else {
            return;
        };
        let text = self.question.text;
        if text.with_untracked(|text| *text == question.text) {
            text.set(String::new());
        }
        self.items.items.update(|items| {
            items.retain(|item| question.items.iter().all(|asked| asked.id != item.id));
        });
        self.request.set(None);
        self.dropped.set(None);
        self.restore_saved_draft();
    }

    /// Puts an earlier question back into the box. Nothing is dropped before it is asked.
    pub(crate) fn edit(&self, id: usize) {
        let found = self.list.turns.with_untracked(|turns| {
            let index = turns.iter().position(|turn| turn.id == id)?;
            Some((index, turns.get(index)?.question.clone()))
        });
        let Some((index, question)) = found else {
            return;
        };
        // From one earlier question to another, the first contents of the box are those that come back.
        if self.list.editing.get_untracked().is_none() {
            self.saved_draft.set(Some(self.contents()));
        }
        self.list.editing.set(Some(index));
        self.fill(question);
    }

    /// Leaves the earlier question as it was.
    pub(crate) fn cancel_edit(&self) {
        if self.list.editing.get_untracked().is_some() {
            self.list.editing.set(None);
            let saved = self.saved_draft.try_update(Option::take).flatten();
            self.fill(saved.unwrap_or_default());
        }
    }

    /// Drops all turns, and leaves the box as it is.
    pub(crate) fn new_conversation(&self) {
        self.cancel_edit();
        let turns = self.list.turns.try_update(std::mem::take);
        let ledger = self.ledger.try_update(std::mem::take);
        let dropped = turns
            .zip(ledger)
            .map(|(turns, ledger)| Dropped::All(turns, ledger));
        self.dropped.set(dropped);
        self.request.set(None);
        self.spoken.set(String::new());
    }

    /// Brings back what was dropped last.
    pub(crate) fn undo(&self) {
        match self.dropped.try_update(Option::take).flatten() {
            Some(Dropped::Turns(index, dropped)) => self.list.turns.update(|turns| {
                turns.truncate(index);
                turns.extend(dropped);
            }),
            Some(Dropped::All(turns, ledger)) => {
                self.list.turns.set(turns);
                self.ledger.set(ledger);
            }
            None => {}
        }
        self.request.set(None);
    }

    /// Puts back the contents of the box from before an earlier question took their place, if the box is empty.
    fn restore_saved_draft(&self) {
        let Contents { text, items } = self.contents();
        if text.trim().is_empty() && items.is_empty() {
            let saved = self.saved_draft.try_update(Option::take).flatten();
            if let Some(saved) = saved {
                self.fill(saved);
            }
        }
    }

    fn contents(&self) -> Contents {
        Contents {
            text: self.question.text.get_untracked(),
            items: self.items.items.get_untracked(),
        }
    }

    fn fill(&self, contents: Contents) {
        self.question.text.set(contents.text);
        self.items.items.set(contents.items);
    }
}
