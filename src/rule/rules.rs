//! How one model counts media, by each of the rules that it has.

use super::fit::times;
use super::{Detail, Family, ImageCount, Options, Published, Refusal, Rule, Sampling, VideoCount};
use crate::media::{Kind, MediaFacts, Size, VideoFacts};

/// The rules of a model: that of its family, and beside it the one that its provider documents, where that is another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    family: Family,
    of_family: Rule,
    documented: Option<Published>,
    default: Rule,
}

/// What a media item takes by one rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Count {
    /// Of one frame.
    pub frame: ImageCount,
    /// Of all frames.
    pub tokens: u64,
    /// The least that is consistent with what is known; equal to `tokens` where the rule is definite.
    pub low: u64,
    /// The most that is consistent with what is known.
    pub high: u64,
    /// Tokens that frame the media item in the prompt and are counted with the text.
    pub markers: u64,
    /// Frames counted; 1 for an image.
    pub frames: u64,
    /// How often the tokens of one frame are paid for.
    pub chunks: u64,
}

impl Rules {
    /// The rule of a family alone.
    pub fn new(family: Family) -> Self {
        let of_family = family.rule();
        Self {
            family,
            of_family,
            documented: None,
            default: of_family,
        }
    }

    /// The rules of a model that is counted by these, the default first.
    pub(crate) fn of_model(
        family: Family,
        counted_by: &[Rule],
        documented: Option<Published>,
    ) -> Self {
        let of_family = match (counted_by, documented) {
            ([one], None) => *one,
            (_, None) => family.rule(),
            (_, Some(_)) => Rule::Processor,
        };
        let rules = Self {
            family,
            of_family,
            documented,
            default: of_family,
        };
        let mut known = counted_by.iter().copied().filter(|rule| rules.has(*rule));
        Self {
            default: known.next().unwrap_or(of_family),
            ..rules
        }
    }

    /// The family, with the parameters of this model.
    pub fn family(&self) -> &Family {
        &self.family
    }

    /// Whether the model has this rule.
    pub fn has(&self, rule: Rule) -> bool {
        rule == self.of_family || (rule == Rule::Published && self.documented.is_some())
    }

    /// The rule that is asked for, or the default where it has no such rule.
    pub fn chosen(&self, asked: Option<Rule>) -> Rule {
        asked.filter(|rule| self.has(*rule)).unwrap_or(self.default)
    }

    /// Counts an image by its size as it is stored: no rule turns it upright.
    ///
    /// # Errors
    ///
    /// [`Refusal::NoSuchRule`] where the model does not have the rule, else as [`Family::image`].
    pub fn image(
        &self,
        rule: Rule,
        stored: Size,
        options: &Options,
    ) -> Result<ImageCount, Refusal> {
        match self.way(rule)? {
            Way::Documented(published) => Ok(published.image(stored)),
            Way::Family => self.family.image(stored, options),
        }
    }

    /// What an image takes that is asked for in no special way; `None` by a rule that the model does not have, or that does not
    /// cover an image of this size.
    pub fn tokens(&self, rule: Rule, stored: Size) -> Option<u64> {
        let count = self.image(rule, stored, &Options::default());
        Some(count.ok()?.tokens)
    }

    /// Counts a video by the size of its frames as they are stored. A provider's rule does not say how they are sampled, so
    /// that the family's way is taken for both.
    ///
    /// # Errors
    ///
    /// [`Refusal::NoSuchRule`] where the model does not have the rule, else as [`Family::video`].
    pub fn video(
        &self,
        rule: Rule,
        stored: Size,
        video: &VideoFacts,
        options: &Options,
    ) -> Result<VideoCount, Refusal> {
        let way = self.way(rule)?;
        let count = self.family.video(stored, video, options)?;
        Ok(match way {
            Way::Documented(published) => published.video(stored, count.frames),
            Way::Family => count,
        })
    }

    /// Counts whatever it is, as if it were alone in its request.
    ///
    /// # Errors
    ///
    /// As [`image`](Self::image) for an image, and as [`video`](Self::video) for a video.
    pub fn media_item(
        &self,
        rule: Rule,
        facts: &MediaFacts,
        options: &Options,
    ) -> Result<Count, Refusal> {
        match &facts.kind {
            Kind::Image(_) => Ok(self.image(rule, facts.stored(), options)?.into()),
            Kind::Video(video) => {
                let count = |video: &VideoFacts| -> Result<Count, Refusal> {
                    Ok(self.video(rule, facts.stored(), video, options)?.into())
                };
                let counted = count(video)?;
                let others = around(video).into_iter().flatten();
                others
                    .map(|video| count(&video))
                    .try_fold(counted, |all, other| {
                        let other = other?;
                        Ok(Count {
                            low: all.low.min(other.low),
                            high: all.high.max(other.high),
                            ..all
                        })
                    })
            }
        }
    }

    /// Counts all media of a request, each with the detail that is asked for it, in their order.
    pub fn media<'a>(
        &self,
        rule: Rule,
        media: impl Iterator<Item = (&'a MediaFacts, Option<Detail>)>,
        options: &Options,
    ) -> Vec<Result<Count, Refusal>> {
        let each = |(facts, detail): (&MediaFacts, Option<Detail>)| {
            let detail = detail.or(options.detail);
            self.media_item(rule, facts, &Options { detail, ..*options })
        };
        if !self.family.counts_together() || rule != self.of_family {
            return media.map(each).collect();
        }
        let media: Vec<_> = media.collect();
        let images = media.iter().filter(|(facts, _)| facts.is_image());
        let sizes: Vec<_> = images.map(|(facts, _)| facts.stored()).collect();
        let mut together = self.family.images(&sizes, options).into_iter();
        let counted = media.into_iter().map(|part| {
            if part.0.is_image() {
                together
                    .next()
                    .unwrap_or(Err(Refusal::Empty))
                    .map(Count::from)
            } else {
                each(part)
            }
        });
        counted.collect()
    }

    /// The size in pixels that a rule counts an image at, after scaling; `None` where that is not known.
    pub(crate) fn sees(&self, rule: Rule, stored: Size) -> Option<Seen> {
        let count = self.image(rule, stored, &Options::default()).ok()?;
        let tile = count.grid.map_or(0, |grid| grid.tile);
        let rounds = self.family.rounds_to_tiles() && !self.is_documented(rule);
        Some(Seen {
            size: count.seen?,
            rounded_by: if rounds { tile.saturating_sub(1) } else { 0 },
        })
    }

    /// Which frames of a video the model looks at; `None` where the facts do not tell how many it has, or where the model's
    /// choice is not known frame by frame.
    pub fn sampling(&self, video: &VideoFacts, options: &Options) -> Option<Sampling> {
        self.family.sampling(video, options)
    }

    /// What an image is stretched to, where the family chooses among few sizes: no other is seen as it is.
    pub(crate) fn canvas(&self, rule: Rule, stored: Size) -> Option<Size> {
        let chooses = matches!(
            self.family,
            Family::Llama4(_) | Family::Internvl3(_) | Family::Step3(_)
        );
        self.sees(rule, stored)
            .filter(|_| chooses)
            .map(|seen| seen.size)
    }

    /// Whether that is the rule that the provider documents beside its family's.
    pub(crate) fn is_documented(&self, rule: Rule) -> bool {
        rule == Rule::Published && self.documented.is_some()
    }

    /// What a rule is, in one line.
    pub(crate) fn way_in_words(&self, rule: Rule) -> &'static str {
        match (rule, self.family) {
            (Rule::Published, _) if self.documented.is_some() => {
                "The provider’s published rule: one token for each whole tile"
            }
            (Rule::Published, _) => "The rule that the provider publishes",
            (Rule::Processor, Family::KimiK25(_) | Family::KimiK3(_)) => {
                "The model’s own image processor: scaled down, padded, cut"
            }
            (Rule::Processor, _) => "What the model’s own code does",
        }
    }

    fn way(&self, rule: Rule) -> Result<Way, Refusal> {
        match self.documented {
            Some(published) if rule == Rule::Published => Ok(Way::Documented(published)),
            _ if rule == self.of_family => Ok(Way::Family),
            _ => Err(Refusal::NoSuchRule),
        }
    }
}

/// A video whose frames were not counted, with as few of them and as many as it may have: a rate that a file states is
/// the nominal one, 25 for 23.976, and a frame more or less may stand at each end.
fn around(video: &VideoFacts) -> [Option<VideoFacts>; 2] {
    const SHARE: u64 = 20;
    let derived = video.frame_count.filter(|_| video.frames_derived);
    let with = |frames: u64| VideoFacts {
        frame_count: Some(frames.max(1)),
        ..video.clone()
    };
    let beside = derived.map(|frames| (frames, frames / SHARE + 1));
    [
        beside.map(|(frames, more)| with(frames.saturating_sub(more))),
        beside.map(|(frames, more)| with(frames.saturating_add(more))),
    ]
}

/// What is left of an image after scaling.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    pub(crate) size: Size,
    /// Pixels of each side that rounding to whole tiles may take, where the family rounds.
    pub(crate) rounded_by: u64,
}

enum Way {
    Documented(Published),
    Family,
}

impl From<ImageCount> for Count {
    fn from(image: ImageCount) -> Self {
        Self {
            frame: image,
            tokens: image.tokens,
            low: image.low,
            high: image.high,
            markers: image.markers,
            frames: 1,
            chunks: 1,
        }
    }
}

impl From<VideoCount> for Count {
    fn from(video: VideoCount) -> Self {
        Self {
            frame: video.frame,
            tokens: video.tokens,
            low: times(video.frame.low, video.chunks),
            high: times(video.frame.high, video.chunks),
            markers: video.markers,
            frames: video.frames,
            chunks: video.chunks,
        }
    }
}
