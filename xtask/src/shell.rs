//! Runs other programs, says which step they belong to, and how long each step took.

use anyhow::{Context, Result, bail};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

static STEPS: Mutex<Vec<Step>> = Mutex::new(Vec::new());

/// A part of a command's work; it lasts until the next one begins.
struct Step {
    title: String,
    began: Instant,
}

/// Begins a step, and says so.
pub fn step(title: &str) {
    println!("\n── {title}");
    begun().push(Step {
        title: title.to_owned(),
        began: Instant::now(),
    });
}

/// Prints how long each step took, as the last one has ended, and gives their number.
pub fn print_durations() -> usize {
    let steps = begun();
    let ends = steps.iter().skip(1).map(|step| step.began);
    let ends = ends.chain([Instant::now()]);
    println!("\nSeconds  Step");
    let mut whole = Duration::ZERO;
    for (step, end) in steps.iter().zip(ends) {
        let duration = end.duration_since(step.began);
        println!("{:7.1}  {}", duration.as_secs_f64(), step.title);
        whole += duration;
    }
    println!("{:7.1}  together", whole.as_secs_f64());
    steps.len()
}

fn begun() -> MutexGuard<'static, Vec<Step>> {
    STEPS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs a program to its end; an error if it fails.
pub fn run(command: &mut Command) -> Result<()> {
    let shown = show(command);
    let status = command
        .status()
        .with_context(|| format!("cannot start {shown}"))?;
    if !status.success() {
        bail!("{shown} ended with {status}");
    }
    Ok(())
}

/// A program that runs beside other steps; what it prints is shown once it has ended.
pub struct Beside {
    shown: String,
    child: Child,
    printed: PathBuf,
}

impl Beside {
    /// Starts a program whose output is kept in this file.
    pub fn start(command: &mut Command, printed: &Path) -> Result<Self> {
        let shown = show(command);
        if let Some(folder) = printed.parent() {
            fs::create_dir_all(folder)?;
        }
        let file = File::create(printed).with_context(|| printed.display().to_string())?;
        let child = command
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn()
            .with_context(|| format!("cannot start {shown}"))?;
        Ok(Self {
            shown,
            child,
            printed: printed.to_owned(),
        })
    }

    /// Waits for its end; an error if it fails.
    pub fn finish(mut self) -> Result<()> {
        let status = self.child.wait()?;
        io::stdout().write_all(&fs::read(&self.printed)?)?;
        if !status.success() {
            bail!("{} ended with {status}", self.shown);
        }
        Ok(())
    }
}

impl Drop for Beside {
    /// Where another step has failed, its result is of no use.
    fn drop(&mut self) {
        // It has no effect on a program that has ended.
        let _ = self.child.kill();
    }
}

/// What a program prints; an error if it fails.
pub fn output(command: &mut Command) -> Result<String> {
    let shown = show(command);
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start {shown}"))?;
    if !output.status.success() {
        bail!("{shown} ended with {}", output.status);
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

pub fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

pub fn npm() -> Command {
    Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" })
}

/// The program of this name on the PATH.
pub fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .flat_map(|folder| [folder.join(program), folder.join(format!("{program}.exe"))])
        .find(|candidate| candidate.is_file())
}

fn show(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}
