//! Which images of a request must give way so that it is within the limits, and how far.
//!
//! An image that breaks a limit of its own is prepared to it: its format, its longer side, its patches, its bytes. Then the
//! body must fit. What loses nothing comes first: an image whose address is known goes by URL, the largest before
//! the others, and no more of them than needed. The images that remain share what is left of the
//! body by the pixels that the model sees of them, so that all come out equally fine; what needs less
//! than its share stays untouched and leaves the rest to the others.
//!
//! An image may come out smaller than its share. Planning again with the new facts gives the others
//! what it left over.

use super::sizes::Sizes;
use super::{Goal, OutputFormat, PrepareError};
use crate::catalog::{Limits, Model};
use crate::limits::Address;
use crate::media::{Format, Kind, Size};
use crate::order::{ascending, by_number};
use crate::request::{Body, Draft, MediaPart, Via};
use crate::rule::{Rule, Rules};
use crate::units;
use std::cmp::Reverse;

/// Whether a media item could go by URL.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// It lies here alone.
    #[default]
    Here,
    /// The endpoint can fetch it from this address.
    At(String),
    /// The caller can upload it.
    Uploadable,
    /// It lies here alone, and cannot be decoded: it is sent as it is.
    Fixed,
}

/// What to do with one media item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Send it as it is.
    Keep,
    /// Send it by this URL; `None` where it must be uploaded first.
    ByUrl(Option<String>),
    /// Prepare it to this goal.
    Shrink(Goal),
}

/// A way to make a request fit.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Budget {
    /// One for each media item of the draft, in order.
    pub actions: Vec<Action>,
    /// The longest that the body can be afterwards.
    pub body_bytes: u64,
    /// What is done and why, by media item; empty where the body fits as it is.
    pub steps: Vec<BudgetStep>,
}

/// One thing that is done, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BudgetStep {
    /// Index into the draft's media.
    pub media: usize,
    /// What is done and what it changes, for people; without the name of the media item.
    pub text: String,
}

/// Room for an address that is not known yet: signed ones of the large stores take 500 to 1,500 bytes.
const UPLOAD_URL_BYTES: usize = 2_000;
/// With less than this no image shows anything: a JPEG's tables alone take half of it.
const LEAST_IMAGE_BYTES: u64 = 1_200;
/// Bytes that four characters of base64 hold (RFC 4648, section 4).
const GROUP: u64 = 3;

/// Plans a whole request: what is done to its images so that each is within the limits of one, and the body within its own.
/// Limits that are given win over the model's. `reach` says of each media item
/// whether it could go by URL; what it does not mention lies here alone.
///
/// # Errors
///
/// [`PrepareError::BodyUnmeetable`] where the body stays too long although every image in it that can be decoded shrinks as far as it
/// may.
pub fn budget(draft: &Draft, limits: &Limits, reach: &[Reach]) -> Result<Budget, PrepareError> {
    budget_upright(draft, limits, reach, &[])
}

/// The same, and the images at these indices of the draft's media are turned upright, for a model that ignores how they are
/// to be turned: [`Rotated`](crate::violation::ViolationCode::Rotated) names them. None becomes longer by that. One that
/// goes by URL, or that cannot be decoded, stays as it is.
///
/// # Errors
///
/// As [`budget`].
pub fn budget_upright(
    draft: &Draft,
    limits: &Limits,
    reach: &[Reach],
    turned: &[usize],
) -> Result<Budget, PrepareError> {
    let model = draft.known_model();
    let limits = limits.or(model.map_or_else(Limits::default, |model| model.limits));
    let mut planner = Planner {
        original: draft,
        draft: draft.clone(),
        model,
        rules: model.and_then(Model::rules),
        reach,
        actions: vec![Action::Keep; draft.media.len()],
        steps: Vec::new(),
    };
    planner.meet_limits_of_each(&limits);
    planner.turn(turned);
    if let Some(allowed) = limits.max_body_bytes {
        planner.send_by_url(allowed, &limits);
        planner.shrink(allowed)?;
    }
    Ok(Budget {
        body_bytes: planner.body_bytes(),
        actions: planner.actions,
        steps: by_number(planner.steps, |step| step.media),
    })
}

struct Planner<'a> {
    original: &'a Draft,
    /// As it would be after the actions so far.
    draft: Draft,
    model: Option<&'a Model>,
    rules: Option<Rules>,
    reach: &'a [Reach],
    actions: Vec<Action>,
    steps: Vec<BudgetStep>,
}

impl Planner<'_> {
    fn body_bytes(&self) -> u64 {
        Body::streamed(&self.draft).len()
    }

    fn is_fixed(&self, media: usize) -> bool {
        self.reach.get(media) == Some(&Reach::Fixed)
    }

    /// Images whose data travels in the body and that the endpoint would refuse, however short the body is.
    fn meet_limits_of_each(&mut self, limits: &Limits) {
        let known = self.draft.known_media();
        let images = known.iter().filter(|part| part.facts.is_image()).count();
        let max_side = limits.image_side(images as u64);
        for media in 0..self.draft.media.len() {
            if self.is_fixed(media) {
                continue;
            }
            let Some((goal, text)) = self.own_goal(media, max_side, limits) else {
                continue;
            };
            if let Some(part) = self.draft.media.get_mut(media) {
                let bytes = goal.max_bytes.or(part.inline_bytes());
                encode_again(part, bytes);
            }
            self.act(media, Action::Shrink(goal), text);
        }
    }

    /// Whatever is prepared is turned upright with it.
    fn turn(&mut self, turned: &[usize]) {
        for media in turned.iter().copied() {
            if self.is_fixed(media) {
                continue;
            }
            let planned = self.actions.get(media).cloned();
            let Some(part) = self.draft.media.get_mut(media) else {
                continue;
            };
            let (true, Some(bytes)) = (part.facts.is_image(), part.inline_bytes()) else {
                continue;
            };
            let goal = match planned {
                Some(Action::Shrink(own)) => own,
                _ => {
                    encode_again(part, Some(bytes));
                    Goal {
                        max_bytes: Some(bytes),
                        ..Goal::default()
                    }
                }
            };
            self.act(media, Action::Shrink(goal), "turned upright".to_owned());
        }
    }

    /// What one image must meet by itself, and why; `None` where it does.
    fn own_goal(
        &self,
        media: usize,
        max_side: Option<u64>,
        limits: &Limits,
    ) -> Option<(Goal, String)> {
        let part = self.draft.media.get(media)?;
        let bytes = part.inline_bytes()?;
        let Kind::Image(image) = &part.facts.kind else {
            return None;
        };
        let upright = Size::new(part.facts.display_width, part.facts.display_height);
        let longer = upright.width.max(upright.height);
        let mut goal = Goal::default();
        let mut steps = Vec::new();
        let refusing = self.model.filter(|model| model.refuses(part.facts.format));
        if let Some(model) = refusing {
            let (format, name) = match image.has_alpha {
                Some(false) => (OutputFormat::Jpeg, "JPEG"),
                _ => (OutputFormat::Png, "PNG"),
            };
            goal.format = Some(format);
            // Newer formats take about half as many bytes for the same, and an SVG next to none; a byte for each pixel
            // is enough for either.
            let pixels = upright.width.saturating_mul(upright.height);
            goal.max_bytes = Some(bytes.saturating_mul(2).max(pixels));
            let of = part.facts.format.name();
            steps.push(format!(
                "converted to {name}, since {} does not take {of}",
                model.name
            ));
        }
        if let Some(allowed) = max_side.filter(|allowed| longer > *allowed) {
            goal.max_side = Some(allowed);
            let allowed = units::grouped(allowed);
            steps.push(format!(
                "no side over {allowed} pixels, the most that is allowed"
            ));
        }
        if let Some((side, allowed)) = self.side_of_patches(part, upright, limits) {
            goal.max_side = goal.max_side.into_iter().chain([side]).min();
            let (side, allowed) = (units::grouped(side), units::grouped(allowed));
            steps.push(format!(
                "no side over {side} pixels, so that it has at most {allowed} patches"
            ));
        }
        if let Some(allowed) = limits
            .max_image_base64_bytes
            .filter(|allowed| bytes > *allowed)
        {
            goal.max_bytes = goal.max_bytes.into_iter().chain([allowed]).min();
            let (before, allowed) = (units::bytes(bytes), units::bytes(allowed));
            steps.push(format!(
                "{before} → at most {allowed}, which one image may have"
            ));
        }
        (!steps.is_empty()).then(|| (goal, steps.join(", ")))
    }

    /// The longest side of an image of too many patches with which it has few enough, and how many those are.
    fn side_of_patches(
        &self,
        part: &MediaPart,
        upright: Size,
        limits: &Limits,
    ) -> Option<(u64, u64)> {
        let rules = self.rules.as_ref()?;
        let allowed = limits.max_image_patches?;
        let sizes = Sizes::new(upright, rules.chosen(None), rules);
        let is_within = |side: u64| {
            let patches = rules.family().patches(sizes.with_side(side), part.detail);
            patches.is_none_or(|patches| patches <= allowed)
        };
        let longer = upright.width.max(upright.height);
        if is_within(longer) {
            return None;
        }
        // Patches never grow fewer as the side grows.
        let (mut within, mut beyond) = (1, longer);
        while beyond - within > 1 {
            let middle = within.midpoint(beyond);
            if is_within(middle) {
                within = middle;
            } else {
                beyond = middle;
            }
        }
        Some((within, allowed))
    }

    fn send_by_url(&mut self, allowed: u64, limits: &Limits) {
        let by_url = |part: &&MediaPart| matches!(part.via, Via::Url(_));
        let known = self.draft.media.iter().filter(by_url);
        let mut media_bytes = known
            .filter_map(|part| part.facts.bytes)
            .fold(0, u64::saturating_add);
        for (media, bytes) in self.worth_a_url() {
            if self.body_bytes() <= allowed {
                return;
            }
            let (Some(part), Some(reach)) =
                (self.draft.media.get_mut(media), self.reach.get(media))
            else {
                continue;
            };
            let together = media_bytes.saturating_add(bytes);
            let is_image = part.facts.is_image();
            let within = |bytes: u64, most: Option<u64>| most.is_none_or(|most| bytes <= most);
            if !within(together, limits.max_media_bytes)
                || (is_image && !within(bytes, limits.max_image_bytes))
            {
                continue;
            }
            media_bytes = together;
            let url = match reach {
                Reach::At(url) => Some(url.clone()),
                Reach::Here | Reach::Uploadable | Reach::Fixed => None,
            };
            let placeholder = || "-".repeat(UPLOAD_URL_BYTES);
            part.via = Via::Url(Some(url.clone().unwrap_or_else(placeholder)));
            let how = match &url {
                Some(url) => format!("by its URL, {url}"),
                None => "by URL, once it is uploaded".to_owned(),
            };
            let saved = units::bytes(bytes);
            let text = format!("sent {how}, in place of {saved} in the body: nothing is lost");
            self.act(media, Action::ByUrl(url), text);
        }
    }

    /// Media in the body that an address would take less of: those with a known one before those that
    /// must be uploaded, and the largest before the others, so that few have to go.
    fn worth_a_url(&self) -> Vec<(usize, u64)> {
        let parts = self.draft.media.iter().zip(self.reach).enumerate();
        let worth_it: Vec<_> = parts
            .filter_map(|(media, (part, reach))| {
                let bytes = part.inline_bytes()?;
                // What breaks a limit of its own breaks it by URL as well.
                self.actions
                    .get(media)
                    .filter(|action| **action == Action::Keep)?;
                let address = match reach {
                    Reach::Here | Reach::Fixed => return None,
                    Reach::At(url) => Address::parse(url).is_ok().then_some(url.len())?,
                    Reach::Uploadable => UPLOAD_URL_BYTES,
                };
                let is_worth_it = bytes > address as u64;
                is_worth_it.then_some((*reach == Reach::Uploadable, Reverse(bytes), media))
            })
            .collect();
        let in_order = ascending(worth_it).into_iter();
        in_order
            .map(|(_, Reverse(bytes), media)| (media, bytes))
            .collect()
    }

    fn shrink(&mut self, allowed: u64) -> Result<(), PrepareError> {
        if self.body_bytes() <= allowed {
            return Ok(());
        }
        let shares = self.shares();
        let without_data = self.without_data(&shares);
        let least = shares.iter().fold(without_data, |sum, share| {
            sum.saturating_add(share.least().saturating_mul(4))
        });
        let room = allowed
            .checked_sub(least)
            .ok_or(PrepareError::BodyUnmeetable { allowed, least })?;
        for (share, more) in shares.iter().zip(allocate(&shares, room / 4)) {
            if more < share.wanted() {
                self.shrink_one(share, (share.least() + more).saturating_mul(GROUP));
            }
        }
        Ok(())
    }

    /// The images whose data travels in the body.
    fn shares(&self) -> Vec<Share> {
        let parts = self.draft.media.iter().enumerate();
        parts
            .filter(|(media, part)| part.facts.is_image() && !self.is_fixed(*media))
            .filter_map(|(media, part)| {
                let seen = self.seen(part);
                Some(Share {
                    media,
                    groups: part.inline_bytes()?.div_ceil(GROUP),
                    pixels: u128::from(seen.width) * u128::from(seen.height),
                })
            })
            .collect()
    }

    /// Length of the body while these images are empty, and of whichever type they may become.
    fn without_data(&self, shares: &[Share]) -> u64 {
        let mut draft = self.draft.clone();
        for share in shares {
            if let Some(part) = draft.media.get_mut(share.media) {
                encode_again(part, Some(0));
            }
        }
        Body::streamed(&draft).len()
    }

    /// What the model sees of an image before its own processor scales it down.
    fn seen(&self, part: &MediaPart) -> Size {
        let upright = Size::new(part.facts.display_width, part.facts.display_height);
        let rules = self.rules.as_ref();
        rules.map_or(upright, |rules| {
            let own = rules.chosen(Some(Rule::Processor));
            Sizes::new(upright, own, rules).seen()
        })
    }

    fn shrink_one(&mut self, share: &Share, max_bytes: u64) {
        let Some(part) = self.draft.media.get(share.media) else {
            return;
        };
        let seen = self.seen(part);
        let longest = seen.width.max(seen.height);
        let facts = &part.facts;
        let max_side = (longest < facts.display_width.max(facts.display_height)).then_some(longest);
        // As it is now: what it may become on the way, in another format, is no figure of the page.
        let own = self.original.media.get(share.media);
        let own = own.and_then(MediaPart::inline_bytes);
        let before = units::bytes(own.unwrap_or(0));
        let after = units::bytes(max_bytes);
        let text = match max_side {
            Some(side) => format!(
                "{before} → at most {after}, and no side over {} pixels, to which the model scales it down anyway",
                units::grouped(side)
            ),
            None => format!("{before} → at most {after}, its share of the body"),
        };
        let goal = Goal {
            max_bytes: Some(max_bytes),
            max_side,
            ..Goal::default()
        };
        if let Some(part) = self.draft.media.get_mut(share.media) {
            encode_again(part, Some(max_bytes));
        }
        self.act(share.media, Action::Shrink(goal), text);
    }

    fn act(&mut self, media: usize, action: Action, text: String) {
        match self.steps.iter_mut().find(|step| step.media == media) {
            Some(step) => step.text = format!("{}, {text}", step.text),
            None => self.steps.push(BudgetStep { media, text }),
        }
        if let Some(planned) = self.actions.get_mut(media) {
            *planned = match (&*planned, action) {
                (Action::Shrink(own), Action::Shrink(share)) => Action::Shrink(own.and(share)),
                (_, action) => action,
            };
        }
    }
}

/// As it stands in the body when it is prepared: of so many bytes, and of whichever type it may become.
fn encode_again(part: &mut MediaPart, bytes: Option<u64>) {
    let longest = [Format::Jpeg, Format::Png, Format::Webp].map(Format::mime);
    let longest = longest.into_iter().max_by_key(|mime| mime.len());
    part.via = Via::Base64 { bytes };
    if let Some(mime) = longest.filter(|mime| mime.len() > part.facts.mime.len()) {
        part.facts.mime = mime.to_owned();
    }
}

/// An image that wants room in the body.
struct Share {
    media: usize,
    /// Of base64 that it takes as it is.
    groups: u64,
    /// That the model sees of it.
    pixels: u128,
}

impl Share {
    /// What it gets before anything is shared.
    fn least(&self) -> u64 {
        self.groups.min(LEAST_IMAGE_BYTES.div_ceil(GROUP))
    }

    fn wanted(&self) -> u64 {
        self.groups - self.least()
    }
}

/// How many groups each image gets, beside its least: its part by pixels, or all that it wants where
/// that is less.
fn allocate(shares: &[Share], room: u64) -> Vec<u64> {
    let mut is_content = vec![false; shares.len()];
    loop {
        let mut left = u128::from(room);
        let mut pixels = 0_u128;
        for (share, is_content) in shares.iter().zip(&is_content) {
            if *is_content {
                left = left.saturating_sub(u128::from(share.wanted()));
            } else {
                pixels = pixels.saturating_add(share.pixels.max(1));
            }
        }
        let part = |share: &Share| {
            let exact = left.saturating_mul(share.pixels.max(1)) / pixels.max(1);
            u64::try_from(exact).unwrap_or(u64::MAX)
        };
        let mut has_changed = false;
        for (share, is_content) in shares.iter().zip(&mut is_content) {
            // An image that needs less than its part leaves more to all others, so it stays so.
            if !*is_content && share.wanted() <= part(share) {
                *is_content = true;
                has_changed = true;
            }
        }
        if !has_changed {
            let granted = shares.iter().zip(&is_content);
            return granted
                .map(|(share, is_content)| {
                    if *is_content {
                        share.wanted()
                    } else {
                        part(share)
                    }
                })
                .collect();
        }
    }
}
