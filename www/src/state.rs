//! What the page knows, in one context a domain. A component takes the contexts that it shows or changes, with
//! `expect_context`.
//!
//! Each is a struct of handles that can be copied into every closure, with its own methods. They know each other in
//! one direction, from the top down in [`provide`].

pub(crate) mod billing;
pub(crate) mod card;
pub(crate) mod conversation;
pub(crate) mod endpoint;
pub(crate) mod estimate;
pub(crate) mod explain;
pub(crate) mod fit;
pub(crate) mod forecast;
pub(crate) mod history;
pub(crate) mod items;
pub(crate) mod key;
pub(crate) mod lazy;
pub(crate) mod link;
pub(crate) mod listing;
pub(crate) mod media;
pub(crate) mod model;
pub(crate) mod question;
pub(crate) mod reorder;
pub(crate) mod rows;
pub(crate) mod tabs;
pub(crate) mod thumbnails;
pub(crate) mod tokenizer;
pub(crate) mod turns;
pub(crate) mod viewer;

use billing::BillingState;
use card::CardState;
use conversation::ConversationState;
use endpoint::EndpointState;
use estimate::EstimateState;
use explain::ExplainState;
use fit::FitState;
use forecast::ForecastState;
use history::HistoryState;
use items::ItemList;
use lazy::{LazyState, Load};
use leptos::prelude::*;
use link::LinkState;
use media::MediaState;
use model::ModelState;
use question::QuestionState;
use reorder::ReorderState;
use rows::RowState;
use tabs::TabState;
use thumbnails::ThumbnailState;
use tokenizer::TokenizerState;
use turns::TurnList;

/// Makes all contexts; `load` loads the rest of the page.
pub(crate) fn provide(load: Load) {
    let lazy = LazyState::new(load);
    let list = ItemList::new();
    let turns = TurnList::new();
    let question = QuestionState::new();
    let endpoint = EndpointState::new(lazy);
    let model = ModelState::new(endpoint);
    let tokenizer = TokenizerState::new();
    let estimate = EstimateState::new(list, question, model, turns, tokenizer);
    let fit = FitState::new(list, model, estimate);
    let thumbnails = ThumbnailState::new();
    let media = MediaState::new(list, fit, lazy, thumbnails);
    let forecast = ForecastState::new(model, estimate);
    let conversation = ConversationState::new(turns, list, question, estimate, endpoint);
    provide_context(TabState::new());
    provide_context(lazy);
    provide_context(list);
    provide_context(turns);
    provide_context(question);
    provide_context(endpoint);
    provide_context(model);
    provide_context(tokenizer);
    provide_context(estimate);
    provide_context(fit);
    provide_context(RowState::new());
    provide_context(thumbnails);
    provide_context(media);
    provide_context(ReorderState::new(list, media));
    provide_context(forecast);
    provide_context(CardState::new(list, turns, model, estimate, forecast));
    provide_context(conversation);
    provide_context(BillingState::new(endpoint, model));
    provide_context(ExplainState::new(list, model, estimate));
    let history = HistoryState::new();
    provide_context(history);
    provide_context(LinkState::new(
        list, turns, question, model, forecast, history,
    ));
}
