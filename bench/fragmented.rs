//! MP4 files in fragments, made in memory (ISO/IEC 14496-12:2022, section 8.8).

/// Frames of one fragment.
pub(crate) const FRAMES: u32 = 24;

const TRACK: u32 = 1;
const TICKS_PER_SECOND: u32 = 600;
const WIDTH: u16 = 640;
const HEIGHT: u16 = 360;
/// As little as keeps one fragment's data apart from the next one's header.
const DATA: [u8; 1024] = [0; 1024];

/// A video of so many fragments. Nothing but the fragments says how long its frames are, and they are of many lengths,
/// so each fragment must be read.
pub(crate) fn mp4(fragments: u32) -> Vec<u8> {
    let extends = boxed(b"mvex", &full_box(b"trex", &words(&[TRACK, 1, 0, 0, 0])));
    let movie = boxed(b"moov", &[movie_header(), track(), extends].concat());
    let mut file = [boxed(b"ftyp", b"iso5\0\0\0\0iso5mp41"), movie].concat();
    let mut start = 0;
    for index in 0..fragments {
        let (fragment, ticks) = fragment(index, start);
        file.extend(fragment);
        file.extend(boxed(b"mdat", &DATA));
        start += ticks;
    }
    file
}

/// One `moof`, and how many ticks its frames take.
fn fragment(index: u32, start: u32) -> (Vec<u8>, u32) {
    /// Base of offsets is the fragment's beginning.
    const BASE_IS_MOOF: u32 = 0x02_0000;
    /// Lengths and sizes of all frames follow.
    const LENGTHS_AND_SIZES: u32 = 0x300;
    let lengths: Vec<u32> = (0..FRAMES)
        .map(|frame| 20 + (index + frame) * 7 % 11)
        .collect();
    let entries: Vec<u32> = lengths.iter().flat_map(|length| [*length, 40]).collect();
    let run = [words(&[LENGTHS_AND_SIZES, FRAMES]), words(&entries)].concat();
    let of_track = [
        boxed(b"tfhd", &words(&[BASE_IS_MOOF, TRACK])),
        full_box(b"tfdt", &words(&[start])),
        boxed(b"trun", &run),
    ];
    let header = full_box(b"mfhd", &words(&[index + 1]));
    let body = [header, boxed(b"traf", &of_track.concat())].concat();
    (boxed(b"moof", &body), lengths.iter().sum())
}

fn movie_header() -> Vec<u8> {
    let times = words(&[0, 0, TICKS_PER_SECOND, 0]);
    full_box(
        b"mvhd",
        &[times, vec![0; 16], matrix(), vec![0; 28]].concat(),
    )
}

fn track() -> Vec<u8> {
    let size = words(&[u32::from(WIDTH) << 16, u32::from(HEIGHT) << 16]);
    let place = [words(&[0, 0, TRACK]), vec![0; 24], matrix(), size].concat();
    let mut entry = vec![0; 24];
    entry.extend(WIDTH.to_be_bytes());
    entry.extend(HEIGHT.to_be_bytes());
    entry.resize(78, 0);
    let description = [words(&[1]), boxed(b"avc1", &entry)].concat();
    // All samples are in the fragments.
    let tables = [
        full_box(b"stsd", &description),
        full_box(b"stts", &words(&[0])),
        full_box(b"stsc", &words(&[0])),
        full_box(b"stsz", &words(&[0, 0])),
        full_box(b"stco", &words(&[0])),
    ];
    let media = [
        full_box(b"mdhd", &words(&[0, 0, TICKS_PER_SECOND, 0, 0])),
        full_box(b"hdlr", &[&words(&[0])[..], b"vide", &[0; 13]].concat()),
        boxed(b"minf", &boxed(b"stbl", &tables.concat())),
    ];
    let parts = [full_box(b"tkhd", &place), boxed(b"mdia", &media.concat())];
    boxed(b"trak", &parts.concat())
}

/// The matrix that changes nothing.
fn matrix() -> Vec<u8> {
    words(&[0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000])
}

fn words(numbers: &[u32]) -> Vec<u8> {
    numbers
        .iter()
        .flat_map(|number| number.to_be_bytes())
        .collect()
}

fn full_box(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    boxed(kind, &[&[0; 4], body].concat())
}

fn boxed(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let length = (body.len() + 8) as u32;
    [&length.to_be_bytes(), &kind[..], body].concat()
}
