//! Model, rule, detail and sampling.

use super::models::ModelChoice;
use crate::state::model::ModelState;
use leptos::prelude::*;
use tilewise::request::Detail;
use tilewise::rule::Rule;

const DETAILS: [Detail; 4] = [Detail::Auto, Detail::Low, Detail::High, Detail::Original];

const RULES: [(Rule, &str); 2] = [
    (Rule::Published, "Published: one token a tile"),
    (Rule::Processor, "Model's own processor"),
];

#[component]
pub(crate) fn Settings() -> impl IntoView {
    let model = expect_context::<ModelState>();
    view! {
        <div class="settings">
            <ModelChoice />
            <label>
                "Detail"
                <select data-testid="detail" on:change:target=move |event| {
                    let name = event.target().value();
                    if let Some(detail) = DETAILS.into_iter().find(|detail| detail.name() == name) {
                        model.detail.set(detail);
                    }
                }>
                    {DETAILS.map(|detail| view! {
                        <option value=detail.name() prop:selected=move || model.detail.get() == detail>{detail.name()}</option>
                    })}
                </select>
            </label>
            <label>
                "Frames sampled a second"
                <input
                    type="number"
                    min="0"
                    step="0.5"
                    data-testid="sample-fps"
                    prop:value=move || model.sample_fps.get().map(|fps| fps.to_string())
                    placeholder=move || model.rules().and_then(|rules| rules.family().sample_fps())
                    on:input:target=move |event| {
                        let fps = event.target().value_as_number();
                        model.sample_fps.set((fps.is_finite() && fps > 0.0).then_some(fps));
                    }
                />
            </label>
            <label class="wide">
                "Rule"
                <select data-testid="rule" on:change:target=move |event| {
                    let name = event.target().value();
                    if let Some((rule, _)) = RULES.into_iter().find(|(rule, _)| rule.name() == name) {
                        model.rule.set(rule);
                    }
                }>
                    {RULES.map(|(rule, label)| view! {
                        <option value=rule.name() prop:selected=move || model.rule.get() == rule>{label}</option>
                    })}
                </select>
            </label>
        </div>
    }
}
