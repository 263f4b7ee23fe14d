//! Every check, cheapest first.

use crate::passed::{Inputs, unless_passed};
use crate::setup::{self, Browser};
use crate::shell::{self, Beside, cargo, npm, output, step};
use crate::{bench, browsers, direction, npm as package, serve, site, wasm};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Which checks are run.
#[derive(clap::Args)]
pub struct Options {
    /// Run only formatting, clippy and the native tests
    #[arg(long, conflicts_with = "all")]
    quick: bool,
    /// Skip nothing, and run the page in Firefox and WebKit too
    #[arg(long)]
    all: bool,
}

pub fn run(options: &Options) -> Result<()> {
    if options.quick {
        quick()?;
    } else {
        whole(options.all)?;
    }
    // The first step that fails ends the run: all of these have passed.
    let steps = shell::print_durations();
    println!("\nChecks: {steps} passed, 0 failed");
    Ok(())
}

fn quick() -> Result<()> {
    format()?;
    direction()?;
    check_layers()?;
    lint_native()?;
    native()
}

fn whole(all: bool) -> Result<()> {
    setup::require(&setup::FOR_TESTS)?;
    if all {
        setup::require(&setup::FOR_OTHER_BROWSERS)?;
    }
    setup::wasm_target()?;
    let browser = setup::browser()?;
    let python = setup::python()?;
    format()?;
    direction()?;
    check_layers()?;
    let binaries = build_binaries()?;
    native()?;
    jpegs()?;
    lint_native()?;
    document()?;
    in_browser(&browser)?;
    step("npm package and page, which were built meanwhile");
    binaries.finish()?;
    let package = PathBuf::from(package::FOLDER);
    let site = crate::root().join(site::FOLDER);
    lint_wasm()?;
    let tarball = package::pack(&package)?;
    contests(&package, &site, &tarball, &browser, all)?;
    let node = Node {
        installed: install(&tarball)?,
        tarball,
        browser,
        python,
    };
    setup::npm_packages("tests")?;
    serve::beside(&site, |origin| {
        node.package(origin, all)?;
        node.tools(origin, all)?;
        node.clients(origin, all)?;
        node.page(&site, origin, all)
    })?;
    if all {
        browsers::run(&site)?;
    }
    Ok(())
}

/// Builds the package and the page beside the steps for native code: each of their programs is linked by one thread, which
/// takes a minute, and cargo keeps them in other folders.
fn build_binaries() -> Result<Beside> {
    let program = std::env::current_exe().context("this program has no path")?;
    let printed = crate::root().join("target/binaries.log");
    Beside::start(Command::new(program).arg("site"), &printed)
}

fn format() -> Result<()> {
    step("rustfmt");
    shell::run(cargo().args(["fmt", "--all", "--check"]))
}

/// Data flows one way: no module is used by what it uses.
fn direction() -> Result<()> {
    step("modules without circles");
    for folder in [
        "src",
        "npm/binding",
        "npm/values/src",
        "www/core/src",
        "www/src",
        "xtask/src",
    ] {
        let count = direction::check(Path::new(folder))?;
        println!("{folder}: {count} modules");
    }
    Ok(())
}

/// Neither the core, without features, nor the codecs know a browser.
fn check_layers() -> Result<()> {
    step("core and codecs depend on no browser");
    let outsiders = [
        "web-sys",
        "js-sys",
        "wasm-bindgen",
        "gloo-net",
        "serde-wasm-bindgen",
    ];
    for features in ["", "prepare", "text"] {
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
    "--features=tilewise/prepare,tilewise/text",
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

const WARNINGS: [&str; 2] = ["--", "--deny=warnings"];

/// With the codecs: the core without them is looked at with the package, for wasm.
fn lint_native() -> Result<()> {
    step("clippy, native");
    shell::run(
        cargo()
            .args(["clippy", "--workspace", "--all-targets"])
            .args(["--exclude=tilewise-www", "--exclude=tilewise-npm"])
            .arg("--features=tilewise/prepare,tilewise/text")
            .args(WARNINGS),
    )
}

/// In the profile of the binaries, which needs the same macros: they are built once.
fn lint_wasm() -> Result<()> {
    step("clippy, wasm");
    let page_and_main = ["--package=tilewise-www", "--package=tilewise-npm"];
    let codecs = [
        "--package=tilewise-npm",
        "--no-default-features",
        "--features=prepare",
    ];
    let text = [
        "--package=tilewise-npm",
        "--no-default-features",
        "--features=text",
    ];
    for arguments in [&page_and_main[..], &codecs, &text] {
        shell::run(
            cargo()
                .arg("clippy")
                .args(arguments)
                .args(["--target", wasm::TARGET, "--profile", wasm::SMALL])
                .args(WARNINGS)
                .env(wasm::FLAGS, wasm::split_flags()?),
        )?;
    }
    Ok(())
}

fn document() -> Result<()> {
    step("documentation");
    let arguments = ["--package=tilewise", "--no-deps", "--features=prepare,text"];
    shell::run(
        cargo()
            .arg("doc")
            .args(arguments)
            .env("RUSTDOCFLAGS", "--deny=warnings"),
    )
}

/// The browser's adapters, in the browser.
fn in_browser(browser: &Browser) -> Result<()> {
    step("adapters in Chromium");
    let flags = fs::read_to_string("tests/chromium-flags.json")?;
    let mut flags: Vec<String> = serde_json::from_str(&flags)?;
    flags.push("--headless".to_owned());
    let capabilities = serde_json::json!({
        "goog:chromeOptions": { "binary": browser.chromium, "args": flags },
    });
    let path = crate::root().join("target/webdriver.json");
    fs::write(&path, capabilities.to_string())?;
    let program = std::env::current_exe().context("this program has no path")?;
    shell::run(
        cargo()
            .args(["test", "--package=tilewise", "--features=web", "--test=web"])
            .args(["--target", wasm::TARGET])
            .env(
                "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER",
                format!("{} {}", program.display(), wasm::TEST_RUNNER),
            )
            .env("CHROMEDRIVER", &browser.driver)
            .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", path)
            .env("WASM_BINDGEN_TEST_TIMEOUT", "60"),
    )
}

fn contests(
    package: &Path,
    site: &Path,
    tarball: &Path,
    browser: &Browser,
    forced: bool,
) -> Result<()> {
    step("contests of bench, once each");
    let inputs = Inputs {
        paths: &[
            tarball,
            site,
            Path::new("bench"),
            Path::new("tests/fixtures/truth.json"),
        ],
        programs: &[Path::new("node"), &browser.chromium],
    };
    unless_passed("bench", &inputs, forced, || bench::once(package, site))
}

/// A project with the packed package, which the tests copy: npm takes seconds for each.
pub fn install(tarball: &Path) -> Result<PathBuf> {
    let folder = crate::root().join("target/installed");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let manifest = serde_json::json!({ "private": true, "type": "module" });
    fs::write(folder.join("package.json"), manifest.to_string())?;
    let arguments = ["install", "--no-audit", "--no-fund", "--ignore-scripts"];
    shell::run(
        npm()
            .args(arguments)
            .arg(tarball)
            .arg("--loglevel=error")
            .current_dir(&folder),
    )?;
    Ok(folder)
}

/// The tests of the package with other people's bundlers and runtimes.
const OF_TOOLS: [&str; 2] = ["bundlers.test.js", "runtimes.test.js"];

/// What the tests in Node need.
struct Node {
    tarball: PathBuf,
    /// A project that has it.
    installed: PathBuf,
    browser: Browser,
    python: PathBuf,
}

impl Node {
    /// Runs a script of `tests/package.json`.
    fn run(&self, script: &str, arguments: &[String], origin: &str) -> Result<()> {
        shell::run(
            npm()
                .args(["run", "--silent", script, "--"])
                .args(arguments)
                .current_dir("tests")
                .env("TILEWISE_ORIGIN", origin)
                .env("TILEWISE_TARBALL", &self.tarball)
                .env("TILEWISE_INSTALLED", &self.installed)
                .env("TILEWISE_PYTHON", &self.python)
                .env("TILEWISE_CHROMIUM", &self.browser.chromium),
        )
    }

    /// All files that a test may read, beside the package or the page; lock files stand for what is installed.
    fn unless_passed(
        &self,
        name: &str,
        built: &Path,
        forced: bool,
        check: impl FnOnce() -> Result<()>,
    ) -> Result<()> {
        let inputs = Inputs {
            paths: &[
                built,
                Path::new("tests"),
                Path::new("examples"),
                Path::new("docs"),
                Path::new("README.md"),
                Path::new("bench/common"),
            ],
            programs: &[Path::new("node"), &self.browser.chromium, &self.python],
        };
        unless_passed(name, &inputs, forced, check)
    }

    fn package(&self, origin: &str, forced: bool) -> Result<()> {
        step("npm package in Node, workerd and Chromium, snippets");
        let mut files = Vec::new();
        for entry in fs::read_dir("tests/npm")? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if name.ends_with(".test.js") && !OF_TOOLS.contains(&&*name) {
                files.push(format!("npm/{name}"));
            }
        }
        files.sort();
        self.unless_passed("package", &self.tarball, forced, || {
            self.run("npm", &files, origin)
        })
    }

    fn page(&self, site: &Path, origin: &str, forced: bool) -> Result<()> {
        step("page in Chromium, end to end");
        self.unless_passed("page", site, forced, || self.run("e2e", &[], origin))
    }

    fn tools(&self, origin: &str, forced: bool) -> Result<()> {
        step("npm package in bundlers and runtimes");
        let folder = Path::new("tests/npm");
        let tests = OF_TOOLS.map(|name| folder.join(name));
        let [bundlers, runtimes] = &tests;
        let inputs = Inputs {
            paths: &[
                &self.tarball,
                bundlers,
                runtimes,
                &folder.join("support"),
                &folder.join("tools"),
                Path::new("tests/package-lock.json"),
                Path::new("tests/media-types.js"),
                Path::new("examples"),
            ],
            programs: &[Path::new("node"), &self.browser.chromium],
        };
        let files = OF_TOOLS.map(|name| format!("npm/{name}"));
        unless_passed("tools", &inputs, forced, || {
            setup::npm_packages("tests/npm/tools")?;
            self.run("npm", &files, origin)
        })
    }

    /// The package beside other people's clients of models.
    fn clients(&self, origin: &str, forced: bool) -> Result<()> {
        step("npm package with other clients");
        let clients = Path::new("tests/npm/clients");
        let inputs = Inputs {
            paths: &[
                &self.tarball,
                clients,
                Path::new("tests/npm/support"),
                Path::new("examples/guard"),
            ],
            programs: &[Path::new("node")],
        };
        unless_passed("clients", &inputs, forced, || {
            setup::npm_packages("tests/npm/clients")?;
            let tests = ["guard.test.js", "examples.test.js"];
            self.run(
                "npm",
                &tests.map(|name| format!("npm/clients/{name}")),
                origin,
            )
        })
    }
}
