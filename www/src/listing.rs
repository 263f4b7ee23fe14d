//! Asking the endpoint for its models.

use crate::state::State;
use crate::state::listing::ListPhase;
use leptos::prelude::*;
use leptos::task::spawn_local;
use tilewise::stream::retry::DEFAULT_MAX_RETRIES;
use tilewise::web::{Abort, list_models};

impl State {
    /// As soon as what asks is loaded.
    pub(crate) fn ask_endpoint(&self) {
        let state = *self;
        state.when_later_is_here(move |later| (later.ask_for_models)(state));
    }

    /// The list lies over the offline one where it comes; else that one stays.
    pub(crate) fn ask_for_models(&self) {
        let listing = self.server.listing;
        let options = self.target();
        let base_url = options.base_url.clone();
        let abort = match Abort::new(None) {
            Ok(abort) => abort,
            Err(error) => {
                listing.update(|listing| listing.phase = ListPhase::Failed(error));
                return;
            }
        };
        listing.update(|listing| listing.phase = ListPhase::Asking);
        spawn_local(async move {
            let outcome = list_models(options, abort, DEFAULT_MAX_RETRIES).await;
            listing.update(|listing| match outcome {
                Ok(models) => {
                    listing.phase = ListPhase::Idle;
                    listing.base_url = base_url;
                    listing.models = Some(models);
                }
                Err(error) => listing.phase = ListPhase::Failed(error),
            });
        });
    }
}
