//! HEIC and AVIF: images as items in boxes (ISO/IEC 23008-12:2022, HEIF; AVIF 1.1.0, 2022), and
//! sequences of them (ISO/IEC 14496-12:2022).

use super::boxes::{BoxType, Boxes};
use super::brands::ImageBrand;
use super::input::{Input, Parse, malformed, unsupported};
use super::movie::{Movie, Track, VisualSample};
use crate::media::{Format, ImageFacts, MediaFacts, Orientation, Size};
use crate::order::ascending;
use std::ops::{ControlFlow, Range};

/// Reads a file that one of its brands calls an image.
pub(super) fn read(input: &Input<'_>, brand: ImageBrand) -> Parse<MediaFacts> {
    let ImageBrand {
        format,
        sequence: may_move,
    } = brand;
    let parts = Parts::find(input, format, may_move)?;
    let Parts {
        image, sequence, ..
    } = parts;
    let animated = match &sequence {
        Some(sequence) => Some(sequence.frames > 1),
        // Where the track may have been cut off, the number of frames is unknown.
        None => (!may_move || parts.is_whole).then_some(false),
    };
    let has_alpha_track = sequence.as_ref().is_some_and(|found| found.has_alpha);
    let Some(mut image) = image.or(sequence.map(|sequence| sequence.image)) else {
        return malformed(format, 0, "there is no primary image");
    };
    if has_alpha_track {
        image.has_alpha = Some(true);
    }
    Ok(image.facts(animated))
}

/// What the boxes of the file describe.
#[derive(Clone, Debug, Default)]
struct Parts {
    image: Option<Image>,
    sequence: Option<Sequence>,
    /// The file holds coded images, and ends where a box does.
    is_whole: bool,
}

impl Parts {
    /// Of a still image nothing behind `meta` matters; of a sequence, the box that counts its frames.
    fn find(input: &Input<'_>, format: Format, may_move: bool) -> Parse<Self> {
        let first = (0, Self::default());
        input.walk((*b"file", 0), first, |(at, parts)| {
            let is_complete = parts.image.is_some() && (!may_move || parts.sequence.is_some());
            let mut boxes = Boxes::of_file(input, format).from(*at);
            let found = if is_complete { None } else { boxes.next()? };
            let Some(found) = found else {
                let ends_inside = input.length().is_some_and(|length| *at > length);
                parts.is_whole &= !is_complete && !ends_inside;
                return Ok(ControlFlow::Break(parts.clone()));
            };
            match &found.kind {
                b"mdat" => parts.is_whole = true,
                // The first counts, wherever the file is cut off.
                b"meta" if parts.image.is_none() => {
                    match Items::read(input, format, found.body)?.image(may_move) {
                        // Something may have stood behind the end of the file.
                        Err(halt) if found.is_open && halt.is_unsupported() => {
                            let at = boxes.position();
                            return malformed(format, at, "the items end before the image is told");
                        }
                        image => parts.image = image?,
                    }
                }
                b"moov" if parts.sequence.is_none() => {
                    parts.sequence = Sequence::read(&Movie::new(input, format, found.body))?;
                }
                _ => {}
            }
            *at = boxes.position();
            Ok(ControlFlow::Continue(()))
        })
    }
}

/// An image, however it was found.
#[derive(Clone, Debug)]
struct Image {
    format: Format,
    stored: Size,
    cropped: Size,
    /// Width and height of a pixel, in proportion.
    pixel: (u64, u64),
    orientation: Orientation,
    has_alpha: Option<bool>,
}

impl Image {
    fn new(format: Format, stored: Size, has_alpha: Option<bool>) -> Self {
        Self {
            format,
            stored,
            cropped: stored,
            pixel: (1, 1),
            orientation: Orientation::UPRIGHT,
            has_alpha,
        }
    }

    fn facts(self, animated: Option<bool>) -> MediaFacts {
        let (across, down) = self.pixel;
        let shown = self.cropped.with_square_pixels(across, down);
        let display = self.orientation.display(shown);
        let image = ImageFacts {
            orientation: self.orientation,
            animated,
            has_alpha: self.has_alpha,
        };
        MediaFacts {
            display_width: display.width,
            display_height: display.height,
            ..MediaFacts::image(self.format, self.stored, image)
        }
    }
}

/// Where the tables of a `meta` box lie (ISO/IEC 14496-12, section 8.11).
struct Items<'a> {
    input: &'a Input<'a>,
    format: Format,
    /// Number of the primary item.
    primary: Option<u32>,
    /// Bodies of the boxes `iinf`, `iref` and `ipco`.
    info: Option<Range<u64>>,
    references: Option<Range<u64>>,
    properties: Option<Range<u64>>,
    /// Bodies of the boxes `ipma`, of which there may be several (HEIF, 9.3.1).
    associations: Vec<Range<u64>>,
}

impl<'a> Items<'a> {
    /// `body` is that of a full box: a version and flags come first.
    fn read(input: &'a Input<'a>, format: Format, body: Range<u64>) -> Parse<Self> {
        let mut items = Self {
            input,
            format,
            primary: None,
            info: None,
            references: None,
            properties: None,
            associations: Vec::new(),
        };
        let mut boxes = Boxes::inside(input, format, body.start.saturating_add(4)..body.end);
        while let Some(found) = boxes.next()? {
            match &found.kind {
                b"pitm" => items.primary = Some(items.primary_item(&found.body)?),
                b"iinf" => items.info = Some(found.body),
                b"iref" => items.references = Some(found.body),
                b"iprp" => items.read_properties(found.body)?,
                _ => {}
            }
            // All that is needed stands before the places of the data, as a rule.
            if items.is_complete() {
                break;
            }
        }
        Ok(items)
    }

    fn read_properties(&mut self, body: Range<u64>) -> Parse<()> {
        let mut boxes = Boxes::inside(self.input, self.format, body);
        while let Some(found) = boxes.next()? {
            match &found.kind {
                b"ipco" => self.properties = Some(found.body),
                b"ipma" => self.associations.push(found.body),
                _ => {}
            }
        }
        Ok(())
    }

    /// References say whether there is alpha, so nothing is known without them before the end.
    fn is_complete(&self) -> bool {
        self.primary.is_some()
            && self.info.is_some()
            && self.references.is_some()
            && self.properties.is_some()
            && !self.associations.is_empty()
    }

    /// `None` where the box describes no image, or one without a size: a sequence may have such a one.
    fn image(&self, may_move: bool) -> Parse<Option<Image>> {
        let Some(primary) = self.primary else {
            return Ok(None);
        };
        let format = self.format_of(primary)?;
        let auxiliaries = self.auxiliaries(primary)?;
        let mut image = Image::new(format, Size::new(0, 0), Some(false));
        // The order in which properties are associated is the one in which they apply (HEIF, 6.3).
        self.each_property(|item, kind, body| {
            if item == primary {
                image.apply(self.input, kind, body)?;
            } else if kind == b"auxC"
                && auxiliaries.binary_search(&item.into()).is_ok()
                && names_alpha(self.input, &body)?
            {
                image.has_alpha = Some(true);
            }
            Ok(())
        })?;
        let Size { width, height } = image.stored;
        if width == 0 || height == 0 {
            if may_move {
                return Ok(None);
            }
            let at = self.properties.as_ref().map_or(0, |range| range.start);
            return malformed(self.format, at, "the primary image has no size");
        }
        Ok(Some(image))
    }

    fn primary_item(&self, body: &Range<u64>) -> Parse<u32> {
        match self.input.u8(body.start)? {
            0 => self.input.u16_be(body.start + 4).map(u32::from),
            _ => self.input.u32_be(body.start + 4),
        }
    }

    /// By the coding of the item; an image that is put together from others is coded as they are.
    fn format_of(&self, item: u32) -> Parse<Format> {
        /// A grid of overlays of grids is deeper than any writer goes.
        const MAX_DEPTH: u32 = 4;
        let mut item = item;
        for _ in 0..MAX_DEPTH {
            match self.type_of(item)?.as_ref() {
                Some(b"av01") => return Ok(Format::Avif),
                Some(b"hvc1") => return Ok(Format::Heic),
                Some(b"grid" | b"iovl" | b"iden" | b"tmap") => {
                    let mut source = None;
                    self.each_reference(b"dimg", |from, to| {
                        if from == item {
                            source.get_or_insert(to);
                        }
                        Ok(())
                    })?;
                    match source {
                        Some(source) => item = source,
                        None => break,
                    }
                }
                Some(_) => {
                    return unsupported(Some("a HEIF image coded neither in HEVC nor in AV1"));
                }
                None => break,
            }
        }
        Ok(self.format)
    }

    /// Four letters that say how an item is coded (`infe`, ISO/IEC 14496-12, section 8.11.6).
    fn type_of(&self, wanted: u32) -> Parse<Option<BoxType>> {
        let Some(info) = &self.info else {
            return Ok(None);
        };
        let count_bytes = match self.input.u8(info.start)? {
            0 => 2,
            _ => 4,
        };
        let entries = info.start + 4 + count_bytes..info.end;
        let mut entries = Boxes::inside(self.input, self.format, entries);
        while let Some(entry) = entries.next()? {
            let at = entry.body.start;
            let (item, kind) = match self.input.u8(at)? {
                2 => (self.input.u16_be(at + 4)?.into(), at + 8),
                3 => (self.input.u32_be(at + 4)?, at + 10),
                // Older entries have no type.
                _ => continue,
            };
            if item == wanted {
                return self.input.array(kind).map(Some);
            }
        }
        Ok(None)
    }

    /// Items that belong to the primary one, in order of their ids: its alpha (MIAF, ISO/IEC 23000-22), but also
    /// depth and mattes, which phones store. They may hang on the images that it is put together from, too (ISO/IEC
    /// 23000-22, 7.3.5.2).
    fn auxiliaries(&self, primary: u32) -> Parse<Vec<u64>> {
        let mut images = vec![u64::from(primary)];
        self.each_reference(b"dimg", |from, to| {
            if from == primary {
                images.push(to.into());
            }
            Ok(())
        })?;
        let images = ascending(images);
        let mut auxiliaries = Vec::new();
        self.each_reference(b"auxl", |auxiliary, to| {
            if images.binary_search(&to.into()).is_ok() && auxiliary != primary {
                auxiliaries.push(auxiliary.into());
            }
            Ok(())
        })?;
        Ok(ascending(auxiliaries))
    }

    /// Goes over the references of a type, as `from` and `to` (`iref`, ISO/IEC 14496-12, 8.11.12).
    fn each_reference(
        &self,
        kind: &BoxType,
        mut each: impl FnMut(u32, u32) -> Parse<()>,
    ) -> Parse<()> {
        let Some(references) = &self.references else {
            return Ok(());
        };
        let wide = self.input.u8(references.start)? != 0;
        let id = |at: u64| {
            if wide {
                self.input.u32_be(at)
            } else {
                self.input.u16_be(at).map(u32::from)
            }
        };
        let id_bytes = if wide { 4 } else { 2 };
        let range = references.start + 4..references.end;
        let mut boxes = Boxes::inside(self.input, self.format, range);
        while let Some(found) = boxes.next()? {
            if found.kind != *kind {
                continue;
            }
            let at = found.body.start;
            let from = id(at)?;
            let first = at + id_bytes + 2;
            // Bytes behind the box are another one's, however many references are announced.
            let room = found.body.end.saturating_sub(first) / id_bytes;
            let count = u64::from(self.input.u16_be(at + id_bytes)?);
            for index in 0..count.min(room) {
                each(from, id(first + index * id_bytes)?)?;
            }
        }
        Ok(())
    }

    /// Goes over the properties of all items, in order (`ipma`, HEIF, 9.3.1).
    fn each_property(
        &self,
        mut each: impl FnMut(u32, &BoxType, Range<u64>) -> Parse<()>,
    ) -> Parse<()> {
        let properties = self.properties()?;
        let input = self.input;
        for associations in &self.associations {
            let wide_items = input.u8(associations.start)? != 0;
            let wide_indices = input.u8(associations.start + 3)? & 1 == 1;
            let entries = input.u32_be(associations.start + 4)?;
            let mut at = associations.start + 8;
            for _ in 0..entries {
                if at >= associations.end {
                    break;
                }
                let item = if wide_items {
                    input.u32_be(at)?
                } else {
                    input.u16_be(at)?.into()
                };
                at += if wide_items { 4 } else { 2 };
                let count = input.u8(at)?;
                at += 1;
                for _ in 0..count {
                    // The highest bit says that a reader must know the property.
                    let index: usize = if wide_indices {
                        (input.u16_be(at)? & 0x7fff).into()
                    } else {
                        (input.u8(at)? & 0x7f).into()
                    };
                    at += if wide_indices { 2 } else { 1 };
                    // Indices count from 1; 0 is none.
                    let property = index.checked_sub(1).and_then(|index| properties.get(index));
                    if let Some((kind, body)) = property {
                        each(item, kind, body.clone())?;
                    }
                }
            }
        }
        Ok(())
    }

    /// All properties of all items (`ipco`).
    fn properties(&self) -> Parse<Vec<(BoxType, Range<u64>)>> {
        let mut properties = Vec::new();
        if let Some(body) = &self.properties {
            let mut boxes = Boxes::inside(self.input, self.format, body.clone());
            while let Some(found) = boxes.next()? {
                properties.push((found.kind, found.body));
            }
        }
        Ok(properties)
    }
}

/// The names of alpha in HEVC and in everything newer.
fn names_alpha(input: &Input<'_>, body: &Range<u64>) -> Parse<bool> {
    const NAMES: [&[u8]; 2] = [
        b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0",
        b"urn:mpeg:hevc:2015:auxid:1\0",
    ];
    for name in NAMES {
        let at = body.start + 4;
        let length = name.len() as u64;
        if at + length <= body.end && input.slice(at, length)? == name {
            return Ok(true);
        }
    }
    Ok(false)
}

impl Image {
    fn apply(&mut self, input: &Input<'_>, kind: &BoxType, body: Range<u64>) -> Parse<()> {
        let at = body.start;
        match kind {
            // HEIF, 6.5.3: behind version and flags.
            b"ispe" => {
                let width = input.u32_be(at + 4)?.into();
                let height = input.u32_be(at + 8)?.into();
                self.stored = Size::new(width, height);
                self.cropped = self.stored;
            }
            // ISO/IEC 14496-12, 12.1.4: the aspect of a pixel.
            b"pasp" => {
                self.pixel = (input.u32_be(at)?.into(), input.u32_be(at + 4)?.into());
            }
            // ISO/IEC 14496-12, 12.1.4: width and height as fractions, then where they lie.
            b"clap" => {
                let side = |at, whole: u64| -> Parse<u64> {
                    let over = u64::from(input.u32_be(at)?);
                    let under = u64::from(input.u32_be(at + 4)?);
                    let side = over.checked_div(under).unwrap_or(whole);
                    Ok(if (1..=whole).contains(&side) {
                        side
                    } else {
                        whole
                    })
                };
                let width = side(at, self.stored.width)?;
                let height = side(at + 8, self.stored.height)?;
                self.cropped = Size::new(width, height);
            }
            // HEIF, 6.5.10: quarter turns to the left.
            b"irot" => {
                for _ in 0..input.u8(at)? & 3 {
                    self.orientation = self.orientation.turned_left();
                }
            }
            // HEIF, 6.5.12: 0 exchanges top and bottom, which is a half turn more than the other way.
            b"imir" => {
                if input.u8(at)? & 1 == 0 {
                    self.orientation = self.orientation.turned_left().turned_left();
                }
                self.orientation = self.orientation.mirrored();
            }
            _ => {}
        }
        Ok(())
    }
}

/// The track of images in a sequence.
#[derive(Clone, Debug)]
struct Sequence {
    frames: u64,
    image: Image,
    /// Another track holds its alpha.
    has_alpha: bool,
}

impl Sequence {
    /// `None` where no track holds images.
    fn read(movie: &Movie<'_>) -> Parse<Option<Self>> {
        movie.walk_tracks((None, false), |(sequence, has_alpha), track| {
            let Some(track) = track else {
                let sequence: Option<Self> = sequence.clone();
                return Ok(ControlFlow::Break(sequence.map(|sequence| Self {
                    has_alpha: *has_alpha,
                    ..sequence
                })));
            };
            match &track.handler() {
                b"pict" | b"vide" if sequence.is_none() => *sequence = Self::of_track(&track)?,
                // Alpha is a track of its own (HEIF, 7.5.3.1).
                b"auxv" => {
                    if let Some(VisualSample { auxiliary, .. }) = track.visual_sample()?
                        && let Some(body) = auxiliary
                    {
                        *has_alpha |= names_alpha(track.input(), &body)?;
                    }
                }
                _ => {}
            }
            Ok(ControlFlow::Continue(()))
        })
    }

    fn of_track(track: &Track<'_>) -> Parse<Option<Self>> {
        let (Some(VisualSample { coding, stored, .. }), Some(frames)) =
            (track.visual_sample()?, track.sample_count()?)
        else {
            return Ok(None);
        };
        let format = match &coding {
            b"av01" => Format::Avif,
            _ => Format::Heic,
        };
        let image = Image::new(format, stored, None);
        Ok(Some(Self {
            frames,
            image,
            has_alpha: false,
        }))
    }
}
