//! An item that is dragged to another place of the list.

use super::items::ItemList;
use super::media::MediaState;
use leptos::prelude::*;
use tilewise_www_core::drag::edge_scroll;

#[derive(Clone, Copy, Debug)]
pub(crate) struct ReorderState {
    /// The item that is dragged.
    pub(crate) dragged: RwSignal<Option<usize>>,
    /// The item whose place it would take.
    pub(crate) target: RwSignal<Option<usize>>,
    /// Where the pointer is in the window.
    pointer: StoredValue<(f64, f64)>,
    list: ItemList,
    media: MediaState,
}

impl ReorderState {
    pub(crate) fn new(list: ItemList, media: MediaState) -> Self {
        Self {
            dragged: RwSignal::new(None),
            target: RwSignal::new(None),
            pointer: StoredValue::new((0.0, 0.0)),
            list,
            media,
        }
    }

    pub(crate) fn grab(&self, id: usize, pointer: (f64, f64)) {
        self.dragged.set(Some(id));
        self.drag(pointer);
        self.scroll();
    }

    pub(crate) fn drag(&self, pointer: (f64, f64)) {
        let Some(dragged) = self.dragged.get_untracked() else {
            return;
        };
        self.pointer.set_value(pointer);
        let target = item_at(pointer).filter(|target| *target != dragged);
        if self.target.get_untracked() != target {
            self.target.set(target);
        }
    }

    /// Moves the dragged item to the place of the one below the pointer.
    pub(crate) fn drop(&self) {
        let dragged = self.dragged.get_untracked();
        let target = self.target.get_untracked();
        self.cancel();
        let index = target.and_then(|target| untrack(|| self.list.index(target)));
        if let (Some(dragged), Some(index)) = (dragged, index) {
            self.media.move_to(dragged, index);
        }
    }

    pub(crate) fn cancel(&self) {
        self.dragged.set(None);
        self.target.set(None);
    }

    /// In each frame as long as something is dragged: a pointer that is held at the edge tells nothing.
    fn scroll(&self) {
        let state = *self;
        request_animation_frame(move || {
            if state.dragged.get_untracked().is_none() {
                return;
            }
            let pointer = state.pointer.get_value();
            let height = window().inner_height().ok();
            let height = height.and_then(|height| height.as_f64());
            let by = height.map_or(0.0, |height| edge_scroll(pointer.1, height));
            if by != 0.0 {
                window().scroll_by_with_x_and_y(0.0, by);
                state.drag(pointer);
            }
            state.scroll();
        });
    }
}

/// The item of the list at a point of the window.
fn item_at((x, y): (f64, f64)) -> Option<usize> {
    let element = document().element_from_point(x as f32, y as f32)?;
    let card = element.closest(".card[data-item]").ok()??;
    card.get_attribute("data-item")?.parse().ok()
}
