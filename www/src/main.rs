//! The page: what goes in, what it costs and whether it is allowed, and the answer.
//!
//! State and its changes lie in [`state`], [`intake`], [`lesson`], [`strip`], [`fitting`], [`listing`], [`link`],
//! [`conversation`] and [`revision`];
//! components show state and call those methods; every figure comes from the `tilewise` crate.

#![expect(
    unreachable_pub,
    reason = "the component macro makes its functions public"
)]

mod app;
mod canvas;
mod clipboard;
mod codecs;
mod components;
mod conversation;
mod demo;
mod fitting;
mod intake;
mod lesson;
mod lines;
mod link;
mod listing;
mod markdown;
mod motion;
mod order;
mod panes;
mod player;
mod revision;
mod state;
mod strip;
mod transcript;
mod view;

fn main() {
    leptos::mount::mount_to_body(app::App);
}
