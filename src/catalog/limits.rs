//! What one request may hold at most.

use serde::{Deserialize, Serialize};

/// The most that one request may hold; `None` where no limit is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, expecting = "an object")]
pub struct Limits {
    /// Images of one request, those of earlier turns included.
    pub max_images: Option<u64>,
    /// Videos of one request, those of earlier turns included.
    pub max_videos: Option<u64>,
    /// Bytes of all media passed by URL.
    pub max_media_bytes: Option<u64>,
    /// Bytes of one image passed by URL.
    pub max_image_bytes: Option<u64>,
    /// Bytes of the JSON request body, base64 media included.
    pub max_body_bytes: Option<u64>,
    /// Bytes of one image sent as base64, before encoding.
    pub max_image_base64_bytes: Option<u64>,
    /// Pixels of an image's longer side.
    pub max_image_side: Option<u64>,
    /// Pixels of an image's longer side where a request holds more images than `few_images`.
    pub max_image_side_of_many: Option<u64>,
    /// The most images that a request may hold before `max_image_side_of_many` applies.
    pub few_images: Option<u64>,
    /// Patches of 32 pixels a side of one image at full detail.
    pub max_image_patches: Option<u64>,
}

impl Limits {
    /// Most pixels of an image's longer side in a request of so many images: the stricter of the limits that apply.
    pub fn image_side(&self, images: u64) -> Option<u64> {
        let are_many = self.few_images.is_some_and(|few| images > few);
        let of_many = self.max_image_side_of_many.filter(|_| are_many);
        self.max_image_side.into_iter().chain(of_many).min()
    }

    /// These limits where they are given, `other` where they are not.
    pub fn or(self, other: Self) -> Self {
        Self {
            max_images: self.max_images.or(other.max_images),
            max_videos: self.max_videos.or(other.max_videos),
            max_media_bytes: self.max_media_bytes.or(other.max_media_bytes),
            max_image_bytes: self.max_image_bytes.or(other.max_image_bytes),
            max_body_bytes: self.max_body_bytes.or(other.max_body_bytes),
            max_image_base64_bytes: self.max_image_base64_bytes.or(other.max_image_base64_bytes),
            max_image_side: self.max_image_side.or(other.max_image_side),
            max_image_side_of_many: self.max_image_side_of_many.or(other.max_image_side_of_many),
            few_images: self.few_images.or(other.few_images),
            max_image_patches: self.max_image_patches.or(other.max_image_patches),
        }
    }
}
