//! The page in other browsers than the tests' own.
//!
//! `cargo xtask test` leaves them out, as installing them takes longer than the tests do; with `--all` it runs them.

use crate::shell::{self, step};
use crate::{npm, serve, setup, site};
use anyhow::Result;
use std::path::Path;
use std::process::Command;

pub fn build_and_run() -> Result<()> {
    setup::require(&setup::FOR_OTHER_BROWSERS)?;
    run(&site::build(&npm::build()?)?)
}

/// The main flow, on a site that is built.
pub fn run(site: &Path) -> Result<()> {
    step("page in Firefox and WebKit");
    let browsers = setup::other_browsers()?;
    setup::npm_packages("tests/browsers")?;
    serve::beside(site, |origin| {
        // WebKit's small browser wants a screen.
        shell::run(
            Command::new("xvfb-run")
                .args(["--auto-servernum", "--server-args=-screen 0 1600x1200x24"])
                .args(["node", "tests/browsers/main.js", origin])
                .args([&browsers.firefox, &browsers.webkit_driver]),
        )
    })
}
