//! 500 JPEGs of every kind that libjpeg writes, each compared with the pixels that libjpeg reads back: sampling
//! factors, scripts of scans, restart intervals, odd sizes and kinds of colour.
//!
//! libjpeg's own programs make the files, in `target/jpegs`, from choices that are the same in every run.

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use std::fs;
use std::ops::Range;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use tilewise::catalog;
use tilewise::error::ErrorCode;
use tilewise::prepare::{Goal, OutputFormat, prepare};

const FILES: u64 = 500;

/// So many are decoded; any others may be refused, but never be wrong.
const LEAST_DECODED: usize = 490;

/// Levels, of 255, by which the pixels of one file may differ on average, and one channel of one pixel: what rounding
/// does, in the two steps from coefficients to colours. In these files, blocks that are eight pixels from their place
/// differ by 30 on average, and a colour that is lost by more.
const MOST_ON_AVERAGE: f64 = 1.0;
const MOST_ANYWHERE: u8 = 8;

#[test]
#[ignore = "needs cjpeg, djpeg and jpegtran, which `cargo xtask test` installs"]
fn jpegs_of_every_kind_have_the_pixels_that_libjpeg_reads() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/jpegs");
    fs::create_dir_all(&folder).unwrap();
    let workers = thread::available_parallelism().map_or(1, |count| count.get() as u64);
    let outcomes: Vec<Outcome> = thread::scope(|scope| {
        let threads: Vec<_> = (0..workers)
            .map(|worker| {
                let numbers = (worker..FILES).step_by(workers as usize);
                let folder = &folder;
                scope.spawn(move || numbers.map(|number| outcome(folder, number)).collect())
            })
            .collect();
        let outcomes = threads.into_iter().map(|thread| thread.join().unwrap());
        outcomes.collect::<Vec<Vec<_>>>().concat()
    });

    let mut decoded = 0;
    let mut refused = 0;
    let mut wrong = Vec::new();
    let (mut on_average, mut anywhere) = (0.0_f64, 0);
    for outcome in outcomes {
        match outcome {
            Outcome::Decoded(difference) if difference.is_small() => {
                decoded += 1;
                on_average = on_average.max(difference.on_average);
                anywhere = anywhere.max(difference.anywhere);
            }
            Outcome::Decoded(Difference {
                what,
                on_average,
                anywhere,
            }) => wrong.push(format!("{on_average:.2} {anywhere} {what}")),
            Outcome::Refused => refused += 1,
            Outcome::Failed(what) => wrong.push(what),
        }
    }
    println!(
        "{FILES} JPEGs: {decoded} decoded, {refused} refused, {} wrong; \
         at most {on_average:.2} levels from libjpeg on average, {anywhere} anywhere",
        wrong.len()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(decoded >= LEAST_DECODED, "{decoded} were decoded");
}

#[derive(Clone, Debug)]
enum Outcome {
    Decoded(Difference),
    Refused,
    Failed(String),
}

#[derive(Clone, Debug)]
struct Difference {
    what: String,
    on_average: f64,
    anywhere: u8,
}

impl Difference {
    fn is_small(&self) -> bool {
        self.on_average <= MOST_ON_AVERAGE && self.anywhere <= MOST_ANYWHERE
    }
}

fn outcome(folder: &Path, number: u64) -> Outcome {
    let case = Case::of(number);
    let path = case.make(folder);
    let expected = read_by_libjpeg(&path);
    let rules = catalog::models()[0].rules().unwrap();
    let goal = Goal {
        format: Some(OutputFormat::Png),
        ..Goal::default()
    };
    let file = fs::read(&path).unwrap();
    let Ok(prepared) = catch_unwind(|| prepare(file, &goal, &rules)) else {
        return Outcome::Failed(format!("panicked: {}", case.describe()));
    };
    match prepared {
        Ok(prepared) => {
            let decoded = image::load_from_memory(&prepared.file.unwrap()).unwrap();
            Outcome::Decoded(case.difference(&decoded.into_rgb8().into_raw(), &expected))
        }
        Err(error) if error.code() == ErrorCode::UnsupportedFormat => Outcome::Refused,
        Err(error) => Outcome::Failed(format!("{error}: {}", case.describe())),
    }
}

/// Three bytes a pixel.
fn read_by_libjpeg(path: &Path) -> Vec<u8> {
    let pixels = path.with_extension("pixels");
    run(Command::new("djpeg")
        .args(["-ppm", "-dct", "int", "-outfile"])
        .args([&pixels, path]));
    let pixmap = fs::read(pixels).unwrap();
    let mut lines = pixmap.splitn(4, |byte| *byte == b'\n');
    let is_grey = lines.next() == Some(b"P5");
    let samples = lines.nth(2).unwrap();
    if is_grey {
        samples.iter().flat_map(|grey| [*grey; 3]).collect()
    } else {
        samples.to_vec()
    }
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {complaint}");
}

/// One file.
struct Case {
    number: u64,
    kind: Kind,
    width: u32,
    height: u32,
    /// Of each component, across and down.
    factors: Vec<[u32; 2]>,
    /// As cjpeg takes it (libjpeg, wizard.txt); empty for one scan of everything.
    script: String,
    is_progressive: bool,
    /// As cjpeg takes it.
    restart: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Ycc,
    Rgb,
    Grey,
    Cmyk,
    Ycck,
}

impl Case {
    fn of(number: u64) -> Self {
        let mut dice = Dice(number);
        let kind = match dice.roll(0..20) {
            0 | 1 => Kind::Grey,
            2 | 3 => Kind::Rgb,
            4 => Kind::Cmyk,
            5 => Kind::Ycck,
            _ => Kind::Ycc,
        };
        let (width, height) = match dice.roll(0..4) {
            0 => (dice.roll(1..18) as u32, dice.roll(1..18) as u32),
            _ => (dice.roll(1..130) as u32, dice.roll(1..130) as u32),
        };
        let factors = factors(kind, &mut dice);
        // What one step of an interleaved scan takes is bounded (ITU-T T.81, B.2.3).
        let fits_together = factors.iter().map(|[h, v]| h * v).sum::<u32>() <= 10;
        let components = factors.len() as u64;
        let is_progressive = dice.roll(0..3) == 0;
        let script = match dice.roll(0..4) {
            0 if fits_together => String::new(),
            _ if is_progressive => progressive_script(&factors, &mut dice),
            _ if components == 1 => String::new(),
            _ => sequential_script(&factors, &mut dice),
        };
        let restart = match dice.roll(0..5) {
            0 => Some("1".to_owned()),
            1 => Some(format!("{}B", dice.roll(1..9))),
            _ => None,
        };
        Self {
            number,
            kind,
            width,
            height,
            factors,
            script,
            is_progressive,
            restart,
        }
    }

    fn describe(&self) -> String {
        let kind = match self.kind {
            Kind::Ycc => "YCbCr",
            Kind::Rgb => "RGB",
            Kind::Grey => "grey",
            Kind::Cmyk => "CMYK",
            Kind::Ycck => "YCCK",
        };
        format!(
            "{}.jpg: {kind}, {}×{}, factors {}, {}, restart {:?}, script {:?}",
            self.number,
            self.width,
            self.height,
            self.sample(),
            if self.is_progressive {
                "progressive"
            } else {
                "sequential"
            },
            self.restart,
            self.script
        )
    }

    fn sample(&self) -> String {
        let factors = self.factors.iter().map(|[h, v]| format!("{h}x{v}"));
        factors.collect::<Vec<_>>().join(",")
    }

    /// Leaves the file in the folder.
    fn make(&self, folder: &Path) -> PathBuf {
        let path = folder.join(format!("{}.jpg", self.number));
        let mut command = match self.kind {
            Kind::Cmyk | Kind::Ycck => {
                // cjpeg knows no inks; jpegtran arranges what is coded in other scans.
                let source = folder.join(format!("{}.inks", self.number));
                fs::write(&source, self.inks()).unwrap();
                let mut command = Command::new("jpegtran");
                command.arg("-outfile").arg(&path);
                self.arrange(&mut command, folder);
                command.arg(source);
                command
            }
            kind => {
                let source = folder.join(format!("{}.ppm", self.number));
                let mut pixmap = format!("P6\n{} {}\n255\n", self.width, self.height).into_bytes();
                pixmap.extend(self.pixels());
                fs::write(&source, pixmap).unwrap();
                let mut command = Command::new("cjpeg");
                command.args(["-quality", "90", "-sample", &self.sample()]);
                match kind {
                    Kind::Grey => command.arg("-grayscale"),
                    Kind::Rgb => command.arg("-rgb"),
                    _ => &mut command,
                };
                self.arrange(&mut command, folder);
                command.arg("-outfile").arg(&path).arg(source);
                command
            }
        };
        run(&mut command);
        path
    }

    fn arrange(&self, command: &mut Command, folder: &Path) {
        if self.is_progressive && self.script.is_empty() {
            command.arg("-progressive");
        }
        if !self.script.is_empty() {
            let script = folder.join(format!("{}.scans", self.number));
            fs::write(&script, &self.script).unwrap();
            command.arg("-scans").arg(script);
        }
        if let Some(restart) = &self.restart {
            command.args(["-restart", restart]);
        }
    }

    /// Waves, other ones in each channel: smooth, so that it matters little how a decoder spreads coarse
    /// colours, and never the same in two blocks.
    fn pixels(&self) -> Vec<u8> {
        self.waves(&[(0.06, 0.08, 0.0), (0.09, -0.05, 2.0), (-0.05, 0.07, 4.0)])
    }

    fn inks(&self) -> Vec<u8> {
        let pixels = self.waves(&[
            (0.06, 0.08, 0.0),
            (0.09, -0.05, 2.0),
            (-0.05, 0.07, 4.0),
            (0.04, 0.04, 1.0),
        ]);
        let mut file = Vec::new();
        let mut encoder = Encoder::new(&mut file, 90);
        encoder.set_sampling_factor(match self.factors[0] {
            [1, 1] => SamplingFactor::F_1_1,
            [2, 1] => SamplingFactor::F_2_1,
            [1, 2] => SamplingFactor::F_1_2,
            [2, 2] => SamplingFactor::F_2_2,
            [4, 1] => SamplingFactor::F_4_1,
            _ => SamplingFactor::F_1_4,
        });
        let colours = match self.kind {
            Kind::Cmyk => ColorType::Cmyk,
            _ => ColorType::CmykAsYcck,
        };
        encoder
            .encode(&pixels, self.width as u16, self.height as u16, colours)
            .unwrap();
        file
    }

    fn waves(&self, channels: &[(f64, f64, f64)]) -> Vec<u8> {
        let start = self.number as f64;
        let mut bytes = Vec::new();
        for y in 0..self.height {
            for x in 0..self.width {
                bytes.extend(channels.iter().map(|(across, down, phase)| {
                    let wave = f64::from(x) * across + f64::from(y) * down + phase + start;
                    (128.0 + 90.0 * wave.sin()).round() as u8
                }));
            }
        }
        bytes
    }

    fn difference(&self, decoded: &[u8], expected: &[u8]) -> Difference {
        assert_eq!(decoded.len(), expected.len(), "{}", self.describe());
        let differences = decoded
            .iter()
            .zip(expected)
            .map(|(one, other)| one.abs_diff(*other));
        let sum: u64 = differences.clone().map(u64::from).sum();
        Difference {
            what: self.describe(),
            on_average: sum as f64 / decoded.len() as f64,
            anywhere: differences.max().unwrap(),
        }
    }
}

/// Those that libjpeg writes and reads: each 1 to 4, and the largest a multiple of all others.
fn factors(kind: Kind, dice: &mut Dice) -> Vec<[u32; 2]> {
    const USUAL: [[[u32; 2]; 3]; 4] = [
        [[2, 2], [1, 1], [1, 1]],
        [[2, 1], [1, 1], [1, 1]],
        [[1, 2], [1, 1], [1, 1]],
        [[1, 1], [1, 1], [1, 1]],
    ];
    const OF_INKS: [[u32; 2]; 6] = [[1, 1], [2, 1], [1, 2], [2, 2], [4, 1], [1, 4]];
    let mut any = || [dice.roll(1..5) as u32, dice.roll(1..5) as u32];
    match kind {
        Kind::Grey => vec![any()],
        // All that the encoder knows: the first and the last component are fine.
        Kind::Cmyk | Kind::Ycck => {
            let fine = OF_INKS[dice.roll(0..6) as usize];
            vec![fine, [1, 1], [1, 1], fine]
        }
        Kind::Ycc | Kind::Rgb if dice.roll(0..4) == 0 => USUAL[dice.roll(0..4) as usize].to_vec(),
        Kind::Ycc | Kind::Rgb => loop {
            let mut any = || [dice.roll(1..5) as u32, dice.roll(1..5) as u32];
            let factors = vec![any(), any(), any()];
            let is_whole = |axis: usize| {
                let most = factors.iter().map(|factor| factor[axis]).max().unwrap();
                factors.iter().all(|factor| most % factor[axis] == 0)
            };
            if is_whole(0) && is_whole(1) {
                return factors;
            }
        },
    }
}

/// The components in groups of which each makes a scan.
fn groups(factors: &[[u32; 2]], dice: &mut Dice) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for component in 0..factors.len() {
        match groups.last_mut() {
            Some(group) if dice.roll(0..2) == 0 => group.push(component),
            _ => groups.push(vec![component]),
        }
    }
    let blocks = |group: &Vec<usize>| -> u32 {
        group
            .iter()
            .map(|component| factors[*component].iter().product::<u32>())
            .sum()
    };
    if groups
        .iter()
        .any(|group| group.len() > 1 && blocks(group) > 10)
    {
        groups = (0..factors.len())
            .map(|component| vec![component])
            .collect();
    }
    dice.shuffle(&mut groups);
    groups
}

fn names(group: &[usize]) -> String {
    group
        .iter()
        .map(usize::to_string)
        .collect::<Vec<_>>()
        .join(" ")
}

fn sequential_script(factors: &[[u32; 2]], dice: &mut Dice) -> String {
    let groups = groups(factors, dice);
    groups
        .iter()
        .map(|group| format!("{};\n", names(group)))
        .collect()
}

/// The lowest frequency first; then, of each component, bands of the others; each coarsely at first where the dice
/// say so (ITU-T T.81, G.1.1.1).
fn progressive_script(factors: &[[u32; 2]], dice: &mut Dice) -> String {
    let mut script = String::new();
    let mut scan = |components: &str, from: u64, to: u64, high: u64, low: u64| {
        script += &format!("{components}: {from}-{to}, {high}, {low};\n");
    };
    let fine = dice.roll(0..3);
    for group in groups(factors, dice) {
        scan(&names(&group), 0, 0, 0, fine);
    }
    let mut bands = Vec::new();
    for component in 0..factors.len() {
        let split = dice.roll(1..63);
        let low = dice.roll(0..3);
        bands.push((component, 1, split, low));
        bands.push((component, split + 1, 63, low));
    }
    dice.shuffle(&mut bands);
    for (component, from, to, low) in &bands {
        scan(&component.to_string(), *from, *to, 0, *low);
    }
    for high in (1..=fine).rev() {
        for group in groups(factors, dice) {
            scan(&names(&group), 0, 0, high, high - 1);
        }
    }
    for high in (1..3).rev() {
        for (component, from, to, low) in &bands {
            if *low >= high {
                scan(&component.to_string(), *from, *to, high, high - 1);
            }
        }
    }
    script
}

/// Numbers that look random and are the same in every run (SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, among: Range<u64>) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        among.start + (mixed ^ (mixed >> 31)) % (among.end - among.start)
    }

    fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            list.swap(last, self.roll(0..last as u64 + 1) as usize);
        }
    }
}
