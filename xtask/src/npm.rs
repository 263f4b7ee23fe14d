//! The npm package.

use crate::shell::{cargo, npm, output, run, step};
use crate::wasm::{Later, Manner};
use crate::{setup, wasm};
use anyhow::{Context, Result, anyhow};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

/// Where the package is left.
pub const FOLDER: &str = "target/npm";

/// Where the parts of its program are left, with a script that the package does without: it has its own ways of finding
/// binaries (`npm/src/parts.ts`).
const SPLIT: &str = "target/npm-parts";

const PACKAGE: &str = "tilewise-npm";

/// Which parts load a file, as `npm/src/parts.ts` does. The splitter makes a binary for each set of parts that call the same
/// functions; each goes into the first of these files that all of its parts load.
const PARTS: [(&str, &[&str]); 4] = [
    ("formats", &["formats"]),
    ("counting", &["counting"]),
    ("network", &["network", "counting"]),
    ("shared", &["formats", "network", "counting"]),
];

/// Where the scripts are left by Rolldown.
const SCRIPTS: &str = "target/npm-scripts";

const COMMAND: &str = "cli.js";

/// Leaves the package in `target/npm` and gives that folder.
pub fn build() -> Result<PathBuf> {
    step("npm package");
    setup::npm_packages("npm")?;
    setup::wasm_target()?;
    let renewable = Manner {
        is_renewable: true,
        ..Manner::default()
    };
    let split = Path::new(SPLIT);
    if split.exists() {
        fs::remove_dir_all(split)?;
    }
    // Each program ends in minutes of one thread that links it; the others lie in a folder of their own, so cargo builds them
    // at the same time.
    let (main, others) = thread::scope(|scope| {
        let others = scope.spawn(|| -> Result<_> {
            let codecs = build_other(wasm::FAST, "prepare")?;
            Ok((codecs, build_other(wasm::TOKENIZER, "text")?))
        });
        let main = wasm::build_split(PACKAGE, split, "./binding.js", "./parts.js", &[]);
        (main, others.join())
    });
    let main = main?;
    let (codecs, text) = others.map_err(|_| anyhow!("a build panicked"))??;
    let core = wasm::bind(
        &main.first,
        Manner {
            is_shared: true,
            ..renewable
        },
    )?;
    let codecs = wasm::bind(&codecs, renewable)?;
    let text = wasm::bind(&text, renewable)?;
    let text_bytes = text.wasm.len();

    let folder = Path::new(FOLDER);
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    // First: it says that the scripts beside it are modules.
    write_manifest(folder)?;
    for (binary, script, bindings) in [
        ("tilewise", "binding", core),
        ("prepare", "prepare-binding", codecs),
        ("text", "text-binding", text),
    ] {
        fs::write(folder.join(format!("{binary}.wasm")), bindings.wasm)?;
        fs::write(folder.join(format!("{script}.js")), bindings.script)?;
        fs::write(folder.join(format!("{script}.d.ts")), bindings.types)?;
    }
    write_parts(&main.later, folder)?;
    run(Command::new("node").args(["npm/node_modules/typescript/bin/tsc", "--project", "npm"]))?;
    bundle_command()?;
    bundle_entries(folder, text_bytes)?;
    for types in [
        "tilewise.d.ts",
        "tilewise-prepare.d.ts",
        "tilewise-fetch.d.ts",
        "tilewise-text.d.ts",
    ] {
        fs::copy(Path::new("npm/src").join(types), folder.join(types))?;
    }
    fs::copy("README.md", folder.join("README.md"))?;
    // For who wants to see a figure before anything else: the one of the page's samples that has a fault.
    fs::copy("www/public/samples/phone.jpg", folder.join("sample.jpg"))?;
    for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
        fs::copy(licence, folder.join(licence))?;
    }
    let vocabulary = crate_folder("splintr-vocab-kimi")?;
    fs::copy(vocabulary.join("LICENSE"), folder.join("LICENSE-KIMI"))?;
    Ok(folder.to_owned())
}

/// The binary of a feature other than that of the main entry.
fn build_other(profile: &str, feature: &str) -> Result<PathBuf> {
    wasm::build_simd(
        profile,
        &[
            "--package",
            PACKAGE,
            "--no-default-features",
            "--features",
            feature,
        ],
        "tilewise_npm.wasm",
    )
}

/// The files of what is loaded later.
fn write_parts(later: &[Later], folder: &Path) -> Result<()> {
    let mut files: BTreeMap<&str, Vec<Vec<u8>>> = BTreeMap::new();
    for Later { path, parts } in later {
        let has_all = |loaded_by: &[&str]| parts.iter().all(|part| loaded_by.contains(&&**part));
        let mut having_all = PARTS.iter().filter(|(_, parts)| has_all(parts));
        let (file, _) = having_all
            .next()
            .with_context(|| format!("no file is loaded by each of {parts:?}"))?;
        files.entry(file).or_default().push(fs::read(path)?);
    }
    for (file, binaries) in files {
        let joined = wasm::join(&binaries).with_context(|| format!("{file}.wasm"))?;
        fs::write(folder.join(file).with_extension("wasm"), joined)?;
    }
    Ok(())
}

/// The command is one file, with the libraries that expand its patterns and measure its lines: the package
/// depends on no other.
fn bundle_command() -> Result<()> {
    let command = format!("{FOLDER}/cli");
    run(esbuild()
        .args(["--bundle", "--platform=node", "--format=esm", "--target=node20"])
        .args(["--external:../node.js", "--external:../prepare-node.js"])
        .args(["--log-level=warning", "--log-override:require-resolve-not-external=silent"])
        .arg("--banner:js=import { createRequire as requireBeside } from \"node:module\"; const require = requireBeside(import.meta.url);")
        .arg("--minify")
        .arg(format!("--outfile={FOLDER}/{COMMAND}"))
        .arg(format!("{command}/main.js"))
        .env("NODE_PATH", "npm/node_modules"))?;
    fs::remove_dir_all(command)?;
    let bundle = Path::new(FOLDER).join(COMMAND);
    // Where the bundle lies, the entries lie beside it.
    let script = fs::read_to_string(&bundle)?
        .replace("\"../node.js\"", "\"./node.js\"")
        .replace("\"../prepare-node.js\"", "\"./prepare-node.js\"");
    fs::write(bundle, script)?;
    let mut licences = String::new();
    for (library, licence) in [
        ("tinyglobby", "LICENSE"),
        ("fdir", "LICENSE"),
        ("picomatch", "LICENSE"),
        ("string-width", "license"),
        ("strip-ansi", "license"),
        ("ansi-regex", "license"),
        ("get-east-asian-width", "license"),
        ("wrap-ansi", "license"),
        ("ansi-styles", "license"),
    ] {
        let text = fs::read_to_string(format!("npm/node_modules/{library}/{licence}"))
            .with_context(|| format!("{library} has no licence"))?;
        licences += &format!("{library}, which is part of cli.js:\n\n{}\n\n", text.trim());
    }
    fs::write(Path::new(FOLDER).join("cli-licences.txt"), licences)?;
    Ok(())
}

/// That of the package's own tools, which are installed by now.
pub fn esbuild() -> Command {
    Command::new("npm/node_modules/.bin/esbuild")
}

/// Where the sources of a dependency lie.
fn crate_folder(name: &str) -> Result<PathBuf> {
    let report = output(cargo().args([
        "metadata",
        "--locked",
        "--features=text",
        "--format-version=1",
    ]))?;
    let report: Value = serde_json::from_str(&report)?;
    let packages = report.get("packages").and_then(Value::as_array);
    let is_it = |package: &&Value| package.get("name").and_then(Value::as_str) == Some(name);
    let manifest = packages
        .into_iter()
        .flatten()
        .find(is_it)
        .and_then(|package| package.get("manifest_path")?.as_str())
        .with_context(|| format!("{name} is no dependency"))?;
    let folder = Path::new(manifest).parent();
    Ok(folder.context("a manifest lies in no folder")?.to_owned())
}

/// The scripts that others import, in place of the modules that they are made of (`npm/rolldown.config.js`).
fn bundle_entries(folder: &Path, text_bytes: usize) -> Result<()> {
    run(
        Command::new("npm/node_modules/.bin/rolldown").args(["--config", "npm/rolldown.config.js"])
    )?;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_script = path.extension().is_some_and(|extension| extension == "js");
        if is_script && !path.ends_with(COMMAND) {
            fs::remove_file(path)?;
        }
    }
    let scripts: Vec<_> = fs::read_dir(SCRIPTS)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    // By Rolldown, the names of binaries would stand in backquotes, where not every bundler looks for them.
    run(esbuild()
        .args(["--format=esm", "--minify", "--log-level=warning"])
        .arg(format!("--define:TEXT_WASM_BYTES={text_bytes}"))
        .arg(format!("--outdir={FOLDER}"))
        .args(scripts))
}

/// The version and the repository come from Cargo.toml; what only the build needs stays here. By npm's own editor,
/// which keeps the order of the keys: of the conditions in `exports`, the first that holds wins.
fn write_manifest(folder: &Path) -> Result<()> {
    fs::copy("npm/package.json", folder.join("package.json"))?;
    let edit = |arguments: &[&str]| {
        run(npm()
            .arg("pkg")
            .args(arguments)
            .arg("--loglevel=error")
            .current_dir(folder))
    };
    edit(&["set", &format!("version={}", env!("CARGO_PKG_VERSION"))])?;
    if let Some(repository) = repository()? {
        edit(&[
            "set",
            "repository.type=git",
            &format!("repository.url=git+{repository}.git"),
            &format!("homepage={repository}#readme"),
            &format!("bugs.url={repository}/issues"),
        ])?;
    }
    edit(&["delete", "devDependencies"])
}

/// The address of the sources, as the crate gives it; none before it has one.
fn repository() -> Result<Option<String>> {
    let report = output(cargo().args(["metadata", "--no-deps", "--locked", "--format-version=1"]))?;
    let report: Value = serde_json::from_str(&report)?;
    let packages = report.get("packages").and_then(Value::as_array);
    let address = packages
        .into_iter()
        .flatten()
        .find(|package| package.get("name").and_then(Value::as_str) == Some("tilewise"))
        .and_then(|package| package.get("repository")?.as_str());
    Ok(address.map(|address| address.trim_end_matches('/').to_owned()))
}

/// The tarball of a package that is built.
pub fn pack(folder: &Path) -> Result<PathBuf> {
    let report = output(
        npm()
            .args([
                "pack",
                "--json",
                "--loglevel=error",
                "--pack-destination",
                "..",
            ])
            .current_dir(folder),
    )?;
    let report: Value = serde_json::from_str(&report)?;
    let packed = report
        .get(0)
        .or_else(|| report.as_object()?.values().next());
    let name = packed
        .and_then(|packed| packed.get("filename")?.as_str())
        .context("npm pack named no file")?;
    Ok(crate::root().join("target").join(name))
}
