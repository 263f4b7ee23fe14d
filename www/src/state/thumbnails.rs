//! Small images of photos, decoded and scaled by a worker (`www/public/workers/thumbnails.js`), a few at a time. The whole
//! photo is never shown: in a list of a hundred that takes a gigabyte.

use super::items::{Item, Preview, Thumbnail};
use js_sys::{Object, Reflect};
use leptos::prelude::*;
use tilewise::media::{Format, Kind};
use tilewise::web::Data;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, MessageEvent, Worker};

const WORKER: &str = "./workers/thumbnails.js";
/// On the longer side: sharp in a row and in a grid, on a dense screen too.
const LONGEST_SIDE: u64 = 480;
/// A browser decodes them beside each other; each that is decoded is in memory as a whole.
const MAX_AT_ONCE: usize = 3;

#[derive(Clone, Copy, Debug)]
pub(crate) struct ThumbnailState {
    /// What was asked for last is taken first: it is what a person sees.
    waiting: StoredValue<Vec<Item>, LocalStorage>,
    working: StoredValue<Vec<Item>, LocalStorage>,
    worker: StoredValue<Option<Worker>, LocalStorage>,
}

impl ThumbnailState {
    pub(crate) fn new() -> Self {
        Self {
            waiting: StoredValue::new_local(Vec::new()),
            working: StoredValue::new_local(Vec::new()),
            worker: StoredValue::new_local(None),
        }
    }

    /// Makes the thumbnail of a photo, unless that is done or under way.
    pub(crate) fn request(&self, item: &Item) {
        let is_new = item
            .thumbnail
            .try_with_untracked(|thumbnail| matches!(thumbnail, Thumbnail::Idle));
        if is_new != Some(true) {
            return;
        }
        let is_svg = item
            .facts()
            .is_some_and(|facts| facts.format == Format::Svg);
        // A worker draws no SVG, and what is behind a URL may be shown and not read.
        if is_svg || item.file.is_none() {
            return show_whole(item);
        }
        item.thumbnail.set(Thumbnail::Waiting);
        self.waiting
            .update_value(|waiting| waiting.push(item.clone()));
        self.start_waiting();
    }

    /// Takes a request back that is still waiting, as of a row that is out of sight by now.
    pub(crate) fn withdraw(&self, id: usize) {
        let withdrawn = self.waiting.try_update_value(|waiting| {
            let at = waiting.iter().position(|item| item.id == id)?;
            Some(waiting.remove(at))
        });
        if let Some(item) = withdrawn.flatten() {
            item.thumbnail.try_set(Thumbnail::Idle);
        }
    }

    fn start_waiting(&self) {
        while self.working.with_value(Vec::len) < MAX_AT_ONCE {
            let next = self.waiting.try_update_value(Vec::pop).flatten();
            let Some(item) = next else {
                return;
            };
            if self.post(&item).is_none() {
                show_whole(&item);
                continue;
            }
            self.working.update_value(|working| working.push(item));
        }
    }

    /// `None` where there is no worker.
    fn post(&self, item: &Item) -> Option<()> {
        let facts = item.facts()?;
        let Some(Data::Blob(file)) = &item.file else {
            return None;
        };
        let (width, height) = (facts.display_width.max(1), facts.display_height.max(1));
        let longest = width.max(height);
        let scaled = |side: u64| (side * LONGEST_SIDE.min(longest) / longest).max(1) as f64;
        let is_opaque = match &facts.kind {
            Kind::Image(image) => image.has_alpha == Some(false),
            Kind::Video(_) => return None,
        };
        let task = Object::new();
        let set = |name: &str, value: JsValue| Reflect::set(&task, &name.into(), &value).ok();
        set("id", JsValue::from_f64(item.id as f64))?;
        set("file", file.into())?;
        set("width", JsValue::from_f64(scaled(width)))?;
        set("height", JsValue::from_f64(scaled(height)))?;
        set("isOpaque", JsValue::from_bool(is_opaque))?;
        self.worker()?.post_message(&task).ok()
    }

    /// Lives as long as the page does.
    fn worker(&self) -> Option<Worker> {
        if let Some(worker) = self.worker.get_value() {
            return Some(worker);
        }
        let worker = Worker::new(WORKER).ok()?;
        let state = *self;
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let read = |name: &str| Reflect::get(&event.data(), &name.into()).ok();
            if let Some(id) = read("id").and_then(|id| id.as_f64()) {
                let thumbnail = read("thumbnail").and_then(|made| made.dyn_into().ok());
                state.take_in(id as usize, thumbnail.as_ref());
            }
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        on_message.forget();
        // It could not be loaded, or the browser is too old for it.
        let on_error = Closure::<dyn FnMut()>::new(move || state.give_up());
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        on_error.forget();
        self.worker.set_value(Some(worker.clone()));
        Some(worker)
    }

    fn take_in(&self, id: usize, made: Option<&Blob>) {
        let item = self.working.try_update_value(|working| {
            let at = working.iter().position(|item| item.id == id)?;
            Some(working.remove(at))
        });
        if let Some(item) = item.flatten() {
            let made = made.and_then(Preview::of_file);
            // The item may have been removed meanwhile, and its signal with it.
            item.thumbnail
                .try_set(made.map_or(Thumbnail::Failed, Thumbnail::Shown));
        }
        self.start_waiting();
    }

    fn give_up(&self) {
        let working = self.working.try_update_value(std::mem::take);
        let waiting = self.waiting.try_update_value(std::mem::take);
        let items = working.into_iter().chain(waiting).flatten();
        items.for_each(|item| show_whole(&item));
    }
}

/// The photo itself, in place of a small one.
fn show_whole(item: &Item) {
    let shown = item.preview.clone();
    item.thumbnail
        .try_set(shown.map_or(Thumbnail::Failed, Thumbnail::Shown));
}
