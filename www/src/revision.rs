//! Going back: an earlier question anew, a conversation anew, and undoing either.

use crate::state::State;
use crate::state::conversation::{Contents, Dropped, Editing};
use leptos::prelude::*;

impl State {
    /// Puts an earlier question back into the box. Nothing is dropped before it is asked.
    pub(crate) fn edit(&self, id: usize) {
        let conversation = self.conversation;
        let found = conversation.turns.with_untracked(|turns| {
            let place = turns.iter().position(|turn| turn.id == id)?;
            Some((place, turns.get(place)?.question.clone()))
        });
        let Some((place, question)) = found else {
            return;
        };
        // From one earlier question to another, what stood in the box at first is what comes back.
        if conversation.editing.get_untracked().is_none() {
            conversation.aside.set(Some(self.contents()));
        }
        conversation.editing.set(Some(Editing { place }));
        self.fill(question);
    }

    /// Leaves the earlier question as it was.
    pub(crate) fn cancel_edit(&self) {
        let conversation = self.conversation;
        if conversation.editing.get_untracked().is_some() {
            conversation.editing.set(None);
            let aside = conversation.aside.try_update(Option::take).flatten();
            self.fill(aside.unwrap_or_default());
        }
    }

    /// Begins anew. What stands in the box stays.
    pub(crate) fn begin_anew(&self) {
        self.cancel_edit();
        let conversation = self.conversation;
        let turns = conversation.turns.try_update(std::mem::take);
        let ledger = conversation.ledger.try_update(std::mem::take);
        let dropped = turns
            .zip(ledger)
            .map(|(turns, ledger)| Dropped::All(turns, ledger));
        conversation.dropped.set(dropped);
        conversation.request.set(None);
        conversation.spoken.set(String::new());
    }

    /// Brings back what was dropped last.
    pub(crate) fn undo(&self) {
        let conversation = self.conversation;
        match conversation.dropped.try_update(Option::take).flatten() {
            Some(Dropped::Turns(place, dropped)) => conversation.turns.update(|turns| {
                turns.truncate(place);
                turns.extend(dropped);
            }),
            Some(Dropped::All(turns, ledger)) => {
                conversation.turns.set(turns);
                conversation.ledger.set(ledger);
            }
            None => {}
        }
        conversation.request.set(None);
    }

    /// What stood in the box before an earlier question took its place, where there is room for it again.
    pub(crate) fn take_back_aside(&self) {
        let Contents { text, items } = self.contents();
        if text.trim().is_empty() && items.is_empty() {
            let aside = self.conversation.aside.try_update(Option::take).flatten();
            if let Some(aside) = aside {
                self.fill(aside);
            }
        }
    }

    fn contents(&self) -> Contents {
        Contents {
            text: self.inputs.prompt.get_untracked(),
            items: self.inputs.items.get_untracked(),
        }
    }

    fn fill(&self, contents: Contents) {
        self.inputs.prompt.set(contents.text);
        self.inputs.items.set(contents.items);
    }
}
