//! The page as static files.
//!
//! `www/index.html` is the one place that says what the page consists of, in the `data-trunk` links
//! that Trunk reads as well. Of those this program knows the three that the page uses: `rust`, `css`
//! and `copy-file`. Beside them it lays the codecs, which the page loads when a picture is first made to
//! fit: Trunk knows nothing of them, and the page that it builds says so.

use crate::shell::step;
use crate::wasm;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};

const PAGE: &str = "www/index.html";
const FOLDER: &str = "dist";

/// Where the page looks for `tilewise/prepare` (`www/src/codecs.rs`).
const CODECS: &str = "prepare";

/// Those of them that are for other runtimes.
const OTHER_ENTRIES: [&str; 3] = [
    "prepare-node.js",
    "prepare-workerd.js",
    "prepare-edge-light.js",
];

/// Leaves the site in `dist`, with the codecs of the npm package in this folder.
pub fn build(package: &Path) -> Result<PathBuf> {
    step("page");
    let binary = wasm::build(&["--package", "tilewise-www"], "tilewise-www.wasm")?;
    let bindings = wasm::bind(&binary, false)?;

    let folder = crate::root().join(FOLDER);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("tilewise-www.wasm"), bindings.wasm)?;
    fs::write(folder.join("tilewise-www.js"), bindings.script)?;

    let mut page = String::new();
    for line in fs::read_to_string(PAGE)?.lines() {
        match line.contains("data-trunk") {
            true => page += &asset(line, &folder)?,
            false => page += line,
        }
        page.push('\n');
    }
    fs::write(folder.join("index.html"), page)?;
    copy_codecs(package, &folder.join(CODECS))?;
    Ok(folder)
}

/// The modules of `tilewise/prepare` for browsers, as the package has them, and their binary.
fn copy_codecs(package: &Path, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    for entry in fs::read_dir(package)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_shared = name == "error.js" || name == "beside.js";
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
            let boot = "import start from \"./tilewise-www.js\";\nstart({ module_or_path: new URL(\"./tilewise-www.wasm\", import.meta.url) });\n";
            fs::write(folder.join("boot.js"), boot)?;
            Ok("    <link rel=\"preload\" href=\"./tilewise-www.wasm\" as=\"fetch\" type=\"application/wasm\" crossorigin />\n    <script type=\"module\" src=\"./boot.js\"></script>".to_owned())
        }
        Some("css") => {
            let name = copy(line, folder)?;
            Ok(format!("    <link rel=\"stylesheet\" href=\"./{name}\" />"))
        }
        Some("copy-file") => copy(line, folder).map(|_| String::new()),
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

fn attribute<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let (_, value) = line.split_once(&format!(" {name}=\""))?;
    value.split('"').next()
}
