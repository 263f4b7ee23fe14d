//! Native tests of the core, a module for each stage.

mod catalog;
mod estimate;
mod fixtures;
mod limits;
mod probe;
mod request;
mod rule;
mod snippet;
mod stream;
mod usage;
