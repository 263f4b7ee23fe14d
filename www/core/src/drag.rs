//! How a page scrolls under something that is dragged.

/// Of the window's height, from where on it scrolls. On a phone the answer lies over the foot of the window.
const TOP: f64 = 0.15;
const BOTTOM: f64 = 0.25;
/// In a frame, at the very edge.
const MAX_STEP_PX: f64 = 18.0;

/// By how many pixels the page scrolls in a frame while the pointer is at this height: up where that is negative.
pub fn edge_scroll(y: f64, height: f64) -> f64 {
    let (top, bottom) = (height * TOP, height * (1.0 - BOTTOM));
    if y < top {
        -MAX_STEP_PX * ((top - y) / top).clamp(0.0, 1.0)
    } else if y > bottom {
        MAX_STEP_PX * ((y - bottom) / (height - bottom)).clamp(0.0, 1.0)
    } else {
        0.0
    }
}
