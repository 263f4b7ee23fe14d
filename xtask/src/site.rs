//! The page as static files.
//!
//! `www/index.html` is the one place that says what the page consists of, in the `data-trunk` links
//! that Trunk reads as well. Of those this program knows the four that the page uses: `rust`, `css`,
//! `copy-file` and `copy-dir`. Beside them it lays the codecs, which the page loads when a picture is first
//! made to fit: Trunk knows nothing of them, and the page that it builds says so. Nor has that page the
//! policy, which forbids the script that Trunk writes into it, or the worker that serves it offline.

use crate::headers::{self, Rule};
use crate::shell::step;
use crate::wasm::Manner;
use crate::{api, offline, wasm};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};

const PAGE: &str = "www/index.html";
const FOLDER: &str = "dist";

/// Where the page looks for `tilewise/prepare` (`www/src/codecs.rs`).
const CODECS: &str = "prepare";

/// Where the page links to the reference of the npm package (`www/src/app.rs`).
const REFERENCE: &str = "api";

/// What they share with the main entry.
const SHARED: [&str; 5] = [
    "beside.js",
    "compile.js",
    "error.js",
    "once.js",
    "tracked.js",
];

/// Those of them that are for other runtimes.
const OTHER_ENTRIES: [&str; 3] = [
    "prepare-node.js",
    "prepare-workerd.js",
    "prepare-edge-light.js",
];

/// What only hosts read.
const HOST: &str = "www/host";

/// Tells GitHub Pages to serve the files as they are: Jekyll would leave out those that begin with `_`.
const NO_JEKYLL: &str = ".nojekyll";

/// Starts the page, then what serves it offline: not before it has loaded, so as not to compete with it.
const BOOT: &str = r#"import start from "./tilewise-www.js";
start({ module_or_path: new URL("./tilewise-www.wasm", import.meta.url) });
const keep = () => navigator.serviceWorker.register(new URL("./sw.js", import.meta.url)).catch(() => {});
if ("serviceWorker" in navigator) document.readyState === "complete" ? keep() : addEventListener("load", keep);
"#;

/// The scripts alone are asked for in advance: the binary would keep the title from being painted.
const START: &str = r#"    <link rel="modulepreload" href="./tilewise-www.js" />
    <link rel="modulepreload" href="./split.js" />
    <script type="module" src="./boot.js"></script>"#;

/// Leaves the site in `dist`, with the codecs of the npm package in this folder.
pub fn build(package: &Path) -> Result<PathBuf> {
    step("page");
    let folder = crate::root().join(FOLDER);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let shared = Manner {
        is_shared: true,
        ..Manner::default()
    };
    let bindings = wasm::bind(&wasm::build_page(&folder)?, shared)?;
    fs::write(folder.join("tilewise-www.wasm"), bindings.wasm)?;
    fs::write(folder.join("tilewise-www.js"), bindings.script)?;

    copy_folder(Path::new(HOST), &folder)?;
    fs::write(folder.join(NO_JEKYLL), "")?;
    let policy = policy(&headers::read(&folder)?)?;
    let mut page = String::new();
    for line in fs::read_to_string(PAGE)?.lines() {
        match line.contains("data-trunk") {
            true => page += &asset(line, &folder)?,
            false => page += line,
        }
        page.push('\n');
        // A policy holds for what stands behind it.
        if line.contains("<meta charset") {
            page += &policy;
        }
    }
    fs::write(folder.join("index.html"), page)?;
    copy_codecs(package, &folder.join(CODECS))?;
    offline::write_worker(&folder, CODECS)?;
    // After the worker, which neither keeps nor serves it.
    api::build(&folder.join(REFERENCE), &policy)?;
    Ok(folder)
}

/// The policy of the header, for hosts that send none.
fn policy(rules: &[Rule]) -> Result<String> {
    let header = rules
        .iter()
        .flat_map(|rule| &rule.headers)
        .find(|(name, _)| name == "content-security-policy");
    let (_, policy) = header.context("the headers hold no policy")?;
    let policy = policy.to_str()?;
    // Has no meaning in a page, and browsers complain of it there (Content Security Policy Level 3, 3.3).
    let parts = policy
        .split("; ")
        .filter(|part| !part.starts_with("frame-ancestors"));
    let policy = parts.collect::<Vec<_>>().join("; ");
    Ok(format!(
        "    <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\" />\n"
    ))
}

/// The modules of `tilewise/prepare` for browsers, as the package has them, and their binary.
fn copy_codecs(package: &Path, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    for entry in fs::read_dir(package)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_shared = SHARED.contains(&&*name);
        let is_own = name.starts_with("prepare") && !OTHER_ENTRIES.contains(&&*name);
        let is_run = name.ends_with(".js") || name.ends_with(".wasm");
        if is_run && (is_own || is_shared) {
            fs::copy(&path, folder.join(&*name))?;
        }
    }
    Ok(())
}

/// What stands in the page in place of a `data-trunk` link.
fn asset(line: &str, folder: &Path) -> Result<String> {
    match attribute(line, "rel") {
        Some("rust") => {
            fs::write(folder.join("boot.js"), BOOT)?;
            Ok(START.to_owned())
        }
        Some("css") => {
            let name = copy(line, folder)?;
            Ok(format!("    <link rel=\"stylesheet\" href=\"./{name}\" />"))
        }
        Some("copy-file") => copy(line, folder).map(|_| String::new()),
        Some("copy-dir") => {
            let href = attribute(line, "href").with_context(|| format!("no href in {line}"))?;
            copy_folder(&Path::new("www").join(href), &folder.join(href)).map(|()| String::new())
        }
        other => bail!(
            "{PAGE} has a data-trunk link of kind {other:?}, which this program does not know"
        ),
    }
}

fn copy(line: &str, folder: &Path) -> Result<String> {
    let href = attribute(line, "href").with_context(|| format!("no href in {line}"))?;
    let name = Path::new(href)
        .file_name()
        .context("an asset has no name")?;
    fs::copy(Path::new("www").join(href), folder.join(name)).with_context(|| href.to_owned())?;
    Ok(name.to_string_lossy().into_owned())
}

/// The files of a folder that has no folders in it.
fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| from.display().to_string())? {
        let entry = entry?;
        fs::copy(entry.path(), to.join(entry.file_name()))?;
    }
    Ok(())
}

fn attribute<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let (_, value) = line.split_once(&format!(" {name}=\""))?;
    value.split('"').next()
}
