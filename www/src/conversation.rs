//! Asking, and reading the answer as it comes.

use crate::demo::Demo;
use crate::state::{Endpoint as Choice, Phase, State, Turn};
use leptos::prelude::*;
use leptos::task::spawn_local;
use tilewise::error::{Code, Error};
use tilewise::stream::chat::ChatEvent;
use tilewise::stream::session::{Endpoint, Session};
use tilewise::usage::{Basis, Received, reconcile};
use tilewise::web::{Abort, EndpointOptions, FetchEndpoint};

impl State {
    /// Sends the request as it stands. The prompt and the list stay where they are, whatever
    /// comes of it.
    pub(crate) fn ask(&self) {
        let started = self.start();
        if let Err(error) = started {
            self.turn
                .update(|turn| turn.phase = Phase::Failed(error.sentence()));
        }
    }

    pub(crate) fn stop(&self) {
        if let Some(abort) = self.abort.get_untracked() {
            abort.abort();
        }
    }

    fn start(&self) -> Result<(), Error> {
        let state = *self;
        let (draft, data) = untrack(|| state.inputs.draft());
        let estimate = self.estimate.get_untracked();
        let abort = Abort::new(None)?;
        self.abort.set(Some(abort.clone()));
        self.turn.set(Turn {
            phase: Phase::Sending,
            basis: Some(Basis::from(&estimate)),
            ..Turn::default()
        });
        if self.endpoint.get_untracked() == Choice::Demo {
            let session = Session::new(Demo::new(&draft, &estimate, abort));
            spawn_local(state.follow(session));
        } else {
            let key = self.api_key.get_untracked();
            let options = EndpointOptions {
                base_url: untrack(|| state.base_url()),
                api_key: Some(key.trim().to_owned()).filter(|key| !key.is_empty()),
                ..EndpointOptions::default()
            };
            let session = Session::new(FetchEndpoint::new(&draft, data, options, abort)?);
            spawn_local(state.follow(session));
        }
        Ok(())
    }

    async fn follow<E: Endpoint>(self, mut session: Session<E>) {
        let phase = loop {
            match session.next().await {
                Ok(Some(ChatEvent::Retry { wait_ms, cause, .. })) => {
                    self.turn
                        .update(|turn| turn.phase = Phase::Retrying(cause, wait_ms));
                }
                Ok(Some(_)) => self.show(&session, Phase::Streaming),
                Ok(None) => break Phase::Done,
                Err(error) if error.code() == Code::Aborted => break Phase::Stopped,
                Err(error) => break Phase::Failed(error.sentence()),
            }
        };
        self.show(&session, phase);
    }

    fn show<E: Endpoint>(&self, session: &Session<E>, phase: Phase) {
        self.turn.update(|turn| {
            turn.phase = phase;
            turn.result = session.result().clone();
            turn.reconciliation = turn
                .basis
                .zip(turn.result.usage)
                .map(|(basis, usage)| reconcile(&basis, &usage, &Received::from(&turn.result)));
        });
    }
}
