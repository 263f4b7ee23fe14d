//! What a machine with Rust, Node and npm still lacks.

use crate::shell::{find, output, run};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// The standard library for wasm.
pub fn wasm_target() -> Result<()> {
    let sysroot = output(Command::new("rustc").args(["--print", "sysroot"]))?;
    let library = Path::new(sysroot.trim())
        .join("lib/rustlib")
        .join(WASM_TARGET);
    if library.exists() {
        return Ok(());
    }
    println!("installing the Rust target {WASM_TARGET} with rustup, into the toolchain");
    run(Command::new("rustup").args(["target", "add", WASM_TARGET]))
        .context("install the Rust target wasm32-unknown-unknown by hand: it comes with your Rust")
}

/// The locked packages of a folder with a package.json.
pub fn npm_packages(folder: &str) -> Result<()> {
    let folder = Path::new(folder);
    let lock = std::fs::read(folder.join("package-lock.json"))?;
    let stamp = folder.join("node_modules/.tilewise-lock");
    if std::fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    require_node()?;
    println!(
        "installing npm packages into {}/node_modules",
        folder.display()
    );
    run(Command::new("npm")
        .args(["ci", "--no-audit", "--no-fund", "--loglevel=error"])
        .current_dir(folder))?;
    std::fs::write(stamp, lock).map_err(Into::into)
}

fn require_node() -> Result<()> {
    const OLDEST: u32 = 20;
    let version =
        output(Command::new("node").arg("--version")).context("Node 20 or later is needed")?;
    let major = version
        .trim()
        .trim_start_matches('v')
        .split('.')
        .next()
        .unwrap_or_default();
    if major.parse::<u32>()? < OLDEST {
        bail!(
            "Node {OLDEST} or later is needed; this is {}",
            version.trim()
        );
    }
    Ok(())
}

/// A browser and, where there is one, the driver for it.
pub struct Browser {
    pub chromium: PathBuf,
    pub driver: PathBuf,
}

pub fn browser() -> Result<Browser> {
    if find_chromium().is_none() || find("chromedriver").is_none() {
        install("Chromium and its driver", &["chromium", "chromium-driver"])?;
    }
    Ok(Browser {
        chromium: find_chromium()
            .context("no Chromium was found: install it, or set CHROMIUM to its path")?,
        driver: find("chromedriver")
            .context("no chromedriver was found: install the one of your Chromium")?,
    })
}

fn find_chromium() -> Option<PathBuf> {
    let given = std::env::var_os("CHROMIUM").map(PathBuf::from);
    let names = [
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
    ];
    given
        .filter(|path| path.is_file())
        .or_else(|| names.iter().find_map(|name| find(name)))
}

/// The two other engines, with what drives them and what they draw on.
pub struct OtherBrowsers {
    pub firefox: PathBuf,
    pub webkit_driver: PathBuf,
}

pub fn other_browsers() -> Result<OtherBrowsers> {
    let find_firefox = || {
        ["firefox-esr", "firefox"]
            .iter()
            .find_map(|name| find(name))
    };
    let find_driver = || find("WebKitWebDriver");
    let packages = [
        (find_firefox(), "firefox-esr"),
        (find_driver(), "webkit2gtk-driver"),
        (find("xvfb-run"), "xvfb"),
        (find("xauth"), "xauth"),
    ];
    let missing = packages.iter().filter(|(found, _)| found.is_none());
    let missing: Vec<&str> = missing.map(|(_, package)| *package).collect();
    if !missing.is_empty() {
        install("other browsers, and a screen for them", &missing)?;
    }
    Ok(OtherBrowsers {
        firefox: find_firefox().context("no Firefox was found: install it")?,
        webkit_driver: find_driver()
            .context("no WebKitWebDriver was found: install the one of WebKitGTK")?,
    })
}

/// Python with what the tests need.
pub fn python() -> Result<PathBuf> {
    python_with("tests/requirements.txt", "target/venv")
}

/// Python with what the maker of `tests/fixtures` needs.
pub fn fixture_python() -> Result<PathBuf> {
    python_with("tests/fixtures/requirements.txt", "target/fixtures-venv")
}

/// Python with these packages, in a virtual environment of its own.
fn python_with(requirements: &str, folder: &str) -> Result<PathBuf> {
    let wanted = std::fs::read(requirements)?;
    let venv = crate::root().join(folder);
    let python = venv.join("bin/python");
    let stamp = venv.join(".tilewise-requirements");
    if std::fs::read(&stamp).is_ok_and(|installed| installed == wanted) && python.exists() {
        return Ok(python);
    }
    let can_make = |probe: &str| {
        let probe = Command::new("python3").args(["-c", probe]).output();
        probe.is_ok_and(|output| output.status.success())
    };
    if !can_make("import venv, ensurepip") {
        install("Python", &["python3", "python3-venv"])?;
    }
    println!("installing Python packages into {folder}");
    run(Command::new("python3")
        .args(["-m", "venv", "--clear"])
        .arg(&venv))?;
    run(Command::new(&python).args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--requirement",
        requirements,
    ]))?;
    std::fs::write(stamp, wanted)?;
    Ok(python)
}

/// The programs that make the files of `tests/fixtures` and read them back.
pub fn fixture_tools() -> Result<()> {
    const PROGRAMS: [(&str, &str); 16] = [
        ("avifdec", "libavif-bin"),
        ("avifenc", "libavif-bin"),
        ("cjpeg", "libjpeg-turbo-progs"),
        ("cjxl", "libjxl-tools"),
        ("jxlinfo", "libjxl-tools"),
        ("exiftool", "libimage-exiftool-perl"),
        ("ffmpeg", "ffmpeg"),
        ("heif-enc", "libheif-examples"),
        ("heif-info", "libheif-examples"),
        ("icotool", "icoutils"),
        ("identify", "imagemagick"),
        ("mediainfo", "mediainfo"),
        ("mkvmerge", "mkvtoolnix"),
        ("rsvg-convert", "librsvg2-bin"),
        ("tiffcp", "libtiff-tools"),
        ("tiffinfo", "libtiff-tools"),
    ];
    let missing = PROGRAMS.iter().filter(|(name, _)| find(name).is_none());
    let mut packages: Vec<&str> = missing.map(|(_, package)| *package).collect();
    packages.dedup();
    if packages.is_empty() {
        return Ok(());
    }
    install("what makes and reads the fixtures", &packages)
}

/// libjpeg's own programs, which JPEGs are made by and compared with.
pub fn jpeg_tools() -> Result<()> {
    if ["cjpeg", "djpeg", "jpegtran"]
        .iter()
        .any(|name| find(name).is_none())
    {
        install("libjpeg's programs", &["libjpeg-turbo-progs"])?;
    }
    Ok(())
}

pub fn curl() -> Result<()> {
    if find("curl").is_none() {
        install("curl", &["curl"])?;
    }
    Ok(())
}

/// Debian's packages, as root or by sudo.
fn install(what: &str, packages: &[&str]) -> Result<()> {
    if find("apt-get").is_none() {
        bail!("{what} is needed: install it, and try again");
    }
    println!("installing {what} with apt-get: {}", packages.join(" "));
    let root = output(Command::new("id").arg("-u"))?.trim() == "0";
    let apt = |arguments: &[&str]| {
        let mut command = match root {
            true => Command::new("apt-get"),
            false => {
                let mut sudo = Command::new("sudo");
                sudo.arg("apt-get");
                sudo
            }
        };
        command
            .env("DEBIAN_FRONTEND", "noninteractive")
            .args(arguments);
        run(&mut command)
    };
    apt(&["update", "-qq"])?;
    let arguments = ["install", "--yes", "-qq", "--no-install-recommends"];
    apt(&[&arguments[..], packages].concat())
}
