//! All of the page but what goes in and what it costs: code of its own, loaded when it is wanted, so that a first
//! figure does not wait for it.
//!
//! What this names, and nothing else does, is in a binary beside the page's first (`cargo xtask site` splits it
//! off). `trunk build`, which knows nothing of that, leaves all in one.

use crate::components::ask::Ask;
use crate::components::code::Code;
use crate::components::comparison::Comparison;
use crate::components::endpoint::EndpointChoice;
use crate::components::explain::ExplainDialog;
use crate::components::fit::Fit;
use crate::components::fit_all::FitAll;
use crate::components::ledger::LedgerTable;
use crate::components::turns::{BeginAnew, Turns};
use crate::components::video::{Clip, Frames, Shown};
use crate::components::viewer::Viewer;
use crate::components::what_if::WhatIfPanel;
use crate::folders::{Search, search};
use crate::state::State;
use crate::state::inputs::Item;
use js_sys::Array;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::pin::Pin;
use tilewise::error::Error as InspectError;
use tilewise::media::MediaFacts;
use tilewise::web::{InspectOptions, Source, inspect};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::{Closure, JsCast};
use web_sys::{
    FileSystemDirectoryEntry, IntersectionObserver, IntersectionObserverEntry,
    IntersectionObserverInit,
};

/// What is loaded, by its entrances.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Later {
    pub(crate) conversation: fn(()) -> AnyView,
    pub(crate) begin_anew: fn(()) -> AnyView,
    pub(crate) ledger: fn(()) -> AnyView,
    pub(crate) dialogs: fn(()) -> AnyView,
    pub(crate) questions: fn(()) -> AnyView,
    pub(crate) fit_all: fn(()) -> AnyView,
    pub(crate) fit: fn((Item, MediaFacts)) -> AnyView,
    pub(crate) clip: fn(Clip) -> AnyView,
    pub(crate) frames: fn(Clip) -> AnyView,
    pub(crate) ask_for_models: fn(State),
    /// Reads every format, and files behind addresses.
    pub(crate) inspect: fn(Source) -> Inspected,
    /// Looks for pictures and videos in a folder.
    pub(crate) search: fn(FileSystemDirectoryEntry) -> Search,
}

pub(crate) type Inspected = Pin<Box<dyn Future<Output = Result<MediaFacts, InspectError>>>>;

/// How far the loading is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Loading {
    NotBegun,
    Waiting,
    Here(Later),
    Failed,
}

/// There is no connection.
#[derive(Debug)]
pub(crate) struct NotLoaded;

pub(crate) type Call = Box<dyn FnOnce(Later)>;

/// What people do first, whatever it is.
const SIGNS: [&str; 6] = [
    "dragenter",
    "focusin",
    "keydown",
    "pointerdown",
    "pointermove",
    "wheel",
];

/// How far into the window the place of the rest must come: what only begins at the foot of a phone is not looked at.
const NEAR: &str = "0px 0px -25% 0px";

impl State {
    /// Loads the rest as soon as somebody does anything, has anything in the list, or is near to where it belongs: on
    /// a phone it lies far below.
    pub(crate) fn load_later_when_wanted(&self, place: NodeRef<html::Section>) {
        let state = *self;
        for sign in SIGNS {
            let listener = window_event_listener_untyped(sign, move |_| state.load_later());
            on_cleanup(move || listener.remove());
        }
        Effect::new(move |_| {
            if state.inputs.items.with(|items| !items.is_empty()) {
                state.load_later();
            }
        });
        place.on_load(move |place| {
            let seen = Closure::<dyn Fn(Array)>::new(move |entries: Array| {
                let mut entries = entries.iter();
                let is_near = |entry: JsValue| {
                    let entry: IntersectionObserverEntry = entry.unchecked_into();
                    entry.is_intersecting()
                };
                if entries.any(is_near) {
                    state.load_later();
                }
            });
            let options = IntersectionObserverInit::new();
            options.set_root_margin(NEAR);
            let callback = seen.into_js_value().unchecked_into();
            match IntersectionObserver::new_with_options(&callback, &options) {
                Ok(observer) => observer.observe(&place),
                // A browser that does not say what is seen.
                Err(_) => state.load_later(),
            }
        });
    }

    /// Calls this as soon as the rest is here; where it could not be loaded, after another try that succeeds.
    pub(crate) fn when_later_is_here(&self, call: impl FnOnce(Later) + 'static) {
        match self.later.get_untracked() {
            Loading::Here(later) => call(later),
            loading => {
                self.waiting
                    .update_value(|waiting| waiting.push(Box::new(call)));
                if !matches!(loading, Loading::Waiting) {
                    self.load_again();
                }
            }
        }
    }

    /// Loads the rest, if that was not begun.
    fn load_later(&self) {
        if matches!(self.later.get_untracked(), Loading::NotBegun) {
            self.load_again();
        }
    }

    /// Loads the rest, and shows it where it belongs.
    pub(crate) fn load_again(&self) {
        let state = *self;
        state.later.set(Loading::Waiting);
        spawn_local(async move {
            let Ok(later) = load().await else {
                return state.later.set(Loading::Failed);
            };
            state.later.set(Loading::Here(later));
            let waiting = state.waiting.try_update_value(std::mem::take);
            waiting.into_iter().flatten().for_each(|call| call(later));
        });
    }
}

#[cfg(tilewise_split)]
impl From<wasm_split_helpers::SplitLoaderError> for NotLoaded {
    fn from(_: wasm_split_helpers::SplitLoaderError) -> Self {
        Self
    }
}

/// The rest; loaded when this is called first, and again after it could not be.
#[cfg(tilewise_split)]
#[wasm_split_helpers::wasm_split(later, fallible)]
fn load() -> Result<Later, NotLoaded> {
    Ok(all())
}

#[cfg(not(tilewise_split))]
async fn load() -> Result<Later, NotLoaded> {
    Ok(all())
}

fn all() -> Later {
    Later {
        conversation: |()| {
            view! {
                <EndpointChoice />
                <Turns />
                <Ask />
                <Code />
            }
            .into_any()
        },
        begin_anew: |()| view! { <BeginAnew /> }.into_any(),
        ledger: |()| view! { <LedgerTable /> }.into_any(),
        dialogs: |()| {
            view! {
                <ExplainDialog />
                <Viewer />
            }
            .into_any()
        },
        questions: |()| {
            view! {
                <Comparison />
                <WhatIfPanel />
            }
            .into_any()
        },
        fit_all: |()| view! { <FitAll /> }.into_any(),
        fit: |(item, facts)| view! { <Fit item facts /> }.into_any(),
        clip: |clip| view! { <Shown clip /> }.into_any(),
        frames: |clip| view! { <Frames clip /> }.into_any(),
        ask_for_models: |state| state.ask_for_models(),
        inspect: |source| {
            Box::pin(async move { inspect(&source, &InspectOptions::default()).await })
        },
        search: |folder| Box::pin(search(folder)),
    }
}
