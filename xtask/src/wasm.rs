//! From a crate to a wasm binary with its JavaScript.

mod join;

pub use join::join;

use crate::offline::integrity;
use crate::setup;
use crate::shell::{cargo, run};
use anyhow::{Context, Result, anyhow, bail};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use wasm_bindgen_cli_support::Bindgen;

/// The hidden argument by which cargo calls this program to run tests in wasm.
pub const TEST_RUNNER: &str = "wasm-test-runner";

pub const TARGET: &str = "wasm32-unknown-unknown";

/// As small as it gets: for all but the codecs.
pub const SMALL: &str = "release";

/// Leptos, which alone knows this, then makes one kind of all components' views: the page has a twentieth less. The
/// package is built with it too, since other flags would build everything again.
const ERASED: &str = "--cfg=erase_components";

/// Tells the crates that they are split (`src/probe/readers.rs`, `www/src/lazy.rs`).
const SPLIT: &str = "--cfg=tilewise_split";

/// A program whose parts are loaded when they are first used.
pub struct Split {
    /// Still to be bound.
    pub first: PathBuf,
    /// What is loaded later, in the order of its files.
    pub later: Vec<Later>,
}

/// A binary that the first one loads.
pub struct Later {
    pub path: PathBuf,
    /// The parts that call it, by the names under `wasm_split`: what several parts share is a binary of its own.
    pub parts: BTreeSet<String>,
}

/// Builds a crate, and splits off what only functions under `wasm_split` call. Leaves the parts in `folder`, with the
/// script that loads them, which is called `loader`; `script` is that of the first binary. The compiler finds `told` in its
/// environment.
pub fn build_split(
    package: &str,
    folder: &Path,
    script: &str,
    loader: &str,
    told: &[(&str, String)],
) -> Result<Split> {
    setup::wasm_target()?;
    run(cargo()
        .args(["rustc", "--profile", SMALL, "--target", TARGET])
        .args(["--package", package])
        // Tells what is called from where, which is how the parts are found.
        .args(["--", "-Clink-arg=--emit-relocs"])
        .env(FLAGS, split_flags()?)
        .envs(told.iter().map(|(name, value)| (name, value))))?;
    let target = target_folder().join(TARGET).join(SMALL);
    let file = package.replace('-', "_");
    let whole = [package, &file]
        .map(|name| target.join(name).with_extension("wasm"))
        .into_iter()
        .find(|path| path.exists())
        .with_context(|| format!("{package} left no binary"))?;
    let whole = fs::read(whole)?;
    let first = target.join(format!("{file}-first.wasm"));
    let mut options = wasm_split_cli_support::Options::new(&whole);
    options.output_dir = folder;
    options.main_out_path = &first;
    options.main_module = script;
    options.link_name = loader;
    let split = wasm_split_cli_support::transform(options).map_err(|error| anyhow!(error))?;
    let mut later: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (part, files) in split.prefetch_map {
        for file in files {
            later.entry(file).or_default().insert(part.clone());
        }
    }
    let later = later.into_iter().map(|(file, parts)| Later {
        path: folder.join(file).with_extension("wasm"),
        parts,
    });
    Ok(Split {
        first,
        later: later.collect(),
    })
}

/// Builds the page, and leaves in `folder` the binaries of what it loads later, with the script that does; the page's
/// first binary is still to be bound.
///
/// `tokenizer` is how many bytes the tokenizer takes, which the page says before it loads that.
pub fn build_page(folder: &Path, tokenizer: usize) -> Result<PathBuf> {
    let loader = "./split.js";
    let told = [("TILEWISE_TOKENIZER_BYTES", tokenizer.to_string())];
    let split = build_split("tilewise-www", folder, "./tilewise-www.js", loader, &told)?;
    let loader = folder.join(loader);
    let mut loads = fs::read_to_string(&loader)?;
    for Later { path, .. } in split.later {
        let binary = join(&[fs::read(&path)?])?;
        loads = only_these(&loads, &path, &binary)?;
        fs::write(path, binary)?;
    }
    fs::write(loader, loads)?;
    Ok(split.first)
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

/// As fast as it gets, for the codecs.
pub const FAST: &str = "codecs";

/// Small, but for the tokenizer itself.
pub const TOKENIZER: &str = "tokenizer";

/// Builds a binary for vectors of 128 bits, which every browser since 2023 knows.
/// In a folder of its own, as other flags for the compiler would build everything again.
pub fn build_simd(profile: &str, arguments: &[&str], file: &str) -> Result<PathBuf> {
    let folder = target_folder().join(FAST);
    run(cargo()
        .args(["build", "--profile", profile, "--target", TARGET])
        .args(arguments)
        .arg("--target-dir")
        .arg(&folder)
        .env(FLAGS, flags(&["-Ctarget-feature=+simd128"])?))?;
    Ok(folder.join(TARGET).join(profile).join(file))
}

/// For programs that are split.
pub fn split_flags() -> Result<String> {
    flags(&[ERASED, SPLIT])
}

/// Flags for the compiler, with U+001F between them.
pub const FLAGS: &str = "CARGO_ENCODED_RUSTFLAGS";

/// Messages of panics name files. Those of libraries lie in a folder of this machine's, which is private, and without
/// which the same sources give the same bytes everywhere.
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
#[derive(Clone, Copy, Default)]
pub struct Manner {
    /// Can go on with a fresh instance, as one that panicked is not to be called again.
    pub is_renewable: bool,
    /// Gives others what they need to work in the same memory.
    pub is_shared: bool,
}

/// Where a function of the program that JavaScript calls by itself panics, nothing catches it: as an error that is not
/// handled it would end a program of Node. So `calls.js` is told, which tells all callers. What calls such a function
/// afterwards, such as a read that was under way, has no caller to tell.
fn with_caught_panics(script: &str) -> Result<String> {
    const CALL: &str = "...args);\n";
    const LATE: &str = "throw new Error('Cannot invoke closure from previous WASM instance');";
    const FINALLY: &str = "} finally {";
    if !script.contains("Closure(") {
        return Ok(script.to_owned());
    }
    let mut pieces = script.split(CALL);
    let mut caught = String::from("import { closureFailed } from \"./calls.js\";\n");
    caught += pieces.next().unwrap_or_default();
    for piece in pieces {
        let (call, behind) = piece
            .split_once(FINALLY)
            .filter(|(between, _)| between.trim().is_empty())
            .context("functions that JavaScript calls are called in another way")?;
        caught += CALL;
        caught += &format!("{call}}} catch (cause) {{ closureFailed(cause); {FINALLY}{behind}");
    }
    if !caught.contains(LATE) {
        bail!("functions of an earlier instance are met in another way");
    }
    Ok(caught.replace(LATE, "return;"))
}

/// A module of which several functions are imported stands there several times: here once.
fn without_twins(script: &str) -> String {
    let mut seen = HashSet::new();
    let is_first = |line: &&str| {
        let line = line.trim();
        let imported = line
            .strip_prefix("import * as import")
            .and_then(|rest| rest.split_once(" from "));
        let entry = line
            .strip_prefix('"')
            .and_then(|rest| rest.split_once(": import"));
        match (imported, entry) {
            (Some((_, module)), _) => seen.insert(format!("import {module}")),
            (_, Some((module, _))) => seen.insert(format!("entry {module}")),
            _ => true,
        }
    };
    let lines: Vec<_> = script.lines().filter(is_first).collect();
    lines.join("\n") + "\n"
}

/// With the functions of modules that lie beside a crate's sources (`src/web/pump.js`), which are one request less here
/// than in files of their own.
fn with_local_modules(script: &str, modules: &HashMap<String, String>) -> Result<String> {
    let mut script = script.to_owned();
    for (path, source) in modules {
        let import = script
            .lines()
            .find(|line| line.starts_with("import ") && line.contains(path.as_str()));
        let name = import
            .and_then(|line| line.strip_prefix("import * as "))
            .and_then(|rest| rest.split(' ').next());
        let (Some(import), Some(name)) = (import, name) else {
            bail!("{path} is imported in another way");
        };
        let functions: Vec<_> = source
            .lines()
            .filter(|line| line.starts_with("export "))
            .filter_map(|line| line.split('(').next()?.rsplit(' ').next())
            .collect();
        let local = source.replace("export ", "");
        let module = format!("{local}\nconst {name} = {{ {} }};", functions.join(", "));
        script = script.replace(import, &module);
    }
    Ok(script)
}

/// What wasm-bindgen puts before the names of the functions that a binary imports.
const GENERATED: &str = "__wbg_";

/// With other names for the functions that it gives to its binary.
fn with_names(script: &str, names: &HashMap<String, String>) -> String {
    let mut pieces = script.split(GENERATED);
    let mut renamed = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let end = piece.find(|letter: char| !letter.is_alphanumeric() && letter != '_');
        let (rest, behind) = piece.split_at(end.unwrap_or(piece.len()));
        let name = format!("{GENERATED}{rest}");
        renamed += names.get(&name).unwrap_or(&name);
        renamed += behind;
    }
    renamed
}

/// The script's default export loads the binary it is given.
pub fn bind(wasm: &Path, manner: Manner) -> Result<Bindings> {
    let mut output = Bindgen::new()
        .input_path(wasm)
        .web(true)?
        .typescript(true)
        .omit_default_module_path(true)
        .reset_state_function(manner.is_renewable)
        .keep_lld_exports(manner.is_shared)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate_output()
        .with_context(|| format!("cannot make bindings for {}", wasm.display()))?;
    let script = with_local_modules(&without_twins(output.js()), output.local_modules())?;
    // Each import ends in a hash, which nothing compresses: 3 KB of the page, in script and binary.
    let mut imports: HashMap<String, String> = HashMap::new();
    for import in output.wasm_mut().imports.iter_mut() {
        if import.name.starts_with(GENERATED) {
            let short = format!("_{}", imports.len());
            import.name = imports.entry(import.name.clone()).or_insert(short).clone();
        }
    }
    let script = with_names(&script, &imports);
    Ok(Bindings {
        script: if manner.is_renewable {
            with_caught_panics(&script)?
        } else {
            script
        },
        types: output.ts().unwrap_or_default().to_owned(),
        wasm: output.wasm_mut().emit_wasm(),
    })
}
