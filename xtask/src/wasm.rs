//! From a crate to a wasm binary with its JavaScript.

use crate::offline::integrity;
use crate::setup;
use crate::shell::{cargo, run};
use anyhow::{Context, Result, anyhow, bail};
use std::fs;
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

/// Builds the page, and leaves in `folder` the binary of what it loads later, with the script that does; the page's
/// first binary is still to be bound.
pub fn build_page(folder: &Path) -> Result<PathBuf> {
    const PACKAGE: &str = "tilewise-www";
    setup::wasm_target()?;
    run(cargo()
        .args(["rustc", "--profile", SMALL, "--target", TARGET])
        .args(["--package", PACKAGE, "--features", "split"])
        // Tells what is called from where, which is how the parts are found.
        .args(["--", "-Clink-arg=--emit-relocs"])
        .env(FLAGS, flags(&[ERASED])?))?;
    let target = target_folder().join(TARGET).join(SMALL);
    let whole = fs::read(target.join(PACKAGE).with_extension("wasm"))?;
    let first = target.join("first.wasm");
    let script = format!("./{PACKAGE}.js");
    let loader = "./split.js";
    let mut options = wasm_split_cli_support::Options::new(&whole);
    options.output_dir = folder;
    options.main_out_path = &first;
    options.main_module = &script;
    options.link_name = loader;
    let parts = wasm_split_cli_support::transform(options).map_err(|error| anyhow!(error))?;
    let loader = folder.join(loader);
    let mut loads = fs::read_to_string(&loader)?;
    for part in parts.split_modules {
        let bytes = without_custom_sections(&fs::read(&part)?)?;
        loads = only_these(&loads, &part, &bytes)?;
        fs::write(&part, bytes)?;
    }
    fs::write(loader, loads)?;
    Ok(first)
}

/// The loader with the part's hash: a part of another version, which the host has since, knows the memory of another
/// first binary.
fn only_these(loader: &str, part: &Path, bytes: &[u8]) -> Result<String> {
    let name = part.file_name().context("a part has no name")?;
    let address = format!("new URL(\"./{}\", import.meta.url)", name.display());
    if !loader.contains(&address) {
        bail!("the loader does not fetch {address}");
    }
    let hash = integrity(bytes);
    Ok(loader.replace(&address, &format!("{address}, {{ integrity: \"{hash}\" }}")))
}

/// Without names and what else runs nothing (WebAssembly Core Specification 2.0, 5.5.3).
fn without_custom_sections(wasm: &[u8]) -> Result<Vec<u8>> {
    let mut kept = wasm_encoder::Module::new();
    for payload in wasmparser::Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        if matches!(payload, wasmparser::Payload::CustomSection(_)) {
            continue;
        }
        if let Some((id, range)) = payload.as_section() {
            let (start, end) = (usize::try_from(range.start)?, usize::try_from(range.end)?);
            let data = wasm
                .get(start..end)
                .context("a section ends behind its file")?;
            kept.section(&wasm_encoder::RawSection { id, data });
        }
    }
    Ok(kept.finish())
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

/// What is asked of a script beyond calls into its binary.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Can go on with a fresh instance, as one that panicked is not to be called again.
    Renewable,
    /// Gives others what they need to work in the same memory.
    Shared,
}

/// The script's default export loads the binary it is given.
pub fn bind(wasm: &Path, manner: Manner) -> Result<Bindings> {
    let mut output = Bindgen::new()
        .input_path(wasm)
        .web(true)?
        .typescript(true)
        .omit_default_module_path(true)
        .reset_state_function(manner == Manner::Renewable)
        .keep_lld_exports(manner == Manner::Shared)
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
