//! The endpoint that is asked, its models, and the API key.

use super::key::ApiKeyState;
use super::lazy::{LazyModule, LazyState};
use super::listing::{ListPhase, Listing};
use crate::storage::{lasting, read, write};
use leptos::prelude::*;
use leptos::task::spawn_local;
use tilewise::catalog::{BASE_URL, Model, Provider};
use tilewise::error::Error;
use tilewise::stream::Target;
use tilewise::web::Abort;
use wasm_bindgen_futures::JsFuture;
use web_sys::{RequestInit, RequestMode};

#[derive(Clone, Copy, Debug)]
pub(crate) struct EndpointState {
    pub(crate) kind: RwSignal<EndpointKind>,
    pub(crate) custom_url: RwSignal<String>,
    pub(crate) key: ApiKeyState,
    pub(crate) listing: RwSignal<Listing>,
    /// Whether an endpoint lets this page read its answers (CORS), with its base URL: found out when it was asked.
    found_cors: RwSignal<Option<(String, bool)>>,
    lazy: LazyState,
}

/// Under these the browser keeps the choice, and the base URL of one's own endpoint.
const KIND: &str = "tilewise.endpoint";
const BASE: &str = "tilewise.baseUrl";

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum EndpointKind {
    /// Inside the page, without a model.
    #[default]
    Demo,
    Baseten,
    /// A proxy beside the page.
    SameOrigin,
    Custom,
}

impl EndpointState {
    pub(crate) fn new(lazy: LazyState) -> Self {
        let kept = read(lasting(), KIND);
        let kind = RwSignal::new(EndpointKind::named(&kept.unwrap_or_default()));
        let custom_url = RwSignal::new(read(lasting(), BASE).unwrap_or_default());
        Self {
            kind,
            custom_url,
            key: ApiKeyState::new(move || base_url(kind.get(), custom_url)),
            listing: RwSignal::new(Listing::default()),
            found_cors: RwSignal::new(None),
            lazy,
        }
    }

    /// Has the browser keep the choice from now on.
    pub(crate) fn keep(&self) {
        let (kind, custom_url) = (self.kind, self.custom_url);
        Effect::new(move |_| {
            let kind = kind.get();
            // A visit without a choice keeps none.
            let name = if kind == EndpointKind::default() {
                ""
            } else {
                kind.name()
            };
            write(lasting(), KIND, name);
            custom_url.with(|url| write(lasting(), BASE, url.trim()));
        });
    }

    /// Whether the endpoint is one that answers nothing without a key, and there is none.
    pub(crate) fn lacks_key(&self) -> bool {
        let needs_key = self
            .provider()
            .is_some_and(|provider| provider.key_header.is_some());
        needs_key && self.key.get().trim().is_empty()
    }

    /// Whether the endpoint lets this page read its answers, once it was asked.
    pub(crate) fn found_cors(&self) -> Option<bool> {
        let base_url = self.base_url();
        self.found_cors.with(|found| {
            let (of, allows) = found.as_ref()?;
            (*of == base_url).then_some(*allows)
        })
    }

    /// Learns from what came of a request whether the endpoint lets pages read its answers.
    pub(crate) fn learn_cors(&self, base_url: String, outcome: Result<(), &Error>) {
        let found_cors = self.found_cors;
        match outcome {
            Ok(()) | Err(Error::Http { .. } | Error::Stream { .. }) => {
                found_cors.set(Some((base_url, true)));
            }
            // The browser says no more than that: so it is asked for an answer that nothing may read.
            Err(Error::Network { .. }) => spawn_local(async move {
                if answers(&base_url).await {
                    found_cors.set(Some((base_url, false)));
                }
            }),
            Err(_) => {}
        }
    }

    pub(crate) fn is(&self, kind: EndpointKind) -> bool {
        self.kind.get() == kind
    }

    pub(crate) fn base_url(&self) -> String {
        base_url(self.kind.get(), self.custom_url)
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
        let base_url = untrack(|| self.base_url());
        Target {
            api_key: self.key.to_send(&base_url),
            base_url,
            ..Target::default()
        }
    }

    /// Whether the endpoint has given its list of models.
    pub(crate) fn is_listed(&self) -> bool {
        let base_url = self.base_url();
        self.listing
            .with(|listing| listing.models.is_some() && listing.base_url == base_url)
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
            .when_loaded(move |module| endpoint.list_models(module));
    }

    /// Without an answer the known models stay.
    fn list_models(&self, module: LazyModule) {
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
        let state = *self;
        spawn_local(async move {
            let outcome = (module.list_models)(target, abort).await;
            state.learn_cors(base_url.clone(), outcome.as_ref().map(|_| ()));
            listing.update(|listing| match outcome {
                Ok(models) => {
                    // Behind what it names stand those of its provider that it does not.
                    let named = models.iter().filter(|model| model.listed == Some(true));
                    listing.phase = ListPhase::Listed(named.count());
                    listing.base_url = base_url;
                    listing.models = Some(models);
                }
                Err(error) => listing.phase = ListPhase::Failed(error),
            });
        });
    }
}

impl EndpointKind {
    const ALL: [Self; 4] = [Self::Demo, Self::Baseten, Self::SameOrigin, Self::Custom];

    /// Under which it is kept, and chosen in the page.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Demo => "demo",
            Self::Baseten => "baseten",
            Self::SameOrigin => "same-origin",
            Self::Custom => "custom",
        }
    }

    /// The demo for any other name.
    pub(crate) fn named(name: &str) -> Self {
        let mut all = Self::ALL.into_iter();
        all.find(|kind| kind.name() == name).unwrap_or_default()
    }
}

fn base_url(kind: EndpointKind, custom_url: RwSignal<String>) -> String {
    match kind {
        EndpointKind::Demo | EndpointKind::Baseten => BASE_URL.to_owned(),
        EndpointKind::SameOrigin => {
            let origin = window().location().origin().unwrap_or_default();
            format!("{origin}/v1")
        }
        EndpointKind::Custom => custom_url.get().trim().to_owned(),
    }
}

/// Whether a server is there at all, even if this page may not read what it says.
async fn answers(url: &str) -> bool {
    let init = RequestInit::new();
    init.set_mode(RequestMode::NoCors);
    let answer = window().fetch_with_str_and_init(url, &init);
    JsFuture::from(answer).await.is_ok()
}
