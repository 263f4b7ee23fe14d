//! Images and videos that are made by scripts and kept in the repository.

use crate::shell::run;
use crate::{npm, serve, setup, site};
use anyhow::Result;
use std::process::Command;

/// The files that tests read.
pub fn fixtures() -> Result<()> {
    setup::fixture_tools()?;
    setup::npm_packages("tests")?;
    let browser = setup::browser()?;
    run(Command::new(setup::fixture_python()?)
        .arg("tests/fixtures/make")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("TILEWISE_CHROMIUM", &browser.chromium))?;
    run(Command::new(setup::fixture_python()?)
        .arg("tests/fixtures/make/calibration.py")
        .env("PYTHONDONTWRITEBYTECODE", "1"))?;
    println!("counting tokens with other programs: the first time, they are downloaded and built");
    for (python, script) in [
        (setup::token_python()?, "tests/fixtures/make/tokens.py"),
        (setup::text_python()?, "tests/fixtures/make/text.py"),
    ] {
        run(Command::new(python)
            .arg(script)
            .env("PYTHONDONTWRITEBYTECODE", "1"))?;
    }
    Ok(())
}

/// What the page shows of itself, and its icons.
pub fn samples() -> Result<()> {
    setup::fixture_tools()?;
    let python = setup::python()?;
    run(Command::new(&python).args(["www/make/samples.py", "www/public/samples"]))?;
    run(Command::new(&python).args([
        "www/make/icons.py",
        "www/public/icon.svg",
        "www/public/icons",
    ]))
}

/// The images of the page that the README shows.
pub fn screenshots() -> Result<()> {
    let browser = setup::browser()?;
    setup::npm_packages("tests")?;
    serve::beside(&site::build(&npm::build()?)?, |origin| {
        let mut node = Command::new("node");
        node.arg("docs/image/take.js")
            .arg(origin)
            .arg(&browser.chromium)
            .arg("www/public/samples/landscape.jpg")
            .arg("docs");
        run(&mut node)
    })
}
