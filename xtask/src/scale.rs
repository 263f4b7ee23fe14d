//! The proofs that `cargo xtask test` runs on little, whole: a million names, a bucket of 20,000 objects whose server fails,
//! and one of 5,000 in the example's Worker.

use crate::shell::{self, npm, step};
use crate::test::install;
use crate::{npm as package, setup};
use anyhow::{Context, Result};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// The tests that do more where this variable names a file, in which they leave figures.
const WHOLE: &str = "TILEWISE_SCALE";

const PROOFS: [&str; 2] = ["npm/scale.test.js", "npm/bucket.test.js"];

/// Builds the package, and runs every proof.
pub fn run() -> Result<()> {
    let tarball = package::pack(&package::build()?)?;
    let installed = install(&tarball)?;
    setup::npm_packages("tests")?;
    let figures = crate::root().join("target/scale.jsonl");
    fs::write(&figures, "")?;
    // One after the other: each would take the cores that another is measured on.
    for proof in PROOFS {
        step(&format!("{proof}, whole"));
        shell::run(
            npm()
                .args([
                    "run",
                    "--silent",
                    "npm",
                    "--",
                    "--test-concurrency=1",
                    proof,
                ])
                .current_dir("tests")
                .env(WHOLE, &figures)
                .env("TILEWISE_TARBALL", &tarball)
                .env("TILEWISE_INSTALLED", &installed)
                .env("TILEWISE_PYTHON", setup::python()?)
                // Of these, no proof needs any.
                .env("TILEWISE_ORIGIN", "none")
                .env("TILEWISE_CHROMIUM", "none"),
        )?;
    }
    print(&figures)
}

fn print(figures: &Path) -> Result<()> {
    println!();
    for line in fs::read_to_string(figures)?.lines() {
        let mut figures: Value = serde_json::from_str(line)?;
        let figures = figures.as_object_mut().context("a figure is no object")?;
        let proof = figures.remove("proof").unwrap_or_default();
        let figures: Vec<_> = figures
            .iter()
            .map(|(name, value)| format!("{name} {value}"))
            .collect();
        println!(
            "{}: {}",
            proof.as_str().unwrap_or_default(),
            figures.join(", ")
        );
    }
    Ok(())
}
