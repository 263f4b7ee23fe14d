//! Know what a vision request will cost, and whether it will be accepted, before a byte leaves the
//! browser. Then send it and watch the answer stream in.
//!
//! Data flows one way; each stage is a module, takes the stage before it as plain data, and can be
//! used alone:
//!
//! 1. [`probe`] finds out what a file is from a few of its bytes: [`media`] facts.
//! 2. [`rule`] counts tiles and tokens, [`price`] makes dollars of them.
//! 3. [`limits`] says what the endpoint would refuse, and how to fix it; [`mod@estimate`] sums up.
//!    [`prepare`] plans the smallest change that meets a goal, [`explain`] says how a figure comes about.
//! 4. [`request`] writes the JSON body, [`snippet`] the code that sends it.
//! 5. [`stream`] sends it and turns the answer's bytes into events.
//! 6. [`usage`] compares the bill with the estimate, [`counting`] asks a provider for its own count. [`guard`] judges
//!    requests that another client makes.
//!
//! Models, prices and limits are data: [`catalog`]. A [`link`] hands the figures of a request around.
//!
//! The core does no I/O and knows no browser. Feature `web` adds the browser's adapters, feature `prepare` the
//! codecs, feature `text` exact counts of text by Kimi's vocabularies.
//!
//! What most programs need is also here at the root:
//!
//! ```
//! use tilewise::{Draft, EstimateOptions, MediaPart, estimate};
//!
//! # let file = std::fs::read("tests/fixtures/png/rgb.png")?;
//! let mut draft = Draft::new("moonshotai/Kimi-K3", "What is this?");
//! draft.media.push(MediaPart::base64(tilewise::probe::bytes(&file)?));
//! assert!(estimate(&draft, &EstimateOptions::default()).violations.is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![deny(missing_docs)]
#![warn(clippy::missing_errors_doc)]

pub mod catalog;
mod code;
pub mod counting;
pub mod data_url;
mod day;
mod decimal;
pub mod error;
pub mod estimate;
pub mod explain;
pub mod guard;
mod json;
pub mod limits;
pub mod link;
mod list;
mod literal;
pub mod media;
mod nullable;
mod order;
pub mod prepare;
pub mod price;
pub mod probe;
pub mod remote;
pub mod request;
pub mod rule;
pub mod snippet;
pub mod stream;
#[cfg(feature = "text")]
pub mod text;
pub mod units;
pub mod usage;
pub mod violation;

#[cfg(feature = "web")]
pub mod web;

pub use catalog::Model;
pub use error::{Error, ErrorCode};
pub use estimate::{Estimate, EstimateOptions, compare, estimate};
pub use media::MediaFacts;
pub use probe::Probe;
pub use request::{Draft, MediaPart};
pub use rule::Rule;
pub use violation::{Violation, ViolationCode};

/// Runs the examples of the documents.
#[cfg(doctest)]
mod documents {
    #[doc = include_str!("../README.md")]
    struct Readme;

    #[doc = include_str!("../docs/rust.md")]
    struct Crate;
}
