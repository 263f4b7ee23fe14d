//! A decoder for every JPEG with samples of 8 bits in Huffman codes, whatever its scans and factors: slower than the
//! other by half, and right where that one is not.

use super::entropy::Table;
use super::frame::{Colours, Frame};
use super::samples::{Quantiser, Samples, pixels, quantiser};
use super::scan::{self, Member, Plane};
use super::{DHT, DQT, DRI, SOS, Segments};

/// What a segment has set, for all scans behind it.
#[derive(Default)]
struct Tables {
    dc: [Option<Table>; 4],
    ac: [Option<Table>; 4],
    quantisers: [Option<Quantiser>; 4],
    restart: u16,
}

/// What the scans of a file hold.
pub(super) struct Coefficients {
    planes: Vec<Plane>,
    quantisers: Vec<Option<Quantiser>>,
    /// Some scan goes on behind its last block.
    pub(super) has_more: bool,
}

/// Reads all scans. An error says what is damaged.
pub(super) fn read(file: &[u8], frame: &Frame) -> Result<Coefficients, &'static str> {
    let steps = frame.steps();
    let (finest_across, finest_down) = frame.finest();
    let mut planes: Vec<_> = frame
        .components
        .iter()
        .map(|component| {
            // A.1.1: what is left of a sample counts as one.
            let samples =
                |side: usize, factor: usize, finest: usize| (side * factor).div_ceil(finest);
            let (stride, rows) = (steps.0 * component.across, steps.1 * component.down);
            Plane {
                across: component.across,
                down: component.down,
                wide: samples(frame.width, component.across, finest_across).div_ceil(8),
                high: samples(frame.height, component.down, finest_down).div_ceil(8),
                stride,
                blocks: vec![[0; 64]; stride * rows],
            }
        })
        .collect();
    // Those that were valid when the first scan of a component began.
    let mut quantisers: Vec<Option<Quantiser>> = vec![None; planes.len()];
    let mut tables = Tables::default();
    let mut has_more = false;
    for segment in Segments::new(file) {
        match segment.marker {
            DHT => tables
                .set_codes(segment.content)
                .ok_or("a table of codes is wrong")?,
            DQT => tables
                .set_quantisers(segment.content)
                .ok_or("a quantisation table is wrong")?,
            DRI => {
                let interval = segment
                    .content
                    .first_chunk()
                    .ok_or("an interval is wrong")?;
                tables.restart = u16::from_be_bytes(*interval);
            }
            SOS => {
                let scan = frame
                    .scan(segment.content)
                    .ok_or("a scan contradicts its frame")?;
                let mut members = Vec::with_capacity(scan.members.len());
                let mut wanted = scan.members.iter().peekable();
                for (index, plane) in planes.iter_mut().enumerate() {
                    let Some(member) = wanted.next_if(|member| member.component == index) else {
                        continue;
                    };
                    let component = frame.components.get(index);
                    let set = quantisers.get_mut(index);
                    if let (Some(component), Some(set @ None)) = (component, set) {
                        let quantiser = tables.quantisers.get(usize::from(component.table));
                        *set = quantiser.copied().flatten();
                    }
                    members.push(Member {
                        plane,
                        dc: Tables::code(&tables.dc, member.dc_table),
                        ac: Tables::code(&tables.ac, member.ac_table),
                        before: 0,
                    });
                }
                has_more |= scan::decode(
                    &scan,
                    segment.data,
                    frame.is_progressive,
                    &mut members,
                    steps,
                    tables.restart,
                )
                .ok_or("the data of a scan is wrong")?;
            }
            _ => {}
        }
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
        let quantiser = quantiser.ok_or("a component has no scan or no quantisation table")?;
        let (across, down) = (finest_across / plane.across, finest_down / plane.down);
        let size = (frame.width.div_ceil(across), frame.height.div_ceil(down));
        let samples = Samples::new(&plane.blocks, plane.stride, &quantiser, size);
        components.push((samples, across, down));
    }
    Ok(pixels(&components, colours, frame.width, frame.height))
}

impl Tables {
    fn code(tables: &[Option<Table>; 4], number: u8) -> Option<&Table> {
        tables.get(usize::from(number))?.as_ref()
    }

    /// B.2.4.2.
    fn set_codes(&mut self, mut content: &[u8]) -> Option<()> {
        while let Some((name, rest)) = content.split_first() {
            let (numbers, rest) = rest.split_first_chunk::<16>()?;
            let count = numbers.iter().copied().map(usize::from).sum();
            let (symbols, rest) = rest.split_at_checked(count)?;
            let tables = match name >> 4 {
                0 => &mut self.dc,
                1 => &mut self.ac,
                _ => return None,
            };
            *tables.get_mut(usize::from(name & 0xf))? = Some(Table::new(numbers, symbols)?);
            content = rest;
        }
        Some(())
    }

    /// B.2.4.1: of one byte a step, or two.
    fn set_quantisers(&mut self, mut content: &[u8]) -> Option<()> {
        while let Some((name, rest)) = content.split_first() {
            let (read, rest) = match name >> 4 {
                0 => {
                    let (steps, rest) = rest.split_first_chunk::<64>()?;
                    (quantiser(steps.iter().copied().map(u16::from)), rest)
                }
                1 => {
                    let (steps, rest) = rest.split_first_chunk::<128>()?;
                    let steps = steps.as_chunks().0.iter().copied().map(u16::from_be_bytes);
                    (quantiser(steps), rest)
                }
                _ => return None,
            };
            *self.quantisers.get_mut(usize::from(name & 0xf))? = Some(read);
            content = rest;
        }
        Some(())
    }
}
