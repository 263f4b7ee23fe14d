//! What a person should know of one photo besides its facts.

use crate::state::items::Item;
use leptos::prelude::*;

#[component]
pub(crate) fn Remarks(item: Item, #[prop(optional)] is_short: bool) -> impl IntoView {
    let remarks = Memo::new(move |_| item.remarks());
    move || {
        let remarks = remarks.get().into_iter();
        remarks
            .map(|remark| {
                let more = (!is_short).then(|| format!(" {}", remark.what_to_do));
                view! { <p class="remark" class:warning=remark.is_warning data-testid="remark">{remark.what}{more}</p> }
            })
            .collect_view()
    }
}
