//! The box: what the next question is made of.

use super::fitting::{FitPhase, Made};
use leptos::prelude::*;
use std::sync::Arc;
use tilewise::catalog;
use tilewise::media::MediaFacts;
use tilewise::request::{Detail, MediaPart, Via};
use tilewise::web::Data;
use web_sys::{Blob, Url};

#[derive(Clone, Copy, Debug)]
pub(crate) struct Inputs {
    pub(crate) items: RwSignal<Vec<Item>, LocalStorage>,
    /// What was removed from the list, the last at the end.
    pub(crate) removed: RwSignal<Vec<Removal>, LocalStorage>,
    /// Which item is being dragged to another place.
    pub(crate) dragged: RwSignal<Option<usize>>,
    /// What became of the list, as a screen reader shall speak it.
    pub(crate) said: RwSignal<String>,
    pub(crate) model: RwSignal<String>,
    pub(crate) detail: RwSignal<Detail>,
    pub(crate) prompt: RwSignal<String>,
    pub(crate) system: RwSignal<String>,
    pub(crate) max_tokens: RwSignal<Option<u64>>,
}

/// One picture or video in the list.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) id: usize,
    pub(crate) name: String,
    /// Where the page itself shows it from; `None` where there is nothing to show.
    pub(crate) preview: Option<Arc<Preview>>,
    /// The file; `None` for what was given by its URL.
    pub(crate) file: Option<Data>,
    pub(crate) inspection: RwSignal<Inspection>,
    /// Whether the endpoint shall fetch it.
    pub(crate) by_url: RwSignal<bool>,
    pub(crate) url: RwSignal<String>,
    pub(crate) fitting: RwSignal<FitPhase>,
    /// Of a picture that was made to fit: what of, and how.
    pub(crate) made: Option<Arc<Made>>,
    /// Whether it came by a link, as facts alone: there is nothing to send.
    pub(crate) is_shared: bool,
}

/// Items that left the list together, each with its place before.
#[derive(Clone, Debug)]
pub(crate) struct Removal {
    pub(crate) items: Vec<(usize, Item)>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Inspection {
    Pending,
    Done(MediaFacts),
    Failed(String),
}

/// An address to show something from. That of a file holds the file in memory, until the last place that
/// shows it is gone.
#[derive(Debug)]
pub(crate) struct Preview {
    pub(crate) url: String,
    is_of_file: bool,
}

impl Preview {
    pub(crate) fn of_file(file: &Blob) -> Option<Arc<Self>> {
        let url = Url::create_object_url_with_blob(file).ok()?;
        Some(Arc::new(Self {
            url,
            is_of_file: true,
        }))
    }

    pub(crate) fn of_url(url: String) -> Arc<Self> {
        Arc::new(Self {
            url,
            is_of_file: false,
        })
    }
}

impl Drop for Preview {
    fn drop(&mut self) {
        if self.is_of_file {
            let _ = Url::revoke_object_url(&self.url);
        }
    }
}

impl Inputs {
    pub(crate) fn new() -> Self {
        let model = catalog::models().last().map(|model| model.id.to_string());
        Self {
            items: RwSignal::new_local(Vec::new()),
            removed: RwSignal::new_local(Vec::new()),
            dragged: RwSignal::new(None),
            said: RwSignal::new(String::new()),
            model: RwSignal::new(model.unwrap_or_default()),
            detail: RwSignal::new(Detail::Auto),
            prompt: RwSignal::new("Describe what you see.".to_owned()),
            system: RwSignal::new(String::new()),
            max_tokens: RwSignal::new(Some(1024)),
        }
    }

    /// What is sent of the list, in order, with the data of what travels in the body.
    pub(crate) fn media(&self) -> (Vec<MediaPart>, Vec<Option<Data>>) {
        let detail = self.detail.get();
        let part = |item: &Item| {
            let data = item.file.clone().filter(|_| !item.by_url.get());
            Some((item.part(detail)?, data))
        };
        self.items
            .with(|items| items.iter().filter_map(part).unzip())
    }

    /// Those that are sent: whose facts are known.
    pub(crate) fn sent(&self) -> Vec<usize> {
        let is_sent = |item: &&Item| {
            item.inspection
                .with(|inspection| matches!(inspection, Inspection::Done(_)))
        };
        self.items
            .with(|items| items.iter().filter(is_sent).map(|item| item.id).collect())
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
            inspection: RwSignal::new(Inspection::Pending),
            by_url: RwSignal::new(false),
            url: RwSignal::new(String::new()),
            fitting: RwSignal::new(FitPhase::Idle),
            made: None,
            is_shared: false,
        }
    }

    pub(crate) fn preview_url(&self) -> Option<String> {
        self.preview.as_ref().map(|preview| preview.url.clone())
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
    pub(crate) fn facts(&self) -> Option<MediaFacts> {
        match self.inspection.get_untracked() {
            Inspection::Done(facts) => Some(facts),
            Inspection::Pending | Inspection::Failed(_) => None,
        }
    }

    fn part(&self, detail: Detail) -> Option<MediaPart> {
        let Inspection::Done(facts) = self.inspection.get() else {
            return None;
        };
        let url = self.url.get().trim().to_owned();
        Some(MediaPart {
            via: match self.by_url.get() {
                true => Via::Url((!url.is_empty()).then_some(url)),
                false => Via::Base64 {
                    bytes: self.file.as_ref().map(Data::len),
                },
            },
            // The provider gives the field to images only.
            detail: facts.is_image().then_some(detail),
            facts,
            file_name: self.file.as_ref().map(|_| self.name.clone()),
        })
    }
}
