//! The commands of the project: `cargo xtask demo`, `test`, `npm`, `site`, `bench` and those that maintain it.
//!
//! Each sets up what it needs, and says what it installs and where.

mod api;
mod bench;
mod browsers;
mod catalog;
mod compress;
mod direction;
mod headers;
mod media;
mod npm;
mod offline;
mod passed;
mod reproduce;
mod scale;
mod serve;
mod setup;
mod shell;
mod site;
mod size;
mod test;
mod wasm;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Parser)]
#[command(
    bin_name = "cargo xtask",
    about = "Builds, tests, measures and serves tilewise"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the page and serve it, with a local endpoint beside it
    Demo {
        /// Port of 127.0.0.1 to listen on; another free one is taken if it is in use
        #[arg(long, default_value_t = 8787)]
        port: u16,
    },
    /// Run every check but those that passed before on the same files
    Test(test::Options),
    /// Build the page and run its main flow in Firefox and WebKit
    Browsers,
    /// Build the npm package in target/npm, and its tarball in target
    Npm,
    /// Build the npm package in two other folders, and fail where the bytes differ
    Reproduce {
        /// A tarball that must have the same bytes
        tarball: Option<PathBuf>,
    },
    /// Build the page as a static site in dist
    Site {
        /// The URL at which it will lie, as https://example.com/tilewise/: chat programs then show its image beside a link
        #[arg(long)]
        address: Option<site::Address>,
    },
    /// Measure speed and sizes
    Bench {
        /// Measure only this
        #[arg(value_parser = ["page"])]
        only: Option<String>,
    },
    /// Prove that the command takes any number of files: a million names, killed runs, buckets; takes half an hour
    Scale,
    /// Measure what people download, and fail where it is over its ceiling
    Size {
        /// The file to write the sizes to, as JSON
        #[arg(default_value = "target/size.json")]
        report: PathBuf,
        /// An earlier report to compare with
        #[arg(long)]
        before: Option<PathBuf>,
    },
    /// Compare the catalogue with a public price list, and print what differs
    Catalog {
        /// The list of models.dev (api.json) or of LiteLLM (model_prices_and_context_window.json)
        #[arg(long)]
        from: PathBuf,
    },
    /// Generate the images and videos of tests/fixtures
    Fixtures,
    /// Generate the page's samples and icons
    Samples,
    /// Take the README's screenshots of the page
    Screenshots,
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let mut arguments = std::env::args_os();
    // Cargo calls this program to run tests in wasm; it passes its own arguments.
    if arguments
        .nth(1)
        .is_some_and(|argument| argument == wasm::TEST_RUNNER)
    {
        let program = std::env::args_os().next().unwrap_or_default();
        let rest = std::env::args_os().skip(2);
        let arguments = std::iter::once(program).chain(rest);
        return wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(arguments);
    }
    std::env::set_current_dir(root())?;
    match Cli::parse().command {
        Command::Demo { port } => serve::demo(port),
        Command::Test(options) => test::run(&options),
        Command::Browsers => browsers::build_and_run(),
        Command::Npm => {
            let tarball = npm::pack(&npm::build()?)?;
            println!("{}", tarball.display());
            Ok(())
        }
        Command::Reproduce { tarball } => reproduce::run_twice(tarball.as_deref()),
        Command::Site { address } => {
            let site = site::build_for(&npm::build()?, address.as_ref())?;
            shell::print_durations();
            println!("{}", site.display());
            Ok(())
        }
        Command::Size { report, before } => size::run(&report, before.as_deref()),
        Command::Scale => scale::run(),
        Command::Bench { only: None } => bench::run(),
        Command::Bench { only: Some(_) } => bench::page(&site::build(&npm::build()?)?),
        Command::Catalog { from } => catalog::compare(&from),
        Command::Fixtures => media::fixtures(),
        Command::Samples => media::samples(),
        Command::Screenshots => media::screenshots(),
    }
}

/// The folder of the workspace.
fn root() -> PathBuf {
    let xtask = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().map(PathBuf::from).unwrap_or(xtask)
}
