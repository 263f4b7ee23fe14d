//! The list of models: found by any word of a name, each with what the request costs under it.
//!
//! A combobox with a list of options (ARIA Authoring Practices Guide): the focus stays in the field, and the arrow keys
//! go through what is found.

use super::modal::{Modal, close};
use crate::state::forecast::ForecastState;
use crate::state::history::HistoryState;
use crate::state::items::ItemList;
use crate::state::model::ModelState;
use leptos::task::spawn_local;
use leptos::{ev, html, prelude::*};
use tilewise::web::sleep;
use tilewise_www_core::choices::{Choice, Group};
use tilewise_www_core::comparison::Candidate;
use web_sys::{ScrollIntoViewOptions, ScrollLogicalPosition};

/// How many options a page key goes by.
const PAGE: usize = 8;

#[component]
pub(crate) fn ModelPicker() -> impl IntoView {
    let model = expect_context::<ModelState>();
    let dialog = NodeRef::<html::Dialog>::new();
    let field = NodeRef::<html::Input>::new();
    let is_open = model.is_picker_open;
    let history = expect_context::<HistoryState>();
    Effect::new(move |_| {
        if let (Some(dialog), Some(field)) = (dialog.get(), field.get())
            && is_open.get()
            && !dialog.open()
        {
            history.open(&dialog);
            let _ = field.focus();
        }
    });
    // Nothing is made before it is opened.
    let content = move || {
        let close = Callback::new(move |()| close(dialog));
        is_open.get().then(|| view! { <Choices field close /> })
    };
    view! {
        <Modal dialog title_id="picker-title" look="picker" on_close=move |()| is_open.set(false)>
            <h2 id="picker-title" class="visually-hidden">"Choose a model"</h2>
            {content}
        </Modal>
    }
    .into_any()
}

/// What is found, and which option the keys are at.
#[derive(Clone, Copy)]
struct Found {
    query: RwSignal<String>,
    /// What was typed, where no list has it: the identifier of a model of one's own endpoint.
    typed: Memo<Option<String>>,
    /// The keys of the options that are found, in order.
    keys: Memo<Vec<String>>,
    active: RwSignal<String>,
}

impl Found {
    fn new(groups: Vec<Group>, chosen: String) -> Self {
        let query = RwSignal::new(String::new());
        let groups = StoredValue::new(groups);
        let typed = Memo::new(move |_| {
            let typed = Some(query.get().trim().to_owned());
            typed.filter(|typed| {
                !typed.is_empty() && groups.with_value(|groups| !is_listed(groups, typed))
            })
        });
        let keys = Memo::new(move |_| {
            let query = query.get();
            groups.with_value(|groups| {
                let found = groups.iter().flat_map(|group| group.matching(&query));
                let found = found.map(|choice| choice.key.clone());
                found.chain(typed.get()).collect()
            })
        });
        Self {
            query,
            typed,
            keys,
            active: RwSignal::new(chosen),
        }
    }

    fn has(&self, key: &str) -> bool {
        self.keys.with(|keys| keys.iter().any(|found| found == key))
    }

    fn search(&self, query: String) {
        self.query.set(query);
        self.move_to(|_, _| 0);
    }

    /// Makes another option the active one: `to` is given the index of the present one, and the last index.
    fn move_to(&self, to: impl FnOnce(Option<usize>, usize) -> usize) {
        let key = self.keys.with_untracked(|keys| {
            let active = self.active.get_untracked();
            let at = keys.iter().position(|key| *key == active);
            keys.get(to(at, keys.len().saturating_sub(1))).cloned()
        });
        if let Some(key) = key {
            reveal(&key);
            self.active.set(key);
        }
    }
}

fn is_listed(groups: &[Group], key: &str) -> bool {
    let mut choices = groups.iter().flat_map(|group| &group.choices);
    choices.any(|choice| choice.key == key)
}

#[component]
fn Choices(field: NodeRef<html::Input>, close: Callback<()>) -> impl IntoView {
    let model = expect_context::<ModelState>();
    let list = expect_context::<ItemList>();
    let chosen = model.id.get_untracked();
    let groups = untrack(|| model.groups());
    let found = Found::new(groups.clone(), chosen);
    let choose = Callback::new(move |key: String| {
        model.id.set(key);
        close.run(());
    });
    let about = match untrack(|| list.items.with(Vec::len)) {
        0 => "Prices are those of a million tokens.",
        1 => "Prices are those of the next request with your file.",
        _ => "Prices are those of the next request with your files.",
    };
    let keys = move |event: ev::KeyboardEvent| {
        // Enter also ends the input of a character.
        if event.is_composing() {
            return;
        }
        match event.key().as_str() {
            "ArrowDown" => found.move_to(|at, _| at.map_or(0, |at| at + 1)),
            "ArrowUp" => found.move_to(|at, _| at.unwrap_or_default().saturating_sub(1)),
            "PageDown" => found.move_to(|at, last| (at.unwrap_or_default() + PAGE).min(last)),
            "PageUp" => found.move_to(|at, _| at.unwrap_or_default().saturating_sub(PAGE)),
            "Enter" => {
                let active = found.active.get_untracked();
                if untrack(|| found.has(&active)) {
                    choose.run(active);
                }
            }
            _ => return,
        }
        event.prevent_default();
    };
    // A group in a task: the first ones are seen at once, and typing does not wait for the others.
    let made = RwSignal::new(1_usize);
    let count = groups.len();
    spawn_local(async move {
        for _ in 1..count {
            sleep(0).await;
            // Closed meanwhile.
            if made.try_update(|made| *made += 1).is_none() {
                return;
            }
        }
        reveal(&found.active.get_untracked());
    });
    let groups = groups.into_iter().enumerate().map(|(index, group)| {
        let group = StoredValue::new(group);
        let is_made = Memo::new(move |_| index < made.get());
        move || {
            let is_made = is_made.get();
            is_made.then(|| view! { <Options group=group.get_value() index found choose /> })
        }
    });
    let groups = groups.collect_view();
    let none = move || {
        let typed = usize::from(found.typed.with(Option::is_some));
        let is_found = found.keys.with(Vec::len) > typed;
        (!is_found).then(
            || view! { <p class="hint" role="status">"No model of the list has this name."</p> },
        )
    };
    let typed = move || {
        found.typed.get().map(|key| {
            let choice = Choice::unknown(&key);
            view! {
                <div role="group" aria-labelledby="picker-typed">
                    <div id="picker-typed" class="heading" role="presentation">"As you typed it"</div>
                    <Row choice figure=None found choose />
                </div>
            }
        })
    };
    view! {
        <input
            node_ref=field
            type="text"
            role="combobox"
            autocomplete="off"
            autocapitalize="off"
            spellcheck="false"
            enterkeyhint="go"
            aria-label="Find a model"
            placeholder="Find a model, or type its name at your endpoint"
            aria-autocomplete="list"
            aria-expanded="true"
            aria-controls="picker-list"
            aria-activedescendant=move || option_id(&found.active.get())
            on:input:target=move |event| found.search(event.target().value())
            on:keydown=keys
        />
        <p class="hint">{about}</p>
        {none}
        <div id="picker-list" role="listbox" aria-label="Models">
            {groups}
            {typed}
        </div>
    }
}

/// The options of one provider.
#[component]
fn Options(group: Group, index: usize, found: Found, choose: Callback<String>) -> impl IntoView {
    let forecast = expect_context::<ForecastState>();
    let list = expect_context::<ItemList>();
    let figures: Vec<Candidate> = untrack(|| {
        if list.items.with(Vec::is_empty) {
            Vec::new()
        } else {
            forecast.figures(&group.choices)
        }
    });
    let heading_id = format!("picker-group-{index}");
    let labelled_by = heading_id.clone();
    let keys: Vec<String> = group.choices.iter().map(|it| it.key.clone()).collect();
    let rows = group.choices.into_iter().map(|choice| {
        let figure = figures.iter().find(|figure| figure.key == choice.key);
        view! { <Row choice figure=figure.cloned() found choose /> }
    });
    let rows = rows.collect_view();
    view! {
        <div role="group" aria-labelledby=labelled_by hidden=move || !keys.iter().any(|key| found.has(key))>
            <div id=heading_id class="heading" role="presentation">{group.heading}</div>
            {rows}
        </div>
    }
    .into_any()
}

#[component]
fn Row(
    choice: Choice,
    /// What the request costs under it; `None` where there are no files.
    figure: Option<Candidate>,
    found: Found,
    choose: Callback<String>,
) -> impl IntoView {
    let model = expect_context::<ModelState>();
    let key = StoredValue::new(choice.key.clone());
    let is_active = Memo::new(move |_| key.with_value(|key| found.active.with(|it| it == key)));
    let is_chosen = key.with_value(|key| model.id.with_untracked(|id| id == key));
    let remark = choice.remark(figure.as_ref());
    let cost = choice.cost(figure.as_ref());
    view! {
        <div
            id=option_id(&choice.key)
            class="option"
            class:over=choice.is_over
            class:chosen=is_chosen
            role="option"
            data-model=choice.key
            aria-selected=move || is_active.get().to_string()
            hidden=move || key.with_value(|key| !found.has(key))
            on:click=move |_| choose.run(key.get_value())
        >
            <span class="option-name">
                <strong>{choice.name}</strong>
                {is_chosen.then(|| view! { <span class="visually-hidden">" (chosen)"</span> })}
                " "
                <small>{choice.certainty}</small>
            </span>
            <span class="option-cost">{cost}</span>
            {(!remark.is_empty()).then(|| view! { <small class="option-remark">{remark}</small> })}
        </div>
    }
    .into_any()
}

/// An id holds no spaces, and what was typed may.
fn option_id(key: &str) -> String {
    format!("option-{}", key.replace(char::is_whitespace, "-"))
}

/// Scrolls an option into sight, once it is there.
fn reveal(key: &str) {
    let id = option_id(key);
    request_animation_frame(move || {
        if let Some(option) = document().get_element_by_id(&id) {
            let nearest = ScrollIntoViewOptions::new();
            nearest.set_block(ScrollLogicalPosition::Nearest);
            option.scroll_into_view_with_scroll_into_view_options(&nearest);
        }
    });
}
