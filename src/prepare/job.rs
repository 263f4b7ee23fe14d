//! One image, from its file to a smaller one, in steps short enough to wait for.

use super::decode::{self, Decoder};
use super::metadata;
use super::pixels::{Pixels, check_memory};
use super::plan::{Plan, plan, tokens};
use super::resize::{Filter, resize};
use super::search::{Encoded, Outcome, Search, Source};
use super::sizes::Sizes;
use super::traits::{ImageTraits, packed};
use super::{Goal, OutputFormat, PrepareError, colour, frames, jpeg};
use crate::estimate::ByRule;
use crate::media::{Format, Kind, MediaFacts, Orientation, Size};
use crate::probe;
use crate::rule::Rules;
use image::{DynamicImage, Rgba, RgbaImage, imageops};
use serde::Serialize;

/// An image that meets its goal.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Prepared {
    /// The new file; `None` where the source met the goal, and stays as it is. Serialized is what is said of it.
    #[serde(skip)]
    pub file: Option<Vec<u8>>,
    /// Facts of the file that is to be sent: the new one, or the source where that stays.
    pub facts: MediaFacts,
    /// What it takes by each rule; `None` by one that the model does not have, or that does not cover it.
    pub tokens: ByRule,
    /// What was done, in order: `rotated 90°`, `resized 4000×3000 → 1988×1491`, `jpeg quality 82`.
    pub steps: Vec<String>,
    /// Of an animated source, how many of its frames are not in the result. Of AVIF, HEIC and JPEG XL they are not counted:
    /// 1 stands for some.
    pub dropped_frames: u64,
}

/// Prepares an image at once.
///
/// # Errors
///
/// [`PrepareError::Probe`] for a file without facts; [`PrepareError::UnsupportedFormat`] and
/// [`PrepareError::UnsupportedKind`] for one that is not decoded here; [`PrepareError::CutOff`] and
/// [`PrepareError::Damaged`] for pixels that cannot be decoded; [`PrepareError::TooManyPixels`] and
/// [`PrepareError::TooMuchMemory`] for too many of them; [`PrepareError::InvalidArgument`] and
/// [`PrepareError::Unmeetable`] for the goal.
///
/// ```
/// use tilewise::prepare::{Goal, prepare};
///
/// let rules = tilewise::catalog::find("moonshotai/Kimi-K2.6").unwrap().rules().unwrap();
/// let photo = std::fs::read("tests/fixtures/jpeg/orientation-6.jpg")?;
/// let goal = Goal { max_side: Some(20), ..Goal::default() };
///
/// let prepared = prepare(photo, &goal, &rules)?;
/// assert_eq!(prepared.facts.width.max(prepared.facts.height), 20);
/// assert_eq!(prepared.steps[0], "rotated 90°");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn prepare(file: Vec<u8>, goal: &Goal, rules: &Rules) -> Result<Prepared, PrepareError> {
    let mut job = Job::new(file, goal, rules)?;
    loop {
        if let Some(prepared) = job.advance()? {
            return Ok(prepared);
        }
    }
}

/// An image on its way. Between two calls of [`advance`](Self::advance) it can be dropped.
#[derive(Debug)]
pub struct Job {
    facts: MediaFacts,
    goal: Goal,
    rules: Rules,
    plan: Plan,
    /// What the result should have no more bytes than.
    source: Option<Source>,
    dropped_frames: u64,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    Planned { file: Vec<u8> },
    Decoded { source: Pixels },
    Encoding(Box<Encoding>),
    Done,
}

#[derive(Debug)]
struct Encoding {
    source: Pixels,
    traits: ImageTraits,
    /// At the size of the plan, upright, in sRGB.
    image: DynamicImage,
    /// What was done to its colours.
    notes: Vec<&'static str>,
    search: Search,
}

impl Job {
    /// Looks at the file's header, and plans.
    ///
    /// # Errors
    ///
    /// [`PrepareError::Probe`] for a file without facts; [`PrepareError::UnsupportedFormat`] for one that is not
    /// decoded here; [`PrepareError::TooManyPixels`]; [`PrepareError::InvalidArgument`] and
    /// [`PrepareError::Unmeetable`] for the goal.
    pub fn new(file: Vec<u8>, goal: &Goal, rules: &Rules) -> Result<Self, PrepareError> {
        let facts = probe::bytes(&file)?;
        // Before anything is planned: such an image must be decoded first.
        if Decoder::of(&facts)? != Decoder::Own {
            return Err(PrepareError::UnsupportedFormat {
                format: facts.format,
            });
        }
        let plan = plan(&facts, goal, rules)?;
        Ok(Self {
            dropped_frames: frames::dropped(&file, &facts),
            goal: *goal,
            rules: *rules,
            plan,
            source: source(&file, &facts, goal),
            facts,
            stage: Stage::Planned { file },
        })
    }

    /// Begins with pixels that another decoder read and turned upright, of a file with these facts. The
    /// steps begin with what that decoder did.
    ///
    /// # Errors
    ///
    /// [`PrepareError::TooManyPixels`]; [`PrepareError::UnsupportedFormat`] for facts of a video;
    /// [`PrepareError::InvalidArgument`] and [`PrepareError::Unmeetable`] for the goal.
    pub fn with_pixels(
        facts: &MediaFacts,
        mut pixels: Pixels,
        how: &str,
        goal: &Goal,
        rules: &Rules,
    ) -> Result<Self, PrepareError> {
        let size = pixels.size;
        check_memory(size, 4)?;
        let mut facts = MediaFacts {
            width: size.width,
            height: size.height,
            display_width: size.width,
            display_height: size.height,
            ..facts.clone()
        };
        if let Kind::Image(image) = &mut facts.kind {
            image.orientation = Orientation::UPRIGHT;
        }
        let plan = plan(&facts, goal, rules)?;
        pixels.notes.push(how.to_owned());
        Ok(Self {
            dropped_frames: frames::dropped(&[], &facts),
            facts,
            goal: *goal,
            rules: *rules,
            plan,
            source: None,
            stage: Stage::Decoded { source: pixels },
        })
    }

    /// What the image becomes. Its size shrinks further where no quality fits into the bytes of the goal.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// About how much is done, 0 to 1.
    pub fn share(&self) -> f64 {
        match &self.stage {
            Stage::Planned { .. } => 0.0,
            Stage::Decoded { .. } => 0.4,
            Stage::Encoding(encoding) => 0.6 + 0.4 * encoding.search.share(),
            Stage::Done => 1.0,
        }
    }

    /// Does the next step: decodes, resizes, or makes one attempt at encoding. Gives the image once it
    /// is done, and an error whenever it is asked again.
    ///
    /// # Errors
    ///
    /// [`PrepareError::UnsupportedKind`], [`PrepareError::CutOff`], [`PrepareError::Damaged`],
    /// [`PrepareError::TooManyPixels`] and [`PrepareError::TooMuchMemory`] while it decodes;
    /// [`PrepareError::Unmeetable`] while it encodes; [`PrepareError::Internal`] once the job is done or has failed.
    pub fn advance(&mut self) -> Result<Option<Prepared>, PrepareError> {
        match std::mem::replace(&mut self.stage, Stage::Done) {
            Stage::Planned { file } => {
                if self.plan.is_met
                    && let Some(prepared) = self.without_decoding(&file)?
                {
                    return Ok(Some(prepared));
                }
                let source = decode::decode(&file, &self.facts, self.lying())?;
                self.stage = Stage::Decoded { source };
                Ok(None)
            }
            Stage::Decoded { source } => {
                let traits = ImageTraits::of(&source.image);
                let encoding = self.render(source, traits, 0)?;
                self.stage = Stage::Encoding(Box::new(encoding));
                Ok(None)
            }
            Stage::Encoding(encoding) => self.encode(*encoding),
            Stage::Done => Err(PrepareError::Internal {
                what: "this image is done".to_owned(),
            }),
        }
    }

    /// A source that meets the goal keeps its pixels as they are, and loses all that is not needed to show them.
    /// `None` where that can only be had by encoding it again.
    fn without_decoding(&self, file: &[u8]) -> Result<Option<Prepared>, PrepareError> {
        let Some(bare) = metadata::without_metadata(file, self.facts.format) else {
            return Ok(None);
        };
        let Some(file) = bare.file else {
            return Ok(Some(self.prepared(None, self.facts.clone(), Vec::new())));
        };
        let facts = probe::bytes(&file)?;
        let steps = vec![format!("removed metadata: {}", bare.removed.join(", "))];
        Ok(Some(self.prepared(Some(file), facts, steps)))
    }

    fn prepared(&self, file: Option<Vec<u8>>, facts: MediaFacts, steps: Vec<String>) -> Prepared {
        Prepared {
            tokens: tokens(&self.rules, facts.stored()),
            file,
            facts,
            steps,
            dropped_frames: self.dropped_frames,
        }
    }

    /// The source at the size of the plan, in sRGB and upright.
    fn render(
        &self,
        source: Pixels,
        traits: ImageTraits,
        attempts: u32,
    ) -> Result<Encoding, PrepareError> {
        let (image, notes) = self.image(&source, traits, Filter::Sharp)?;
        Ok(Encoding {
            search: Search::new(&self.plan, traits, self.source, attempts),
            source,
            traits,
            image,
            notes,
        })
    }

    /// The size of the plan before the image is turned upright.
    fn lying(&self) -> Size {
        self.plan.turn.display(self.plan.size)
    }

    /// And what was done to its colours.
    fn image(
        &self,
        source: &Pixels,
        traits: ImageTraits,
        filter: Filter,
    ) -> Result<(DynamicImage, Vec<&'static str>), PrepareError> {
        // Fewer pixels first: all that follows has less to do.
        let lying = self.lying();
        let mut image = if lying == source.size {
            source.image.clone()
        } else {
            resize(source, lying, traits.is_opaque, filter)?
        };
        let mut notes = Vec::new();
        if let Some(profile) = &source.profile {
            let (converted, note) = colour::to_srgb(image, profile);
            image = converted;
            notes.extend(note);
        }
        image = turned(image, self.plan.turn);
        let is_jpeg = self.plan.format == OutputFormat::Jpeg;
        if is_jpeg && !traits.is_opaque {
            image = on_white(&image);
            notes.push("transparency laid on white");
        }
        Ok((packed(image, traits.is_opaque || is_jpeg), notes))
    }

    fn encode(&mut self, mut encoding: Encoding) -> Result<Option<Prepared>, PrepareError> {
        let Encoding {
            source,
            traits,
            image,
            search,
            ..
        } = &mut encoding;
        let flat = || Ok(self.image(source, *traits, Filter::Flat)?.0);
        match search.attempt(image, &flat)? {
            Outcome::Going => {}
            Outcome::Found(encoded) => return self.finish(encoding, encoded).map(Some),
            Outcome::TooLarge { smallest } => match self.smaller(&smallest)? {
                Some(size) => {
                    self.plan.size = size;
                    self.plan.tokens = tokens(&self.rules, size);
                    let attempts = encoding.search.attempts();
                    encoding = self.render(encoding.source, encoding.traits, attempts)?;
                }
                None => return self.finish(encoding, smallest).map(Some),
            },
        }
        self.stage = Stage::Encoding(Box::new(encoding));
        Ok(None)
    }

    /// The size to try next where even the smallest file of this one is too large; `None` where that file will do.
    fn smaller(&self, smallest: &Encoded) -> Result<Option<Size>, PrepareError> {
        /// A file shrinks a little less than its pixels do.
        const MARGIN: f64 = 0.97;
        let bytes = smallest.file.len() as u64;
        let too_many = self.plan.max_bytes.filter(|most| bytes > *most);
        let side = self.plan.size.width.max(self.plan.size.height);
        let side = match too_many {
            Some(most) => {
                let share = (most as f64 / bytes.max(1) as f64).sqrt() * MARGIN;
                ((side as f64 * share) as u64).clamp(1, side.max(2) - 1)
            }
            None => match self.next_simple(side) {
                Some(side) => side,
                None => return Ok(None),
            },
        };
        let sizes = Sizes::new(
            self.plan.upright,
            self.rules.chosen(self.goal.rule),
            &self.rules,
        );
        let size = sizes.within(self.goal.max_tokens, side);
        match (size.filter(|size| *size != self.plan.size), too_many) {
            (None, Some(max_bytes)) => Err(PrepareError::Unmeetable {
                max_bytes,
                smallest: bytes,
            }),
            (size, _) => Ok(size),
        }
    }

    /// The next shorter side of which pixels lie like those of the source again and again: what is repeated there, such as
    /// letters, is repeated then, and packs well. `None` where what is left would be too little.
    fn next_simple(&self, side: u64) -> Option<u64> {
        const SHARES: [(u64, u64); 6] = [(7, 8), (3, 4), (2, 3), (5, 8), (1, 2), (3, 8)];
        let Size { width, height } = self.plan.upright;
        let whole = width.max(height);
        let mut sides = SHARES.iter().map(|(part, of)| whole * part / of);
        sides.find(|next| *next < side && *next > 0)
    }

    fn finish(&self, encoding: Encoding, encoded: Encoded) -> Result<Prepared, PrepareError> {
        let facts = probe::bytes(&encoded.file)?;
        let mut steps = encoding.source.notes;
        steps.extend(self.plan.steps());
        steps.extend(encoding.notes.into_iter().map(str::to_owned));
        steps.push(encoded.how);
        Ok(self.prepared(Some(encoded.file), facts, steps))
    }
}

/// Of what is encoded again in its own format, or in whichever is best; a quality that is asked for may take more.
fn source(file: &[u8], facts: &MediaFacts, goal: &Goal) -> Option<Source> {
    let format = facts.format;
    let is_packed = matches!(
        format,
        Format::Jpeg | Format::Png | Format::Webp | Format::Gif
    );
    let stays = goal.format() == OutputFormat::Auto || goal.format().allows(format);
    (is_packed && stays && goal.quality.is_none()).then(|| Source {
        bytes: file.len() as u64,
        quality: match format {
            Format::Jpeg => jpeg::quality(file),
            _ => None,
        },
    })
}

/// As the words of the plan say it: clockwise, and left and right exchanged after that.
fn turned(image: RgbaImage, turn: Orientation) -> RgbaImage {
    let number = turn.number();
    let mut turned = match number {
        3 | 4 => imageops::rotate180(&image),
        5 | 6 => imageops::rotate90(&image),
        7 | 8 => imageops::rotate270(&image),
        _ => image,
    };
    if matches!(number, 2 | 4 | 5 | 7) {
        imageops::flip_horizontal_in_place(&mut turned);
    }
    turned
}

fn on_white(image: &RgbaImage) -> RgbaImage {
    let mut page = RgbaImage::from_pixel(image.width(), image.height(), Rgba([u8::MAX; 4]));
    imageops::overlay(&mut page, image, 0, 0);
    page
}
