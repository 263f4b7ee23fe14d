//! Motion that explains, for those who do not mind it.

use leptos::prelude::*;

/// Long enough to be followed, short enough not to be waited for.
const DURATION_MS: f64 = 350.0;

/// Whether the system asks for less of it.
pub(crate) fn is_reduced() -> bool {
    let query = window().match_media("(prefers-reduced-motion: reduce)");
    query.ok().flatten().is_some_and(|query| query.matches())
}

/// Calls `step` with the share of the way, from 0 to 1, until that is over or `step` is false.
pub(crate) fn glide(step: impl Fn(f64) -> bool + 'static) {
    if is_reduced() {
        step(1.0);
        return;
    }
    go_on(js_sys::Date::now(), step);
}

fn go_on(start: f64, step: impl Fn(f64) -> bool + 'static) {
    request_animation_frame(move || {
        let share = ((js_sys::Date::now() - start) / DURATION_MS).min(1.0);
        // Fast at first, then slower.
        let eased = 1.0 - (1.0 - share).powi(3);
        if step(eased) && share < 1.0 {
            go_on(start, step);
        }
    });
}
