//! How tokens are counted: by which rule, at which detail, from how many frames.

use crate::state::estimate::EstimateState;
use crate::state::items::ItemList;
use crate::state::model::ModelState;
use leptos::prelude::*;
use tilewise::request::Detail;
use tilewise::rule::Rule;
use tilewise::units::grouped;

const DETAILS: [Detail; 4] = [Detail::Auto, Detail::Low, Detail::High, Detail::Original];

const RULES: [(Rule, &str); 2] = [
    (Rule::Published, "Provider’s docs"),
    (Rule::Processor, "Model’s code"),
];

#[component]
pub(crate) fn Settings() -> impl IntoView {
    let model = expect_context::<ModelState>();
    let list = expect_context::<ItemList>();
    let estimate = expect_context::<EstimateState>();
    let has_both = Memo::new(move |_| {
        let rules = model.rules();
        rules.is_some_and(|rules| Rule::ALL.into_iter().all(|rule| rules.has(rule)))
    });
    let uses_detail = Memo::new(move |_| {
        let rules = model.rules();
        rules.is_some_and(|rules| !rules.family().details().is_empty())
    });
    let has_videos = Memo::new(move |_| {
        let is_video = |item: &crate::state::items::Item| {
            item.known_facts().is_some_and(|facts| !facts.is_image())
        };
        list.items.with(|items| items.iter().any(is_video))
    });
    let samples = move || {
        let rules = model.rules();
        has_videos.get() && rules.is_some_and(|rules| rules.family().sample_fps().is_some())
    };
    let count = move |rule| {
        let answer = estimate.answer.get();
        let figure = [answer.low, answer.high]
            .into_iter()
            .find(|figure| figure.rule == rule)?;
        let usd = figure.usd.map(|usd| format!("{usd} · "));
        Some(format!(
            "{}{} tokens",
            usd.unwrap_or_default(),
            grouped(figure.tokens)
        ))
    };
    view! {
        <Show when=move || has_both.get()>
            <fieldset class="rules">
                <legend>"How tokens are counted"</legend>
                {RULES.map(|(rule, label)| view! {
                    <label class="rule">
                        <input
                            type="radio"
                            name="rule"
                            data-testid=format!("rule-{}", rule.name())
                            prop:checked=move || model.rule.get() == rule
                            on:change=move |_| model.rule.set(rule)
                        />
                        <strong>{label}</strong>
                        <small>{move || count(rule)}</small>
                    </label>
                })}
            </fieldset>
        </Show>
        <div class="settings" hidden=move || !uses_detail.get() && !samples()>
            <label hidden=move || !uses_detail.get()>
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
            <label hidden=move || !samples()>
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
        </div>
    }
}
