//! Whether a JPEG goes on to its end.

const MAX_BYTES: u64 = 16_384;

const MARKER: u8 = 0xff;
const END_OF_IMAGE: u8 = 0xd9;

/// How much of the end of a file of this length to look at. Of a short one not the header, which has markers of its own.
pub const fn tail_bytes(length: u64) -> u64 {
    let half = length / 2;
    if half < MAX_BYTES { half } else { MAX_BYTES }
}

/// Whether a file with these last bytes stops inside its pixels: there is no end marker, and nothing that could stand behind
/// one, such as the video of a moving photo. In coded pixels a byte FF is followed by 00, or by one of the few markers
/// that may stand between them (ITU-T T.81, B.1.1 and B.2).
pub fn is_cut_off(tail: &[u8]) -> bool {
    let mut markers = tail.windows(2).filter_map(|pair| match pair {
        [MARKER, code] => Some(*code),
        _ => None,
    });
    markers.all(|code| {
        // Stuffing, restarts, tables and scans, comments, fill bytes.
        code != END_OF_IMAGE
            && matches!(
                code,
                0x00 | 0xd0..=0xd7 | 0xc4 | 0xda | 0xdb | 0xdd | 0xfe | MARKER
            )
    })
}
