//! Readers that are loaded when the first file needs them.

use crate::error::Error;
use crate::probe::{Probe, ProbeStep, load_readers};

/// Loads what is otherwise loaded for the first file that is no PNG, JPEG, GIF or WebP.
///
/// # Errors
///
/// [`Error::NotLoaded`] where they cannot be loaded.
pub async fn preload_formats() -> Result<(), Error> {
    Ok(load_readers().await?)
}

/// The next step of a probe, which waits for readers where those of its format are not loaded.
pub(super) async fn step(probe: &mut Probe) -> Result<ProbeStep, Error> {
    match probe.step() {
        Err(_) if probe.lacks_readers() => {
            load_readers().await?;
            Ok(probe.step()?)
        }
        step => Ok(step?),
    }
}
