//! The rest of the page: all but what goes in and what it costs. Its code is loaded when it is wanted, so that a first
//! figure does not wait for it.
//!
//! What this names, and nothing else does, is in a binary beside the page's first (`cargo xtask site` splits it
//! off). A build without `--cfg tilewise_split` leaves all in one.

use crate::components::explain::ExplainDialog;
use crate::components::fix::{FitProgress, FixAll};
use crate::components::inspector::Inspector;
use crate::components::model_picker::ModelPicker;
use crate::components::panel::Panel;
use crate::components::remarks::Remarks;
use crate::components::reorder_handle::ReorderHandle;
use crate::components::sent::Sent;
use crate::components::share::Share;
use crate::components::thumbnail::Thumbnail;
use crate::data_url::decode;
use crate::examine::{examine, inspect_any};
use crate::folders::search;
use crate::state::lazy::{LazyModule, NotLoaded};
use leptos::prelude::*;
use leptos::task::spawn_local;
use tilewise::stream::retry::DEFAULT_MAX_RETRIES;
use tilewise::web::list_models;

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
                <ModelPicker />
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
        reorder: |(id, name)| view! { <ReorderHandle id name /> }.into_any(),
        remarks: |(item, is_short)| view! { <Remarks item is_short /> }.into_any(),
        list_models: |target, abort| Box::pin(list_models(target, abort, DEFAULT_MAX_RETRIES)),
        inspect: |source| Box::pin(inspect_any(source)),
        examine: |thumbnails, items| spawn_local(examine(thumbnails, items)),
        decode: |url| Box::pin(decode(url)),
        search: |folder| Box::pin(search(folder)),
    }
}
