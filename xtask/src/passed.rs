//! Checks that need not run again on what they have passed on, which `target/passed` keeps.

use crate::shell::output;
use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const FOLDER: &str = "target/passed";

/// What tools have installed or built, which lock files stand for.
const NOT_INPUTS: [&str; 4] = ["node_modules", "projects", ".parcel-cache", "__pycache__"];

/// What a check depends on.
pub struct Inputs<'a> {
    /// Files and folders.
    pub paths: &'a [&'a Path],
    /// Programs that no lock file pins, which are asked for their versions.
    pub programs: &'a [&'a Path],
}

/// Runs a check, unless it has passed on the same inputs and is not `forced`.
pub fn unless_passed(
    name: &str,
    inputs: &Inputs<'_>,
    forced: bool,
    check: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let record = Path::new(FOLDER).join(name);
    let hash = hash(inputs)?;
    if !forced && fs::read_to_string(&record).is_ok_and(|passed| passed == hash) {
        println!("skipped: passed before on the same files; `cargo xtask test --all` runs it");
        return Ok(());
    }
    check()?;
    fs::create_dir_all(FOLDER)?;
    fs::write(record, hash).map_err(Into::into)
}

fn hash(inputs: &Inputs<'_>) -> Result<String> {
    let mut files = Vec::new();
    for path in inputs.paths {
        gather(path, &mut files)?;
    }
    files.sort();
    let mut hash = Sha256::new();
    for file in files {
        let content = Sha256::digest(fs::read(&file)?);
        hash.update(format!("{} {content:x}\n", file.display()));
    }
    for program in inputs.programs {
        hash.update(output(Command::new(program).arg("--version"))?);
    }
    Ok(format!("{:x}", hash.finalize()))
}

fn gather(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in fs::read_dir(path).with_context(|| path.display().to_string())? {
        let entry = entry?;
        if !NOT_INPUTS.iter().any(|name| entry.file_name() == **name) {
            gather(&entry.path(), files)?;
        }
    }
    Ok(())
}
