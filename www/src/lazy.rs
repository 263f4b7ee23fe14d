//! The rest of the page: all but what goes in and what it costs. Its code is loaded when it is wanted, so that a first
//! figure does not wait for it.
//!
//! What this names, and nothing else does, is in a binary beside the page's first (`cargo xtask site` splits it
//! off). A build without `--cfg tilewise_split` leaves all in one.

use crate::components::ask::Ask;
use crate::components::code::Code;
use crate::components::comparison::Comparison;
use crate::components::endpoint::EndpointChoice;
use crate::components::explain::ExplainDialog;
use crate::components::fit::Fit;
use crate::components::fit_all::FitAll;
use crate::components::ledger::LedgerTable;
use crate::components::turns::{NewConversation, Turns};
use crate::components::video::{Clip, Frames, Shown};
use crate::components::viewer::Viewer;
use crate::components::what_if::WhatIfPanel;
use crate::folders::{Search, search};
use crate::state::endpoint::EndpointState;
use crate::state::items::Item;
use leptos::prelude::*;
use std::pin::Pin;
use tilewise::error::Error as InspectError;
use tilewise::media::MediaFacts;
use tilewise::web::{InspectOptions, Source, inspect};
use web_sys::FileSystemDirectoryEntry;

/// What the rest of the page does for the first part.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LazyModule {
    pub(crate) conversation: fn(()) -> AnyView,
    pub(crate) new_conversation: fn(()) -> AnyView,
    pub(crate) ledger: fn(()) -> AnyView,
    pub(crate) dialogs: fn(()) -> AnyView,
    pub(crate) questions: fn(()) -> AnyView,
    pub(crate) fit_all: fn(()) -> AnyView,
    pub(crate) fit: fn((Item, MediaFacts)) -> AnyView,
    pub(crate) clip: fn(Clip) -> AnyView,
    pub(crate) frames: fn(Clip) -> AnyView,
    pub(crate) list_models: fn(EndpointState),
    /// Reads every format, and files behind URLs.
    pub(crate) inspect: fn(Source) -> Inspected,
    /// Finds the photos and videos of a folder.
    pub(crate) search: fn(FileSystemDirectoryEntry) -> Search,
}

pub(crate) type Inspected = Pin<Box<dyn Future<Output = Result<MediaFacts, InspectError>>>>;

/// There is no connection.
#[derive(Debug)]
pub(crate) struct NotLoaded;

#[cfg(tilewise_split)]
impl From<wasm_split_helpers::SplitLoaderError> for NotLoaded {
    fn from(_: wasm_split_helpers::SplitLoaderError) -> Self {
        Self
    }
}

/// Loads the rest when it is first called, and again after that failed.
#[cfg(tilewise_split)]
#[wasm_split_helpers::wasm_split(lazy, fallible)]
pub(crate) fn load() -> Result<LazyModule, NotLoaded> {
    Ok(module())
}

#[cfg(not(tilewise_split))]
pub(crate) async fn load() -> Result<LazyModule, NotLoaded> {
    Ok(module())
}

fn module() -> LazyModule {
    LazyModule {
        conversation: |()| {
            view! {
                <EndpointChoice />
                <Turns />
                <Ask />
                <Code />
            }
            .into_any()
        },
        new_conversation: |()| view! { <NewConversation /> }.into_any(),
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
        list_models: |endpoint| endpoint.list_models(),
        inspect: |source| {
            Box::pin(async move { inspect(&source, &InspectOptions::default()).await })
        },
        search: |folder| Box::pin(search(folder)),
    }
}
