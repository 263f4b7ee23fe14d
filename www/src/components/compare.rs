//! A photo before and after it was made to fit: figures, and real pixels side by side.

use crate::panes::{centre, follow};
use crate::state::estimate::EstimateState;
use crate::state::items::Item;
use leptos::html::Div;
use leptos::prelude::*;
use tilewise::media::MediaFacts;
use tilewise::units::{bytes, grouped};

#[component]
pub(crate) fn Compare(
    before: MediaFacts,
    after: MediaFacts,
    original: Item,
    prepared: Item,
    is_open: bool,
) -> impl IntoView {
    let opened = RwSignal::new(is_open);
    let columns = [&before, &after].map(column);
    let estimate = expect_context::<EstimateState>();
    let costs =
        [before.clone(), after.clone()].map(|facts| Memo::new(move |_| estimate.cost_of(&facts)));
    let tokens = costs.map(|cost| move || cost.get().map(|(tokens, _)| grouped(tokens)));
    let usd = costs.map(|cost| move || cost.get().and_then(|(_, usd)| usd));
    let images = StoredValue::new_local(Some([
        (original.preview_url(), before),
        (prepared.preview_url(), after),
    ]));
    view! {
        <div class="wide-table">
            <table data-testid="compared">
                <thead>
                    <tr>
                        <td></td>
                        <th scope="col">"Before"</th>
                        <th scope="col">"After"</th>
                    </tr>
                </thead>
                <tbody>
                    {["Format", "Pixels", "Bytes"].into_iter().enumerate().map(|(row, name)| view! {
                        <tr>
                            <th scope="row">{name}</th>
                            {columns.iter().map(|column| view! { <td>{column.get(row).cloned()}</td> }).collect_view()}
                        </tr>
                    }).collect_view()}
                    <tr>
                        <th scope="row">"Tokens"</th>
                        {tokens.map(|tokens| view! { <td>{tokens}</td> })}
                    </tr>
                    <tr>
                        <th scope="row">"Dollars"</th>
                        {usd.map(|usd| view! { <td>{usd}</td> })}
                    </tr>
                </tbody>
            </table>
        </div>
        <details class="compare" prop:open=is_open on:toggle:target=move |event| {
            if event.target().open() {
                opened.set(true);
            }
        }>
            <summary>"Before and after, pixel by pixel"</summary>
            {move || {
                // Decoded only once it is looked at.
                let images = opened.get().then(|| images.get_value()).flatten();
                images.map(|[before, after]| view! { <Panes before after /> })
            }}
        </details>
    }
}

/// Format, pixels and bytes.
fn column(facts: &MediaFacts) -> [String; 3] {
    [
        facts.format.name().to_uppercase(),
        format!("{}×{}", facts.display_width, facts.display_height),
        facts.bytes.map_or_else(String::new, bytes),
    ]
}

type Image = (Option<String>, MediaFacts);

#[component]
fn Panes(before: Image, after: Image) -> impl IntoView {
    let panes = [NodeRef::<Div>::new(), NodeRef::new()];
    // The pane under the finger, the mouse or the keys: the other follows it.
    let leader = StoredValue::new(0);
    let scrolled = move |own: usize| {
        let [first, second] = panes.map(|pane| pane.get_untracked());
        if let (Some(first), Some(second)) = (first, second)
            && leader.get_value() == own
        {
            match own {
                0 => follow(&first, &second),
                _ => follow(&second, &first),
            }
        }
    };
    let density = window().device_pixel_ratio();
    let names = ["Before, at its own pixels", "After, at its own pixels"];
    let shown = [before, after]
        .into_iter()
        .zip(names)
        .zip(panes)
        .enumerate();
    view! {
        <p class="hint">"One pixel of the screen is one pixel of the file. Both scroll together."</p>
        <div class="panes" style=("--density", density.to_string())>
            {shown.map(|(own, (((url, facts), name), pane))| {
                let lead = move || leader.set_value(own);
                view! {
                    <figure>
                        <figcaption>{name}</figcaption>
                        // A region that scrolls must take the keyboard's focus.
                        <div
                            class="pane"
                            tabindex="0"
                            role="region"
                            aria-label=name
                            node_ref=pane
                            on:pointerenter=move |_| lead()
                            on:touchstart=move |_| lead()
                            on:focus=move |_| lead()
                            on:keydown=move |_| lead()
                            on:scroll=move |_| scrolled(own)
                        >
                            <Pixels url facts pane />
                        </div>
                    </figure>
                }
            }).collect_view()}
        </div>
    }
}

#[component]
fn Pixels(url: Option<String>, facts: MediaFacts, pane: NodeRef<Div>) -> impl IntoView {
    let is_shown = RwSignal::new(url.is_some());
    let unknown = format!("This browser cannot show {}.", facts.format.name());
    let centred = move |_| {
        if let Some(pane) = pane.get_untracked() {
            centre(&pane);
        }
    };
    move || {
        if !is_shown.get() {
            return view! { <p class="hint">{unknown.clone()}</p> }.into_any();
        }
        view! {
            <img
                src=url.clone()
                alt=""
                style=("--width", facts.display_width.to_string())
                style=("--height", facts.display_height.to_string())
                decoding="async"
                on:load=centred
                on:error=move |_| is_shown.set(false)
            />
        }
        .into_any()
    }
}
