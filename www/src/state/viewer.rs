//! How an image or a video and its tiles lie in the viewer.

use crate::motion::{animate, is_reduced};
use leptos::html::{Canvas, Div};
use leptos::prelude::*;
use tilewise_www_core::view::{Gesture, Mesh, Pair, Pointers, Turn, View};

/// Lives as long as the viewer is open.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ViewerState {
    pub(crate) stage: NodeRef<Div>,
    pub(crate) canvas: NodeRef<Canvas>,
    pub(crate) view: RwSignal<View>,
    pub(crate) mesh: RwSignal<Option<Mesh>>,
    /// Turned upright, as people see it; else as it is stored, as the model does.
    pub(crate) is_upright: RwSignal<bool>,
    pub(crate) is_turning: RwSignal<bool>,
    pub(crate) is_grabbed: RwSignal<bool>,
    pub(crate) has_grid: RwSignal<bool>,
    /// The column and the row of the tile under the pointer, from 0.
    pub(crate) hovered: RwSignal<Option<(u64, u64)>>,
    is_reduced: Signal<bool>,
    /// The size as it is stored: of what no rule cuts, all there is to fit.
    stored: Pair,
    upright: Turn,
    pointers: StoredValue<Pointers>,
    /// The number of the animation of the tiles that began last: earlier ones end.
    animation: StoredValue<u32>,
}

impl ViewerState {
    pub(crate) fn new(stored: Pair, upright: Turn) -> Self {
        Self {
            stage: NodeRef::new(),
            canvas: NodeRef::new(),
            view: RwSignal::new(View::default()),
            mesh: RwSignal::new(None),
            is_upright: RwSignal::new(false),
            is_turning: RwSignal::new(false),
            is_grabbed: RwSignal::new(false),
            has_grid: RwSignal::new(true),
            hovered: RwSignal::new(None),
            is_reduced: is_reduced(),
            stored,
            upright,
            pointers: StoredValue::new(Pointers::default()),
            animation: StoredValue::new(0),
        }
    }

    pub(crate) fn stage_size(&self) -> Pair {
        self.stage.get_untracked().map_or((0.0, 0.0), |stage| {
            (
                f64::from(stage.client_width()),
                f64::from(stage.client_height()),
            )
        })
    }

    pub(crate) fn turn(&self) -> Turn {
        if self.is_upright.get() {
            self.upright
        } else {
            Turn::NONE
        }
    }

    /// Shows other tiles, or none. Tiles that replace others are seen to come.
    pub(crate) fn set_tiles(&self, to: Option<Mesh>) {
        // What was whole in sight stays so, also with more padding.
        let stage = self.stage_size();
        let is_fitted = self.view.get_untracked() == View::fit(stage, self.shown());
        if is_fitted {
            self.view.set(View::fit(stage, self.extent(to.as_ref())));
        }
        let from = self.mesh.get_untracked();
        let (Some(from), Some(to)) = (from, to) else {
            self.mesh.set(to);
            return;
        };
        let Self {
            mesh, animation, ..
        } = *self;
        let current = animation.try_update_value(|number| {
            *number += 1;
            *number
        });
        animate(self.is_reduced.get_untracked(), move |share| {
            let goes_on = animation.try_get_value() == current;
            goes_on && mesh.try_set(Some(from.towards(&to, share))).is_none()
        });
    }

    pub(crate) fn fit(&self) {
        self.view.set(View::fit(self.stage_size(), self.shown()));
    }

    /// Around the middle of the stage.
    pub(crate) fn zoom(&self, factor: f64) {
        let (width, height) = self.stage_size();
        self.zoom_at(factor, (width / 2.0, height / 2.0));
    }

    pub(crate) fn zoom_at(&self, factor: f64, at: Pair) {
        let (stage, shown) = (self.stage_size(), self.shown());
        self.view
            .update(|view| *view = view.zoomed(factor, at, stage, shown));
    }

    pub(crate) fn shift(&self, by: Pair) {
        let (stage, shown) = (self.stage_size(), self.shown());
        self.view
            .update(|view| *view = view.moved(by, stage, shown));
    }

    pub(crate) fn press(&self, pointer: i32, at: Pair) {
        self.pointers
            .update_value(|pointers| pointers.press(pointer, at));
        self.is_grabbed.set(true);
    }

    pub(crate) fn release(&self, pointer: i32) {
        self.pointers
            .update_value(|pointers| pointers.release(pointer));
        self.is_grabbed.set(false);
    }

    pub(crate) fn drag(&self, pointer: i32, to: Pair) {
        let gesture = self
            .pointers
            .try_update_value(|pointers| pointers.drag(pointer, to));
        if let Some(Gesture { shift, zoom }) = gesture.flatten() {
            self.shift(shift);
            if let Some((factor, at)) = zoom {
                self.zoom_at(factor, at);
            }
        }
    }

    /// The pointer is over this point of the stage, or over none.
    pub(crate) fn hover(&self, at: Option<Pair>) {
        let tile = at.zip(self.mesh.get_untracked()).and_then(|(at, mesh)| {
            let matrix = untrack(|| self.view.get().matrix(self.turn()));
            mesh.tile_at(matrix, at)
        });
        if self.hovered.get_untracked() != tile {
            self.hovered.set(tile);
        }
    }

    /// Shows it as people see it, or as the model does.
    pub(crate) fn set_upright(&self, is_upright: bool) {
        if self.is_upright.get_untracked() != is_upright {
            // Without a turn there is no transition, whose end would be told.
            let turns = self.upright != Turn::NONE && !self.is_reduced.get_untracked();
            self.is_turning.set(turns);
            self.is_upright.set(is_upright);
            self.fit();
        }
    }

    /// The size of what is shown: to the model with the padding.
    fn shown(&self) -> Pair {
        self.extent(self.mesh.get_untracked().as_ref())
    }

    /// The same under these tiles.
    fn extent(&self, tiles: Option<&Mesh>) -> Pair {
        match tiles {
            _ if self.is_upright.get_untracked() => self.upright.of(self.stored),
            Some(tiles) => tiles.frame,
            None => self.stored,
        }
    }
}
