//! Whom to ask.

use super::listing::Listing;
use leptos::prelude::*;
use tilewise::catalog::{BASE_URL, Model};

#[derive(Clone, Copy, Debug)]
pub(crate) struct Server {
    pub(crate) endpoint: RwSignal<Endpoint>,
    pub(crate) custom_url: RwSignal<String>,
    pub(crate) listing: RwSignal<Listing>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Endpoint {
    /// In the page, no model at all.
    Demo,
    Baseten,
    /// A proxy beside the page.
    SameOrigin,
    Custom,
}

impl Server {
    pub(crate) fn new() -> Self {
        Self {
            endpoint: RwSignal::new(Endpoint::Demo),
            custom_url: RwSignal::new(String::new()),
            listing: RwSignal::new(Listing::default()),
        }
    }

    pub(crate) fn is(&self, endpoint: Endpoint) -> bool {
        self.endpoint.get() == endpoint
    }

    pub(crate) fn base_url(&self) -> String {
        match self.endpoint.get() {
            Endpoint::Demo | Endpoint::Baseten => BASE_URL.to_owned(),
            Endpoint::SameOrigin => {
                let origin = window().location().origin().unwrap_or_default();
                format!("{origin}/v1")
            }
            Endpoint::Custom => self.custom_url.get().trim().to_owned(),
        }
    }

    /// Another address that is none.
    pub(crate) fn lacks_url(&self) -> bool {
        let is_url = |url: &String| {
            ["https://", "http://"]
                .iter()
                .any(|scheme| url.trim().starts_with(scheme))
        };
        self.is(Endpoint::Custom) && !self.custom_url.with(is_url)
    }

    /// The endpoint's own list, where it was asked for.
    pub(crate) fn listed(&self) -> Option<Vec<Model>> {
        let base_url = self.base_url();
        self.listing.with(|listing| {
            let models = listing.models.as_ref();
            models.filter(|_| listing.base_url == base_url).cloned()
        })
    }
}
