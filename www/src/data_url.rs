//! Data of a `data:` URL as a file.

use crate::intake::fetch_blob;
use crate::state::lazy::Named;
use tilewise::media::Format;

/// Pasted, it has no name but that of its format. `None` for what cannot be decoded.
pub(crate) async fn decode(url: String) -> Option<Named> {
    let file = fetch_blob(&url).await?;
    let mut formats = Format::ALL.iter();
    let named = formats.find(|format| file.type_() == format.mime());
    let name = named.map_or_else(|| "pasted".to_owned(), |format| format.rename("pasted"));
    Some((name, file))
}
