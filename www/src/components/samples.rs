//! Photos and a video of the site's own, to try, with their price.

use crate::state::estimate::EstimateState;
use crate::state::media::MediaState;
use crate::state::model::ModelState;
use leptos::prelude::*;
use tilewise_www_core::samples::SAMPLES;

#[component]
pub(crate) fn Samples() -> impl IntoView {
    let media = expect_context::<MediaState>();
    let estimate = expect_context::<EstimateState>();
    let model = expect_context::<ModelState>();
    view! {
        <div class="samples" role="group" aria-label="Samples">
            <p class="hint">"Or try a sample"</p>
            <ul>
                {SAMPLES.map(|sample| {
                    let price = Memo::new(move |_| {
                        sample.price(&estimate.request.read(), &model.options.read())
                    });
                    let thumbnail = format!("./samples/small/{}.jpg", sample.file);
                    view! {
                        <li>
                            <button
                                type="button"
                                aria-label=sample.label
                                on:click=move |_| media.add_sample(sample.file)
                            >
                                <img src=thumbnail alt="" width="160" height="120" loading="lazy" decoding="async" />
                                <span>{sample.label}</span>
                                <small>{move || price.get().unwrap_or_else(|| "count not known".to_owned())}</small>
                            </button>
                        </li>
                    }
                })}
            </ul>
        </div>
    }
}
