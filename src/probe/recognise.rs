//! Signatures: which reader a file belongs to, and the name of what none reads.

/// Bytes that decide every signature below.
pub(super) const LONGEST_SIGNATURE: u64 = 18;

pub(super) enum Match {
    Yes,
    No,
    /// The file ends inside the signature, and agrees as far as it goes.
    CutOff,
}

/// Holds the first bytes of a file against a signature, in which `?` stands for any byte.
pub(super) fn compare(head: &[u8], signature: &[u8]) -> Match {
    let agree = head
        .iter()
        .zip(signature)
        .all(|(byte, expected)| byte == expected || *expected == b'?');
    match agree {
        false => Match::No,
        true if head.len() < signature.len() => Match::CutOff,
        true => Match::Yes,
    }
}

/// What a file that no reader takes looks like, so that its owner learns more than "unsupported".
pub(super) fn name(head: &[u8]) -> Option<&'static str> {
    const NAMES: &[(&[u8], &str)] = &[
        (b"????ftypcrx ", "a camera's raw file"),
        (b"IIRO", "a camera's raw file"),
        (b"IIU\0", "a camera's raw file"),
        (b"FUJIVIDEOCCD-RAW", "a camera's raw file"),
        (b"\0MRM", "a camera's raw file"),
        (b"FOVb", "a camera's raw file"),
        (b"????ftypM4A", "a sound file"),
        (b"????ftypM4B", "a sound file"),
        (b"????ftypM4P", "a sound file"),
        (b"????ftypmif3", "a HEIF image in its short form"),
        (b"????styp", "a piece of an MP4 video"),
        (b"\0\0\0\x0cjP  ", "a JPEG 2000 image"),
        (b"\xff\x4f\xff\x51", "a JPEG 2000 image"),
        (b"II\xbc\x01", "a JPEG XR image"),
        (b"RIFF????WAVE", "a WAVE sound file"),
        (b"RIFF????CDXA", "a Video CD's track"),
        (b"ID3", "an MP3 sound file"),
        (b"\xff\xfb", "an MP3 sound file"),
        (b"\xff\xfa", "an MP3 sound file"),
        (b"\xff\xf3", "an MP3 sound file"),
        (b"\xff\xf2", "an MP3 sound file"),
        (b"\xff\xe3", "an MP3 sound file"),
        (b"\xff\xf1", "an AAC sound file"),
        (b"\xff\xf9", "an AAC sound file"),
        (b"ADIF", "an AAC sound file"),
        (b"fLaC", "a FLAC sound file"),
        (b"OggS", "an Ogg file"),
        (b"FORM????AIFF", "an AIFF sound file"),
        (b"FORM????AIFC", "an AIFF sound file"),
        (b"MThd", "a MIDI file"),
        (b"#!AMR", "an AMR sound file"),
        (b".snd", "a sound file"),
        (
            b"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02",
            "an MXF video",
        ),
        (b".RMF", "a RealMedia file"),
        (b".ra\xfd", "a RealMedia file"),
        (b"FWS", "a Flash program (SWF)"),
        (b"CWS", "a Flash program (SWF)"),
        (b"ZWS", "a Flash program (SWF)"),
        (b"YUV4MPEG2 ", "a YUV4MPEG2 video"),
        (b"DKIF\0\0", "an IVF video"),
        (b"\x76\x2f\x31\x01", "an OpenEXR image"),
        (b"#?RADIANCE", "a Radiance image"),
        (b"DDS ", "a DirectDraw surface"),
        (b"qoif", "a QOI image"),
        (b"BPG\xfb", "a BPG image"),
        (b"FLIF", "a FLIF image"),
        (b"\xd7\xcd\xc6\x9a", "a Windows metafile"),
        (b"\xc5\xd0\xd3\xc6", "a PostScript document"),
        (b"%!PS", "a PostScript document"),
        (b"8BPS", "a Photoshop document"),
        (b"gimp xcf", "a GIMP document"),
        (b"%PDF-", "a PDF document"),
        (b"PK\x03\x04", "a ZIP archive or an Office document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office document"),
        (b"\0\0\x1a\0", "a spreadsheet"),
        (b"\x1f\x8b", "a gzip archive"),
        (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
        (b"Rar!", "a RAR archive"),
        (b"BZh", "a bzip2 archive"),
        (b"\xfd7zXZ\0", "an xz archive"),
    ];
    /// Of texts, whose letters may be of either case and stand behind white space.
    const TEXTS: &[(&[u8], &str)] = &[
        (b"<?php", "a PHP script"),
        (b"<?xml", "an XML file"),
        (b"<!doctype", "an HTML page"),
        (b"<html", "an HTML page"),
    ];
    let named = |names: &[(&[u8], &'static str)], head: &[u8]| {
        let mut names = names.iter();
        let found = names.find(|(signature, _)| matches!(compare(head, signature), Match::Yes));
        found.map(|(_, name)| *name)
    };
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let text = text.trim_ascii_start().to_ascii_lowercase();
    named(NAMES, head)
        .or_else(|| named(TEXTS, &text))
        .or_else(|| is_text(head).then_some("a text file"))
}

fn is_text(head: &[u8]) -> bool {
    let printable = |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~' | 0x80..);
    let valid = match std::str::from_utf8(head) {
        Ok(_) => true,
        // The head may end inside a character.
        Err(error) => error.error_len().is_none(),
    };
    valid && head.iter().all(printable)
}
