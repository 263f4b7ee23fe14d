//! What the npm package calls: convert, call, convert. No decision is taken here.
//!
//! Values cross as JavaScript's own, converted by serde from types that are described once, in the core. What takes
//! time is a [`call`] that the package polls. What talks to servers is in a [`part`] that is loaded when it is first
//! used, as are what counts other clients' requests, and the readers of other formats than PNG, JPEG, GIF and WebP.

/// 4 KB less of what is downloaded first than the standard one.
#[cfg(feature = "main")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

#[cfg(feature = "main")]
pub mod body;
#[cfg(feature = "main")]
pub mod call;
mod convert;
#[cfg(feature = "main")]
pub mod counting;
#[cfg(any(feature = "main", feature = "text"))]
mod draft;
#[cfg(feature = "main")]
pub mod estimate;
#[cfg(feature = "main")]
pub mod inspect;
#[cfg(feature = "main")]
pub mod network;
#[cfg(feature = "main")]
mod opened;
#[cfg(any(feature = "main", feature = "text"))]
mod options;
#[cfg(feature = "main")]
mod part;
#[cfg(feature = "prepare")]
pub mod prepare;
#[cfg(feature = "text")]
pub mod text;
