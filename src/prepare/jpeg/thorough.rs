//! A decoder for every JPEG with samples of 8 bits in Huffman codes, whatever its scans and factors: right where the
//! other is not.

use super::frame::{Colours, Frame};
use super::samples::{Quantiser, Samples, pixels};
use super::scan::{Coder, Plane};
use super::tables::Tables;
use super::{SOS, Segments};

/// What the scans of a file hold.
pub(super) struct Coefficients {
    pub(super) planes: Vec<Plane>,
    pub(super) quantisers: Vec<Option<Quantiser>>,
    /// Some scan goes on behind its last block.
    pub(super) has_more: bool,
}

pub(super) const WRONG_SCAN: &str = "a scan contradicts its frame";
pub(super) const WRONG_DATA: &str = "the data of a scan is wrong";
pub(super) const NO_QUANTISER: &str = "a component has no scan or no quantisation table";

/// Reads all scans. An error says what is damaged.
pub(super) fn read(file: &[u8], frame: &Frame) -> Result<Coefficients, &'static str> {
    let steps = frame.steps();
    let components = frame.components.iter();
    let mut planes: Vec<_> = components
        .map(|component| Plane::new(frame, component, steps.1))
        .collect();
    // Those that were valid when the first scan of a component began.
    let mut quantisers: Vec<Option<Quantiser>> = vec![None; planes.len()];
    let mut tables = Tables::default();
    let mut has_more = false;
    for segment in Segments::new(file) {
        tables.set(&segment)?;
        if segment.marker != SOS {
            continue;
        }
        let scan = frame.scan(segment.content).ok_or(WRONG_SCAN)?;
        for member in &scan.members {
            if let Some(set @ None) = quantisers.get_mut(member.component) {
                *set = tables.quantiser(frame, member.component);
            }
        }
        let mut coder = Coder::new(&scan, segment.data, frame.is_progressive, tables.restart);
        let mut members = tables.members(&scan, &mut planes);
        let rows = match &*members {
            [alone] => alone.plane.high,
            _ => steps.1,
        };
        for row in 0..rows {
            coder.row(row, steps.0, &mut members).ok_or(WRONG_DATA)?;
        }
        has_more |= coder.has_more();
    }
    Ok(Coefficients {
        planes,
        quantisers,
        has_more,
    })
}

/// Four bytes a pixel: opaque ones, or the inks as they are stored. An error says what is damaged.
pub(super) fn decode(
    file: &[u8],
    frame: &Frame,
    colours: Colours,
) -> Result<Vec<u8>, &'static str> {
    let Coefficients {
        planes, quantisers, ..
    } = read(file, frame)?;
    let (finest_across, finest_down) = frame.finest();
    let mut components = Vec::with_capacity(planes.len());
    for (plane, quantiser) in planes.into_iter().zip(quantisers) {
        let quantiser = quantiser.ok_or(NO_QUANTISER)?;
        let (across, down) = (finest_across / plane.across, finest_down / plane.down);
        let size = (frame.width.div_ceil(across), frame.height.div_ceil(down));
        let samples = Samples::new(&plane.blocks, plane.stride, &quantiser, size);
        components.push((samples, across, down));
    }
    Ok(pixels(&components, colours, frame.width, frame.height))
}
