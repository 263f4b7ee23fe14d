//! Motion that explains, for people who have not asked for less of it.

use leptos::prelude::*;
use leptos_use_media_query::use_media_query;

/// Long enough to be followed, short enough not to be waited for.
const DURATION_MS: f64 = 350.0;

/// Whether the system asks for less motion.
pub(crate) fn is_reduced() -> Signal<bool> {
    use_media_query("(prefers-reduced-motion: reduce)")
}

/// Calls `step` with the share of the way, from 0 to 1, until that is over or `step` gives false. With reduced motion
/// it calls `step` once, with 1.
pub(crate) fn animate(is_reduced: bool, step: impl Fn(f64) -> bool + 'static) {
    if is_reduced {
        step(1.0);
        return;
    }
    next_frame(js_sys::Date::now(), step);
}

fn next_frame(start: f64, step: impl Fn(f64) -> bool + 'static) {
    request_animation_frame(move || {
        let share = ((js_sys::Date::now() - start) / DURATION_MS).min(1.0);
        // Fast at first, then slower.
        let eased = 1.0 - (1.0 - share).powi(3);
        if step(eased) && share < 1.0 {
            next_frame(start, step);
        }
    });
}
