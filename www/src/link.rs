//! The figures in the page's own address, so that a link shows the same ones.

use crate::state::State;
use crate::state::inputs::{Inspection, Item};
use leptos::task::spawn_local;
use leptos::{ev, prelude::*};
use tilewise::estimate::Volume;
use tilewise::link::{Link, LinkError, Linked};
use tilewise::media::MediaFacts;
use tilewise::request::{Detail, MediaPart};
use tilewise::units::{bytes, grouped};
use tilewise::web::sleep;
use wasm_bindgen::JsValue;

/// Long enough for a slider to come to rest: browsers refuse more than some hundred changes in half a minute.
const REST_MS: u32 = 400;

impl State {
    /// Takes over what the address says, now and whenever another is put in its place, and keeps it true from then
    /// on. An address that says nothing stays as it is until something is changed.
    pub(crate) fn follow_address(&self) {
        let state = *self;
        let arrived = fragment();
        if !arrived.is_empty() {
            state.arrive(&arrived, true);
        }
        let written = StoredValue::new(state.figures.link.get_untracked());
        Effect::new(move |_| {
            let now = state.figures.link.get();
            if written.get_value() == now {
                return;
            }
            spawn_local(async move {
                sleep(REST_MS).await;
                if state.figures.link.try_get_untracked() == Some(now.clone()) {
                    write(now.as_deref().unwrap_or_default());
                    written.try_update_value(|written| *written = now);
                }
            });
        });
        let changes = window_event_listener(ev::hashchange, move |_| {
            let arrived = fragment();
            let is_own = state
                .figures
                .link
                .with_untracked(|own| *own == Some(arrived.clone()));
            if !arrived.is_empty() && !is_own {
                state.arrive(&arrived, false);
            }
        });
        on_cleanup(move || changes.remove());
    }

    /// The address of the page with the figures as they stand; `None` where they are too many for a link.
    pub(crate) fn address(&self) -> Option<String> {
        let fragment = self.figures.link.get()?;
        let address = window().location().href().ok()?;
        let page = address.split('#').next().unwrap_or_default();
        Some(format!("{page}#{fragment}"))
    }

    /// Whether something in the list came by a link, as figures alone.
    pub(crate) fn has_shared(&self) -> bool {
        self.inputs
            .items
            .with(|items| items.iter().any(|item| item.is_shared))
    }

    pub(crate) fn remove_shared(&self) {
        self.inputs
            .items
            .update(|items| items.retain(|item| !item.is_shared));
    }

    /// Puts an item in the place of figures that came by a link and are the same. How it is sent stays as they said.
    pub(crate) fn take_the_place(&self, id: usize, facts: &MediaFacts) {
        let facts = Linked::from(MediaPart::base64(facts.clone())).facts;
        let is_stand_in =
            |item: &Item| item.is_shared && item.facts().is_some_and(|stood| stood == facts);
        let found = self.inputs.items.with_untracked(|items| {
            let stood = items.iter().find(|item| is_stand_in(item))?.clone();
            let own = items.iter().find(|item| item.id == id)?.clone();
            Some((stood, own))
        });
        let Some((stood, own)) = found else {
            return;
        };
        if stood.by_url.get_untracked() {
            own.by_url.set(true);
        }
        self.inputs
            .items
            .update(|items| items.retain(|item| item.id != id));
        self.replace(stood.id, own);
    }

    fn arrive(&self, fragment: &str, is_first: bool) {
        let note = match fragment.parse() {
            Ok(link) => {
                self.take(link);
                None
            }
            // Perhaps a place in the page.
            Err(LinkError::Foreign) if !is_first => None,
            Err(why) => Some(format!(
                "What stands behind the # of the address is left aside: {why}."
            )),
        };
        self.figures.link_note.set(note);
    }

    fn take(&self, link: Link) {
        let figures = self.figures;
        self.inputs.model.set(link.model);
        self.inputs.detail.set(link.detail.unwrap_or(Detail::Auto));
        self.inputs.max_tokens.set(link.max_tokens);
        self.rule.set(link.rule);
        self.sample_fps.set(link.sample_fps);
        if link.volume != Volume::default() {
            figures.is_compared.set(true);
        }
        if !link.what_if.is_idle() {
            figures.is_imagined.set(true);
        }
        figures.volume.set(link.volume);
        figures.what_if.set(link.what_if);
        self.remove_shared();
        let shared = link.media.into_iter().map(|linked| self.stand_in(linked));
        let shared: Vec<_> = shared.collect();
        self.inputs.items.update(|items| items.extend(shared));
    }

    fn stand_in(&self, linked: Linked) -> Item {
        let facts = linked.facts;
        let size = facts.bytes.map(|length| format!(", {}", bytes(length)));
        let name = format!(
            "shared: {} × {} {}{}",
            grouped(facts.width),
            grouped(facts.height),
            facts.format.name().to_uppercase(),
            size.unwrap_or_default()
        );
        let item = Item {
            is_shared: true,
            by_url: RwSignal::new(linked.by_url),
            ..Item::new(self.next_id(), name)
        };
        item.inspection.set(Inspection::Done(facts));
        item
    }
}

/// What stands behind the `#`; programs that pass links on may have escaped its marks.
fn fragment() -> String {
    let hash = window().location().hash().unwrap_or_default();
    let hash = hash.trim_start_matches('#');
    match js_sys::decode_uri_component(hash) {
        Ok(plain) => plain.into(),
        Err(_) => hash.to_owned(),
    }
}

fn write(fragment: &str) {
    if let Ok(history) = window().history() {
        // A browser that refuses leaves the address as it was; the button still copies the link.
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&format!("#{fragment}")));
    }
}
