//! Asking, and reading the answer as it comes.

use crate::demo::{self, Demo};
use crate::markdown::to_text;
use crate::state::State;
use crate::state::conversation::{Contents, Dropped, Exchange, Phase, Request, Turn};
use crate::state::server::Endpoint as Choice;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use tilewise::error::Error;
use tilewise::stream::session::{Endpoint, Session};
use tilewise::stream::{ChatEvent, ChatResult};
use tilewise::usage::ledger::Outcome;
use tilewise::web::{Abort, FetchEndpoint};

/// What has come of an answer and is not shown yet: words come far more often than a screen is drawn, and each
/// showing reads the whole answer.
#[derive(Default)]
struct News {
    /// `None` where nothing has come.
    phase: Option<Phase>,
    text: String,
    reasoning: String,
    first_token_ms: Option<f64>,
}

impl News {
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

type Following = Pin<Box<dyn Future<Output = ()>>>;

impl State {
    /// Asks what stands in the box.
    pub(crate) fn ask(&self) {
        let (draft, data) = untrack(|| self.draft());
        let sent = untrack(|| self.inputs.sent());
        let items = self.inputs.items.get_untracked();
        let items = items.into_iter().filter(|item| sent.contains(&item.id));
        let request = Request {
            question: Contents {
                text: draft.text.clone(),
                items: items.collect(),
            },
            draft,
            data,
            estimate: self.estimate.get_untracked(),
        };
        let attempts = self.make_room();
        self.send(request, attempts);
    }

    /// Sends the last request again as it was, whatever the box holds by now; with the key and to the
    /// address of now, which may have been mended.
    pub(crate) fn retry(&self) {
        if let Some(request) = self.conversation.request.get_untracked() {
            let attempts = self.make_room();
            self.send(request, attempts);
        }
    }

    pub(crate) fn stop(&self) {
        if let Some(abort) = self.conversation.abort.get_untracked() {
            abort.abort();
        }
    }

    /// Takes a stopped answer into the history as far as it came.
    pub(crate) fn keep(&self) {
        let last = self
            .conversation
            .turns
            .with_untracked(|turns| turns.last().cloned());
        if let Some(turn) = last {
            let text = turn
                .exchange
                .with_untracked(|exchange| exchange.result.text.clone());
            self.settle(text);
        }
    }

    /// Drops the turns that the next one replaces: that which is not settled, or where an earlier question
    /// is asked anew, its turn and all behind it. Gives back the answers that broke off.
    fn make_room(&self) -> Vec<Exchange> {
        let conversation = self.conversation;
        if let Some(editing) = conversation.editing.get_untracked() {
            let place = editing.place;
            let turns = conversation
                .turns
                .try_update(|turns| turns.split_off(place.min(turns.len())));
            let mut turns = turns.unwrap_or_default();
            // What was dropped before, and came to nothing, can still come back as well.
            if let Some(Dropped::Turns(end, before)) = conversation.dropped.get_untracked() {
                turns.truncate(end.saturating_sub(place));
                turns.extend(before);
            }
            conversation.dropped.set(Some(Dropped::Turns(place, turns)));
            conversation.editing.set(None);
            return Vec::new();
        }
        if matches!(conversation.dropped.get_untracked(), Some(Dropped::All(..))) {
            conversation.dropped.set(None);
        }
        let last = conversation
            .turns
            .try_update(|turns| turns.pop_if(|turn| turn.answer.is_none()))
            .flatten();
        let Some(turn) = last else {
            return Vec::new();
        };
        let mut attempts = turn.attempts;
        attempts.push(turn.exchange.get_untracked());
        attempts.retain(Exchange::has_words);
        attempts
    }

    fn send(&self, request: Request, attempts: Vec<Exchange>) {
        let conversation = self.conversation;
        let is_demo = self.server.endpoint.get_untracked() == Choice::Demo;
        let exchange = ArcRwSignal::new(Exchange {
            is_demo,
            ..Exchange::default()
        });
        let own = request.draft.media.len();
        let turn = Turn {
            id: self.next_id(),
            question: request.question.clone(),
            media: request.draft.media.clone(),
            data: request.data.iter().take(own).cloned().collect(),
            exchange: exchange.clone(),
            attempts,
            answer: None,
        };
        conversation.turns.update(|turns| turns.push(turn));
        conversation.spoken.set(String::new());
        match self.follow(&request, exchange.clone(), is_demo) {
            Ok(following) => {
                let mut estimate = request.estimate.clone();
                if is_demo {
                    demo::MODEL.clone_into(&mut estimate.model);
                }
                let now = js_sys::Date::new_0().to_iso_string().into();
                conversation
                    .ledger
                    .update(|ledger| ledger.open(now, &estimate));
                spawn_local(following);
            }
            Err(error) => exchange.update(|exchange| exchange.phase = Phase::Failed(error)),
        }
        conversation.request.set(Some(request));
    }

    fn follow(
        &self,
        request: &Request,
        exchange: ArcRwSignal<Exchange>,
        is_demo: bool,
    ) -> Result<Following, Error> {
        let Request {
            draft,
            data,
            estimate,
            ..
        } = request;
        let abort = Abort::new(None)?;
        self.conversation.abort.set(Some(abort.clone()));
        let state = *self;
        Ok(match is_demo {
            true => {
                let session = Session::new(Demo::new(draft, estimate, abort));
                Box::pin(state.read(session, exchange))
            }
            false => {
                let endpoint = FetchEndpoint::new(draft, data.clone(), self.target(), abort)?;
                Box::pin(state.read(Session::new(endpoint), exchange))
            }
        })
    }

    async fn read<E: Endpoint>(self, mut session: Session<E>, exchange: ArcRwSignal<Exchange>) {
        let news = Rc::new(RefCell::new(News::default()));
        let (latest, shown) = (Rc::clone(&news), exchange.clone());
        let on_events = move |events: &[ChatEvent], result: &ChatResult| {
            for event in events {
                if latest.borrow_mut().take(event, result) {
                    let (news, exchange) = (Rc::clone(&latest), shown.clone());
                    request_animation_frame(move || self.show(&news, &exchange));
                }
            }
        };
        let end = session.run(on_events).await;
        // A frame that comes later has nothing to show any more.
        *news.borrow_mut() = News::default();
        self.close(end, session.result(), &exchange);
    }

    /// Shows what has come since the last frame.
    fn show(&self, news: &RefCell<News>, exchange: &ArcRwSignal<Exchange>) {
        let News {
            phase: Some(phase),
            text,
            reasoning,
            first_token_ms,
            ..
        } = news.take()
        else {
            return;
        };
        exchange.update(|exchange| {
            exchange.phase = phase;
            exchange.result.text += &text;
            exchange.result.reasoning += &reasoning;
            exchange.result.first_token_ms = first_token_ms;
            let result = &exchange.result;
            let ledger = self.conversation.ledger;
            exchange.so_far =
                ledger.with_untracked(|ledger| ledger.entries().last()?.so_far(result));
        });
    }

    fn close(&self, end: Result<(), Error>, result: &ChatResult, exchange: &ArcRwSignal<Exchange>) {
        let conversation = self.conversation;
        let bill = conversation.ledger.try_update(|ledger| {
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
            conversation.spoken.set(to_text(&result.text));
            self.settle(result.text.clone());
        }
    }

    /// The question leaves the box, unless it was changed there meanwhile.
    fn settle(&self, answer: String) {
        let conversation = self.conversation;
        let settled = conversation.turns.try_update(|turns| {
            let turn = turns.last_mut()?;
            turn.answer = Some(answer);
            Some(turn.question.clone())
        });
        let Some(question) = settled.flatten() else {
            return;
        };
        let inputs = self.inputs;
        if inputs
            .prompt
            .with_untracked(|prompt| *prompt == question.text)
        {
            inputs.prompt.set(String::new());
        }
        inputs.items.update(|items| {
            items.retain(|item| question.items.iter().all(|asked| asked.id != item.id));
        });
        conversation.request.set(None);
        conversation.dropped.set(None);
        self.take_back_aside();
    }
}
