//! What is shown as the model gets it, and the tiles that it is cut into.

use leptos::prelude::*;
use tilewise::rule::Grid;

#[component]
pub(crate) fn TileGrid(
    grid: Signal<Option<Grid>>,
    /// The picture, or one frame of the video.
    children: Children,
) -> impl IntoView {
    let frame = move || {
        grid.get().map(|grid| {
            let (width, height) = grid.content_share();
            format!(
                "--width: {}; --height: {}; --content-width: {width}; --content-height: {height}",
                grid.width, grid.height
            )
        })
    };
    view! {
        <div class="frame" style=frame>
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
