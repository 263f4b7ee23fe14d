//! The page as static files.
//!
//! What `www/public` holds is served as it is, but for the policy, which is written into the page, and for the style sheets,
//! which lose comments and spaces. Beside it lie the
//! page's program in parts, the codecs, the tokenizer and the packer of zip files, which the page loads when they are first
//! used, the worker that serves all this offline, and the reference of the npm package. Trunk calls this as a hook
//! (`Trunk.toml`), so that its page has the same files.

use crate::compress::gzip;
use crate::headers::{self, Rule};
use crate::shell::{self, step};
use crate::wasm::Manner;
use crate::{api, npm, offline, setup, wasm};
use anyhow::{Context, Result, ensure};
use axum::http::Uri;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

const PUBLIC: &str = "www/public";

/// Of those, the style sheets.
const STYLES: [&str; 3] = ["style.css", "figures.css", "viewer.css"];
/// Where the site is left, but by Trunk.
pub const FOLDER: &str = "dist";

/// Names the folder that Trunk moves to its place after its hooks.
const TRUNK_FOLDER: &str = "TRUNK_STAGING_DIR";

/// Where the page looks for `tilewise/prepare` (`www/src/codecs.rs`).
const CODECS: &str = "prepare";

/// Where the page looks for the tokenizer (`www/src/tokenizer.rs`), and what it has of the package beside the page's own
/// entry. Many hosts compress by gzip, and those by brotli send less.
const TOKENIZER: &str = "text";
const TOKENIZER_FILES: [&str; 2] = ["text-engine.js", "text.wasm"];
const TOKENIZER_LICENCE: &str = "LICENSE-KIMI";

/// Where the page looks for the packer of zip files (`www/src/zip.rs`).
const ZIP: &str = "zip";

/// What the page has from npm, and what of it is served under which name.
const PACKAGES: &str = "www";
const ZIP_FILES: [(&str, &str); 2] = [
    ("index.js", "client-zip.js"),
    ("LICENSE.txt", "LICENSE.txt"),
];

/// Where the page links to the reference of the npm package (`www/src/app.rs`).
const REFERENCE: &str = "api";

/// What the page imports of them, and runs in workers.
const CODEC_FILES: [&str; 2] = ["prepare.js", "prepare-worker.js"];

/// Where a site is: an absolute URL of its folder.
#[derive(Clone)]
pub struct Address(String);

impl FromStr for Address {
    type Err = anyhow::Error;

    fn from_str(address: &str) -> Result<Self> {
        let uri: Uri = address.parse()?;
        let is_web = matches!(uri.scheme_str(), Some("https" | "http"));
        ensure!(
            is_web && uri.host().is_some() && uri.query().is_none(),
            "an address is that of a folder: https://example.com/tilewise/"
        );
        let is_text = |mark: char| !matches!(mark, '"' | '&' | '<' | '>');
        ensure!(
            address.chars().all(is_text),
            "an address has its marks escaped"
        );
        Ok(Self(format!("{}/", address.trim_end_matches('/'))))
    }
}

/// A policy holds for what stands behind it, and nothing but the character set stands before it.
const BEFORE_POLICY: &str = "<meta charset=\"utf-8\" />\n";

/// Leaves the site, with codecs and tokenizer of the npm package in this folder, in `dist` or where Trunk wants it, and
/// gives that folder.
pub fn build(package: &Path) -> Result<PathBuf> {
    build_for(package, None)
}

/// The same for an address, at which other programs find what the page shows of itself.
pub fn build_for(package: &Path, address: Option<&Address>) -> Result<PathBuf> {
    step("page");
    let folder = match std::env::var_os(TRUNK_FOLDER) {
        Some(folder) => PathBuf::from(folder),
        None => crate::root().join(FOLDER),
    };
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    copy_folder(Path::new(PUBLIC), &folder)?;
    minify_styles(&folder)?;
    let policy = policy(&headers::read(&folder)?)?;
    let page = folder.join("index.html");
    write_policy(&page, &policy)?;
    if let Some(address) = address {
        write_address(&page, address)?;
    }
    let shared = Manner {
        is_shared: true,
        ..Manner::default()
    };
    let tokenizer = copy_tokenizer(package, &folder.join(TOKENIZER))?;
    let bindings = wasm::bind(&wasm::build_page(&folder, tokenizer)?, shared)?;
    fs::write(folder.join("tilewise-www.wasm"), bindings.wasm)?;
    fs::write(folder.join("tilewise-www.js"), bindings.script)?;
    copy_files(package, &folder.join(CODECS), &CODEC_FILES)?;
    copy_zip(&folder.join(ZIP))?;
    offline::write_worker(&folder, &[CODECS, TOKENIZER, ZIP])?;
    // After the worker, which neither keeps nor serves it.
    api::build(&folder.join(REFERENCE), &policy)?;
    Ok(folder)
}

/// The page waits for its style sheets.
fn minify_styles(folder: &Path) -> Result<()> {
    let mut esbuild = npm::esbuild();
    esbuild.args(["--minify", "--allow-overwrite", "--log-level=warning"]);
    esbuild.arg(format!("--outdir={}", folder.display()));
    for name in STYLES {
        esbuild.arg(folder.join(name));
    }
    shell::run(&mut esbuild)
}

fn write_policy(page: &Path, policy: &str) -> Result<()> {
    let text = fs::read_to_string(page)?;
    ensure!(
        text.contains(BEFORE_POLICY),
        "{} does not say its character set",
        page.display()
    );
    fs::write(
        page,
        text.replacen(BEFORE_POLICY, &format!("{BEFORE_POLICY}{policy}"), 1),
    )?;
    Ok(())
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

/// Lays the address of the site into the page: what other programs show of a page they take from absolute URLs alone (The
/// Open Graph protocol, Basic Metadata).
fn write_address(page: &Path, address: &Address) -> Result<()> {
    const IMAGE: &str = "<meta property=\"og:image\" content=\"./card.png\" />";
    let text = fs::read_to_string(page)?;
    ensure!(
        text.contains(IMAGE),
        "{} does not name its image",
        page.display()
    );
    let Address(address) = address;
    let absolute = format!(
        "<meta property=\"og:url\" content=\"{address}\" />\n    <meta property=\"og:image\" content=\"{address}card.png\" />"
    );
    fs::write(page, text.replacen(IMAGE, &absolute, 1))?;
    Ok(())
}

/// Copies these files of the package, and what their scripts import, load or run; gives the names of all.
fn copy_files(package: &Path, folder: &Path, names: &[&str]) -> Result<Vec<String>> {
    fs::create_dir_all(folder)?;
    let mut files: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut next = 0;
    while let Some(file) = files.get(next).cloned() {
        next += 1;
        fs::copy(package.join(&file), folder.join(&file)).with_context(|| file.clone())?;
        if !file.ends_with(".js") {
            continue;
        }
        // All that a script names lies beside it.
        let script = fs::read_to_string(package.join(&file))?;
        let named = script.split('"').filter_map(|text| text.strip_prefix("./"));
        for name in named.filter(|name| package.join(name).is_file()) {
            if !files.iter().any(|file| file == name) {
                files.push(name.to_owned());
            }
        }
    }
    Ok(files)
}

/// The tokenizer of the npm package, beside the page's own entry to it; gives how many bytes of it a host sends that
/// compresses.
fn copy_tokenizer(package: &Path, folder: &Path) -> Result<usize> {
    let mut sent = 0;
    for name in copy_files(package, folder, &TOKENIZER_FILES)? {
        sent += gzip(&fs::read(folder.join(name))?)?;
    }
    fs::copy(
        package.join(TOKENIZER_LICENCE),
        folder.join(TOKENIZER_LICENCE),
    )?;
    Ok(sent)
}

fn copy_zip(folder: &Path) -> Result<()> {
    setup::npm_packages(PACKAGES)?;
    let package = Path::new(PACKAGES).join("node_modules/client-zip");
    fs::create_dir_all(folder)?;
    for (from, to) in ZIP_FILES {
        fs::copy(package.join(from), folder.join(to))?;
    }
    Ok(())
}

/// A folder, with those in it.
fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| from.display().to_string())? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &to)?;
        } else {
            fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_that_of_a_folder_of_the_web() {
        let address = |text: &str| text.parse::<Address>().map(|Address(address)| address);
        for text in [
            "https://example.com/tilewise",
            "https://example.com/tilewise/",
        ] {
            assert_eq!(address(text).unwrap(), "https://example.com/tilewise/");
        }
        for text in [
            "example.com",
            "/tilewise/",
            "ftp://example.com/",
            "https://example.com/?a",
            "https://example.com/\"x",
        ] {
            assert!(address(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_page_that_knows_its_address_names_itself_and_its_image_by_it() {
        let folder = std::env::temp_dir().join(format!("tilewise-address-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let page = folder.join("index.html");
        fs::copy(crate::root().join(PUBLIC).join("index.html"), &page).unwrap();
        write_address(&page, &"https://example.com/tilewise".parse().unwrap()).unwrap();
        let text = fs::read_to_string(&page).unwrap();
        fs::remove_dir_all(&folder).unwrap();
        let named = |property: &str, content: &str| {
            let element = format!("<meta property=\"{property}\" content=\"{content}\" />");
            assert_eq!(text.matches(&element).count(), 1, "{element}");
            assert_eq!(text.matches(&format!("\"{property}\"")).count(), 1);
        };
        named("og:url", "https://example.com/tilewise/");
        named("og:image", "https://example.com/tilewise/card.png");
    }
}
