//! What the segments before a scan have set for it: codes, quantisation tables, restarts.

use super::entropy::Table;
use super::frame::{Frame, Scan};
use super::samples::{Quantiser, quantiser};
use super::scan::{Member, Plane};
use super::{DHT, DQT, DRI, Segment};

/// What a segment has set, for all scans behind it.
#[derive(Default)]
pub(super) struct Tables {
    dc: [Option<Table>; 4],
    ac: [Option<Table>; 4],
    quantisers: [Option<Quantiser>; 4],
    /// How many blocks or steps lie between two restarts, or 0.
    pub(super) restart: u16,
}

impl Tables {
    /// An error says what is damaged.
    pub(super) fn set(&mut self, segment: &Segment<'_>) -> Result<(), &'static str> {
        match segment.marker {
            DHT => self
                .set_codes(segment.content)
                .ok_or("a table of codes is wrong"),
            DQT => self
                .set_quantisers(segment.content)
                .ok_or("a quantisation table is wrong"),
            DRI => {
                let interval = segment.content.first_chunk();
                self.restart = u16::from_be_bytes(*interval.ok_or("an interval is wrong")?);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// That of a component, as it is set now.
    pub(super) fn quantiser(&self, frame: &Frame, component: usize) -> Option<Quantiser> {
        let table = frame.components.get(component)?.table;
        self.quantisers.get(usize::from(table))?.as_ref().copied()
    }

    /// The components of a scan, with the tables that are set now.
    pub(super) fn members<'a>(&'a self, scan: &Scan, planes: &'a mut [Plane]) -> Vec<Member<'a>> {
        let mut wanted = scan.members.iter().peekable();
        let planes = planes.iter_mut().enumerate();
        let members = planes.filter_map(|(index, plane)| {
            let member = wanted.next_if(|member| member.component == index)?;
            Some(Member {
                plane,
                dc: Self::code(&self.dc, member.dc_table),
                ac: Self::code(&self.ac, member.ac_table),
                before: 0,
            })
        });
        members.collect()
    }

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
