//! The figures in the page's own address, so that a link shows the same ones.

use super::forecast::ForecastState;
use super::history::HistoryState;
use super::items::{Inspection, Item, ItemList, StandIn};
use super::model::ModelState;
use super::question::QuestionState;
use super::turns::TurnList;
use crate::storage::{of_tab, read, write as keep};
use leptos::task::spawn_local;
use leptos::{ev, prelude::*};
use tilewise::estimate::Volume;
use tilewise::link::{Link, LinkError, Linked};
use tilewise::request::Detail;
use tilewise::units::{bytes, grouped};
use tilewise::web::sleep;
use tilewise_www_core::comparison::Measure;

/// Long enough for a slider to come to rest: browsers refuse more than some hundred changes in half a minute.
const REST_MS: u32 = 400;

/// Under these the tab keeps what a reload of the page would lose.
const SETTINGS: &str = "tilewise.settings";
const SYSTEM: &str = "tilewise.system";
const FILES: &str = "tilewise.files";
/// The part of the address behind the `#` that the page itself wrote last: what a reload finds there came by no link.
const WRITTEN: &str = "tilewise.written";

#[derive(Clone, Copy, Debug)]
pub(crate) struct LinkState {
    /// The part behind the `#` of a link to these figures; `None` where it would be too long.
    pub(crate) fragment: Memo<Option<String>>,
    /// Why the part behind the `#` of the page's address was not used.
    pub(crate) note: RwSignal<Option<String>>,
    /// How many files the list held before the page was loaded again, as long as they are missed.
    pub(crate) lost: RwSignal<usize>,
    /// As a link without media: what a reload finds again.
    settings: Memo<String>,
    list: ItemList,
    question: QuestionState,
    model: ModelState,
    forecast: ForecastState,
    history: HistoryState,
}

impl LinkState {
    pub(crate) fn new(
        list: ItemList,
        turns: TurnList,
        question: QuestionState,
        model: ModelState,
        forecast: ForecastState,
        history: HistoryState,
    ) -> Self {
        let settings = move || Link {
            model: model.id.get(),
            rule: model.rule.get(),
            detail: Some(model.detail.get()).filter(|detail| *detail != Detail::Auto),
            sample_fps: model.sample_fps.get(),
            max_tokens: question.max_tokens.get(),
            volume: forecast.volume.get(),
            what_if: forecast.what_if.get(),
            media: Vec::new(),
        };
        // Once they were asked about, the list is empty, and they are still what a link is about.
        let media = move || {
            if list.items.with(Vec::is_empty) {
                turns.last_with_media().unwrap_or_default().1
            } else {
                list.media(model.detail.get()).0
            }
        };
        let link = move || Link {
            media: media().into_iter().map(Linked::from).collect(),
            ..settings()
        };
        Self {
            fragment: Memo::new(move |_| link().fragment()),
            settings: Memo::new(move |_| settings().fragment().unwrap_or_default()),
            note: RwSignal::new(None),
            lost: RwSignal::new(0),
            list,
            question,
            model,
            forecast,
            history,
        }
    }

    /// Takes over the figures of the address, now and whenever it is replaced, and keeps the address true from then on.
    /// An address without figures stays as it is until something changes.
    pub(crate) fn follow_address(&self) {
        let state = *self;
        let arrived = fragment();
        if !arrived.is_empty() {
            let is_own = read(of_tab(), WRITTEN).as_ref() == Some(&arrived);
            let from = if is_own {
                StandIn::Kept
            } else {
                StandIn::Linked
            };
            state.arrive(&arrived, from, true);
        }
        state.survive_reload(arrived.is_empty());
        let written = StoredValue::new(state.fragment.get_untracked());
        Effect::new(move |_| {
            let now = state.fragment.get();
            if written.get_value() == now {
                return;
            }
            spawn_local(async move {
                sleep(REST_MS).await;
                if state.fragment.try_get_untracked() == Some(now.clone()) {
                    state.history.write(now.as_deref().unwrap_or_default());
                    keep(of_tab(), WRITTEN, now.as_deref().unwrap_or_default());
                    written.try_update_value(|written| *written = now);
                }
            });
        });
        let changes = window_event_listener(ev::hashchange, move |_| {
            // Back from a dialog also changes it, and what it says may be older than what was just chosen.
            if !state.history.has_moved() {
                return;
            }
            let arrived = fragment();
            let is_own = state
                .fragment
                .with_untracked(|own| *own == Some(arrived.clone()));
            if !arrived.is_empty() && !is_own {
                state.arrive(&arrived, StandIn::Linked, false);
            }
        });
        on_cleanup(move || changes.remove());
    }

    /// Takes over what the tab kept before it was loaded again, and keeps it from now on. Settings of the address win.
    fn survive_reload(&self, is_free: bool) {
        let Self {
            settings,
            list,
            lost,
            question,
            ..
        } = *self;
        let count = read(of_tab(), FILES).and_then(|count| count.parse().ok());
        lost.set(count.unwrap_or_default());
        if let Some(system) = read(of_tab(), SYSTEM) {
            question.system.set(system);
        }
        let kept = read(of_tab(), SETTINGS).and_then(|kept| kept.parse().ok());
        if let Some(link) = kept.filter(|_| is_free) {
            self.take(link, StandIn::Kept);
        }
        let first = settings.get_untracked();
        Effect::new(move |_| {
            // What was never changed is not kept.
            settings.with(|settings| {
                if *settings != first || read(of_tab(), SETTINGS).is_some() {
                    keep(of_tab(), SETTINGS, settings);
                }
            });
        });
        Effect::new(move |_| {
            question
                .system
                .with(|system| keep(of_tab(), SYSTEM, system));
        });
        Effect::new(move |_| {
            let has_file = |item: &&Item| item.file.is_some();
            let count = list
                .items
                .with(|items| items.iter().filter(has_file).count());
            if count > 0 {
                lost.set(0);
            }
            let missed = if list.has_shared() {
                lost.get_untracked()
            } else {
                0
            };
            let text = match count.max(missed) {
                0 => String::new(),
                count => count.to_string(),
            };
            keep(of_tab(), FILES, &text);
        });
    }

    /// The address of the page with the present figures; `None` where they are too many for a link.
    pub(crate) fn address(&self) -> Option<String> {
        let fragment = self.fragment.get()?;
        let address = window().location().href().ok()?;
        let page = address.split('#').next().unwrap_or_default();
        Some(format!("{page}#{fragment}"))
    }

    fn arrive(&self, fragment: &str, from: StandIn, is_first: bool) {
        let note = match fragment.parse() {
            Ok(link) => {
                self.take(link, from);
                None
            }
            // Perhaps an anchor of the page.
            Err(LinkError::Foreign) if !is_first => None,
            Err(why) => Some(format!(
                "The part of the address behind the # is not used: {why}."
            )),
        };
        self.note.set(note);
    }

    fn take(&self, link: Link, from: StandIn) {
        let Self {
            list,
            question,
            model,
            forecast,
            ..
        } = *self;
        model.id.set(link.model);
        model.detail.set(link.detail.unwrap_or(Detail::Auto));
        model.rule.set(link.rule);
        model.sample_fps.set(link.sample_fps);
        question.max_tokens.set(link.max_tokens);
        if link.volume != Volume::default() {
            forecast.show(Measure::Month);
        }
        if !link.what_if.is_idle() {
            forecast.is_what_if_open.set(true);
        }
        forecast.volume.set(link.volume);
        forecast.what_if.set(link.what_if);
        list.remove_shared();
        let shared = link
            .media
            .into_iter()
            .map(|linked| self.shared_item(linked, from));
        let shared: Vec<_> = shared.collect();
        list.items.update(|items| items.extend(shared));
    }

    /// An item that is facts alone.
    fn shared_item(&self, linked: Linked, from: StandIn) -> Item {
        let facts = linked.facts;
        let size = format!("{} × {}", grouped(facts.width), grouped(facts.height));
        let format = facts.format.name().to_uppercase();
        let name = match (from, facts.bytes) {
            (StandIn::Linked, None) => format!("shared: {size} {format}"),
            (StandIn::Linked, Some(length)) => {
                format!("shared: {size} {format}, {}", bytes(length))
            }
            (_, Some(length)) => format!("{size} {format}, {}", bytes(length)),
            (_, None) => size,
        };
        let item = Item {
            stand_in: Some(from),
            by_url: ArcRwSignal::new(linked.by_url),
            ..Item::new(self.list.next_id(), name)
        };
        item.inspection.set(Inspection::Done(facts));
        item
    }
}

/// The part behind the `#`. Programs that pass links on may have escaped its marks.
fn fragment() -> String {
    let hash = window().location().hash().unwrap_or_default();
    let hash = hash.trim_start_matches('#');
    match js_sys::decode_uri_component(hash) {
        Ok(plain) => plain.into(),
        Err(_) => hash.to_owned(),
    }
}
