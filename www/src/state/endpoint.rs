//! The endpoint that is asked, its models, and the API key.

use super::key::ApiKeyState;
use super::lazy::LazyState;
use super::listing::{ListPhase, Listing};
use leptos::prelude::*;
use leptos::task::spawn_local;
use tilewise::catalog::{BASE_URL, Model, Provider};
use tilewise::stream::Target;
use tilewise::stream::retry::DEFAULT_MAX_RETRIES;
use tilewise::web::{Abort, list_models};

#[derive(Clone, Copy, Debug)]
pub(crate) struct EndpointState {
    pub(crate) kind: RwSignal<EndpointKind>,
    pub(crate) custom_url: RwSignal<String>,
    pub(crate) key: ApiKeyState,
    pub(crate) listing: RwSignal<Listing>,
    lazy: LazyState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EndpointKind {
    /// Inside the page, without a model.
    Demo,
    Baseten,
    /// A proxy beside the page.
    SameOrigin,
    Custom,
}

impl EndpointState {
    pub(crate) fn new(lazy: LazyState) -> Self {
        Self {
            kind: RwSignal::new(EndpointKind::Demo),
            custom_url: RwSignal::new(String::new()),
            key: ApiKeyState::new(),
            listing: RwSignal::new(Listing::default()),
            lazy,
        }
    }

    pub(crate) fn is(&self, kind: EndpointKind) -> bool {
        self.kind.get() == kind
    }

    pub(crate) fn base_url(&self) -> String {
        match self.kind.get() {
            EndpointKind::Demo | EndpointKind::Baseten => BASE_URL.to_owned(),
            EndpointKind::SameOrigin => {
                let origin = window().location().origin().unwrap_or_default();
                format!("{origin}/v1")
            }
            EndpointKind::Custom => self.custom_url.get().trim().to_owned(),
        }
    }

    /// Whose endpoint is asked; `None` of the demo, and of any that the catalogue does not name.
    pub(crate) fn provider(&self) -> Option<&'static Provider> {
        match self.kind.get() {
            EndpointKind::Demo => None,
            _ => Provider::at(&self.base_url()),
        }
    }

    /// Whether the custom base URL is not one of HTTP.
    pub(crate) fn lacks_url(&self) -> bool {
        let is_url = |url: &String| {
            ["https://", "http://"]
                .iter()
                .any(|scheme| url.trim().starts_with(scheme))
        };
        self.is(EndpointKind::Custom) && !self.custom_url.with(is_url)
    }

    /// Where a request goes now, and with which key.
    pub(crate) fn target(&self) -> Target {
        Target {
            base_url: untrack(|| self.base_url()),
            api_key: self.key.to_send(),
            ..Target::default()
        }
    }

    /// The endpoint's own list of models, once it was asked for.
    pub(crate) fn listed(&self) -> Option<Vec<Model>> {
        let base_url = self.base_url();
        self.listing.with(|listing| {
            let models = listing.models.as_ref();
            models.filter(|_| listing.base_url == base_url).cloned()
        })
    }

    /// Asks the endpoint for its models, as soon as the code that asks is loaded.
    pub(crate) fn request_models(&self) {
        let endpoint = *self;
        self.lazy
            .when_loaded(move |module| (module.list_models)(endpoint));
    }

    /// Asks the endpoint for its models. Without an answer the known models stay.
    pub(crate) fn list_models(&self) {
        let listing = self.listing;
        let target = self.target();
        let base_url = target.base_url.clone();
        let abort = match Abort::new(None) {
            Ok(abort) => abort,
            Err(error) => {
                listing.update(|listing| listing.phase = ListPhase::Failed(error));
                return;
            }
        };
        listing.update(|listing| listing.phase = ListPhase::Asking);
        spawn_local(async move {
            let outcome = list_models(target, abort, DEFAULT_MAX_RETRIES).await;
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
