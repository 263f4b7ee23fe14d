//! How far the loading of the rest of the page is, and what waits for it.

use crate::lazy::{LazyModule, load};
use leptos::prelude::*;
use leptos::task::spawn_local;

#[derive(Clone, Copy, Debug)]
pub(crate) struct LazyState {
    pub(crate) phase: RwSignal<LazyPhase>,
    waiting: StoredValue<Vec<Call>, LocalStorage>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum LazyPhase {
    Idle,
    Loading,
    Loaded(LazyModule),
    Failed,
}

type Call = Box<dyn FnOnce(LazyModule)>;

impl LazyState {
    pub(crate) fn new() -> Self {
        Self {
            phase: RwSignal::new(LazyPhase::Idle),
            waiting: StoredValue::new_local(Vec::new()),
        }
    }

    /// Calls this as soon as the rest is loaded; where that fails, after another try that succeeds.
    pub(crate) fn when_loaded(&self, call: impl FnOnce(LazyModule) + 'static) {
        match self.phase.get_untracked() {
            LazyPhase::Loaded(module) => call(module),
            phase => {
                self.waiting
                    .update_value(|waiting| waiting.push(Box::new(call)));
                if !matches!(phase, LazyPhase::Loading) {
                    self.retry();
                }
            }
        }
    }

    /// Loads the rest, unless that was begun.
    pub(crate) fn start(&self) {
        if matches!(self.phase.get_untracked(), LazyPhase::Idle) {
            self.retry();
        }
    }

    /// Loads the rest, and shows it where it belongs.
    pub(crate) fn retry(&self) {
        let Self { phase, waiting } = *self;
        phase.set(LazyPhase::Loading);
        spawn_local(async move {
            let Ok(module) = load().await else {
                return phase.set(LazyPhase::Failed);
            };
            phase.set(LazyPhase::Loaded(module));
            let waiting = waiting.try_update_value(std::mem::take);
            waiting.into_iter().flatten().for_each(|call| call(module));
        });
    }
}
