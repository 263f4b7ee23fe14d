//! What stands beside the files: cost, comparison, conversation, code; one in front.

use super::code::Code;
use super::comparison::Comparison;
use super::conversation::Conversation;
use super::cost::Cost;
use crate::state::tabs::{Tab, TabState};
use leptos::{ev, html, prelude::*};

#[component]
pub(crate) fn Panel() -> impl IntoView {
    let tabs = expect_context::<TabState>();
    let buttons = Tab::ALL.map(|_| NodeRef::<html::Button>::new());
    let go = move |by: usize| {
        let at = Tab::ALL
            .iter()
            .position(|(tab, _)| tabs.panel.get_untracked() == *tab);
        let to = (at.unwrap_or_default() + by) % Tab::ALL.len();
        if let (Some((tab, _)), Some(button)) = (Tab::ALL.get(to), buttons.get(to)) {
            tabs.panel.set(*tab);
            if let Some(button) = button.get_untracked() {
                let _ = button.focus();
            }
        }
    };
    let keys = move |event: ev::KeyboardEvent| {
        match event.key().as_str() {
            "ArrowRight" => go(1),
            "ArrowLeft" => go(Tab::ALL.len() - 1),
            _ => return,
        }
        event.prevent_default();
    };
    view! {
        <div class="tabs" role="tablist" aria-label="What to see" on:keydown=keys>
            {Tab::ALL.into_iter().zip(buttons).map(|((tab, name), button)| view! {
                <button
                    type="button"
                    role="tab"
                    node_ref=button
                    id=format!("tab-{name}")
                    aria-controls=format!("panel-{name}")
                    aria-selected=move || tabs.shows(tab).to_string()
                    tabindex=move || if tabs.shows(tab) { "0" } else { "-1" }
                    on:click=move |_| tabs.panel.set(tab)
                >
                    {name}
                </button>
            }).collect_view()}
        </div>
        <Sheet tab=Tab::Cost name="Cost"><Cost /></Sheet>
        <Sheet tab=Tab::Compare name="Compare"><Comparison /></Sheet>
        <Sheet tab=Tab::Ask name="Ask"><Conversation /></Sheet>
        <Sheet tab=Tab::Code name="Code"><Code /></Sheet>
    }
}

#[component]
fn Sheet(tab: Tab, name: &'static str, children: Children) -> impl IntoView {
    let tabs = expect_context::<TabState>();
    view! {
        <div
            class=format!("sheet {}", name.to_lowercase())
            role="tabpanel"
            id=format!("panel-{name}")
            aria-labelledby=format!("tab-{name}")
            hidden=move || !tabs.shows(tab)
        >
            {children()}
        </div>
    }
}
