//! Small images of photos and videos. Photos are decoded and scaled by a worker (`www/public/workers/thumbnails.js`), a few
//! at a time. The whole photo is never shown: in a list of a hundred that takes a gigabyte. Of a video the browser's player
//! draws one frame; only the page itself has players, and each holds a decoder, so there is one at a time.

use super::items::{Item, Preview, Thumbnail};
use crate::player::{Player, PlayerError, Preload};
use js_sys::{Object, Reflect};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::sync::Arc;
use tilewise::media::{Format, Kind, MediaFacts, Size};
use tilewise::web::{Data, sleep};
use tilewise_www_core::thumbnail::frame_at;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, MessageEvent, Worker};

const WORKER: &str = "./workers/thumbnails.js";
/// On the longer side: sharp in a row and in a grid, on a dense screen too.
const LONGEST_SIDE: u32 = 480;
/// A browser decodes photos beside each other; each that is decoded is in memory as a whole.
const MAX_PHOTOS: usize = 3;
const MAX_VIDEOS: usize = 1;
/// A player that has told nothing for so long tells nothing any more, and others wait for it.
const MAX_PLAYER_MS: u32 = 15_000;

#[derive(Clone, Copy, Debug)]
pub(crate) struct ThumbnailState {
    photos: Queue,
    videos: Queue,
    worker: StoredValue<Option<Worker>, LocalStorage>,
}

/// Those that wait, and those that are being made.
#[derive(Clone, Copy, Debug)]
struct Queue {
    /// What was asked for last is taken first: it is what a person sees.
    waiting: StoredValue<Vec<Item>, LocalStorage>,
    working: StoredValue<Vec<Item>, LocalStorage>,
    max_at_once: usize,
}

impl Queue {
    fn new(max_at_once: usize) -> Self {
        Self {
            waiting: StoredValue::new_local(Vec::new()),
            working: StoredValue::new_local(Vec::new()),
            max_at_once,
        }
    }

    fn push(&self, item: &Item) {
        item.thumbnail.set(Thumbnail::Waiting);
        self.waiting
            .update_value(|waiting| waiting.push(item.clone()));
    }

    fn withdraw(&self, id: usize) -> Option<Item> {
        take(self.waiting, id)
    }

    /// The next to be made, unless enough are being made.
    fn start(&self) -> Option<Item> {
        if self.working.with_value(Vec::len) >= self.max_at_once {
            return None;
        }
        let item = self.waiting.try_update_value(Vec::pop).flatten()?;
        self.working
            .update_value(|working| working.push(item.clone()));
        Some(item)
    }

    fn finish(&self, id: usize) -> Option<Item> {
        take(self.working, id)
    }

    /// All that it holds, which it holds no longer.
    fn clear(&self) -> impl Iterator<Item = Item> {
        let working = self.working.try_update_value(std::mem::take);
        let waiting = self.waiting.try_update_value(std::mem::take);
        working.into_iter().chain(waiting).flatten()
    }
}

fn take(items: StoredValue<Vec<Item>, LocalStorage>, id: usize) -> Option<Item> {
    let taken = items.try_update_value(|items| {
        let at = items.iter().position(|item| item.id == id)?;
        Some(items.remove(at))
    });
    taken.flatten()
}

impl ThumbnailState {
    pub(crate) fn new() -> Self {
        Self {
            photos: Queue::new(photos_at_once()),
            videos: Queue::new(MAX_VIDEOS),
            worker: StoredValue::new_local(None),
        }
    }

    /// Makes the thumbnail of a photo or a video, unless that is done or under way.
    pub(crate) fn request(&self, item: &Item) {
        let is_new = item
            .thumbnail
            .with_untracked(|thumbnail| matches!(thumbnail, Thumbnail::Idle));
        let Some(facts) = item.facts().filter(|_| is_new) else {
            return;
        };
        // A size that was typed, or figures of a link: there is nothing to show.
        if item.preview.is_none() {
            return;
        }
        match facts.kind {
            // A file alone: to draw a frame of what lies elsewhere would download it.
            Kind::Video(_) if item.file.is_none() => item.thumbnail.set(Thumbnail::Failed),
            Kind::Video(_) => {
                self.videos.push(item);
                self.start_videos();
            }
            // A worker draws no SVG, and what is behind a URL may be shown and not read.
            Kind::Image(_) if facts.format == Format::Svg || item.file.is_none() => {
                show_whole(item);
            }
            Kind::Image(_) => {
                self.photos.push(item);
                self.start_photos();
            }
        }
    }

    /// Takes a request back that is still waiting, as of a row that is out of sight by now.
    pub(crate) fn withdraw(&self, id: usize) {
        let withdrawn = self.photos.withdraw(id);
        if let Some(item) = withdrawn.or_else(|| self.videos.withdraw(id)) {
            item.thumbnail.set(Thumbnail::Idle);
        }
    }

    fn start_videos(&self) {
        while let Some(item) = self.videos.start() {
            let state = *self;
            spawn_local(async move {
                let made = match item.facts() {
                    Some(facts) => draw_frame(&item, &facts).await.ok(),
                    None => None,
                };
                state.videos.finish(item.id);
                show(&item, made.map(Preview::of_url));
                state.start_videos();
            });
        }
    }

    fn start_photos(&self) {
        while let Some(item) = self.photos.start() {
            if self.post(&item).is_none() {
                self.photos.finish(item.id);
                show_whole(&item);
            }
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
        let most = u64::from(LONGEST_SIDE).min(longest);
        let scaled = |side: u64| (side * most / longest).max(1) as f64;
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
        if let Some(item) = self.photos.finish(id) {
            show(&item, made.map(Preview::of_file));
        }
        self.start_photos();
    }

    fn give_up(&self) {
        self.photos.clear().for_each(|item| show_whole(&item));
    }
}

/// One core is left to the page, which scrolls meanwhile.
fn photos_at_once() -> usize {
    let cores = window().navigator().hardware_concurrency() as usize;
    cores.saturating_sub(1).clamp(1, MAX_PHOTOS)
}

/// The item may have been removed meanwhile, and its signal with it.
fn show(item: &Item, made: Option<Arc<Preview>>) {
    item.thumbnail
        .try_set(made.map_or(Thumbnail::Failed, Thumbnail::Shown));
}

/// The photo itself, in place of a small one.
fn show_whole(item: &Item) {
    show(item, item.preview.clone());
}

/// A frame of a video as people see it, as a `data:` URL.
async fn draw_frame(item: &Item, facts: &MediaFacts) -> Result<String, PlayerError> {
    let (Some(url), Kind::Video(video)) = (item.preview_url(), &facts.kind) else {
        return Err(PlayerError::Unplayable);
    };
    let player = Player::new(LONGEST_SIDE).ok_or(PlayerError::Unplayable)?;
    let watched = player.clone();
    spawn_local(async move {
        sleep(MAX_PLAYER_MS).await;
        watched.close();
    });
    let draw = async {
        player.open(&url, Preload::Metadata).await?;
        // The player turns it.
        let shown = Size::new(facts.display_width, facts.display_height);
        player.frame(frame_at(video), shown, 0).await
    };
    let drawn = draw.await;
    player.close();
    drawn
}
