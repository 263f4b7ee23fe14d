//! Speed and sizes.

use crate::shell::{self, cargo, step};
use crate::{npm, setup, site, size};
use anyhow::Result;
use std::path::Path;
use std::process::Command;

pub fn run() -> Result<()> {
    step("core");
    shell::run(cargo().args(["bench", "--package=tilewise", "--bench=core"]))?;
    let package = npm::build()?;
    beside_peers("images")?;
    beside_peers("videos")?;
    beside_peers("stream")?;
    beside_peers("estimate")?;
    beside_peers("prepare")?;
    beside_peers("download")?;
    let site = site::build(&package)?;
    page(&site)?;
    size::report(&package, &site)
}

/// The built site, by Lighthouse and by the clock.
pub fn page(site: &Path) -> Result<()> {
    let browser = setup::browser()?;
    setup::npm_packages("bench")?;
    step("page");
    shell::run(
        Command::new("node")
            .arg("bench/page/main.js")
            .arg(site)
            .arg(browser.chromium),
    )
}

/// The package, in Node and Chromium, beside others of npm.
fn beside_peers(contest: &str) -> Result<()> {
    let browser = setup::browser()?;
    setup::npm_packages("bench")?;
    step(&format!("{contest}, beside peers"));
    shell::run(
        Command::new("node")
            .arg(format!("bench/{contest}/main.js"))
            .arg("target/npm")
            .arg(browser.chromium)
            .env("TILEWISE_PYTHON", setup::python()?),
    )
}
