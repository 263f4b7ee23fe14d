//! The worker that serves the page without a network: `www/worker.js`, with the site's files in front.

use anyhow::Result;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const SOURCE: &str = "www/worker.js";
const WORKER: &str = "sw.js";

/// What the page never asks for.
const NOT_OF_THE_PAGE: [&str; 4] = [".nojekyll", "404.html", "_headers", "card.png"];

/// By path from the page, in an order that does not change.
type Hashes = BTreeMap<String, String>;

/// Writes the worker of a site that is complete but for it.
///
/// The samples are kept at installation, as they are what there is to try offline. What lies in folders
/// of `used_later` is kept when it is first used: the codecs weigh more than all the rest, and most visitors make no image
/// fit.
pub fn write_worker(site: &Path, used_later: &[&str]) -> Result<()> {
    let mut files = Hashes::new();
    gather(site, "", &mut files)?;
    let version = integrity(format!("{files:?}").as_bytes());
    let is_later = |path: &str| {
        let folder = path.split_once('/').map(|(folder, _)| folder);
        folder.is_some_and(|folder| used_later.contains(&folder))
    };
    let (later, first): (Hashes, Hashes) = files.into_iter().partition(|(path, _)| is_later(path));
    let listed = json!({ "version": version, "first": first, "later": later });
    let source = fs::read_to_string(SOURCE)?;
    fs::write(
        site.join(WORKER),
        format!("const SITE = {listed};\n\n{source}"),
    )?;
    Ok(())
}

fn gather(site: &Path, under: &str, files: &mut Hashes) -> Result<()> {
    for entry in fs::read_dir(site.join(under))? {
        let entry = entry?;
        let path = format!("{under}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            gather(site, &format!("{path}/"), files)?;
        } else if !NOT_OF_THE_PAGE.contains(&path.as_str()) {
            let hash = integrity(&fs::read(entry.path())?);
            // Hosts redirect from this name, and what is redirected cannot be opened from a cache.
            let path = match path.as_str() {
                "index.html" => "./".to_owned(),
                _ => path,
            };
            files.insert(path, hash);
        }
    }
    Ok(())
}

/// As a request's `integrity` wants it (Subresource Integrity, 3.1).
pub fn integrity(bytes: &[u8]) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(bytes)))
}
