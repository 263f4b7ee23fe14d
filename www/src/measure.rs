//! The size of an image behind a URL that the page may show and not read.

use js_sys::Promise;
use tilewise::media::{Format, ImageFacts, MediaFacts, Size};
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlImageElement, Url};

/// As the browser shows it, and in the format that its name promises. `None` where it shows nothing.
pub(crate) async fn measure(url: &str) -> Option<MediaFacts> {
    let path = Url::new(url).ok()?.pathname();
    let format = Format::promised_by(&path).unwrap_or(Format::Jpeg);
    if format.is_video() {
        return None;
    }
    let image = HtmlImageElement::new().ok()?;
    image.set_referrer_policy("no-referrer");
    let loaded = Promise::new(&mut |loaded, failed| {
        image.set_onload(Some(&loaded));
        image.set_onerror(Some(&failed));
    });
    image.set_src(url);
    JsFuture::from(loaded).await.ok()?;
    let size = Size::new(image.natural_width().into(), image.natural_height().into());
    let is_empty = size.width == 0 || size.height == 0;
    (!is_empty).then(|| MediaFacts::image(format, size, ImageFacts::default()))
}
