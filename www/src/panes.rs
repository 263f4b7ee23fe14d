//! Two panes that are scrolled together, whatever the sizes of what they hold.

use web_sys::Element;

/// Scrolls one pane to where the other stands, as a share of the way.
pub(crate) fn follow(leader: &Element, follower: &Element) {
    let way = |pane: &Element| {
        (
            pane.scroll_width() - pane.client_width(),
            pane.scroll_height() - pane.client_height(),
        )
    };
    let ((across, down), (own_across, own_down)) = (way(leader), way(follower));
    follower.set_scroll_left(scaled(leader.scroll_left(), across, own_across));
    follower.set_scroll_top(scaled(leader.scroll_top(), down, own_down));
}

/// To the middle, where most photos have their subject.
pub(crate) fn centre(pane: &Element) {
    pane.set_scroll_left((pane.scroll_width() - pane.client_width()) / 2);
    pane.set_scroll_top((pane.scroll_height() - pane.client_height()) / 2);
}

fn scaled(at: i32, of: i32, own: i32) -> i32 {
    if of > 0 {
        (f64::from(at) / f64::from(of) * f64::from(own)).round() as i32
    } else {
        0
    }
}
