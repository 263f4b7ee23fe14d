//! Model, rule, detail and sampling.

use crate::state::State;
use leptos::prelude::*;
use tilewise::catalog::models;
use tilewise::request::Detail;
use tilewise::rule::Rule;

const DETAILS: [Detail; 4] = [Detail::Auto, Detail::Low, Detail::High, Detail::Original];

#[component]
pub(crate) fn Settings() -> impl IntoView {
    let state = expect_context::<State>();
    view! {
        <div class="settings">
            <label class="wide">
                "Model"
                <select
                    data-testid="model"
                    prop:value=move || state.inputs.model.get()
                    on:change:target=move |event| state.inputs.model.set(event.target().value())
                >
                    {models().iter().map(|model| view! {
                        <option
                            value=model.id.clone()
                            selected=move || state.inputs.model.with(|id| *id == model.id)
                        >
                            {model.name.clone()}
                        </option>
                    }).collect_view()}
                </select>
            </label>
            <label>
                "Detail"
                <select data-testid="detail" on:change:target=move |event| {
                    let name = event.target().value();
                    if let Some(detail) = DETAILS.into_iter().find(|detail| detail.name() == name) {
                        state.inputs.detail.set(detail);
                    }
                }>
                    {DETAILS.map(|detail| view! { <option value=detail.name()>{detail.name()}</option> })}
                </select>
            </label>
            <label>
                "Frames sampled a second"
                <input
                    type="number"
                    min="0"
                    step="0.5"
                    data-testid="sample-fps"
                    placeholder=move || state.model().and_then(|model| Some(model.rules?.processor.sample_fps))
                    on:input:target=move |event| {
                        let fps = event.target().value_as_number();
                        state.sample_fps.set((fps.is_finite() && fps > 0.0).then_some(fps));
                    }
                />
            </label>
            <label class="wide">
                "Rule"
                <select data-testid="rule" on:change:target=move |event| {
                    let name = event.target().value();
                    if let Some(rule) = Rule::ALL.into_iter().find(|rule| rule.name() == name) {
                        state.rule.set(rule);
                    }
                }>
                    <option value="published">"Published: one token a tile"</option>
                    <option value="processor">"Model's own processor"</option>
                </select>
            </label>
        </div>
    }
}
