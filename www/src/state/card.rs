//! The figures as an image card.

use super::estimate::EstimateState;
use super::forecast::ForecastState;
use super::items::{Item, ItemList};
use super::model::ModelState;
use super::turns::TurnList;
use crate::card::{draw_card, save_card};
use leptos::prelude::*;
use tilewise_www_core::card::Card;
use tilewise_www_core::choices::full_name;
use web_sys::HtmlCanvasElement;

#[derive(Clone, Copy, Debug)]
pub(crate) struct CardState {
    list: ItemList,
    turns: TurnList,
    model: ModelState,
    estimate: EstimateState,
    forecast: ForecastState,
}

impl CardState {
    pub(crate) fn new(
        list: ItemList,
        turns: TurnList,
        model: ModelState,
        estimate: EstimateState,
        forecast: ForecastState,
    ) -> Self {
        Self {
            list,
            turns,
            model,
            estimate,
            forecast,
        }
    }

    /// Draws it and offers it as a file; false where the browser refuses.
    pub(crate) async fn save(&self, canvas: &HtmlCanvasElement) -> bool {
        self.draw(canvas).await && save_card(canvas).await
    }

    /// False where the browser refuses.
    pub(crate) async fn draw(&self, canvas: &HtmlCanvasElement) -> bool {
        let (card, image) = untrack(|| {
            let model = self
                .model
                .chosen
                .with(|model| model.as_ref().map(full_name));
            let model = model.unwrap_or_else(|| self.model.id.get());
            let answer = self.estimate.answer.get();
            let candidates = self.forecast.candidates();
            let card = Card::new(&answer, &model, self.about(), &candidates);
            (card, self.image())
        });
        draw_card(canvas, &card, image).await
    }

    fn about(&self) -> String {
        match self.list.items.with(Vec::len) {
            _ if self.estimate.is_empty.get() => "A photo of 12 megapixels".to_owned(),
            0 => "The next question, with all that was sent before".to_owned(),
            _ => self.list.files().text(),
        }
    }

    /// The first photo of which the file is here: what came from elsewhere may not be read.
    fn image(&self) -> Option<(String, Option<tilewise::rule::Grid>)> {
        let is_photo = |item: &Item| {
            item.file.is_some() && item.known_facts().is_some_and(|facts| facts.is_image())
        };
        let listed = self.list.items.get();
        let asked = self.turns.last_with_media().unwrap_or_default().0.items;
        let item = listed.into_iter().chain(asked).find(is_photo)?;
        let grid = self.estimate.of_item(item.id).and_then(|it| it.grid);
        Some((item.preview_url()?, grid))
    }
}
