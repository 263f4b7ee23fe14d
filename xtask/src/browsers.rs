//! The page in other browsers than the tests' own.
//!
//! Apart from `cargo xtask test`, as what Debian installs for it takes more than the tests do.

use crate::shell::{self, step};
use crate::{npm, serve, setup, site};
use anyhow::Result;
use std::process::Command;

pub fn run() -> Result<()> {
    let browsers = setup::other_browsers()?;
    setup::npm_packages("tests/browsers")?;
    let site = site::build(&npm::build()?)?;
    step("page in Firefox and WebKit");
    serve::beside(&site, |origin| {
        // WebKit's small browser wants a screen.
        shell::run(
            Command::new("xvfb-run")
                .args(["--auto-servernum", "--server-args=-screen 0 1600x1200x24"])
                .args(["node", "tests/browsers/main.js", origin])
                .args([&browsers.firefox, &browsers.webkit_driver]),
        )
    })
}
