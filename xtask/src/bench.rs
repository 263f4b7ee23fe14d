//! Speed and sizes.

use crate::shell::{self, cargo, step};
use crate::{npm, setup, site, size};
use anyhow::Result;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// What each of them compares stands at the top of its `bench/…/main.js`.
const CONTESTS: [&str; 10] = [
    "images", "videos", "stream", "estimate", "growth", "prepare", "guard", "text", "command",
    "download",
];

/// How much a contest does.
#[derive(Clone, Copy)]
enum Effort {
    /// Everything, with its figures.
    Full,
    /// Each contestant answers once, on a tiny input; an answer that is not right is an error.
    Once,
}

pub fn run() -> Result<()> {
    step("core");
    shell::run(cargo().args(["bench", "--package=tilewise", "--bench=core"]))?;
    let package = npm::build()?;
    for contest in CONTESTS {
        step(&format!("{contest}, beside peers"));
        run_contest(contest, &package, Effort::Full)?;
    }
    let site = site::build(&package)?;
    page(&site)?;
    size::report(&package, &site)
}

/// The built site, by Lighthouse and by the clock.
pub fn page(site: &Path) -> Result<()> {
    step("page");
    run_contest("page", site, Effort::Full)
}

/// All contests on tiny inputs, so that none breaks unseen. `cargo test` runs that of the core.
pub fn once(package: &Path, site: &Path) -> Result<()> {
    step("contests of bench, once each");
    let of_package = CONTESTS.iter().map(|contest| (*contest, package));
    for (contest, folder) in of_package.chain([("page", site)]) {
        let started = Instant::now();
        run_contest(contest, folder, Effort::Once)?;
        let seconds = started.elapsed().as_secs_f64();
        println!("{contest}: every answer is right ({seconds:.0} s)");
    }
    Ok(())
}

/// The package or the page that is built, in Node and Chromium, most contests beside other packages of npm.
fn run_contest(contest: &str, folder: &Path, effort: Effort) -> Result<()> {
    let browser = setup::browser()?;
    setup::npm_packages("bench")?;
    let mut command = Command::new("node");
    command
        .arg(format!("bench/{contest}/main.js"))
        .arg(folder)
        .arg(browser.chromium)
        .env("TILEWISE_PYTHON", setup::python()?);
    match effort {
        Effort::Once => {
            command.arg("--once");
        }
        Effort::Full if contest == "text" => {
            command.env("TILEWISE_TEXT_PYTHON", setup::text_python()?);
        }
        Effort::Full => {}
    }
    shell::run(&mut command)
}
