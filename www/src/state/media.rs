//! The list of photos and videos: what comes in, its order, what leaves it, and the way back.

use super::fit::FitState;
use super::items::{Inspection, Item, ItemList, Preview};
use super::lazy::LazyState;
use crate::folders::{Found, MAX_FILES};
use crate::intake::{URL_LIST, fetch_sample};
use leptos::prelude::*;
use leptos::task::spawn_local;
use tilewise::error::Error;
use tilewise::media::{MediaFacts, Size};
use tilewise::units::grouped;
use tilewise::web::{Data, InspectOptions, Source, inspect_local};
use tilewise_www_core::answer::sized;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, DataTransfer, FileList, FileSystemDirectoryEntry};

/// As many images as "what if" counts.
const MAX_SIZES: usize = 1_000;

/// How often removal can be undone: the files stay in memory until then.
const MAX_UNDO_STEPS: usize = 20;

#[derive(Clone, Copy, Debug)]
pub(crate) struct MediaState {
    /// What was removed from the list, the last at the end.
    pub(crate) removed: RwSignal<Vec<Removal>, LocalStorage>,
    /// The item that is being dragged to another place.
    pub(crate) dragged: RwSignal<Option<usize>>,
    /// How the list has changed, as a screen reader is to say it.
    pub(crate) announcement: RwSignal<String>,
    /// The item that is inspected.
    pub(crate) viewed: RwSignal<Option<Item>, LocalStorage>,
    list: ItemList,
    fit: FitState,
    lazy: LazyState,
}

/// Items that left the list together, each with its index before.
#[derive(Clone, Debug)]
pub(crate) struct Removal {
    pub(crate) items: Vec<(usize, Item)>,
}

impl MediaState {
    pub(crate) fn new(list: ItemList, fit: FitState, lazy: LazyState) -> Self {
        Self {
            removed: RwSignal::new_local(Vec::new()),
            dragged: RwSignal::new(None),
            announcement: RwSignal::new(String::new()),
            viewed: RwSignal::new_local(None),
            list,
            fit,
            lazy,
        }
    }

    /// Files that were picked or pasted.
    pub(crate) fn add_files(&self, files: &FileList) {
        let files = (0..files.length()).filter_map(|index| files.get(index));
        files.for_each(|file| self.add_file(file.name(), file.unchecked_into()));
    }

    /// One of the site's own, as if it had been picked.
    pub(crate) fn add_sample(&self, name: &'static str) {
        let state = *self;
        spawn_local(async move {
            match fetch_sample(name).await {
                Some(sample) => state.add_file(name.to_owned(), sample),
                None => {
                    let why = "This sample could not be loaded: there is no connection.";
                    state.add_failed(name.to_owned(), why.to_owned());
                }
            }
        });
    }

    /// Files, folders and URLs that were dropped.
    pub(crate) fn add_dropped(&self, dropped: &DataTransfer) {
        let items = dropped.items();
        let mut has_url = false;
        for index in 0..items.length() {
            let Some(item) = items.get(index) else {
                continue;
            };
            let folder = item
                .webkit_get_as_entry()
                .ok()
                .flatten()
                .filter(|entry| entry.is_directory());
            match (folder, item.get_as_file().ok().flatten()) {
                (Some(folder), _) => self.add_folder(folder.unchecked_into()),
                (None, Some(file)) => self.add_file(file.name(), file.unchecked_into()),
                (None, None) => has_url |= item.type_() == URL_LIST,
            }
        }
        // An image that is dragged from another page comes as its URL.
        if has_url && let Ok(list) = dropped.get_data(URL_LIST) {
            let urls = list
                .lines()
                .filter(|line| !line.starts_with('#') && !line.trim().is_empty());
            urls.for_each(|url| self.add_url(url));
        }
    }

    pub(crate) fn add_url(&self, url: &str) {
        let url = url.trim().to_owned();
        let begins_with = |scheme: &str| {
            url.get(..scheme.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
        };
        let is_remote = begins_with("http:") || begins_with("https:");
        if !is_remote && !begins_with("data:") {
            let why = "This is not a URL: one begins with https:// or http://.";
            return self.add_failed(url, why.to_owned());
        }
        let item = Item {
            preview: is_remote.then(|| Preview::of_url(url.clone())),
            by_url: RwSignal::new(true),
            url: RwSignal::new(url.clone()),
            ..Item::new(self.list.next_id(), url.clone())
        };
        self.add(item, Source::Url(url));
    }

    pub(crate) fn add_file(&self, name: String, file: Blob) {
        let data = Data::Blob(file.clone());
        let item = Item {
            preview: Preview::of_file(&file),
            file: Some(data.clone()),
            ..Item::new(self.list.next_id(), name)
        };
        self.add(item, Source::Data(data));
    }

    /// Images that are sizes alone, so that a figure needs no file.
    pub(crate) fn add_sizes(&self, size: Size, count: usize) {
        let state = *self;
        // Not while the form is clicked, which goes with the empty list: what is made there goes with it.
        spawn_local(async move {
            state.fit.forget();
            let name = format!("{} × {}", grouped(size.width), grouped(size.height));
            let items = (0..count.min(MAX_SIZES)).map(|_| {
                let item = Item {
                    is_shared: true,
                    is_typed: true,
                    ..Item::new(state.list.next_id(), name.clone())
                };
                item.inspection.set(Inspection::Done(sized(size)));
                item
            });
            let items: Vec<_> = items.collect();
            state.list.items.update(|list| list.extend(items));
        });
    }

    pub(crate) fn add_failed(&self, name: String, why: String) {
        let item = Item::new(self.list.next_id(), name);
        item.inspection.set(Inspection::Failed(why));
        self.list.items.update(|items| items.push(item));
    }

    fn add(&self, item: Item, source: Source) {
        let (state, id, inspection) = (*self, item.id, item.inspection);
        self.fit.forget();
        self.list.items.update(|items| items.push(item));
        let settle = move |found: Result<MediaFacts, Error>| {
            if let Ok(facts) = &found {
                state.list.replace_shared(id, facts);
            }
            // The item may have been removed meanwhile, and its signal with it.
            inspection.try_set(match found {
                Ok(facts) => Inspection::Done(facts),
                Err(error) => Inspection::Failed(error.sentence()),
            });
        };
        spawn_local(async move {
            // The code that talks to servers comes with the rest of the page; readers of rarer formats are loaded by
            // themselves.
            let found = if source.is_remote() {
                Err(Error::NotLoaded { part: "lazy" })
            } else {
                inspect_local(&source, &InspectOptions::default()).await
            };
            match found {
                Err(Error::NotLoaded { .. }) => state.lazy.when_loaded(move |module| {
                    spawn_local(async move { settle((module.inspect)(source).await) });
                }),
                found => settle(found),
            }
        });
    }

    /// Every photo or video of a folder, by its name or its type.
    pub(crate) fn add_folder(&self, folder: FileSystemDirectoryEntry) {
        let state = *self;
        state.lazy.when_loaded(move |module| {
            spawn_local(async move {
                let name = folder.name();
                let found = (module.search)(folder).await;
                state.add_found(name, found);
            });
        });
    }

    fn add_found(&self, name: String, found: Result<Found, JsValue>) {
        let Ok(found) = found else {
            let why = "This folder could not be read.";
            return self.add_failed(name, why.to_owned());
        };
        if found.files.is_empty() {
            let why = "There are no photos or videos in this folder.";
            return self.add_failed(name, why.to_owned());
        }
        for file in found.files {
            self.add_file(file.name(), file.unchecked_into());
        }
        if found.is_cut {
            let why = format!("Only {MAX_FILES} files of this folder are listed: there are more.");
            self.add_failed(name, why);
        }
    }

    pub(crate) fn remove(&self, id: usize) {
        self.remove_where(|item| item.id == id);
    }

    pub(crate) fn remove_all(&self) {
        self.remove_where(|_| true);
    }

    /// Those whose headers are still being read, as when far too many were dropped.
    pub(crate) fn remove_pending(&self) {
        self.remove_where(Item::is_pending);
    }

    /// Puts back what was removed last, each item at its index before.
    pub(crate) fn undo_removal(&self) {
        let last = self.removed.try_update(Vec::pop).flatten();
        let Some(removal) = last else {
            return;
        };
        self.list.items.update(|items| {
            for (index, item) in removal.items {
                items.insert(index.min(items.len()), item);
            }
        });
    }

    pub(crate) fn forget_removals(&self) {
        self.removed.set(Vec::new());
    }

    /// Moves an item down by so many places, or up where they are negative.
    pub(crate) fn shift(&self, id: usize, by: isize) {
        let to = untrack(|| self.list.index(id)).and_then(|index| index.checked_add_signed(by));
        if let Some(to) = to {
            self.move_to(id, to);
        }
    }

    /// Moves an item to an index, and announces it.
    pub(crate) fn move_to(&self, id: usize, to: usize) {
        let moved = self.list.items.try_update(|items| {
            let from = items.iter().position(|item| item.id == id)?;
            let to = to.min(items.len().saturating_sub(1));
            if from == to {
                return None;
            }
            let item = items.remove(from);
            let name = item.name.clone();
            items.insert(to, item);
            Some(format!("{name} is now {} of {}.", to + 1, items.len()))
        });
        if let Some(moved) = moved.flatten() {
            self.announcement.set(moved);
        }
    }

    fn remove_where(&self, is_removed: impl Fn(&Item) -> bool) {
        let mut gone = Vec::new();
        self.list.items.update(|items| {
            let mut index = 0;
            items.retain(|item| {
                let goes = untrack(|| is_removed(item));
                if goes {
                    gone.push((index, item.clone()));
                }
                index += 1;
                !goes
            });
        });
        for (_, item) in &gone {
            self.fit.cancel(item.id);
        }
        if !gone.is_empty() {
            self.fit.forget();
            self.removed.update(|removed| {
                removed.push(Removal { items: gone });
                if removed.len() > MAX_UNDO_STEPS {
                    removed.remove(0);
                }
            });
        }
    }
}
