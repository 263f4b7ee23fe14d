//! Every check, cheapest first.

use crate::shell::{self, cargo, output, step};
use crate::{bench, direction, npm, serve, setup, site, wasm};
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::Command;

pub fn run() -> Result<()> {
    setup::require(&setup::FOR_TESTS)?;
    setup::wasm_target()?;
    format()?;
    direction()?;
    ring()?;
    native()?;
    jpegs()?;
    lint()?;
    let browser = setup::browser()?;
    in_browser(&browser)?;
    let package = npm::build()?;
    let tarball = npm::pack(&package)?;
    let site = site::build(&package)?;
    bench::once(&package, &site)?;
    setup::npm_packages("tests")?;
    setup::npm_packages("tests/npm/tools")?;
    let python = setup::python()?;
    serve::beside(&site, |origin| {
        let node = |script: &str| {
            let mut command = Command::new("npm");
            command
                .args(["run", "--silent", script])
                .current_dir("tests")
                .env("TILEWISE_ORIGIN", origin)
                .env("TILEWISE_TARBALL", &tarball)
                .env("TILEWISE_PYTHON", &python)
                .env("TILEWISE_CHROMIUM", &browser.chromium);
            shell::run(&mut command)
        };
        step("npm package in runtimes, bundlers and Chromium, snippets");
        node("npm")?;
        step("page in Chromium, end to end");
        node("e2e")
    })?;
    // The first step that fails ends the run, so whoever gets here has passed them all.
    println!("\nChecks: {} passed, 0 failed", shell::steps());
    Ok(())
}

fn format() -> Result<()> {
    step("rustfmt");
    shell::run(cargo().args(["fmt", "--all", "--check"]))
}

/// Data flows one way: no module is used by what it uses.
fn direction() -> Result<()> {
    step("modules without circles");
    for folder in ["src", "npm/binding", "xtask/src"] {
        let count = direction::check(Path::new(folder))?;
        println!("{folder}: {count} modules");
    }
    Ok(())
}

/// Neither the core, without features, nor the codecs know a browser.
fn ring() -> Result<()> {
    step("core and codecs depend on no browser");
    let outsiders = [
        "web-sys",
        "js-sys",
        "wasm-bindgen",
        "gloo-net",
        "serde-wasm-bindgen",
    ];
    for features in ["", "prepare"] {
        let tree = output(cargo().args([
            "tree",
            "--package=tilewise",
            "--features",
            features,
            "--edges=normal",
            "--target=all",
            "--prefix=none",
            "--format={p}",
        ]))?;
        for line in tree.lines() {
            let name = line.split(' ').next().unwrap_or_default();
            if outsiders.contains(&name) {
                bail!("the core depends on {line}");
            }
        }
        let count = tree.lines().count();
        println!("{count} crates, none of {}", outsiders.join(", "));
    }
    Ok(())
}

const NATIVE: [&str; 6] = [
    "test",
    "--package=tilewise",
    "--package=tilewise-endpoint",
    "--package=tilewise-www-core",
    "--package=xtask",
    "--features=tilewise/prepare",
];

fn native() -> Result<()> {
    step("native tests");
    shell::run(cargo().args(NATIVE))
}

/// The one native test that needs other programs.
fn jpegs() -> Result<()> {
    step("JPEGs of every kind, compared with libjpeg");
    let arguments = ["--test=core", "--", "--ignored", "--nocapture", "jpegs::"];
    shell::run(cargo().args(NATIVE).args(arguments))
}

fn lint() -> Result<()> {
    step("clippy");
    let command = |arguments: &[&str]| {
        let mut cargo = cargo();
        cargo.arg("clippy").args(arguments);
        cargo.args(["--", "--deny=warnings"]);
        cargo
    };
    let clippy = |arguments: &[&str]| shell::run(&mut command(arguments));
    // In the profile of the binaries, which needs the same macros: they are built once.
    let clippy_wasm = |arguments: &[&str]| {
        let target = ["--target=wasm32-unknown-unknown", "--profile", wasm::SMALL];
        let mut command = command(&[arguments, &target].concat());
        shell::run(command.env(wasm::FLAGS, wasm::split_flags()?))
    };
    let native = [
        "--workspace",
        "--exclude=tilewise-www",
        "--exclude=tilewise-npm",
    ];
    clippy(&[&native[..], &["--all-targets"]].concat())?;
    clippy(&["--package=tilewise", "--features=prepare", "--all-targets"])?;
    for package in [
        &["--package=tilewise-npm"][..],
        &[
            "--package=tilewise-npm",
            "--no-default-features",
            "--features=prepare",
        ],
        &["--package=tilewise-www"],
    ] {
        clippy_wasm(package)?;
    }
    step("documentation");
    shell::run(
        cargo()
            .args([
                "doc",
                "--package=tilewise",
                "--no-deps",
                "--features=prepare",
            ])
            .env("RUSTDOCFLAGS", "--deny=warnings"),
    )
}

/// The browser's adapters, in the browser.
fn in_browser(browser: &setup::Browser) -> Result<()> {
    step("adapters in Chromium");
    let flags = std::fs::read_to_string("tests/chromium-flags.json")?;
    let mut flags: Vec<String> = serde_json::from_str(&flags)?;
    flags.push("--headless".to_owned());
    let capabilities = serde_json::json!({
        "goog:chromeOptions": { "binary": browser.chromium, "args": flags },
    });
    let path = crate::root().join("target/webdriver.json");
    std::fs::write(&path, capabilities.to_string())?;
    let program = std::env::current_exe().context("this program has no path")?;
    shell::run(
        cargo()
            .args(["test", "--package=tilewise", "--features=web", "--test=web"])
            .arg("--target=wasm32-unknown-unknown")
            .env(
                "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER",
                format!("{} {}", program.display(), wasm::TEST_RUNNER),
            )
            .env("CHROMEDRIVER", &browser.driver)
            .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", path)
            .env("WASM_BINDGEN_TEST_TIMEOUT", "60"),
    )
}
