//! Which rows of the list are near the window: what is far away is not built.

use crate::near::observer;
use crate::reveal::reveal;
use leptos::prelude::*;
use web_sys::{Element, IntersectionObserver};

/// A screen above and below, so that rows are there before they come into view.
const MARGIN: &str = "100% 0px";

#[derive(Clone, Copy, Debug)]
pub(crate) struct RowState {
    rows: StoredValue<Vec<Row>, LocalStorage>,
    observer: StoredValue<Option<IntersectionObserver>, LocalStorage>,
    /// Whether all rows are shown where there is little room.
    pub(crate) is_unfolded: RwSignal<bool>,
}

#[derive(Clone, Debug)]
struct Row {
    element: Element,
    is_near: RwSignal<bool>,
}

impl RowState {
    pub(crate) fn new() -> Self {
        let rows = StoredValue::new_local(Vec::<Row>::new());
        let tell = move |element: Element, is_near: bool| {
            let row = rows.with_value(|rows| {
                let mut rows = rows.iter();
                rows.find(|row| row.element == element).cloned()
            });
            if let Some(row) = row {
                // The focus would be lost.
                let is_kept = || element.contains(document().active_element().as_deref());
                row.is_near.try_set(is_near || is_kept());
            }
        };
        Self {
            rows,
            observer: StoredValue::new_local(observer(MARGIN, Box::new(tell))),
            is_unfolded: RwSignal::new(false),
        }
    }

    /// Brings the row of an item into sight.
    pub(crate) fn reveal(&self, id: usize) {
        self.is_unfolded.set(true);
        reveal(format!("[data-item=\"{id}\"] > .open"));
    }

    /// Says from now on whether a row is near; where no browser tells, it is.
    pub(crate) fn enter(&self, element: &Element, is_near: RwSignal<bool>) {
        self.rows.update_value(|rows| {
            rows.push(Row {
                element: element.clone(),
                is_near,
            });
        });
        self.observer.with_value(|observer| match observer {
            Some(observer) => observer.observe(element),
            None => is_near.set(true),
        });
    }

    pub(crate) fn leave(&self, is_near: RwSignal<bool>) {
        let left = self.rows.try_update_value(|rows| {
            let at = rows.iter().position(|row| row.is_near == is_near)?;
            Some(rows.swap_remove(at))
        });
        if let Some(row) = left.flatten() {
            self.observer.try_with_value(|observer| {
                if let Some(observer) = observer {
                    observer.unobserve(&row.element);
                }
            });
        }
    }
}
