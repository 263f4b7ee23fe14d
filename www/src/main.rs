//! The page: what goes in, what it costs and whether it is allowed, and the answer.
//!
//! State and its changes lie in [`state`], [`intake`], [`folders`], [`lesson`], [`strip`], [`fitting`], [`listing`], [`link`],
//! [`conversation`] and [`revision`]; what is loaded behind the first figures in [`later`];
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
mod folders;
mod intake;
mod later;
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
    app::show();
}
