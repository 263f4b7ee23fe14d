//! Pictures and videos on their way into the list.

use crate::state::State;
use crate::state::inputs::{Inspection, Item, Preview};
use leptos::prelude::*;
use leptos::task::spawn_local;
use tilewise::error::Error;
use tilewise::media::MediaFacts;
use tilewise::web::{Data, InspectOptions, Source, inspect_local};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, DataTransfer, FileList, Response};

/// Where the site keeps pictures and films to try (`www/public/samples`).
const SAMPLES: &str = "./samples/";

/// How a drag carries addresses (RFC 2483, section 5).
const ADDRESS_LIST: &str = "text/uri-list";

/// Whether what is dragged is for the list, and not, say, text for the prompt.
pub(crate) fn is_for_the_list(dragged: &DataTransfer) -> bool {
    let types = dragged.types();
    ["Files", ADDRESS_LIST]
        .iter()
        .any(|kind| types.includes(&(*kind).into(), 0))
}

impl State {
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

    /// Whatever was dropped: files, folders, addresses.
    pub(crate) fn add_dropped(&self, dropped: &DataTransfer) {
        let items = dropped.items();
        let mut has_address = false;
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
                (None, None) => has_address |= item.type_() == ADDRESS_LIST,
            }
        }
        // What is dragged from another page comes as its address.
        if has_address && let Ok(list) = dropped.get_data(ADDRESS_LIST) {
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
            let why = "This is no address of the network: that begins with https:// or http://.";
            return self.add_failed(url, why.to_owned());
        }
        let item = Item {
            preview: is_remote.then(|| Preview::of_url(url.clone())),
            by_url: RwSignal::new(true),
            url: RwSignal::new(url.clone()),
            ..Item::new(self.next_id(), url.clone())
        };
        self.add(item, Source::Url(url));
    }

    pub(crate) fn add_file(&self, name: String, file: Blob) {
        let data = Data::Blob(file.clone());
        let item = Item {
            preview: Preview::of_file(&file),
            file: Some(data.clone()),
            ..Item::new(self.next_id(), name)
        };
        self.add(item, Source::Data(data));
    }

    pub(crate) fn add_failed(&self, name: String, why: String) {
        let item = Item::new(self.next_id(), name);
        item.inspection.set(Inspection::Failed(why));
        self.inputs.items.update(|items| items.push(item));
    }

    fn add(&self, item: Item, source: Source) {
        let (state, id, inspection) = (*self, item.id, item.inspection);
        self.forget_fits();
        self.inputs.items.update(|items| items.push(item));
        let settle = move |found: Result<MediaFacts, Error>| {
            if let Ok(facts) = &found {
                state.take_the_place(id, facts);
            }
            // The item may have been removed meanwhile, and its signal with it.
            inspection.try_set(match found {
                Ok(facts) => Inspection::Done(facts),
                Err(error) => Inspection::Failed(error.sentence()),
            });
        };
        spawn_local(async move {
            // What talks to servers comes with the rest of the page; readers of rarer formats are loaded by themselves.
            let found = if source.is_remote() {
                Err(Error::NotLoaded { part: "later" })
            } else {
                inspect_local(&source, &InspectOptions::default()).await
            };
            match found {
                Err(Error::NotLoaded { .. }) => state.when_later_is_here(move |later| {
                    spawn_local(async move { settle((later.inspect)(source).await) });
                }),
                found => settle(found),
            }
        });
    }
}

async fn fetch_sample(name: &str) -> Option<Blob> {
    let address = format!("{SAMPLES}{name}");
    let response = JsFuture::from(window().fetch_with_str(&address))
        .await
        .ok()?;
    let response: Response = response.dyn_into().ok()?;
    if !response.ok() {
        return None;
    }
    let blob = JsFuture::from(response.blob().ok()?).await.ok()?;
    blob.dyn_into().ok()
}
