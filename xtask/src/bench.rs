//! Speed and sizes.

use crate::shell::{self, cargo, step};
use crate::{npm, setup, site};
use anyhow::Result;
use flate2::{Compression, write::GzEncoder};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

pub fn run() -> Result<()> {
    step("core");
    shell::run(cargo().args(["bench", "--package=tilewise", "--bench=core"]))?;
    let package = npm::build()?;
    beside_peers("images")?;
    beside_peers("videos")?;
    beside_peers("stream")?;
    beside_peers("prepare")?;
    let site = site::build(&package)?;
    step("sizes in bytes");
    println!("{:32} {:>9} {:>9} {:>9}", "", "raw", "gzip", "brotli");
    report("npm, wasm", &[PathBuf::from("target/npm/tilewise.wasm")])?;
    report(
        "npm, wasm for videos",
        &[PathBuf::from("target/npm/video.wasm")],
    )?;
    report(
        "npm, wasm of prepare",
        &[PathBuf::from("target/npm/prepare.wasm")],
    )?;
    let is_of_prepare = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default();
        name.to_string_lossy().starts_with("prepare")
    };
    let scripts = with_extension(Path::new("target/npm"), "js")?;
    let (prepare, core) = scripts.into_iter().partition::<Vec<_>, _>(is_of_prepare);
    report("npm, script", &core)?;
    report("npm, script of prepare", &prepare)?;
    let page = ["html", "css", "js", "wasm"].map(|extension| with_extension(&site, extension));
    let page = page.into_iter().collect::<Result<Vec<_>>>()?.concat();
    report("page, before first use", &page)
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

/// The sum over files that are each compressed alone, as a server sends them.
fn report(what: &str, files: &[PathBuf]) -> Result<()> {
    let mut sums = [0; 3];
    for file in files {
        let bytes = fs::read(file)?;
        for (sum, size) in sums
            .iter_mut()
            .zip([bytes.len(), gzip(&bytes)?, brotli(&bytes)?])
        {
            *sum += size;
        }
    }
    let [raw, gzip, brotli] = sums;
    println!("{what:32} {raw:>9} {gzip:>9} {brotli:>9}");
    Ok(())
}

fn gzip(bytes: &[u8]) -> Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len())
}

fn brotli(bytes: &[u8]) -> Result<usize> {
    let mut compressed = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: 11,
        ..Default::default()
    };
    brotli::BrotliCompress(&mut &*bytes, &mut compressed, &parameters)?;
    Ok(compressed.len())
}
