//! What is shown as the model gets it, and the tiles that it is cut into.

use leptos::prelude::*;
use tilewise::rule::Grid;

#[component]
pub(crate) fn TileGrid(
    grid: Signal<Option<Grid>>,
    /// The image, or one frame of the video.
    children: Children,
) -> impl IntoView {
    let of_grid = move |read: fn(&Grid) -> String| grid.with(|grid| grid.as_ref().map(read));
    // One by one: the page's policy forbids the attribute `style`.
    view! {
        <div
            class="frame"
            style=("--width", move || of_grid(|grid| grid.width.to_string()))
            style=("--height", move || of_grid(|grid| grid.height.to_string()))
            style=("--content-width", move || of_grid(|grid| grid.content_share().0.to_string()))
            style=("--content-height", move || of_grid(|grid| grid.content_share().1.to_string()))
        >
            {children()}
            {move || grid.get().map(|grid| view! { <Lines grid /> })}
        </div>
    }
}

/// Drawn in the pixels of the frame that is cut, so that it is exact at every size on the screen.
#[component]
fn Lines(grid: Grid) -> impl IntoView {
    let Grid {
        tile,
        width,
        height,
        ..
    } = grid;
    let covered = grid.covered();
    let id = format!("tiles-{width}-{height}-{tile}");
    let tile = tile.to_string();
    view! {
        <svg
            class="tiles"
            viewBox=format!("0 0 {width} {height}")
            preserveAspectRatio="none"
            aria-hidden="true"
        >
            <defs>
                <pattern
                    id=id.clone()
                    width=tile.clone()
                    height=tile
                    viewBox="0 0 14 14"
                    patternUnits="userSpaceOnUse"
                >
                    <path d="M 14 0 L 0 0 0 14" fill="none" stroke="currentColor" stroke-width="2" />
                </pattern>
            </defs>
            <rect
                width=covered.width.to_string()
                height=covered.height.to_string()
                fill=format!("url(#{id})")
            />
        </svg>
    }
}
