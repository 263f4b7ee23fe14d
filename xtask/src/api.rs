//! The reference of the npm package: what its types say, by TypeDoc.

use crate::setup;
use crate::shell::{run, step};
use anyhow::Result;
use std::path::Path;
use std::process::Command;

/// TypeDoc needs an older TypeScript than the package is built with, so it has a folder of its own.
const TOOL: &str = "docs/api";

/// Leaves it in this folder, with the site's policy in each page, as a `<meta>` element. Fails where anything that is
/// exported has no comment. The types are those of the package that was built last.
pub fn build(folder: &Path, policy: &str) -> Result<()> {
    step("reference of the npm package");
    setup::npm_packages(TOOL)?;
    run(Command::new("node")
        .arg(format!("{TOOL}/node_modules/typedoc/bin/typedoc"))
        .args(["--options", TOOL, "--logLevel", "Warn"])
        .args(["--meta", policy.trim()])
        .arg("--out")
        .arg(folder))
}
