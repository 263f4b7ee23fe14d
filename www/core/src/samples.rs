//! The site's own photos and video, and sizes that people ask about.

use crate::answer::range;
use tilewise::estimate::{EstimateOptions, estimate};
use tilewise::link::Link;
use tilewise::media::Size;
use tilewise::request::{Draft, MediaPart};
use tilewise::rule::Rule;

/// A file that the site keeps in `www/public/samples`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    pub file: &'static str,
    pub label: &'static str,
    /// Its facts, as links hold them.
    facts: &'static str,
}

pub const SAMPLES: [Sample; 4] = [
    Sample {
        file: "landscape.jpg",
        label: "Photo",
        facts: "jpeg_1600x1200_b70383",
    },
    Sample {
        file: "phone.jpg",
        label: "Phone photo",
        facts: "jpeg_1200x900_b45186_o6",
    },
    Sample {
        file: "screenshot.png",
        label: "Screenshot",
        facts: "png_1440x900_b24454",
    },
    Sample {
        file: "clip.mp4",
        label: "Video",
        facts: "mp4_640x360_b20157_d4000_f24_n96",
    },
];

impl Sample {
    /// `None` only where the text above is no link.
    pub fn media(&self) -> Option<MediaPart> {
        let link: Link = format!("1&model=a&rule=published&media={}", self.facts)
            .parse()
            .ok()?;
        let facts = link.media.into_iter().next()?.facts;
        Some(MediaPart::base64(facts))
    }

    /// What it costs under the model of a draft, as a range where the rules differ; `None` where that is not known.
    pub fn price(&self, draft: &Draft, options: &EstimateOptions) -> Option<String> {
        let mut alone = Draft::new(draft.model.clone(), "");
        alone.provider.clone_from(&draft.provider);
        alone.media.push(self.media()?);
        let estimated = estimate(&alone, options);
        let price = estimated.price.input?;
        let tokens = estimated.media.first()?.tokens;
        let counts = || Rule::ALL.into_iter().filter_map(|rule| tokens.by(rule));
        let ends = [counts().min(), counts().max()].map(|end| end.map(|end| price.of(end)));
        range(ends[0], ends[1], |usd| usd.to_string())
    }
}

/// Sizes of images that need no file, by what people call them.
pub const SIZES: [(&str, Size); 4] = [
    (
        "1080p",
        Size {
            width: 1920,
            height: 1080,
        },
    ),
    (
        "4K",
        Size {
            width: 3840,
            height: 2160,
        },
    ),
    (
        "12 MP",
        Size {
            width: 4032,
            height: 3024,
        },
    ),
    (
        "A4, 300 dpi",
        Size {
            width: 2480,
            height: 3508,
        },
    ),
];
