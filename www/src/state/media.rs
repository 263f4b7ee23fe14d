//! The list of photos and videos: what comes in, its order, what leaves it, and the way back.

use super::fit::FitState;
use super::items::{Inspection, Item, ItemList, Preview, StandIn};
use super::lazy::{Inspected, LazyState};
use super::thumbnails::ThumbnailState;
use crate::folders::{Found, MAX_FILES};
use crate::intake::{TEXT, URL_LIST, early_drops, fetch_sample, unread};
use crate::reveal::reveal;
use leptos::prelude::*;
use leptos::task::spawn_local;
use tilewise::error::Error;
use tilewise::media::Size;
use tilewise::units::grouped;
use tilewise::web::{Data, InspectOptions, Source, inspect_local, sleep};
use tilewise_www_core::answer::sized;
use tilewise_www_core::url::{MediaUrl, has_scheme, media_url};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, DataTransfer, File, FileList, FileSystemDirectoryEntry};

/// As many images as "what if" counts.
const MAX_SIZES: usize = 1_000;

/// The browser does not say which of these it is.
const UNREACHABLE: &str = "Its server did not answer, or does not let pages read it (CORS). Check the address, or download the file and add it here.";

/// How often removal can be undone: the files stay in memory until then.
const MAX_UNDO_STEPS: usize = 20;

/// Data that are no file are named by their beginning.
const MAX_NAME: usize = 60;

/// Facts of many files are shown so many milliseconds apart: each time costs the whole request, and a frame.
const PAUSE_MS: u32 = 100;

/// The reading of so many begins in a task. To ask for a file's size or for a part of it holds the page up until the
/// browser's process answers: for a hundred files longer than a frame.
const BEGUN_AT_ONCE: usize = 8;

#[derive(Clone, Copy, Debug)]
pub(crate) struct MediaState {
    /// What was removed from the list, the last at the end.
    pub(crate) removed: RwSignal<Vec<Removal>, LocalStorage>,
    /// How the list has changed, as a screen reader is to say it.
    pub(crate) announcement: RwSignal<String>,
    /// The item that is inspected.
    pub(crate) viewed: RwSignal<Option<Item>, LocalStorage>,
    /// What was read and is not shown yet.
    read: StoredValue<Vec<Reading>, LocalStorage>,
    /// How many items are being read.
    under_way: StoredValue<usize>,
    /// How many have been added since nothing was being read.
    added: StoredValue<usize>,
    list: ItemList,
    fit: FitState,
    lazy: LazyState,
    thumbnails: ThumbnailState,
}

/// What became of reading an item.
#[derive(Debug)]
struct Reading {
    item: Item,
    outcome: Result<Inspected, Error>,
}

/// Items that left the list together, each with its index before.
#[derive(Clone, Debug)]
pub(crate) struct Removal {
    pub(crate) items: Vec<(usize, Item)>,
}

impl MediaState {
    pub(crate) fn new(
        list: ItemList,
        fit: FitState,
        lazy: LazyState,
        thumbnails: ThumbnailState,
    ) -> Self {
        Self {
            removed: RwSignal::new_local(Vec::new()),
            announcement: RwSignal::new(String::new()),
            viewed: RwSignal::new_local(None),
            read: StoredValue::new_local(Vec::new()),
            under_way: StoredValue::new(0),
            added: StoredValue::new(0),
            list,
            fit,
            lazy,
            thumbnails,
        }
    }

    /// Files that were picked or pasted.
    pub(crate) fn add_files(&self, files: &FileList) {
        let files = (0..files.length()).filter_map(|index| files.get(index));
        let items = files.map(|file| self.of_file(file.name(), file.unchecked_into()));
        self.add(items.collect());
    }

    /// What was dropped before the program was there.
    pub(crate) fn add_early(&self) {
        for dropped in early_drops().iter() {
            match (dropped.as_string(), dropped.dyn_into::<File>()) {
                (Some(urls), _) => self.add_urls(&urls),
                (None, Ok(file)) => self.add_file(file.name(), file.unchecked_into()),
                (None, Err(folder)) => self.add_folder(folder.unchecked_into()),
            }
        }
    }

    /// Files that were pasted, or text that is a URL where nothing is being written.
    pub(crate) fn add_pasted(&self, pasted: &DataTransfer, is_writing: bool) {
        let files = pasted.files().filter(|files| files.length() > 0);
        if let Some(files) = files {
            return self.add_files(&files);
        }
        let text = pasted.get_data(TEXT).unwrap_or_default();
        let text = text.trim();
        let is_url = has_scheme(text) && !text.contains(char::is_whitespace);
        if !is_writing && is_url {
            self.add_urls(text);
        }
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
        let mut files = Vec::new();
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
                (None, Some(file)) => files.push(self.of_file(file.name(), file.unchecked_into())),
                (None, None) => has_url |= item.type_() == URL_LIST,
            }
        }
        if !files.is_empty() {
            self.add(files);
        }
        // An image that is dragged from another page comes as its URL.
        if has_url && let Ok(list) = dropped.get_data(URL_LIST) {
            self.add_urls(&list);
        }
    }

    fn add_urls(&self, list: &str) {
        let urls = list
            .lines()
            .filter(|line| !line.starts_with('#') && !line.trim().is_empty());
        for url in urls {
            // There is no field in which it could be corrected.
            if let Err(why) = self.add_url(url) {
                self.add_failed(url.trim().to_owned(), why.to_owned());
            }
        }
    }

    /// Nothing is listed of what is none: the error says why.
    pub(crate) fn add_url(&self, text: &str) -> Result<(), &'static str> {
        match media_url(text)? {
            MediaUrl::Data(url) => self.add_data_url(url),
            MediaUrl::Remote(url) => self.add(vec![Item {
                preview: Some(Preview::of_url(url.clone())),
                by_url: ArcRwSignal::new(true),
                url: ArcRwSignal::new(url.clone()),
                ..Item::new(self.list.next_id(), url)
            }]),
        }
        Ok(())
    }

    /// The data are a file like any other, which only has no name.
    fn add_data_url(&self, url: String) {
        let state = *self;
        self.lazy.when_loaded(move |module| {
            spawn_local(async move {
                let name = url.chars().take(MAX_NAME).collect();
                match (module.decode)(url).await {
                    Some((name, file)) => state.add_file(name, file),
                    None => {
                        let why = "This data: URL cannot be decoded.";
                        state.add_failed(name, why.to_owned());
                    }
                }
            });
        });
    }

    pub(crate) fn add_file(&self, name: String, file: Blob) {
        self.add(vec![self.of_file(name, file)]);
    }

    fn of_file(&self, name: String, file: Blob) -> Item {
        Item {
            preview: Some(Preview::of_file(&file)),
            file: Some(Data::Blob(file)),
            ..Item::new(self.list.next_id(), name)
        }
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
                    stand_in: Some(StandIn::Typed),
                    ..Item::new(state.list.next_id(), name.clone())
                };
                item.inspection.set(Inspection::Done(sized(size)));
                item
            });
            let items: Vec<_> = items.collect();
            let first = items.first().map(|item| item.id);
            state.list.items.update(|list| list.extend(items));
            // The form is gone, and with it the focus and, on a phone, the way to the list.
            if let Some(id) = first {
                reveal(format!("[data-item=\"{id}\"] > .open"));
            }
        });
    }

    pub(crate) fn add_failed(&self, name: String, why: String) {
        let item = Item::new(self.list.next_id(), name);
        item.inspection.set(Inspection::Failed(why));
        self.list.items.update(|items| items.push(item));
    }

    /// Lists them at once, and reads them beside each other.
    fn add(&self, items: Vec<Item>) {
        self.fit.forget();
        self.under_way.update_value(|count| *count += items.len());
        self.added.update_value(|count| *count += items.len());
        self.list
            .items
            .update(|list| list.extend(items.iter().cloned()));
        self.begin(items);
    }

    /// Begins to read the first ones, and the others in later tasks.
    fn begin(self, mut items: Vec<Item>) {
        let later = items.split_off(items.len().min(BEGUN_AT_ONCE));
        for item in items {
            spawn_local(self.inspect(item));
        }
        if !later.is_empty() {
            spawn_local(async move {
                sleep(0).await;
                self.begin(later);
            });
        }
    }

    async fn inspect(self, item: Item) {
        let source = match &item.file {
            Some(file) => Source::Data(file.clone()),
            // It may have been removed while it waited, and its signal with it.
            None => Source::Url(item.url.try_get_untracked().unwrap_or_default()),
        };
        // The code that talks to servers comes with the rest of the page; readers of rarer formats are loaded by
        // themselves.
        let found = if source.is_remote() {
            Err(Error::NotLoaded { part: "lazy" })
        } else {
            inspect_local(&source, &InspectOptions::default()).await
        };
        match found {
            Err(Error::NotLoaded { .. }) => {
                self.lazy.when_loaded(move |module| {
                    spawn_local(async move {
                        let outcome = (module.inspect)(source).await;
                        self.note(Reading { item, outcome });
                    });
                });
            }
            found => {
                let outcome = found.map(|facts| Inspected {
                    facts,
                    is_measured: false,
                });
                self.note(Reading { item, outcome });
            }
        }
    }

    /// Shows what was read: the last of all at once, else with others that come meanwhile.
    fn note(&self, reading: Reading) {
        let waiting = self.read.try_update_value(|read| {
            read.push(reading);
            read.len()
        });
        let left = self.under_way.try_update_value(|count| {
            *count = count.saturating_sub(1);
            *count
        });
        if left == Some(0) {
            self.take_in();
        } else if waiting == Some(1) {
            let state = *self;
            spawn_local(async move {
                sleep(PAUSE_MS).await;
                state.take_in();
            });
        }
    }

    fn take_in(&self) {
        let read = self
            .read
            .try_update_value(std::mem::take)
            .unwrap_or_default();
        let has_shared = untrack(|| self.list.has_shared());
        let mut readable = Vec::new();
        for Reading { item, outcome } in read {
            if let Ok(Inspected { facts, is_measured }) = &outcome {
                if has_shared {
                    self.list.replace_shared(item.id, facts);
                }
                item.is_measured.set(*is_measured);
                readable.push(item.clone());
            }
            item.inspection.set(match outcome {
                Ok(Inspected { facts, .. }) => Inspection::Done(facts),
                Err(error) => Inspection::Failed(why(&error)),
            });
        }
        let thumbnails = self.thumbnails;
        self.lazy
            .when_loaded(move |module| (module.examine)(thumbnails, readable));
        if self.under_way.get_value() == 0 {
            self.announce_added();
        }
    }

    /// One sentence for many files: each of its own would be read out for minutes.
    fn announce_added(&self) {
        let added = self
            .added
            .try_update_value(std::mem::take)
            .unwrap_or_default();
        if added < 2 {
            return;
        }
        let failed = self.list.items.with_untracked(|items| {
            items
                .iter()
                .filter(|item| untrack(|| item.has_failed()))
                .count()
        });
        self.announcement.set(match failed {
            0 => format!("{added} files added."),
            failed => format!("{added} files added. {}", unread(failed)),
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
        let files = found.files.into_iter();
        let items = files.map(|file| self.of_file(file.name(), file.unchecked_into()));
        self.add(items.collect());
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

/// In the page's words: what else a program could do is of no use here.
fn why(error: &Error) -> String {
    match error {
        Error::Network { .. } => UNREACHABLE.to_owned(),
        error => error.sentence(),
    }
}
