//! Parts of the program that are loaded when they are first used.

use crate::call::{Outcome, Work};
use crate::convert::to_error;
use tilewise::error::Error;
use wasm_split_helpers::SplitLoaderError;

/// The part could not be loaded.
pub(crate) struct NotLoaded;

impl From<SplitLoaderError> for NotLoaded {
    fn from(_: SplitLoaderError) -> Self {
        Self
    }
}

/// What comes of work that a part began.
pub(crate) async fn finished(
    part: &'static str,
    begun: impl Future<Output = Result<Work, NotLoaded>>,
) -> Outcome {
    match begun.await {
        Ok(work) => work.await,
        Err(NotLoaded) => Err(to_error(&Error::NotLoaded { part })),
    }
}

/// As `preload` of the package.
pub(crate) async fn loaded(
    part: &'static str,
    loading: impl Future<Output = Result<(), SplitLoaderError>>,
) -> Result<(), Error> {
    loading.await.map_err(|_| Error::NotLoaded { part })
}
