//! The photos and videos of the list.

use leptos::prelude::*;
use std::sync::{Arc, OnceLock};
use tilewise::link::Linked;
use tilewise::media::{Format, MediaFacts};
use tilewise::prepare::{Goal, decodes};
use tilewise::request::{Detail, MediaPart, Via};
use tilewise::web::Data;
use tilewise_www_core::files::Files;
use web_sys::{Blob, Url};

/// Handles only, so that it can be copied into every closure.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ItemList {
    pub(crate) items: RwSignal<Vec<Item>, LocalStorage>,
    next_id: StoredValue<usize>,
}

/// One photo or video of the list. What changes of it is counted by its users and not held by an owner, so that it goes
/// with the last of them: a thumbnail takes some 30 KB.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) id: usize,
    pub(crate) name: String,
    /// Where the page itself shows it from; `None` where there is nothing to show.
    pub(crate) preview: Option<Arc<Preview>>,
    /// The file; `None` for what was given by its URL.
    pub(crate) file: Option<Data>,
    pub(crate) inspection: ArcRwSignal<Inspection>,
    /// What the list shows of a photo or a video.
    pub(crate) thumbnail: ArcRwSignal<Thumbnail>,
    /// Whether it is a JPEG that stops before its end.
    pub(crate) is_cut_off: ArcRwSignal<bool>,
    /// Whether its size is the browser's measure, as its server lets no page read it.
    pub(crate) is_measured: ArcRwSignal<bool>,
    /// Whether the endpoint is to fetch it.
    pub(crate) by_url: ArcRwSignal<bool>,
    pub(crate) url: ArcRwSignal<String>,
    pub(crate) fitting: ArcRwSignal<FitPhase>,
    /// The original of a photo that was made to fit, and how that was done.
    pub(crate) made: Option<Arc<Made>>,
    /// Where its facts are from, if they are all there is: then there is no file to send.
    pub(crate) stand_in: Option<StandIn>,
}

/// Where facts without a file are from; what counts for a list that has several is the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum StandIn {
    /// A size that was typed.
    Typed,
    /// From this tab, before the page was loaded again.
    Kept,
    /// A link.
    Linked,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Inspection {
    Pending,
    Done(MediaFacts),
    Failed(String),
}

/// What a person should know of a file besides its facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Remark {
    pub(crate) what: String,
    /// And what follows from it; empty where that is clear.
    pub(crate) what_to_do: &'static str,
    /// Whether something is wrong with the file itself.
    pub(crate) is_warning: bool,
}

#[derive(Clone, Debug, Default)]
pub(crate) enum Thumbnail {
    /// Not asked for.
    #[default]
    Idle,
    Waiting,
    Shown(Arc<Preview>),
    /// The browser cannot decode it, or there is no file.
    Failed,
}

/// How far the fitting of one photo is.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum FitPhase {
    #[default]
    Idle,
    Waiting,
    /// The share that is done, 0 to 1.
    Working(f64),
    /// It met its goal as it was.
    Met,
    Cancelled,
    Failed(String),
}

/// The original of a photo that was made to fit, and how that was done.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    pub(crate) original: Item,
    pub(crate) before: MediaFacts,
    pub(crate) goal: Goal,
    pub(crate) steps: Vec<String>,
}

impl FitPhase {
    pub(crate) fn is_busy(&self) -> bool {
        matches!(self, Self::Waiting | Self::Working(_))
    }

    pub(crate) fn share(&self) -> f64 {
        match self {
            Self::Working(share) => *share,
            _ => 0.0,
        }
    }
}

/// Something to show. The URL of a file holds the file in memory, until the last part of the page that shows it is gone.
#[derive(Debug)]
pub(crate) struct Preview {
    file: Option<Blob>,
    /// Of a file it is made when it is first shown: the browser's process makes it, and the page waits for it.
    url: OnceLock<String>,
}

impl Preview {
    pub(crate) fn of_file(file: &Blob) -> Arc<Self> {
        Arc::new(Self {
            file: Some(file.clone()),
            url: OnceLock::new(),
        })
    }

    pub(crate) fn of_url(url: String) -> Arc<Self> {
        Arc::new(Self {
            file: None,
            url: url.into(),
        })
    }

    /// `None` where the browser makes none.
    pub(crate) fn url(&self) -> Option<String> {
        if let Some(url) = self.url.get() {
            return Some(url.clone());
        }
        let made = Url::create_object_url_with_blob(self.file.as_ref()?).ok()?;
        Some(self.url.get_or_init(|| made).clone())
    }
}

impl Drop for Preview {
    fn drop(&mut self) {
        if let (Some(_), Some(url)) = (&self.file, self.url.get()) {
            let _ = Url::revoke_object_url(url);
        }
    }
}

impl ItemList {
    pub(crate) fn new() -> Self {
        Self {
            items: RwSignal::new_local(Vec::new()),
            next_id: StoredValue::new(0),
        }
    }

    pub(crate) fn next_id(&self) -> usize {
        self.next_id
            .try_update_value(|id| {
                *id += 1;
                *id
            })
            .unwrap_or_default()
    }

    /// The index of an item in the list, whether it is sent or not.
    pub(crate) fn index(&self, id: usize) -> Option<usize> {
        self.items
            .with(|items| items.iter().position(|item| item.id == id))
    }

    pub(crate) fn find(&self, id: usize) -> Option<Item> {
        self.items
            .with(|items| items.iter().find(|item| item.id == id).cloned())
    }

    /// The item in the list that is this one, or that took its place when it was made to fit or that was undone.
    pub(crate) fn successor(&self, item: &Item) -> Option<Item> {
        let origin = |item: &Item| item.made.as_ref().map_or(item.id, |made| made.original.id);
        self.items.with_untracked(|items| {
            let same = items.iter().find(|listed| listed.id == item.id);
            same.or_else(|| items.iter().find(|listed| origin(listed) == origin(item)))
                .cloned()
        })
    }

    /// Puts another item in the place of one that is still in the list; one that was removed stays away.
    pub(crate) fn replace(&self, id: usize, by: Item) {
        self.items.update(|items| {
            if let Some(item) = items.iter_mut().find(|item| item.id == id) {
                *item = by;
            }
        });
    }

    /// The ids of the items that are sent, in order: those whose facts are known.
    pub(crate) fn sent(&self) -> Vec<usize> {
        let is_sent = |item: &&Item| {
            item.inspection
                .with(|inspection| matches!(inspection, Inspection::Done(_)))
        };
        self.items
            .with(|items| items.iter().filter(is_sent).map(|item| item.id).collect())
    }

    /// The items that are sent, in order.
    pub(crate) fn sent_items(&self) -> Vec<Item> {
        let sent = self.sent();
        let items = self.items.get().into_iter();
        items.filter(|item| sent.contains(&item.id)).collect()
    }

    /// What is sent of the list, in order, with the data of what travels in the body.
    pub(crate) fn media(&self, detail: Detail) -> (Vec<MediaPart>, Vec<Option<Data>>) {
        let part = |item: &Item| {
            let data = item.file.clone().filter(|_| !item.by_url.get());
            Some((item.part(detail)?, data))
        };
        self.items
            .with(|items| items.iter().filter_map(part).unzip())
    }

    /// Puts an item in the place of figures that came by a link and are the same. How it is sent stays as they said.
    pub(crate) fn replace_shared(&self, id: usize, facts: &MediaFacts) {
        let facts = Linked::from(MediaPart::base64(facts.clone())).facts;
        let is_same =
            |item: &Item| item.is_stand_in() && item.facts().is_some_and(|shared| shared == facts);
        let found = self.items.with_untracked(|items| {
            let shared = items.iter().find(|item| is_same(item))?.clone();
            let own = items.iter().find(|item| item.id == id)?.clone();
            Some((shared, own))
        });
        let Some((shared, own)) = found else {
            return;
        };
        if shared.by_url.get_untracked() {
            own.by_url.set(true);
        }
        self.items
            .update(|items| items.retain(|item| item.id != id));
        self.replace(shared.id, own);
    }

    /// Whether an item is figures alone.
    pub(crate) fn has_shared(&self) -> bool {
        self.stand_in().is_some()
    }

    /// Where the figures without a file are from; `None` where each item has one.
    pub(crate) fn stand_in(&self) -> Option<StandIn> {
        self.items
            .with(|items| items.iter().filter_map(|item| item.stand_in).max())
    }

    /// How many files there are, as the answer counts them.
    pub(crate) fn files(&self) -> Files {
        self.items.with(|items| {
            let count = |is: fn(&Item) -> bool| items.iter().filter(|item| is(item)).count();
            Files {
                listed: items.len(),
                unreadable: count(Item::has_failed),
                damaged: count(Item::is_damaged),
            }
        })
    }

    /// Of each item that is sent, in order, whether its bytes cannot be known, since it is a size or figures without them.
    pub(crate) fn without_bytes(&self) -> Vec<bool> {
        let without = |item: &Item| {
            let facts = item.known_facts()?;
            Some(item.is_stand_in() && facts.bytes.is_none() && !item.by_url.get())
        };
        self.items
            .with(|items| items.iter().filter_map(without).collect())
    }

    pub(crate) fn remove_shared(&self) {
        self.items
            .update(|items| items.retain(|item| !item.is_stand_in()));
    }
}

impl Item {
    /// One that is to be inspected, and to be sent in the request.
    pub(crate) fn new(id: usize, name: String) -> Self {
        Self {
            id,
            name,
            preview: None,
            file: None,
            inspection: ArcRwSignal::new(Inspection::Pending),
            thumbnail: ArcRwSignal::new(Thumbnail::Idle),
            is_cut_off: ArcRwSignal::new(false),
            is_measured: ArcRwSignal::new(false),
            by_url: ArcRwSignal::new(false),
            url: ArcRwSignal::new(String::new()),
            fitting: ArcRwSignal::new(FitPhase::Idle),
            made: None,
            stand_in: None,
        }
    }

    /// Whether it is facts alone: there is no file to send.
    pub(crate) fn is_stand_in(&self) -> bool {
        self.stand_in.is_some()
    }

    pub(crate) fn preview_url(&self) -> Option<String> {
        self.preview.as_ref()?.url()
    }

    /// Its name as a file. One that was made to fit has another, so that it does not take the place of its original; a new
    /// format has given it one already.
    pub(crate) fn file_name(&self) -> String {
        let namesake = self.made.as_ref();
        let namesake = namesake.filter(|made| made.original.name == self.name);
        match (namesake, self.name.rsplit_once('.')) {
            (None, _) => self.name.clone(),
            (Some(_), Some((stem, extension))) => format!("{stem}-fitted.{extension}"),
            (Some(_), None) => format!("{}-fitted", self.name),
        }
    }

    pub(crate) fn is_pending(&self) -> bool {
        self.inspection
            .with(|inspection| *inspection == Inspection::Pending)
    }

    pub(crate) fn has_failed(&self) -> bool {
        self.inspection
            .with(|inspection| matches!(inspection, Inspection::Failed(_)))
    }

    pub(crate) fn lacks_url(&self) -> bool {
        self.by_url.get() && self.url.with(|url| url.trim().is_empty())
    }

    /// What it is, once that is known.
    pub(crate) fn known_facts(&self) -> Option<MediaFacts> {
        match self.inspection.get() {
            Inspection::Done(facts) => Some(facts),
            Inspection::Pending | Inspection::Failed(_) => None,
        }
    }

    /// The same without following it.
    pub(crate) fn facts(&self) -> Option<MediaFacts> {
        match self.inspection.get_untracked() {
            Inspection::Done(facts) => Some(facts),
            Inspection::Pending | Inspection::Failed(_) => None,
        }
    }

    /// Whether the browser has tried to decode the photo, and could not. A video may play even where no frame of it is drawn.
    pub(crate) fn is_not_shown(&self) -> bool {
        // Without anything to show there was nothing to decode.
        let has_failed = self.preview.is_some()
            && self
                .thumbnail
                .with(|thumbnail| matches!(thumbnail, Thumbnail::Failed));
        has_failed && self.known_facts().is_some_and(|facts| facts.is_image())
    }

    /// Whether it is a photo of which part is missing.
    pub(crate) fn is_damaged(&self) -> bool {
        let is_jpeg = |facts: MediaFacts| facts.format == Format::Jpeg;
        self.is_cut_off.get() || (self.is_not_shown() && self.known_facts().is_some_and(is_jpeg))
    }

    /// Whether nothing here can decode it: it can be sent as it is, and not resized.
    pub(crate) fn is_undecodable(&self) -> bool {
        let is_own = |facts: MediaFacts| decodes(facts.format);
        self.is_not_shown() && !self.known_facts().is_some_and(is_own)
    }

    /// What a person should know of it besides its facts.
    pub(crate) fn remarks(&self) -> Vec<Remark> {
        let Some(facts) = self.known_facts() else {
            return Vec::new();
        };
        let name = facts.format.name().to_uppercase();
        let is_jpeg = facts.format == Format::Jpeg;
        let remark = |what: String, what_to_do| Remark {
            what,
            what_to_do,
            is_warning: false,
        };
        let remarks = [
            self.is_damaged().then(|| Remark {
                is_warning: true,
                ..remark(
                    "Cut off or damaged: part of the photo is missing.".to_owned(),
                    "Copy or download it again.",
                )
            }),
            self.is_undecodable().then(|| remark(
                format!("This browser cannot decode {name}."),
                "The figures are right, and it is sent as it is, but it is neither shown nor resized here. Safari decodes HEIC; a phone exports JPEG as “Most compatible”.",
            )),
            (self.is_not_shown() && !is_jpeg && !self.is_undecodable()).then(|| remark(
                "This browser cannot show it. Its tiles are still counted.".to_owned(),
                "",
            )),
            self.is_measured.get().then(|| remark(
                "Measured as the browser shows it: its server does not let pages read it (CORS).".to_owned(),
                "Its bytes are not known, and its format is what its name says. It is sent by URL.",
            )),
        ];
        remarks.into_iter().flatten().collect()
    }

    fn part(&self, detail: Detail) -> Option<MediaPart> {
        let facts = self.known_facts()?;
        let url = self.url.get().trim().to_owned();
        Some(MediaPart {
            via: if self.by_url.get() {
                Via::Url((!url.is_empty()).then_some(url))
            } else {
                Via::Base64 {
                    // Not asked of the file: that takes a call for each file, dozens of times with each that is added.
                    bytes: self
                        .file
                        .as_ref()
                        .map(|file| facts.bytes.unwrap_or_else(|| file.len())),
                }
            },
            // The provider gives the field to images only.
            detail: facts.is_image().then_some(detail),
            facts,
            file_name: self.file.as_ref().map(|_| self.file_name()),
        })
    }
}
