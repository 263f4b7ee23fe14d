//! What people download, in bytes, against what it should be and what it was.

use crate::compress::{brotli, gzip};
use crate::shell::{self, step};
use crate::{npm, site};
use anyhow::{Context, Result, bail};
use serde_json::{Map, Value, json};
use std::fs;
use std::path::{Path, PathBuf};

const BUNDLES: &str = "target/bundled";

/// A download: files that are each compressed alone, as a server sends them.
struct Download {
    name: &'static str,
    raw: usize,
    gzip: usize,
    brotli: usize,
    /// The most bytes after brotli.
    ceiling: Option<usize>,
}

/// Builds everything, leaves the sizes in `report`, and prints them beside those of an earlier report as a
/// table in Markdown. Fails over a ceiling.
pub fn run(report: &Path, before: Option<&Path>) -> Result<()> {
    let package = npm::build()?;
    let site = site::build(&package)?;
    let downloads = measure(&package, &site)?;
    let sizes: Map<String, Value> = downloads
        .iter()
        .map(|download| (download.name.to_owned(), json!(download.brotli)))
        .collect();
    fs::write(report, Value::Object(sizes).to_string())?;
    let before: Value = match before {
        Some(path) => serde_json::from_str(
            &fs::read_to_string(path).with_context(|| path.display().to_string())?,
        )?,
        None => Value::Null,
    };
    print(&downloads, &before);
    let over = |download: &&Download| {
        download
            .ceiling
            .is_some_and(|ceiling| download.brotli > ceiling)
    };
    match downloads.iter().find(over) {
        Some(download) => bail!(
            "{} has {} bytes after brotli, over {}",
            download.name,
            download.brotli,
            download.ceiling.unwrap_or_default()
        ),
        None => Ok(()),
    }
}

/// The table alone, of what is built.
pub fn report(package: &Path, site: &Path) -> Result<()> {
    print(&measure(package, site)?, &Value::Null);
    Ok(())
}

fn measure(package: &Path, site: &Path) -> Result<Vec<Download>> {
    step("sizes in bytes");
    let file = |name: &str| vec![package.join(name)];
    let page = ["html", "css", "js", "wasm"].map(|extension| with_extension(site, extension));
    let page = page.into_iter().collect::<Result<Vec<_>>>()?.concat();
    let (page_later, page) = split(page);
    let (text_scripts, scripts): (Vec<_>, Vec<_>) = bundle(package)?
        .into_iter()
        .partition(|path| is_named(path, &["text-engine-"]));
    let main = ["tilewise", "formats", "network", "shared"]
        .map(|part| package.join(part).with_extension("wasm"));
    let main_entry = [&main[..], &scripts].concat();
    Ok(vec![
        download(
            "npm, wasm before the first figures",
            &file("tilewise.wasm"),
            Some(114_000),
        )?,
        download("npm, script, bundled", &scripts, Some(7_000))?,
        download("npm, wasm for servers", &file("network.wasm"), None)?,
        download("npm, wasm for counting", &file("counting.wasm"), None)?,
        download("npm, wasm for other formats", &file("formats.wasm"), None)?,
        download("npm, the whole main entry", &main_entry, Some(230_000))?,
        download("npm, wasm of prepare", &file("prepare.wasm"), None)?,
        download(
            "npm, the tokenizer",
            &[file("text.wasm"), text_scripts].concat(),
            Some(1_600_000),
        )?,
        download("page, before first use", &page, Some(280_000))?,
        download("page, what is loaded later", &page_later, None)?,
    ])
}

/// The parts that are loaded later, and the other files.
fn split(files: Vec<PathBuf>) -> (Vec<PathBuf>, Vec<PathBuf>) {
    // No page loads the host's answer to an address that is none.
    let is_later = |path: &PathBuf| is_named(path, &["split_", "chunk_", "404."]);
    files.into_iter().partition(is_later)
}

/// Whether a file's name begins with one of these.
fn is_named(path: &Path, starts: &[&str]) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    starts.iter().any(|start| name.starts_with(start))
}

/// As an application ships the scripts of the main entry: in one file, and what is loaded later in others.
fn bundle(package: &Path) -> Result<Vec<PathBuf>> {
    if Path::new(BUNDLES).exists() {
        fs::remove_dir_all(BUNDLES)?;
    }
    shell::run(
        npm::esbuild()
            .args(["--bundle", "--minify", "--splitting", "--format=esm"])
            .arg("--log-level=warning")
            .arg(format!("--outdir={BUNDLES}"))
            .arg(package.join("index.js")),
    )?;
    with_extension(Path::new(BUNDLES), "js")
}

fn with_extension(folder: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|found| found == extension) {
            files.push(path);
        }
    }
    Ok(files)
}

fn download(name: &'static str, files: &[PathBuf], ceiling: Option<usize>) -> Result<Download> {
    let mut sum = Download {
        name,
        raw: 0,
        gzip: 0,
        brotli: 0,
        ceiling,
    };
    for file in files {
        let bytes = fs::read(file).with_context(|| file.display().to_string())?;
        sum.raw += bytes.len();
        sum.gzip += gzip(&bytes)?;
        sum.brotli += brotli(&bytes)?;
    }
    Ok(sum)
}

fn print(downloads: &[Download], before: &Value) {
    println!("| | raw | gzip | brotli | change | ceiling |");
    println!("| --- | ---: | ---: | ---: | ---: | ---: |");
    for download in downloads {
        let change = before.get(download.name).and_then(Value::as_u64);
        let change = change.map(|before| download.brotli as i64 - before as i64);
        let text = |number: Option<String>| number.unwrap_or_default();
        println!(
            "| {} | {} | {} | {} | {} | {} |",
            download.name,
            download.raw,
            download.gzip,
            download.brotli,
            text(change.map(|change| format!("{change:+}"))),
            text(download.ceiling.map(|ceiling| ceiling.to_string())),
        );
    }
}
