//! Why a picture costs what it costs, shown by the costliest in the list, or by an example.

use crate::state::State;
use crate::state::inputs::Inspection;
use leptos::prelude::*;
use tilewise::media::Size;
use tilewise::rule::Grid;
use tilewise::units::{Price, Usd};

/// 12 megapixels, as phones have taken them since 2015.
const EXAMPLE: Size = Size {
    width: 4032,
    height: 3024,
};

/// From pixels to dollars by the chosen rule.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Lesson {
    /// `None` for the example.
    pub(crate) name: Option<String>,
    pub(crate) stored: Size,
    pub(crate) grid: Grid,
    /// Of a video those that are sampled.
    pub(crate) frames: Option<u64>,
    pub(crate) tokens: u64,
    pub(crate) usd: Option<Usd>,
    pub(crate) price: Option<Price>,
}

impl State {
    /// `None` where no rule is known by which the model counts.
    pub(crate) fn lesson(&self) -> Option<Lesson> {
        self.costliest().or_else(|| self.example())
    }

    fn costliest(&self) -> Option<Lesson> {
        let rule = self.rule.get();
        let (place, media, price) = self.estimate.with(|estimate| {
            let media = estimate.media.iter().copied().enumerate();
            let counted = media.filter(|(_, media)| media.grid.is_some());
            let most = counted.max_by_key(|(_, media)| media.tokens.by(rule))?;
            Some((most.0, most.1, estimate.price.input))
        })?;
        self.inputs.items.with(|items| {
            let item = items
                .iter()
                .find(|item| self.place(item.id) == Some(place))?;
            let Inspection::Done(facts) = item.inspection.get() else {
                return None;
            };
            Some(Lesson {
                name: Some(item.name.clone()),
                stored: facts.stored(),
                grid: media.grid?,
                frames: (!facts.is_image()).then_some(media.frames),
                tokens: media.tokens.by(rule)?,
                usd: media.usd,
                price,
            })
        })
    }

    fn example(&self) -> Option<Lesson> {
        let count = self.rules()?.image(self.rule.get(), EXAMPLE);
        let price = self.estimate.with(|estimate| estimate.price.input);
        Some(Lesson {
            name: None,
            stored: EXAMPLE,
            grid: count.grid,
            frames: None,
            tokens: count.tokens,
            usd: price.map(|price| price.of(count.tokens)),
            price,
        })
    }
}
