//! From a crate to a wasm binary with its JavaScript.

use crate::setup;
use crate::shell::{cargo, run};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use wasm_bindgen_cli_support::Bindgen;

/// The hidden argument by which cargo calls this program to run tests in wasm.
pub const TEST_RUNNER: &str = "wasm-test-runner";

const TARGET: &str = "wasm32-unknown-unknown";

/// As small as it gets, but for the codecs.
pub const SMALL: &str = "release";
/// Small, and fast where a stream is read.
pub const STREAM: &str = "stream";

/// Leptos, which alone knows this, then makes one kind of all components' views: the page has a twentieth less. The
/// package is built with it too, since other flags would build everything anew each time.
const ERASED: &str = "--cfg=erase_components";

/// Builds with this profile of Cargo.toml.
pub fn build(profile: &str, arguments: &[&str], file: &str) -> Result<PathBuf> {
    setup::wasm_target()?;
    run(cargo()
        .args(["build", "--profile", profile, "--target", TARGET])
        .args(arguments)
        .env(FLAGS, flags(&[ERASED])?))?;
    Ok(target_folder().join(TARGET).join(profile).join(file))
}

/// Builds the binary of the codecs: fast, for vectors of 128 bits, which every browser since 2023 knows.
/// In a folder of its own, as other flags for the compiler would build everything anew each time.
pub fn build_codecs(arguments: &[&str], file: &str) -> Result<PathBuf> {
    const PROFILE: &str = "codecs";
    setup::wasm_target()?;
    let folder = target_folder().join(PROFILE);
    run(cargo()
        .args(["build", "--profile", PROFILE, "--target", TARGET])
        .args(arguments)
        .arg("--target-dir")
        .arg(&folder)
        .env(FLAGS, flags(&["-Ctarget-feature=+simd128"])?))?;
    Ok(folder.join(TARGET).join(PROFILE).join(file))
}

/// Flags for the compiler, with U+001F between them.
const FLAGS: &str = "CARGO_ENCODED_RUSTFLAGS";

/// Messages of panics name files. Those of libraries lie in a folder of this machine's, which nobody else should
/// see, and without which the same sources give the same bytes everywhere.
fn flags(more: &[&str]) -> Result<String> {
    let home = match std::env::var_os("CARGO_HOME") {
        Some(home) => PathBuf::from(home),
        None => std::env::home_dir()
            .context("this user has no home")?
            .join(".cargo"),
    };
    let mut flags: Vec<String> = more.iter().map(|&flag| flag.to_owned()).collect();
    // Of each registry there is one folder, and it is there, since this program has dependencies.
    for registry in std::fs::read_dir(home.join("registry/src"))? {
        let path = registry?.path();
        flags.push(format!("--remap-path-prefix={}=crates", path.display()));
    }
    flags.sort();
    Ok(flags.join("\u{1f}"))
}

fn target_folder() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from)
}

/// What is generated from a binary.
pub struct Bindings {
    /// The script; its default export loads the binary it is given.
    pub script: String,
    pub types: String,
    pub wasm: Vec<u8>,
}

/// With `can_reset` the script can go on with a fresh instance, as one that panicked is not to be called
/// again.
pub fn bind(wasm: &Path, can_reset: bool) -> Result<Bindings> {
    let mut output = Bindgen::new()
        .input_path(wasm)
        .web(true)?
        .typescript(true)
        .omit_default_module_path(true)
        .reset_state_function(can_reset)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate_output()
        .with_context(|| format!("cannot make bindings for {}", wasm.display()))?;
    Ok(Bindings {
        script: output.js().to_owned(),
        types: output.ts().unwrap_or_default().to_owned(),
        wasm: output.wasm_mut().emit_wasm(),
    })
}
