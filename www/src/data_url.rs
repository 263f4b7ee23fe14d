//! Data of a `data:` URL as a file.

use crate::intake::fetch_blob;
use tilewise::media::Format;
use web_sys::Blob;

/// Pasted, it has no name but that of its format. `None` for what cannot be decoded.
pub(crate) async fn decode(url: String) -> Option<(String, Blob)> {
    let file = fetch_blob(&url).await?;
    let mut formats = Format::ALL.iter();
    let named = formats.find(|format| file.type_() == format.mime());
    let name = named.map_or_else(|| "pasted".to_owned(), |format| format.rename("pasted"));
    Some((name, file))
}
