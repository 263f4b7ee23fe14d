//! What the headers of a JPEG say of how it is coded (ITU-T T.81, annex B.2), and which decoder that is for.

use super::{EOI, SOF0, SOF2, SOF3, SOS, Segment, Segments, damaged, unsupported};
use crate::media::{Format, Size};
use crate::prepare::PrepareError;

/// A frame header (B.2.2).
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) is_progressive: bool,
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) components: Vec<Component>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Component {
    pub(super) id: u8,
    /// Samples, across and down, beside those of the other components.
    pub(super) across: usize,
    pub(super) down: usize,
    /// The number of its quantisation table.
    pub(super) table: u8,
}

/// A scan header (B.2.3).
#[derive(Debug)]
pub(super) struct Scan {
    pub(super) members: Vec<ScanMember>,
    /// The first and the last coefficient that it holds.
    pub(super) from: u8,
    pub(super) to: u8,
    /// From which bit down earlier scans have left the coefficients, or 0, and to which this one goes.
    pub(super) high: u8,
    pub(super) low: u8,
}

#[derive(Debug)]
pub(super) struct ScanMember {
    /// The component's place in the frame.
    pub(super) component: usize,
    pub(super) dc_table: u8,
    pub(super) ac_table: u8,
}

/// What the components stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Colours {
    Grey,
    Ycc,
    Rgb,
    Cmyk,
    Ycck,
}

impl Frame {
    /// Frames of 8 bits in Huffman codes, in sequence or progressive.
    fn of_known_kind(segment: &Segment<'_>) -> Result<Self, PrepareError> {
        match (segment.marker, segment.content) {
            (SOF0..=SOF2, [8, ..]) => {}
            (SOF0..=SOF2, _) => return Err(unsupported("more than 8 bits a channel")),
            (SOF3, _) => return Err(unsupported("without loss")),
            (0xc9..=0xcb | 0xcd..=0xcf, _) => return Err(unsupported("arithmetic coding")),
            _ => return Err(unsupported("hierarchical frames")),
        }
        let frame = Self::read(segment).ok_or_else(|| damaged("its frame header is wrong"))?;
        if frame.has_whole_ratios() {
            Ok(frame)
        } else {
            Err(unsupported("sampling factors in no whole ratio"))
        }
    }

    /// `None` for what contradicts the standard.
    fn read(segment: &Segment<'_>) -> Option<Self> {
        let [8, h1, h0, w1, w0, count, components @ ..] = segment.content else {
            return None;
        };
        let components = components.as_chunks::<3>().0.iter().map(|bytes| {
            let [id, factors, table] = *bytes;
            let component = Component {
                id,
                across: usize::from(factors >> 4),
                down: usize::from(factors & 0xf),
                table,
            };
            let is_legal = |factor| (1..=4).contains(&factor);
            (is_legal(component.across) && is_legal(component.down) && table < 4)
                .then_some(component)
        });
        let mut components: Vec<_> = components.take((*count).into()).collect::<Option<_>>()?;
        // Alone it is finer than no other, and its scan goes over blocks, whatever its factors (A.2.2).
        if let [alone] = &mut *components {
            (alone.across, alone.down) = (1, 1);
        }
        let frame = Self {
            is_progressive: segment.marker == SOF2,
            width: u16::from_be_bytes([*w1, *w0]).into(),
            height: u16::from_be_bytes([*h1, *h0]).into(),
            components,
        };
        let is_whole = frame.components.len() == usize::from(*count);
        (is_whole && frame.width > 0 && frame.height > 0 && *count > 0).then_some(frame)
    }

    pub(super) fn size(&self) -> Size {
        Size::new(self.width as u64, self.height as u64)
    }

    /// The largest factors, across and down.
    pub(super) fn finest(&self) -> (usize, usize) {
        let across = self.components.iter().map(|component| component.across);
        let down = self.components.iter().map(|component| component.down);
        (across.max().unwrap_or(1), down.max().unwrap_or(1))
    }

    /// Steps of an interleaved scan, across and down (A.2.3).
    pub(super) fn steps(&self) -> (usize, usize) {
        let (across, down) = self.finest();
        (
            self.width.div_ceil(8 * across),
            self.height.div_ceil(8 * down),
        )
    }

    /// Whether a sample of every component takes a whole number of pixels.
    fn has_whole_ratios(&self) -> bool {
        let (across, down) = self.finest();
        self.components
            .iter()
            .all(|component| across % component.across == 0 && down % component.down == 0)
    }

    /// As libjpeg takes them (jdapimin.c, default_decompress_parms); `None` for other numbers of components.
    pub(super) fn colours(&self, file: &[u8]) -> Option<Colours> {
        let headers = || Segments::new(file).take_while(|segment| segment.marker != SOS);
        let is_jfif = || headers().any(|segment| segment.is_jfif());
        let transform = || headers().find_map(|segment| segment.adobe()?.last().copied());
        Some(match *self.components {
            [_] => Colours::Grey,
            [red, green, blue] => match transform() {
                _ if is_jfif() => Colours::Ycc,
                Some(0) => Colours::Rgb,
                None if [red.id, green.id, blue.id] == *b"RGB" => Colours::Rgb,
                _ => Colours::Ycc,
            },
            [_, _, _, _] => match transform() {
                None | Some(0) => Colours::Cmyk,
                _ => Colours::Ycck,
            },
            _ => return None,
        })
    }

    /// How many blocks a scan goes over; none where its header contradicts the frame.
    fn blocks(&self, header: &[u8]) -> u64 {
        let (wide, high) = self.steps();
        let steps = wide as u64 * high as u64;
        let members = self
            .scan(header)
            .map(|scan| scan.members)
            .unwrap_or_default();
        let components = members
            .iter()
            .filter_map(|member| self.components.get(member.component));
        let in_a_step = components.map(|component| (component.across * component.down) as u64);
        steps.saturating_mul(in_a_step.sum())
    }

    /// `None` for what contradicts the standard or the frame.
    pub(super) fn scan(&self, header: &[u8]) -> Option<Scan> {
        let (count, rest) = header.split_first()?;
        let count = usize::from(*count);
        let (members, rest) = rest.split_at_checked(2 * count)?;
        let [from, to, bits] = *rest.first_chunk()?;
        let members = members.as_chunks::<2>().0.iter().map(|[id, tables]| {
            Some(ScanMember {
                component: self
                    .components
                    .iter()
                    .position(|component| component.id == *id)?,
                dc_table: tables >> 4,
                ac_table: tables & 0xf,
            })
        });
        let members = members.collect::<Option<Vec<_>>>()?;
        let is_ordered = members.is_sorted_by(|one, next| one.component < next.component);
        let (high, low) = (bits >> 4, bits & 0xf);
        // Sequential scans hold everything, and some writers say otherwise.
        let (from, to, high, low) = if self.is_progressive {
            (from, to, high, low)
        } else {
            (0, 63, 0, 0)
        };
        // G.1.1.1.
        let is_legal = !self.is_progressive
            || match from {
                0 => to == 0,
                _ => from <= to && to <= 63 && count == 1,
            } && low <= 13
                && (high == 0 || high == low + 1);
        (is_legal && is_ordered && count > 0).then_some(Scan {
            members,
            from,
            to,
            high,
            low,
        })
    }
}

/// What a file is made of, by its headers alone.
#[derive(Debug)]
pub(super) struct Survey {
    pub(super) frame: Frame,
    scans: u64,
    /// Some scan holds all components.
    has_whole_scan: bool,
}

impl Survey {
    /// Scans may be as many as coefficients are; over a large image, each takes its time, however few bytes it has. A
    /// photograph of 12 megapixels may have 230 of them.
    const MAX_BLOCKS: u64 = 1 << 27;

    /// Refuses what neither decoder knows, and what has no end.
    pub(super) fn of(file: &[u8]) -> Result<Self, PrepareError> {
        let mut survey: Option<Self> = None;
        let mut blocks = 0_u64;
        for segment in Segments::new(file) {
            match (&mut survey, segment.marker) {
                (None, _) if segment.is_frame() => {
                    survey = Some(Self {
                        frame: Frame::of_known_kind(&segment)?,
                        scans: 0,
                        has_whole_scan: false,
                    });
                }
                (Some(_), _) if segment.is_frame() => {
                    return Err(unsupported("several frames"));
                }
                (Some(survey), SOS) => {
                    survey.scans += 1;
                    let count = segment.content.first().copied().unwrap_or(0);
                    survey.has_whole_scan |= usize::from(count) == survey.frame.components.len();
                    blocks = blocks.saturating_add(survey.frame.blocks(segment.content));
                    if blocks > Self::MAX_BLOCKS {
                        return Err(unsupported("too many scans for its size"));
                    }
                }
                (Some(_), EOI) => {
                    return survey.ok_or_else(|| damaged("it has no frame"));
                }
                _ => {}
            }
        }
        // The fast decoder takes the last rows that are missing for grey ones.
        Err(PrepareError::CutOff {
            format: Format::Jpeg,
        })
    }

    /// Whether zune-jpeg 0.5.15 has the pixels of libjpeg for such a file. It does for what cameras and the web write;
    /// it takes some scans of a sequential file that has several for others, knows neither factors of 3 nor colours
    /// that are finer than brightness, and spreads colours differently in an image of a few columns.
    pub(super) fn is_usual(&self) -> bool {
        let components = self.frame.components.iter();
        let factors: Vec<_> = components
            .map(|component| (component.across, component.down))
            .collect();
        let has_usual_factors = matches!(
            *factors,
            [_] | [(1 | 2, 1 | 2), (1, 1), (1, 1)] | [(1, 1), (1, 1), (1, 1), (1, 1)]
        );
        let has_usual_scans = self.frame.is_progressive || self.is_in_one_scan();
        has_usual_factors && has_usual_scans && self.frame.width > 4
    }

    /// Whether one scan holds the whole image, block by block.
    pub(super) fn is_in_one_scan(&self) -> bool {
        !self.frame.is_progressive && self.scans == 1 && self.has_whole_scan
    }
}
