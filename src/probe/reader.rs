//! What reads one format.

use super::input::{Input, Parse};
use crate::media::MediaFacts;

/// One format: how its files begin, and how to read the facts. Signatures with more letters stand before
/// those with fewer; those of MPEG before SVG, as text may begin like one of its packets, and they like
/// a text.
#[derive(Debug)]
pub(super) struct Reader {
    /// First bytes of such a file, with `?` for a byte that may be any.
    pub(super) signatures: &'static [&'static [u8]],
    pub(super) read: fn(&Input<'_>) -> Parse<MediaFacts>,
}
