//! How far the loading of the rest of the page is, and what waits for it.

use super::items::Item;
use super::thumbnails::ThumbnailState;
use crate::folders::Search;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::pin::Pin;
use tilewise::catalog::Model;
use tilewise::error::Error;
use tilewise::media::MediaFacts;
use tilewise::stream::Target;
use tilewise::web::{Abort, Source};
use web_sys::{Blob, FileSystemDirectoryEntry};

/// What the rest of the page does for the first part.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LazyModule {
    pub(crate) panel: fn(()) -> AnyView,
    pub(crate) dialogs: fn(()) -> AnyView,
    pub(crate) fix: fn(()) -> AnyView,
    pub(crate) fit_progress: fn(()) -> AnyView,
    pub(crate) sent: fn(()) -> AnyView,
    pub(crate) share: fn(()) -> AnyView,
    pub(crate) thumbnail: fn(Item) -> AnyView,
    pub(crate) reorder: fn((usize, String)) -> AnyView,
    pub(crate) remarks: fn((Item, bool)) -> AnyView,
    pub(crate) list_models: fn(Target, Abort) -> Later<Models>,
    /// Reads every format, and files behind URLs.
    pub(crate) inspect: fn(Source) -> Later<Result<Inspected, Error>>,
    /// Looks at what figures do not need.
    pub(crate) examine: fn(ThumbnailState, Vec<Item>),
    /// Makes the data of a `data:` URL a file with a name; `None` where they cannot be decoded.
    pub(crate) decode: fn(String) -> Later<Option<Named>>,
    /// Finds the photos and videos of a folder.
    pub(crate) search: fn(FileSystemDirectoryEntry) -> Search,
}

/// What is there once it has been waited for.
pub(crate) type Later<T> = Pin<Box<dyn Future<Output = T>>>;

pub(crate) type Models = Result<Vec<Model>, Error>;

/// A file under its name.
pub(crate) type Named = (String, Blob);

/// Facts, and how they were come by.
#[derive(Debug)]
pub(crate) struct Inspected {
    pub(crate) facts: MediaFacts,
    /// No page may read it: the size is as the browser shows it.
    pub(crate) is_measured: bool,
}

/// Loads the rest.
pub(crate) type Load = fn() -> Later<Result<LazyModule, NotLoaded>>;

/// There is no connection.
#[derive(Debug)]
pub(crate) struct NotLoaded;

#[derive(Clone, Copy, Debug)]
pub(crate) struct LazyState {
    pub(crate) phase: RwSignal<LazyPhase>,
    waiting: StoredValue<Vec<Call>, LocalStorage>,
    load: Load,
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
    pub(crate) fn new(load: Load) -> Self {
        Self {
            phase: RwSignal::new(LazyPhase::Idle),
            waiting: StoredValue::new_local(Vec::new()),
            load,
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
        let Self {
            phase,
            waiting,
            load,
        } = *self;
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
