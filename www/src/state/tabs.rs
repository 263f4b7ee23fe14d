//! Which tab of the page, and of the inspector, is in front.

use leptos::prelude::*;

#[derive(Clone, Copy, Debug)]
pub(crate) struct TabState {
    pub(crate) panel: RwSignal<Tab>,
    pub(crate) inspector: RwSignal<InspectorTab>,
}

/// What stands beside the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tab {
    Cost,
    Compare,
    Ask,
    Code,
}

impl Tab {
    pub(crate) const ALL: [(Self, &'static str); 4] = [
        (Self::Cost, "Cost"),
        (Self::Compare, "Compare"),
        (Self::Ask, "Ask"),
        (Self::Code, "Code"),
    ];
}

/// What is looked at of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InspectorTab {
    Tiles,
    Resize,
    Frames,
}

impl InspectorTab {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Tiles => "Tiles",
            Self::Resize => "Resize",
            Self::Frames => "Frames",
        }
    }
}

impl TabState {
    pub(crate) fn new() -> Self {
        Self {
            panel: RwSignal::new(Tab::Compare),
            inspector: RwSignal::new(InspectorTab::Tiles),
        }
    }

    pub(crate) fn shows(&self, tab: Tab) -> bool {
        self.panel.get() == tab
    }
}
