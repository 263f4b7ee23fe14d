//! The order of the list, what leaves it, and the way back.

use crate::state::State;
use crate::state::inputs::{Item, Removal};
use leptos::prelude::*;

/// How often removal can be undone: the files stay in memory until then.
const MOST_STEPS: usize = 20;

impl State {
    pub(crate) fn remove(&self, id: usize) {
        self.remove_where(|item| item.id == id);
    }

    pub(crate) fn remove_all(&self) {
        self.remove_where(|_| true);
    }

    /// Those whose headers are still being read, as when far too many were dropped.
    pub(crate) fn remove_pending(&self) {
        self.remove_where(Item::is_pending);
    }

    /// Puts back what was removed last, each item to where it stood.
    pub(crate) fn undo_removal(&self) {
        let last = self.inputs.removed.try_update(Vec::pop).flatten();
        let Some(removal) = last else {
            return;
        };
        self.inputs.items.update(|items| {
            for (place, item) in removal.items {
                items.insert(place.min(items.len()), item);
            }
        });
    }

    pub(crate) fn forget_removals(&self) {
        self.inputs.removed.set(Vec::new());
    }

    /// Moves an item up or down by so many places.
    pub(crate) fn shift(&self, id: usize, by: isize) {
        let to = untrack(|| self.rank(id)).and_then(|place| place.checked_add_signed(by));
        if let Some(to) = to {
            self.move_to(id, to);
        }
    }

    /// Moves an item to a place, and says so.
    pub(crate) fn move_to(&self, id: usize, to: usize) {
        let moved = self.inputs.items.try_update(|items| {
            let from = items.iter().position(|item| item.id == id)?;
            let to = to.min(items.len().saturating_sub(1));
            if from == to {
                return None;
            }
            let item = items.remove(from);
            let name = item.name.clone();
            items.insert(to, item);
            Some(format!("{name} is now {} of {}.", to + 1, items.len()))
        });
        if let Some(said) = moved.flatten() {
            self.inputs.said.set(said);
        }
    }

    /// Where an item stands in the list, whether it is sent or not.
    pub(crate) fn rank(&self, id: usize) -> Option<usize> {
        self.inputs
            .items
            .with(|items| items.iter().position(|item| item.id == id))
    }

    fn remove_where(&self, is_removed: impl Fn(&Item) -> bool) {
        let mut gone = Vec::new();
        self.inputs.items.update(|items| {
            let mut place = 0;
            items.retain(|item| {
                let goes = untrack(|| is_removed(item));
                if goes {
                    gone.push((place, item.clone()));
                }
                place += 1;
                !goes
            });
        });
        for (_, item) in &gone {
            self.cancel_fit(item.id);
        }
        if !gone.is_empty() {
            self.forget_fits();
            self.inputs.removed.update(|removed| {
                removed.push(Removal { items: gone });
                if removed.len() > MOST_STEPS {
                    removed.remove(0);
                }
            });
        }
    }
}
