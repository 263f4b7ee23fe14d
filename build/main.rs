//! Compiles `catalog/baseten.toml` into Rust tables, so that no TOML parser ships.

mod catalog;

use std::{env, fs, path::Path, process::ExitCode};

const CATALOG: &str = "catalog/baseten.toml";

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed={CATALOG}");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=src/media/formats.rs");
    match generate() {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            println!("cargo::error={CATALOG}: {}", reason.replace('\n', " "));
            ExitCode::FAILURE
        }
    }
}

fn generate() -> Result<(), String> {
    let text = fs::read_to_string(CATALOG).map_err(|error| error.to_string())?;
    let tables = catalog::compile(&text)?;
    let folder = env::var("OUT_DIR").map_err(|error| error.to_string())?;
    fs::write(Path::new(&folder).join("catalog.rs"), tables).map_err(|error| error.to_string())
}
