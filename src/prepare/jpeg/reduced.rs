//! An image that becomes much smaller anyway, decoded at a half or a quarter of its size. Of each block only
//! the low frequencies become samples, and components that are stored more coarsely become as large as the others without
//! being spread (libjpeg, jdmaster.c, does it like that). So most of the work and of the memory of a photograph never arises.

use super::frame::{Colours, Frame, Survey};
use super::samples::{Quantiser, paint};
use super::scan::{Block, Coder, Plane};
use super::tables::Tables;
use super::{SOS, Segments, thorough};
use crate::media::Size;
use std::ops::{Add, Mul, Sub};

/// By how much sides are divided, and of images how many times as large as what is needed. The fewer frequencies are left,
/// the more do the edges of blocks show; what is left beyond what is needed is for the resizer to hide them.
const DIVISORS: [(u64, f64); 2] = [(4, 10.0), (2, 3.5)];

/// By how much the sides of an image may be divided that is scaled down to `needed`; `None` where they may not.
pub(super) fn divisor(size: Size, needed: Size) -> Option<usize> {
    let is_enough = |side: u64, needed: u64, times: f64| side as f64 >= needed as f64 * times;
    let (divisor, _) = DIVISORS.into_iter().find(|(_, times)| {
        is_enough(size.width, needed.width, *times) && is_enough(size.height, needed.height, *times)
    })?;
    usize::try_from(divisor).ok()
}

/// Pixels of four bytes: opaque ones, or the inks as they are stored; of each side as many as there are, divided and
/// rounded up. `None` for damage, and for rare sampling factors: only a decoder of the whole image tells what is wrong.
pub(super) fn decode(
    file: &[u8],
    survey: &Survey,
    colours: Colours,
    divisor: usize,
) -> Option<Vec<u8>> {
    let frame = &survey.frame;
    let mut canvas = Canvas::new(frame, colours, divisor)?;
    if survey.is_in_one_scan() {
        in_one_scan(file, frame, &mut canvas)?;
    } else {
        let coefficients = thorough::read(file, frame).ok()?;
        let quantisers = coefficients.quantisers.iter();
        let steps: Option<Vec<_>> = quantisers
            .map(|quantiser| Some(dequantised(quantiser.as_ref()?)))
            .collect();
        let steps = steps?;
        for row in 0..frame.steps().1 {
            for ((index, plane), steps) in coefficients.planes.iter().enumerate().zip(&steps) {
                let length = plane.stride * plane.down;
                let blocks = plane.blocks.get(row * length..)?.get(..length)?;
                canvas.reduce(index, plane.stride, blocks, steps)?;
            }
            canvas.paint();
        }
    }
    Some(canvas.pixels.into_flattened())
}

/// Row by row: no more coefficients than those of a row are there at a time.
fn in_one_scan(file: &[u8], frame: &Frame, canvas: &mut Canvas) -> Option<()> {
    let mut tables = Tables::default();
    for segment in Segments::new(file) {
        tables.set(&segment).ok()?;
        if segment.marker != SOS {
            continue;
        }
        let scan = frame.scan(segment.content)?;
        let components = frame.components.iter();
        let mut planes: Vec<_> = components
            .map(|component| Plane::new(frame, component, 1))
            .collect();
        let quantisers = 0..planes.len();
        let steps: Option<Vec<_>> = quantisers
            .map(|component| Some(dequantised(&tables.quantiser(frame, component)?)))
            .collect();
        let steps = steps?;
        let mut coder = Coder::new(&scan, segment.data, frame.is_progressive, tables.restart);
        let mut members = tables.members(&scan, &mut planes);
        let (wide, high) = frame.steps();
        for _ in 0..high {
            coder.row(0, wide, &mut members)?;
            for ((index, member), steps) in members.iter_mut().enumerate().zip(&steps) {
                let plane = &mut *member.plane;
                canvas.reduce(index, plane.stride, &plane.blocks, steps)?;
                plane.blocks.fill([0; 64]);
            }
            canvas.paint();
        }
    }
    Some(())
}

/// What each coefficient of a block is multiplied by. Both passes of the transform multiply by √8; this takes it back.
type Steps = [f32; 64];

fn dequantised(quantiser: &Quantiser) -> Steps {
    quantiser.map(|step| f32::from(step) / 8.0)
}

/// The image, and the samples of a row of steps of which it is painted next.
struct Canvas {
    colours: Colours,
    width: usize,
    /// Samples in a row of any component: whole blocks.
    stride: usize,
    components: Vec<Component>,
    pixels: Vec<[u8; 4]>,
    /// Rows that are painted.
    painted: usize,
}

struct Component {
    reduce: Reduce,
    /// Rows of samples of a block.
    high: usize,
    samples: Vec<u8>,
}

/// A row of blocks to rows of samples.
type Reduce = fn(&[Block], &Steps, &mut [u8], usize);

impl Canvas {
    fn new(frame: &Frame, colours: Colours, divisor: usize) -> Option<Self> {
        let (finest_across, finest_down) = frame.finest();
        let (wide, _) = frame.steps();
        let stride = wide * 8 * finest_across / divisor;
        let rows = 8 * finest_down / divisor;
        let components = frame.components.iter().map(|component| {
            let high = 8 * finest_down / component.down / divisor;
            Some(Component {
                reduce: reduction(8 * finest_across / component.across / divisor, high)?,
                high,
                samples: vec![0; stride * rows],
            })
        });
        let (width, height) = (
            frame.width.div_ceil(divisor),
            frame.height.div_ceil(divisor),
        );
        Some(Self {
            colours,
            width,
            stride,
            components: components.collect::<Option<_>>()?,
            pixels: vec![[u8::MAX; 4]; width * height],
            painted: 0,
        })
    }

    /// The samples of a component in this row of steps, of which so many blocks make a row.
    fn reduce(&mut self, index: usize, wide: usize, blocks: &[Block], steps: &Steps) -> Option<()> {
        let component = self.components.get_mut(index)?;
        let rows = component
            .samples
            .chunks_exact_mut(self.stride * component.high);
        for (blocks, rows) in blocks.chunks_exact(wide).zip(rows) {
            (component.reduce)(blocks, steps, rows, self.stride);
        }
        Some(())
    }

    fn paint(&mut self) {
        let mut components: Vec<_> = self
            .components
            .iter()
            .map(|component| component.samples.chunks_exact(self.stride))
            .collect();
        let left = self.pixels.chunks_exact_mut(self.width).skip(self.painted);
        for pixels in left {
            let rows: Option<Vec<_>> = components.iter_mut().map(Iterator::next).collect();
            let Some(rows) = rows else { return };
            paint(&rows, self.colours, pixels);
            self.painted += 1;
        }
    }
}

/// To blocks of so many samples, across and down: those of components that are as fine as the finest, or half as fine one
/// way or both.
fn reduction(wide: usize, high: usize) -> Option<Reduce> {
    Some(match (wide, high) {
        (2, 2) => reduce::<2, 2>,
        (4, 2) => reduce::<4, 2>,
        (2, 4) => reduce::<2, 4>,
        (4, 4) => reduce::<4, 4>,
        (8, 4) => reduce::<8, 4>,
        (4, 8) => reduce::<4, 8>,
        (8, 8) => reduce::<8, 8>,
        _ => return None,
    })
}

fn reduce<const W: usize, const H: usize>(
    blocks: &[Block],
    steps: &Steps,
    samples: &mut [u8],
    stride: usize,
) where
    [Lanes<W>; H]: Inverse,
    [Lanes<H>; W]: Inverse,
{
    let mut rows = samples.chunks_exact_mut(stride);
    let mut rows: [&mut [[u8; W]]; H] = std::array::from_fn(|_| {
        let row = rows.next().unwrap_or_default();
        row.as_chunks_mut().0
    });
    for (column, block) in blocks.iter().enumerate() {
        let block = inverse_dct::<W, H>(block, steps);
        for (row, samples) in rows.iter_mut().zip(block) {
            if let Some(place) = row.get_mut(column) {
                *place = samples;
            }
        }
    }
}

/// The lowest frequencies of a block, as samples.
fn inverse_dct<const W: usize, const H: usize>(block: &Block, steps: &Steps) -> [[u8; W]; H]
where
    [Lanes<W>; H]: Inverse,
    [Lanes<H>; W]: Inverse,
{
    let mut values = [Lanes([0.0; W]); H];
    let rows = block
        .as_chunks::<8>()
        .0
        .iter()
        .zip(steps.as_chunks::<8>().0);
    for (values, (coefficients, steps)) in values.iter_mut().zip(rows) {
        let row = coefficients.iter().zip(steps);
        for (value, (coefficient, step)) in values.0.iter_mut().zip(row) {
            *value = f32::from(*coefficient) * step;
        }
    }
    let columns = transposed(values.inverse()).inverse();
    transposed(columns).map(|row| row.0.map(to_sample))
}

/// The nearest whole number from 0 to 255.
fn to_sample(value: f32) -> u8 {
    /// Beside it, a number has no place for a fraction, so that its lowest bits are what is wanted: a cast, which looks
    /// for numbers that have no place in a byte, is not done for several at a time.
    const WHOLE: f32 = 12_582_912.0;
    ((value + 128.0).clamp(0.0, 255.0) + WHOLE).to_bits() as u8
}

fn transposed<const W: usize, const H: usize>(rows: [Lanes<W>; H]) -> [Lanes<H>; W] {
    let mut columns = [Lanes([0.0; H]); W];
    for (y, row) in rows.iter().enumerate() {
        for (column, value) in columns.iter_mut().zip(row.0) {
            if let Some(place) = column.0.get_mut(y) {
                *place = value;
            }
        }
    }
    columns
}

/// Numbers with which the same is done at a time.
#[derive(Clone, Copy)]
struct Lanes<const N: usize>([f32; N]);

impl<const N: usize> Add for Lanes<N> {
    type Output = Self;

    fn add(mut self, other: Self) -> Self {
        for (one, other) in self.0.iter_mut().zip(other.0) {
            *one += other;
        }
        self
    }
}

impl<const N: usize> Sub for Lanes<N> {
    type Output = Self;

    fn sub(mut self, other: Self) -> Self {
        for (one, other) in self.0.iter_mut().zip(other.0) {
            *one -= other;
        }
        self
    }
}

impl<const N: usize> Mul<f32> for Lanes<N> {
    type Output = Self;

    fn mul(mut self, factor: f32) -> Self {
        for one in &mut self.0 {
            *one *= factor;
        }
        self
    }
}

/// From frequencies to as many samples, √8 times as large as they are: `F(0) + √2 Σ F(k) cos((2n + 1) kπ / 2N)`
/// (ITU-T T.81, A.3.3). The even frequencies are those of half as many samples.
trait Inverse {
    fn inverse(self) -> Self;
}

impl<const N: usize> Inverse for [Lanes<N>; 2] {
    fn inverse(self) -> Self {
        let [a, b] = self;
        [a + b, a - b]
    }
}

/// √2 cos(kπ / 16).
const C1: f32 = 1.387_039_8;
const C2: f32 = 1.306_563;
const C3: f32 = 1.175_875_6;
const C5: f32 = 0.785_694_96;
const C6: f32 = 0.541_196_1;
const C7: f32 = 0.275_899_38;

impl<const N: usize> Inverse for [Lanes<N>; 4] {
    fn inverse(self) -> Self {
        let [a, b, c, d] = self;
        let [even_0, even_1] = [a, c].inverse();
        let odd_0 = b * C2 + d * C6;
        let odd_1 = b * C6 - d * C2;
        [
            even_0 + odd_0,
            even_1 + odd_1,
            even_1 - odd_1,
            even_0 - odd_0,
        ]
    }
}

impl<const N: usize> Inverse for [Lanes<N>; 8] {
    fn inverse(self) -> Self {
        let [a, b, c, d, e, f, g, h] = self;
        let [even_0, even_1, even_2, even_3] = [a, c, e, g].inverse();
        let odd_0 = b * C1 + d * C3 + f * C5 + h * C7;
        let odd_1 = b * C3 - d * C7 - f * C1 - h * C5;
        let odd_2 = b * C5 - d * C1 + f * C7 + h * C3;
        let odd_3 = b * C7 - d * C5 + f * C3 - h * C1;
        [
            even_0 + odd_0,
            even_1 + odd_1,
            even_2 + odd_2,
            even_3 + odd_3,
            even_3 - odd_3,
            even_2 - odd_2,
            even_1 - odd_1,
            even_0 - odd_0,
        ]
    }
}
