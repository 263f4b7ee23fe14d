//! Whether the package has the same bytes wherever it is built.

use crate::shell::{cargo, output, run, step};
use anyhow::{Context, Result, bail, ensure};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{self, Command};

/// Where the sources are copied to. Of different lengths, as a path that got into a binary would move all behind it.
const COPIES: [&str; 2] = ["one", "another/and/deeper"];

/// Builds the package from copies of the sources, with nothing that was built before, and compares the tarballs, and
/// this one where it is given.
pub fn run_twice(tarball: Option<&Path>) -> Result<()> {
    // Outside of the workspace, whose configuration cargo would read as well.
    let folder = std::env::temp_dir().join(format!("tilewise-{}", process::id()));
    let outcome = build_copies(&folder).and_then(|copies| compare(&copies, tarball));
    fs::remove_dir_all(&folder)?;
    outcome
}

/// A copy of the sources in which the package was built.
struct Copy {
    folder: PathBuf,
    tarball: Vec<u8>,
}

fn build_copies(folder: &Path) -> Result<Vec<Copy>> {
    let sources = sources()?;
    let copies = COPIES
        .iter()
        .map(|name| build(&sources, &folder.join(name)));
    copies.collect()
}

/// What git knows of, and what is new and not ignored.
fn sources() -> Result<Vec<PathBuf>> {
    let listed = output(Command::new("git").args([
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]))?;
    let names = listed.split('\0').filter(|name| !name.is_empty());
    // What was deleted is listed until that is committed.
    Ok(names
        .map(PathBuf::from)
        .filter(|path| path.is_file())
        .collect())
}

fn build(sources: &[PathBuf], folder: &Path) -> Result<Copy> {
    step(&format!("package from a copy in {}", folder.display()));
    for path in sources {
        let to = folder.join(path);
        fs::create_dir_all(to.parent().context("a source has no folder")?)?;
        fs::copy(path, &to).with_context(|| path.display().to_string())?;
    }
    run(cargo()
        .args(["xtask", "npm"])
        .current_dir(folder)
        .env_remove("CARGO_TARGET_DIR"))?;
    let tarball = fs::read(tarball_in(&folder.join("target"))?)?;
    Ok(Copy {
        folder: folder.to_owned(),
        tarball,
    })
}

fn tarball_in(folder: &Path) -> Result<PathBuf> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "tgz") {
            return Ok(path);
        }
    }
    bail!("no tarball was left in {}", folder.display())
}

fn compare(copies: &[Copy], tarball: Option<&Path>) -> Result<()> {
    let [one, other] = copies else {
        bail!("there are not two builds");
    };
    if one.tarball != other.tarball {
        let differing = differing(&one.folder, &other.folder)?;
        bail!("two builds differ: {}", differing.join(", "));
    }
    println!(
        "two builds, the same {} bytes: sha256 {:x}",
        one.tarball.len(),
        Sha256::digest(&one.tarball)
    );
    if let Some(path) = tarball {
        ensure!(
            fs::read(path)? == one.tarball,
            "{} has other bytes than two builds of these sources",
            path.display()
        );
        println!("{} has them too", path.display());
    }
    Ok(())
}

/// The files of the package that differ; its archive, where none does.
fn differing(one: &Path, other: &Path) -> Result<Vec<String>> {
    let package = |folder: &Path| folder.join("target/npm");
    let mut names = BTreeSet::new();
    for folder in [one, other] {
        for entry in fs::read_dir(package(folder))? {
            names.insert(entry?.file_name());
        }
    }
    let read = |folder: &Path, name: &OsString| fs::read(package(folder).join(name)).ok();
    names.retain(|name| read(one, name) != read(other, name));
    Ok(if names.is_empty() {
        vec!["the archive alone".to_owned()]
    } else {
        names
            .iter()
            .map(|name| name.to_string_lossy().into_owned())
            .collect()
    })
}
