//! The browser's own decoder, for one frame at a time.

use crate::canvas::blank;
use js_sys::Promise;
use leptos::prelude::document;
use std::{cell::RefCell, rc::Rc};
use tilewise::media::Size;
use tilewise::web::sleep;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Event, HtmlCanvasElement, HtmlMediaElement, HtmlVideoElement};

const THUMBNAIL_TYPE: &str = "image/jpeg";
const THUMBNAIL_QUALITY: f64 = 0.8;
/// Until a frame that looks the same as the one before is drawn once more: some screens' refreshes.
const SECOND_LOOK_MS: u32 = 60;
/// How often that is done. The first frame takes a busy browser longest; a video may also begin in black.
const FIRST_LOOKS: u32 = 10;
const LATER_LOOKS: u32 = 1;

/// A player that is not shown.
#[derive(Clone, Debug)]
pub(crate) struct Player {
    video: HtmlVideoElement,
    canvas: HtmlCanvasElement,
    /// Of a frame that is drawn, in pixels.
    longest_side: u32,
    /// The last frame; before the first what an empty canvas looks like.
    drawn: Rc<RefCell<Option<String>>>,
}

/// How much of a video the browser loads before it is asked for a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Preload {
    /// What it is, and no frame: phones load nothing else before a person plays a video.
    Metadata,
    /// Enough for one frame after the other.
    Auto,
}

/// What a player tells once it is done.
#[derive(Clone, Copy, Debug)]
enum Awaited {
    Metadata,
    Data,
    Frame,
}

impl Preload {
    const fn name(self) -> &'static str {
        match self {
            Self::Metadata => "metadata",
            Self::Auto => "auto",
        }
    }

    const fn awaited(self) -> Awaited {
        match self {
            Self::Metadata => Awaited::Metadata,
            Self::Auto => Awaited::Data,
        }
    }
}

/// Why there is no frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PlayerError {
    /// The player was closed meanwhile.
    Closed,
    /// The browser cannot load or decode it.
    Unplayable,
    /// The browser plays it, but does not let a page read its pixels.
    Forbidden,
}

impl Player {
    /// One that draws frames of this size.
    pub(crate) fn new(longest_side: u32) -> Option<Self> {
        let element = |name| document().create_element(name).ok();
        Some(Self {
            video: element("video")?.dyn_into().ok()?,
            canvas: element("canvas")?.dyn_into().ok()?,
            longest_side,
            drawn: Rc::default(),
        })
    }

    /// Opens an address. One of another origin is asked for in a way that lets the page read the pixels.
    pub(crate) async fn open(&self, url: &str, preload: Preload) -> Result<(), PlayerError> {
        self.after(preload.awaited(), |video| {
            video.set_muted(true);
            video.set_cross_origin(Some("anonymous"));
            video.set_preload(preload.name());
            video.set_src(url);
        })
        .await?;
        match self.video.video_width() {
            0 => Err(PlayerError::Unplayable),
            _ => Ok(()),
        }
    }

    /// The frame that is shown at this second, small, as a `data:` URL. It lies as it is stored, of this
    /// size, although the player turns it clockwise by these degrees.
    pub(crate) async fn frame(
        &self,
        seconds: f64,
        stored: Size,
        turned: u16,
    ) -> Result<String, PlayerError> {
        self.after(Awaited::Frame, |video| video.set_current_time(seconds))
            .await?;
        let looks = match self.drawn.borrow().as_ref() {
            None => FIRST_LOOKS,
            Some(_) => LATER_LOOKS,
        };
        let mut image = self.draw(stored, turned).ok_or(PlayerError::Forbidden)?;
        // A busy browser says that it has sought before the new frame can be drawn, and draws the old one, or none.
        for _ in 0..looks {
            if self.drawn.borrow().as_ref() != Some(&image) {
                break;
            }
            sleep(SECOND_LOOK_MS).await;
            if !self.video.has_attribute("src") {
                return Err(PlayerError::Closed);
            }
            image = self.draw(stored, turned).ok_or(PlayerError::Forbidden)?;
        }
        self.drawn.replace(Some(image.clone()));
        Ok(image)
    }

    /// Ends whatever it is doing, and frees the decoder.
    pub(crate) fn close(&self) {
        release(&self.video);
    }

    /// Waits until the player has done what it was told.
    async fn after(
        &self,
        awaited: Awaited,
        tell: impl FnOnce(&HtmlVideoElement),
    ) -> Result<(), PlayerError> {
        let video = &self.video;
        let event = Promise::new(&mut |resolve, _| {
            let resolve = Some(&resolve);
            match awaited {
                Awaited::Metadata => video.set_onloadedmetadata(resolve),
                Awaited::Data => video.set_onloadeddata(resolve),
                Awaited::Frame => video.set_onseeked(resolve),
            }
            video.set_onerror(resolve);
            video.set_onemptied(resolve);
        });
        tell(video);
        let event = JsFuture::from(event).await.ok();
        let event = event.and_then(|event| event.dyn_into::<Event>().ok());
        match event.map(|event| event.type_()).as_deref() {
            Some("emptied") => Err(PlayerError::Closed),
            None | Some("error") => Err(PlayerError::Unplayable),
            Some(_) => Ok(()),
        }
    }

    fn draw(&self, stored: Size, turned: u16) -> Option<String> {
        let longest = stored.width.max(stored.height).max(1) as f64;
        let scale = (f64::from(self.longest_side) / longest).min(1.0);
        let side = |side: u64| (side as f64 * scale).round().max(1.0);
        let (width, height) = (side(stored.width), side(stored.height));
        let (across, down) = match turned {
            90 | 270 => (height, width),
            _ => (width, height),
        };
        let context = blank(&self.canvas, width as u32, height as u32)?;
        if self.drawn.borrow().is_none() {
            self.drawn.replace(self.encode());
        }
        context.translate(width / 2.0, height / 2.0).ok()?;
        context.rotate(-f64::from(turned).to_radians()).ok()?;
        context
            .draw_image_with_html_video_element_and_dw_and_dh(
                &self.video,
                -across / 2.0,
                -down / 2.0,
                across,
                down,
            )
            .ok()?;
        self.encode()
    }

    fn encode(&self) -> Option<String> {
        self.canvas
            .to_data_url_with_type_and_encoder_options(THUMBNAIL_TYPE, &THUMBNAIL_QUALITY.into())
            .ok()
    }
}

/// Frees the decoder of a player (HTML, Media elements, Best practices for authors).
pub(crate) fn release(player: &HtmlMediaElement) {
    let _ = player.pause();
    let _ = player.remove_attribute("src");
    player.load();
}
