//! From coefficients to samples, and from samples to pixels, as libjpeg does both: every program that shows a JPEG is
//! compared with it.

use super::frame::Colours;
use super::scan::{Block, ZIGZAG};

/// A quantisation table, in the order of a block.
pub(super) type Quantiser = [u16; 64];

/// From the order in which tables are stored.
pub(super) fn quantiser(stored: impl Iterator<Item = u16>) -> Quantiser {
    let mut quantiser = [0; 64];
    for (at, value) in ZIGZAG.into_iter().zip(stored) {
        if let Some(entry) = quantiser.get_mut(usize::from(at)) {
            *entry = value;
        }
    }
    quantiser
}

/// One component, decoded.
pub(super) struct Samples {
    /// Of the image; rows are as long as whole blocks take.
    pub(super) wide: usize,
    pub(super) high: usize,
    stride: usize,
    bytes: Vec<u8>,
}

impl Samples {
    /// `stride` is the number of blocks in a row of them.
    pub(super) fn new(
        blocks: &[Block],
        stride: usize,
        quantiser: &Quantiser,
        (wide, high): (usize, usize),
    ) -> Self {
        let mut bytes = vec![0; blocks.len() * 64];
        let rows = bytes.chunks_exact_mut((stride * 64).max(1));
        for (blocks, rows) in blocks.chunks_exact(stride.max(1)).zip(rows) {
            for (column, block) in blocks.iter().enumerate() {
                let samples = inverse_dct(block, quantiser);
                let rows = rows.chunks_exact_mut(stride * 8);
                for (row, samples) in rows.zip(samples.as_chunks::<8>().0) {
                    if let Some(eight) = row.as_chunks_mut::<8>().0.get_mut(column) {
                        *eight = *samples;
                    }
                }
            }
        }
        Self {
            wide,
            high,
            stride: stride * 8,
            bytes,
        }
    }

    /// A row of samples of the image, the nearest one for rows beyond it.
    fn row(&self, row: usize) -> &[u8] {
        let start = row.min(self.high.saturating_sub(1)) * self.stride;
        self.bytes
            .get(start..)
            .and_then(|rows| rows.get(..self.wide))
            .unwrap_or_default()
    }

    /// A row of the image, where a sample takes so many pixels across and down. Samples that take two are spread by
    /// a triangle filter, all others repeated (libjpeg, jdsample.c).
    fn spread(&self, row: usize, across: usize, down: usize, pixels: &mut Vec<u8>) {
        pixels.clear();
        // The neighbour that is nearer in the image.
        let beside = match row % 2 {
            0 => (row / 2).saturating_sub(1),
            _ => row / 2 + 1,
        };
        match (across, down) {
            (1, 1) => pixels.extend(self.row(row)),
            (1, 2) => {
                let bias = if row.is_multiple_of(2) { 1 } else { 2 };
                let both = self.row(row / 2).iter().zip(self.row(beside));
                pixels.extend(both.map(|(near, far)| {
                    ((u16::from(*near) * 3 + u16::from(*far) + bias) >> 2) as u8
                }));
            }
            (2, 1) if self.wide > 2 => {
                let samples = self.row(row).iter().map(|sample| u16::from(*sample));
                triangle(samples, 4, (1, 2), pixels);
            }
            (2, 2) if self.wide > 2 => {
                let both = self.row(row / 2).iter().zip(self.row(beside));
                let sums = both.map(|(near, far)| u16::from(*near) * 3 + u16::from(*far));
                triangle(sums, 16, (8, 7), pixels);
            }
            _ => {
                let samples = self.row(row / down).iter();
                pixels.extend(samples.flat_map(|sample| std::iter::repeat_n(*sample, across)));
            }
        }
    }
}

/// Two pixels of each sample, three parts of it and one of its neighbour. What comes in is `scale / 4` times as large
/// as what goes out, and rounded by one of two biases in turn.
fn triangle(
    samples: impl Iterator<Item = u16>,
    scale: u16,
    (left_bias, right_bias): (u16, u16),
    pixels: &mut Vec<u8>,
) {
    let mut samples = samples.peekable();
    let mut before = None;
    while let Some(sample) = samples.next() {
        let left = before.unwrap_or(sample);
        let right = samples.peek().copied().unwrap_or(sample);
        pixels.push(((sample * 3 + left + left_bias) / scale) as u8);
        pixels.push(((sample * 3 + right + right_bias) / scale) as u8);
        before = Some(sample);
    }
}

/// All components in pixels of four bytes: opaque ones, or the inks as they are stored.
pub(super) fn pixels(
    components: &[(Samples, usize, usize)],
    colours: Colours,
    width: usize,
    height: usize,
) -> Vec<u8> {
    let mut pixels = vec![[0; 4]; width * height];
    let mut rows = vec![Vec::new(); components.len()];
    for (row, pixels) in pixels.chunks_exact_mut(width.max(1)).enumerate() {
        for ((samples, across, down), spread) in components.iter().zip(&mut rows) {
            samples.spread(row, *across, *down, spread);
        }
        let rows: Vec<_> = rows.iter().map(Vec::as_slice).collect();
        paint(&rows, colours, pixels);
    }
    pixels.into_flattened()
}

/// A row of pixels of a row of each component.
pub(super) fn paint(components: &[&[u8]], colours: Colours, pixels: &mut [[u8; 4]]) {
    match (components, colours) {
        ([grey], _) => {
            for (pixel, grey) in pixels.iter_mut().zip(*grey) {
                *pixel = [*grey, *grey, *grey, u8::MAX];
            }
        }
        ([a, b, c], Colours::Ycc) => {
            for (pixel, ((a, b), c)) in pixels.iter_mut().zip(a.iter().zip(*b).zip(*c)) {
                let [red, green, blue] = rgb(*a, *b, *c);
                *pixel = [red, green, blue, u8::MAX];
            }
        }
        ([a, b, c], _) => {
            for (pixel, ((a, b), c)) in pixels.iter_mut().zip(a.iter().zip(*b).zip(*c)) {
                *pixel = [*a, *b, *c, u8::MAX];
            }
        }
        ([a, b, c, d], _) => {
            let inks = a.iter().zip(*b).zip(*c).zip(*d);
            for (pixel, (((a, b), c), d)) in pixels.iter_mut().zip(inks) {
                *pixel = [*a, *b, *c, *d];
            }
        }
        _ => {}
    }
}

/// ITU-T T.871, section 7, in 16 bits of fraction (libjpeg, jdcolor.c).
fn rgb(y: u8, cb: u8, cr: u8) -> [u8; 3] {
    const HALF: i32 = 1 << 15;
    let (y, cb, cr) = (i32::from(y), i32::from(cb) - 128, i32::from(cr) - 128);
    [
        y + ((91_881 * cr + HALF) >> 16),
        y + ((-22_554 * cb - 46_802 * cr + HALF) >> 16),
        y + ((116_130 * cb + HALF) >> 16),
    ]
    .map(|level| level.clamp(0, 255) as u8)
}

/// The slow and accurate one of libjpeg (jidctint.c), after C. Loeffler, A. Ligtenberg and G. Moschytz, "Practical fast
/// 1-D DCT algorithms with 11 multiplications", ICASSP 1989. In 64 bits, so that no coefficients overflow it.
fn inverse_dct(block: &Block, quantiser: &Quantiser) -> [u8; 64] {
    let mut values = [0_i64; 64];
    for ((value, coefficient), step) in values.iter_mut().zip(block).zip(quantiser) {
        *value = i64::from(*coefficient) * i64::from(*step);
    }
    // Columns, with two bits of fraction left, then rows: eight times as large as samples are.
    let columns = transposed(&values);
    let mut done = [0_i64; 64];
    for (column, done) in columns
        .as_chunks::<8>()
        .0
        .iter()
        .zip(done.as_chunks_mut::<8>().0)
    {
        *done = inverse_dct_8(column, FRACTION - 2);
    }
    let rows = transposed(&done);
    let mut samples = [0_u8; 64];
    for (row, samples) in rows
        .as_chunks::<8>()
        .0
        .iter()
        .zip(samples.as_chunks_mut::<8>().0)
    {
        *samples =
            inverse_dct_8(row, FRACTION + 2 + 3).map(|value| (value + 128).clamp(0, 255) as u8);
    }
    samples
}

fn transposed(values: &[i64; 64]) -> [i64; 64] {
    let mut turned = [0; 64];
    for (place, to) in turned.iter_mut().enumerate() {
        *to = values.get(place % 8 * 8 + place / 8).copied().unwrap_or(0);
    }
    turned
}

/// Bits of fraction of the constants.
const FRACTION: u32 = 13;

fn inverse_dct_8(input: &[i64; 8], shift: u32) -> [i64; 8] {
    let [i0, i1, i2, i3, i4, i5, i6, i7] = *input;

    let z = (i2 + i6) * 4_433;
    let even_2 = z - i6 * 15_137;
    let even_3 = z + i2 * 6_270;
    let even_0 = (i0 + i4) << FRACTION;
    let even_1 = (i0 - i4) << FRACTION;
    let sums = [
        even_0 + even_3,
        even_1 + even_2,
        even_1 - even_2,
        even_0 - even_3,
    ];

    let z5 = (i7 + i3 + i5 + i1) * 9_633;
    let z1 = -(i7 + i1) * 7_373;
    let z2 = -(i5 + i3) * 20_995;
    let z3 = z5 - (i7 + i3) * 16_069;
    let z4 = z5 - (i5 + i1) * 3_196;
    let odd = [
        i1 * 12_299 + z1 + z4,
        i3 * 25_172 + z2 + z3,
        i5 * 16_819 + z2 + z4,
        i7 * 2_446 + z1 + z3,
    ];

    let half = 1_i64 << (shift - 1);
    let mut output = [0; 8];
    let (front, back) = output.split_at_mut(4);
    let pairs = sums.into_iter().zip(odd);
    for ((first, last), (sum, odd)) in front.iter_mut().zip(back.iter_mut().rev()).zip(pairs) {
        *first = (sum + odd + half) >> shift;
        *last = (sum - odd + half) >> shift;
    }
    output
}
