//! Compiles the files of `catalog` into Rust tables, so that no TOML parser ships.

mod catalog;

use std::{env, fs, path::Path, process::ExitCode};

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=catalog");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=src/media/formats.rs");
    match generate() {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            println!("cargo::error={}", reason.replace('\n', " "));
            ExitCode::FAILURE
        }
    }
}

fn generate() -> Result<(), String> {
    let read = |name: &str| {
        fs::read_to_string(format!("catalog/{name}.toml")).map_err(|error| error.to_string())
    };
    let tables = catalog::compile(read)?;
    let folder = env::var("OUT_DIR").map_err(|error| error.to_string())?;
    fs::write(Path::new(&folder).join("catalog.rs"), tables).map_err(|error| error.to_string())
}
