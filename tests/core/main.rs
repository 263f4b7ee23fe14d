//! Native tests of the core, a module for each stage.

// Lets clippy see that all of this is tests, helpers included.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]

mod arguments;
#[cfg(feature = "prepare")]
mod bare;
mod catalog;
mod client_body;
mod container;
mod counting;
mod error;
mod estimate;
mod explain;
mod failure;
mod families;
mod fixtures;
mod forecast;
mod formats;
mod hostile;
#[cfg(feature = "prepare")]
mod jpegs;
mod limits;
mod linear;
mod link;
mod meter;
mod models;
mod odd_images;
mod odd_jxl;
mod odd_streams;
mod odd_texts;
mod odd_videos;
mod prepare;
#[cfg(feature = "prepare")]
mod prepared;
#[cfg(feature = "prepare")]
mod prepared_odd;
mod probe;
#[cfg(feature = "prepare")]
mod reduced;
mod remote;
mod request;
mod rule;
mod snippet;
mod source;
mod sparse;
mod stream;
mod target;
#[cfg(feature = "text")]
mod text;
mod transcript;
mod usage;
mod video;
mod video_tokens;
