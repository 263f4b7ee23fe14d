//! The rest of the page: all but what goes in and what it costs. Its code is loaded when it is wanted, so that a first
//! figure does not wait for it.
//!
//! What this names, and nothing else does, is in a binary beside the page's first (`cargo xtask site` splits it
//! off). A build without `--cfg tilewise_split` leaves all in one.

use crate::components::explain::ExplainDialog;
use crate::components::fix::{FitProgress, FixAll};
use crate::components::inspector::Inspector;
use crate::components::panel::Panel;
use crate::components::remarks::Remarks;
use crate::components::sent::Sent;
use crate::components::share::Share;
use crate::components::thumbnail::Thumbnail;
use crate::examine::{examine, inspect_any};
use crate::folders::{Search, search};
use crate::late_intake::{add_data_url, add_early};
use crate::state::endpoint::EndpointState;
use crate::state::items::Item;
use crate::state::media::MediaState;
use crate::state::thumbnails::ThumbnailState;
use js_sys::Array;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::pin::Pin;
use tilewise::error::Error as InspectError;
use tilewise::media::MediaFacts;
use tilewise::web::Source;
use web_sys::FileSystemDirectoryEntry;

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
    pub(crate) remarks: fn((Item, bool)) -> AnyView,
    pub(crate) list_models: fn(EndpointState),
    /// Reads every format, and files behind URLs.
    pub(crate) inspect: fn(Item, Source) -> Inspected,
    /// Looks at what figures do not need.
    pub(crate) examine: fn(ThumbnailState, Vec<Item>),
    /// Lists the data of a `data:` URL, as any file.
    pub(crate) add_data_url: fn(MediaState, String),
    /// Lists what was dropped before the program was there.
    pub(crate) add_early: fn(MediaState, Array),
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
        panel: |()| view! { <Panel /> }.into_any(),
        dialogs: |()| {
            view! {
                <ExplainDialog />
                <Inspector />
            }
            .into_any()
        },
        fix: |()| view! { <FixAll /> }.into_any(),
        fit_progress: |()| view! { <FitProgress /> }.into_any(),
        sent: |()| view! { <Sent /> }.into_any(),
        share: |()| view! { <Share /> }.into_any(),
        thumbnail: |item| view! { <Thumbnail item /> }.into_any(),
        remarks: |(item, is_short)| view! { <Remarks item is_short /> }.into_any(),
        list_models: |endpoint| endpoint.list_models(),
        inspect: |item, source| Box::pin(async move { inspect_any(&item, &source).await }),
        examine: |thumbnails, items| spawn_local(examine(thumbnails, items)),
        add_data_url: |media, url| spawn_local(add_data_url(media, url)),
        add_early: |media, dropped| add_early(media, &dropped),
        search: |folder| Box::pin(search(folder)),
    }
}
