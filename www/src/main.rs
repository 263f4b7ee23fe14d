//! The page: what goes in, what it costs and whether it is allowed, and the answer.
//!
//! [`state`] has one context a domain, with its methods; [`components`] show state and call those methods; [`lazy`] is
//! the part that is loaded after the first figures. Figures come from the `tilewise` crate; charts, gauges and zoom
//! from `tilewise-www-core`, which is tested natively.

#![expect(
    unreachable_pub,
    reason = "the component macro makes its functions public"
)]

mod app;
mod canvas;
mod card;
mod clipboard;
mod codecs;
mod components;
mod data_url;
mod demo;
mod examine;
mod folders;
mod intake;

mod lazy;
mod lazy_trigger;
mod lines;
mod measure;
mod motion;
mod near;
mod package;
mod player;
mod reveal;
mod state;
mod storage;
mod strip;
mod tokenizer;
mod transcript;
mod zip;

/// 4 KB less of what is downloaded first than the standard one.
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

fn main() {
    app::show();
}
