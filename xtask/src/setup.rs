//! What a machine with Rust, Node and npm still lacks.
//!
//! Packages of npm and Python stay in the folder of the project. Programs are Debian's: they are named before they are
//! installed, and on a terminal it asks. Where they are there already, apt is not needed.

use crate::shell::{find, npm, output, run};
use anyhow::{Context, Result, bail};
use std::io::{self, IsTerminal, Write};
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
    run(npm()
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

/// A program that this machine may lack, and the packages that bring it.
pub struct Tool {
    /// What it is called where it is missing.
    name: &'static str,
    is_there: fn() -> bool,
    /// Debian's package.
    apt: &'static str,
    /// Homebrew's formula or cask, untried.
    brew: &'static str,
    /// The id for winget, untried; empty where Windows has it, or nothing of the kind.
    winget: &'static str,
}

/// What `cargo xtask test` needs.
pub const FOR_TESTS: [Tool; 5] = [CHROMIUM, CHROMEDRIVER, PYTHON, LIBJPEG, CURL];

/// What `cargo xtask browsers` needs.
pub const FOR_OTHER_BROWSERS: [Tool; 4] = [
    Tool {
        name: "Firefox",
        is_there: || find_firefox().is_some(),
        apt: "firefox-esr",
        brew: "firefox",
        winget: "Mozilla.Firefox",
    },
    Tool {
        name: "WebKit's driver",
        is_there: || find(WEBKIT_DRIVER).is_some(),
        apt: "webkit2gtk-driver",
        brew: "",
        winget: "",
    },
    Tool {
        name: "Xvfb, a screen without a monitor",
        is_there: || find("xvfb-run").is_some(),
        apt: "xvfb",
        brew: "",
        winget: "",
    },
    Tool {
        name: "xauth, which Xvfb calls",
        is_there: || find("xauth").is_some(),
        apt: "xauth",
        brew: "",
        winget: "",
    },
];

const CHROMIUM: Tool = Tool {
    name: "Chromium, or its path in the variable CHROMIUM",
    is_there: || find_chromium().is_some(),
    apt: "chromium",
    brew: "chromium",
    winget: "Google.Chrome",
};

const CHROMEDRIVER: Tool = Tool {
    name: "Chromium's driver",
    is_there: || find("chromedriver").is_some(),
    apt: "chromium-driver",
    brew: "chromedriver",
    winget: "Chromium.ChromeDriver",
};

const PYTHON: Tool = Tool {
    name: "Python 3 with venv",
    is_there: || {
        let probe = Command::new(SYSTEM_PYTHON)
            .args(["-c", "import venv, ensurepip"])
            .output();
        probe.is_ok_and(|output| output.status.success())
    },
    apt: "python3 python3-venv",
    brew: "python",
    winget: "Python.Python.3.13",
};

const LIBJPEG: Tool = Tool {
    name: "libjpeg's programs",
    is_there: || {
        let programs = ["cjpeg", "djpeg", "jpegtran"];
        programs.iter().all(|program| find(program).is_some())
    },
    apt: "libjpeg-turbo-progs",
    brew: "jpeg-turbo",
    winget: "libjpeg-turbo.libjpeg-turbo.VC",
};

const CURL: Tool = Tool {
    name: "curl",
    is_there: || find("curl").is_some(),
    apt: "curl",
    brew: "curl",
    winget: "cURL.cURL",
};

const SYSTEM_PYTHON: &str = if cfg!(windows) { "python" } else { "python3" };

const WEBKIT_DRIVER: &str = "WebKitWebDriver";

/// A browser and the driver for it.
pub struct Browser {
    pub chromium: PathBuf,
    pub driver: PathBuf,
}

pub fn browser() -> Result<Browser> {
    require(&[CHROMIUM, CHROMEDRIVER])?;
    Ok(Browser {
        chromium: find_chromium().context("no Chromium was found")?,
        driver: find("chromedriver").context("no chromedriver was found")?,
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
    // Where macOS and Windows install browsers, which they do not put on the PATH.
    let usual = [
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    ];
    given
        .filter(|path| path.is_file())
        .or_else(|| names.iter().find_map(|name| find(name)))
        .or_else(|| usual.iter().map(PathBuf::from).find(|path| path.is_file()))
}

/// The two other engines, by what drives them.
pub struct OtherBrowsers {
    pub firefox: PathBuf,
    pub webkit_driver: PathBuf,
}

pub fn other_browsers() -> Result<OtherBrowsers> {
    require(&FOR_OTHER_BROWSERS)?;
    Ok(OtherBrowsers {
        firefox: find_firefox().context("no Firefox was found")?,
        webkit_driver: find(WEBKIT_DRIVER).context("no driver of WebKit was found")?,
    })
}

fn find_firefox() -> Option<PathBuf> {
    ["firefox-esr", "firefox"]
        .iter()
        .find_map(|name| find(name))
}

/// Python with the packages that the tests need.
pub fn python() -> Result<PathBuf> {
    python_with("tests/requirements.txt", "target/venv")
}

/// Python with the packages that generate `tests/fixtures`.
pub fn fixture_python() -> Result<PathBuf> {
    python_with("tests/fixtures/requirements.txt", "target/fixtures-venv")
}

/// Python with the programs that count tokens for `tests/fixtures/tokens`. They want another numpy than the makers.
pub fn token_python() -> Result<PathBuf> {
    python_with(
        "tests/fixtures/requirements-tokens.txt",
        "target/token-venv",
    )
}

/// Python with the tokenizers that count for `tests/fixtures/text`.
pub fn text_python() -> Result<PathBuf> {
    python_with("tests/fixtures/requirements-text.txt", "target/text-venv")
}

/// Python with these packages, in a virtual environment of its own.
fn python_with(requirements: &str, folder: &str) -> Result<PathBuf> {
    let wanted = std::fs::read(requirements)?;
    let venv = crate::root().join(folder);
    let python = venv.join(if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    });
    let stamp = venv.join(".tilewise-requirements");
    if std::fs::read(&stamp).is_ok_and(|installed| installed == wanted) && python.exists() {
        return Ok(python);
    }
    require(&[PYTHON])?;
    println!("installing Python packages into {folder}");
    run(Command::new(SYSTEM_PYTHON)
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

/// The programs that generate the files of `tests/fixtures` and read them back, on Debian.
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
    let (programs, mut packages): (Vec<_>, Vec<_>) = missing.copied().unzip();
    if programs.is_empty() {
        return Ok(());
    }
    packages.dedup();
    let missing = format!("{}: apt {}", programs.join(", "), packages.join(" "));
    install(&missing, &packages)
}

/// Installs the programs that are missing, after a question on a terminal. Where all are there, it asks nothing of the
/// system.
pub fn require(tools: &[Tool]) -> Result<()> {
    let missing: Vec<_> = tools.iter().filter(|tool| !(tool.is_there)()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let lines = missing.iter().map(|tool| tool.line());
    let packages: Vec<_> = missing
        .iter()
        .flat_map(|tool| tool.apt.split(' '))
        .collect();
    install(&lines.collect::<Vec<_>>().join("\n"), &packages)?;
    match missing.iter().find(|tool| !(tool.is_there)()) {
        Some(tool) => bail!("{} was installed, and is not found", tool.name),
        None => Ok(()),
    }
}

impl Tool {
    /// What to install for it, with each means.
    fn line(&self) -> String {
        let untried = [("brew", self.brew), ("winget", self.winget)];
        let untried = untried
            .iter()
            .filter(|(_, package)| !package.is_empty())
            .map(|(manager, package)| format!(", {manager} {package}"));
        format!(
            "{}: apt {}{}",
            self.name,
            self.apt,
            untried.collect::<String>()
        )
    }
}

/// Debian's packages, as root or by sudo.
fn install(missing: &str, packages: &[&str]) -> Result<()> {
    println!(
        "\nThis machine lacks, with the packages that bring it (those of brew and winget are untried):\n{missing}\n"
    );
    if find("apt-get").is_none() {
        bail!("install what is missing, and try again");
    }
    let is_root = output(Command::new("id").arg("-u"))?.trim() == "0";
    let program = if is_root { "apt-get" } else { "sudo apt-get" };
    let install = ["install", "--yes", "-qq", "--no-install-recommends"];
    let install = [&install[..], packages].concat();
    confirm(&format!("{program} {}", install.join(" ")))?;
    let apt = |arguments: &[&str]| {
        let mut words = program.split(' ');
        let mut command = Command::new(words.next().unwrap_or_default());
        run(command
            .args(words)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .args(arguments))
    };
    apt(&["update", "-qq"])?;
    apt(&install)
}

/// Asks before a command that changes the system; in CI and without a terminal it goes on.
fn confirm(command: &str) -> Result<()> {
    let in_ci = std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false");
    if in_ci || !io::stdin().is_terminal() {
        println!("in CI or without a terminal, so without a question: {command}");
        return Ok(());
    }
    print!("Run `{command}`? [y/N] ");
    io::stdout().flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    if !["y", "yes"].contains(&answer.trim().to_lowercase().as_str()) {
        bail!("install what is missing, and try again");
    }
    Ok(())
}
