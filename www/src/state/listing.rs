//! The list of models that an endpoint gave of itself.

use tilewise::catalog::Model;
use tilewise::error::Error;

/// An endpoint's list, and where it was asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Listing {
    pub(crate) phase: ListPhase,
    /// The base URL of the endpoint whose models these are: another endpoint has other prices.
    pub(crate) base_url: String,
    pub(crate) models: Option<Vec<Model>>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum ListPhase {
    #[default]
    Idle,
    Asking,
    /// It named this many models.
    Listed(usize),
    Failed(Error),
}
