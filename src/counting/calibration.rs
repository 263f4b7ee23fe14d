//! By which rule an endpoint counts images: from what two of known sizes differ by.

use super::CountForm;
use crate::catalog::Model;
use crate::error::Error;
use crate::estimate::{EstimateOptions, estimate};
use crate::price::Prices;
use crate::probe;
use crate::request::{Draft, MediaPart};
use crate::rule::Rule;
use crate::units::{self, Usd};
use crate::usage::Follows;
use serde::Serialize;

/// Sides in pixels, both whole tiles by either of Kimi's rules.
const SIDES: [u32; 2] = [56, 280];

const QUESTION: &str = "Answer with one word.";

/// Two requests that differ in the size of their image alone.
#[derive(Clone, Debug)]
pub struct Calibration {
    /// The smaller one and the larger one, with the data of their images.
    pub drafts: [(Draft, Vec<u8>); 2],
    /// How the provider counts for nothing; `None` where it does not, and answers of one token tell.
    pub form: Option<CountForm>,
}

/// What two counts tell.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Calibrated {
    /// The rule whose difference is that of the counts.
    pub follows: Follows,
    /// The input of either request.
    pub tokens: SmallAndLarge,
    /// What an image of 280×280 pixels takes by that rule; by neither what it takes more than one of 56×56.
    #[serde(serialize_with = "units::count")]
    pub tokens_per_image: u64,
    /// What the requests cost in US dollars: nothing where the provider counts; `None` where the price is not known.
    pub usd: Option<Usd>,
}

/// Tokens with the smaller image and with the larger one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SmallAndLarge {
    /// With 56×56 pixels.
    #[serde(serialize_with = "units::count")]
    pub small: u64,
    /// With 280×280 pixels.
    #[serde(serialize_with = "units::count")]
    pub large: u64,
}

impl Calibration {
    /// For a model, as its endpoint spells it.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] for a model of which no rule is known, or that takes no images.
    pub fn new(model: &str, provider: Option<&str>) -> Result<Self, Error> {
        let draft = |side| {
            let file = png(side);
            let mut draft = Draft::new(model, QUESTION);
            draft.provider = provider.map(str::to_owned);
            draft.max_tokens = Some(1);
            draft.media.push(MediaPart::base64(probe::bytes(&file)?));
            Ok::<_, Error>((draft, file))
        };
        let [small, large] = SIDES.map(draft);
        let drafts = [small?, large?];
        let [(first, _), _] = &drafts;
        let known = first.known_model();
        if known.and_then(Model::rules).is_none() {
            return Err(Error::invalid(
                "options.model",
                "no rule is known by which it could count images",
            ));
        }
        Ok(Self {
            form: CountForm::of(first).ok(),
            drafts,
        })
    }

    /// What the requests will cost at most, in US dollars, and how many tokens they take by the dearer rule.
    pub fn forecast(&self) -> (Option<Usd>, u64) {
        let most = |(draft, _): &(Draft, Vec<u8>)| {
            let estimate = estimate(draft, &EstimateOptions::default());
            let bounds = estimate.bounds.outer();
            bounds.map_or(estimate.input_tokens, |bounds| bounds.high)
        };
        let [small, large] = [&self.drafts[0], &self.drafts[1]].map(most);
        (self.usd([small, large]), small.saturating_add(large))
    }

    /// What the counts of both requests tell.
    pub fn conclude(&self, [small, large]: [u64; 2]) -> Calibrated {
        let difference = large.saturating_sub(small);
        let counted = |rule| {
            let tokens = |(draft, _): &(Draft, Vec<u8>)| {
                let estimate = estimate(draft, &EstimateOptions::default());
                estimate.media.first()?.tokens.by(rule)
            };
            Some((tokens(&self.drafts[0])?, tokens(&self.drafts[1])?))
        };
        let by = |rule| {
            let (small, large) = counted(rule)?;
            (large.saturating_sub(small) == difference).then_some(large)
        };
        let (follows, tokens_per_image) = match (by(Rule::Published), by(Rule::Processor)) {
            (Some(tokens), None) => (Follows::Published, tokens),
            (_, Some(tokens)) => (Follows::Processor, tokens),
            (None, None) => (Follows::Neither, difference),
        };
        Calibrated {
            follows,
            tokens: SmallAndLarge { small, large },
            tokens_per_image,
            usd: self.usd([small, large]),
        }
    }

    fn usd(&self, input_tokens: [u64; 2]) -> Option<Usd> {
        if self.form.is_some() {
            return Some(Usd::NOTHING);
        }
        let [(draft, _), _] = &self.drafts;
        let model = draft.known_model()?;
        let of = |tokens| {
            let price: Prices = model.prices_for(tokens);
            Some(price.input_cost(tokens, 0)? + price.output_cost(1)?)
        };
        let [small, large] = input_tokens.map(of);
        Some(small? + large?)
    }
}

/// A white square: one bit a pixel, not compressed.
fn png(side: u32) -> Vec<u8> {
    let row_bytes = side.div_ceil(8) as usize;
    let mut rows = Vec::new();
    for _ in 0..side {
        // No filter (PNG, third edition, 9.2), and white.
        rows.push(0);
        rows.resize(rows.len() + row_bytes, 0xff);
    }
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut header = Vec::new();
    header.extend(side.to_be_bytes());
    header.extend(side.to_be_bytes());
    // One bit, grey, and the only ways to compress, filter and interlace that matter (11.2.1).
    header.extend([1, 0, 0, 0, 0]);
    chunk(&mut file, b"IHDR", &header);
    // One stored block (RFC 1951, 3.2.4), which holds 65,535 bytes.
    let length = u16::try_from(rows.len()).unwrap_or(u16::MAX);
    let mut data = vec![0x78, 0x01, 1];
    data.extend(length.to_le_bytes());
    data.extend((!length).to_le_bytes());
    data.extend(&rows);
    data.extend(adler32(&rows).to_be_bytes());
    chunk(&mut file, b"IDAT", &data);
    chunk(&mut file, b"IEND", &[]);
    file
}

fn chunk(file: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
    file.extend(length.to_be_bytes());
    let checked: Vec<u8> = kind.iter().chain(data).copied().collect();
    file.extend(&checked);
    file.extend(crc32(&checked).to_be_bytes());
}

/// Of a chunk (PNG, annex D).
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| (crc >> 1) ^ (0xedb8_8320 * (crc & 1));
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), step)
    })
}

/// Of the data of a zlib stream (RFC 1950, 8.2).
fn adler32(bytes: &[u8]) -> u32 {
    let (low, high) = bytes.iter().fold((1_u32, 0_u32), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % 65_521;
        (low, (high + low) % 65_521)
    });
    (high << 16) | low
}
