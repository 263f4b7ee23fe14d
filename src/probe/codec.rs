//! Names of video codecs: the short ones that ffprobe prints, whatever a container calls them.

mod tags;

/// From MP4's own number of an object type (MP4RA, Object Types); `None` for one that is not listed.
pub(super) const fn of_object_type(number: u8) -> Option<&'static str> {
    Some(match number {
        0x20 => "mpeg4",
        0x21 => "h264",
        0x23 => "hevc",
        0x60..=0x65 => "mpeg2video",
        0x6a => "mpeg1video",
        0x6c => "mjpeg",
        0x6d => "png",
        0xa3 => "vc1",
        0xb1 => "vp9",
        _ => return None,
    })
}

/// From the code of a sample description, as MP4 and QuickTime have it. Some stand for another codec than elsewhere.
pub(super) fn of_sample_entry(code: [u8; 4], has_hevc: bool) -> Option<String> {
    let name = match &code.map(|letter| letter.to_ascii_lowercase()) {
        b"avrn" => "mjpeg",
        b"avs2" => "cavs",
        b"mpeg" => "mpeg1video",
        b"s263" => "h263",
        // Dolby's code is that of a cassette's as well.
        b"dvh1" if has_hevc => "hevc",
        _ => return of_four_letters(code),
    };
    Some(name.to_owned())
}

/// From a code of four letters, as AVI, ASF and Matroska's compatibility mode have it. One that is not listed names
/// itself, if it is printable.
pub(super) fn of_four_letters(code: [u8; 4]) -> Option<String> {
    const CODE: usize = 4;
    let lower = code.map(|letter| letter.to_ascii_lowercase());
    let name = match &lower {
        b"hvc2" | b"hev2" | b"hevc" | b"h265" | b"x265" => "hevc",
        b"vvc1" | b"vvi1" => "vvc",
        b"dav1" => "av1",
        b"dib " => "rawvideo",
        _ => {
            let mut tags = tags::TAGS.iter();
            let found = tags.find(|(_, codes)| codes.chunks_exact(CODE).any(|code| code == lower));
            let Some((name, _)) = found else {
                let printable = code.iter().all(|letter| matches!(letter, b' '..=b'~'));
                let own = String::from_utf8_lossy(&code).trim().to_owned();
                return (printable && !own.is_empty()).then_some(own);
            };
            name
        }
    };
    Some(name.to_owned())
}
