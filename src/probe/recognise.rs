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
    const NAMES: [(&[u8], &str); 18] = [
        (b"????ftypcrx ", "a camera's raw file"),
        (b"IIRO", "a camera's raw file"),
        (b"IIU\0", "a camera's raw file"),
        (b"FUJIVIDEOCCD-RAW", "a camera's raw file"),
        (b"????ftypM4A", "a sound file"),
        (b"????ftypM4B", "a sound file"),
        (b"????ftypM4P", "a sound file"),
        (b"????styp", "a piece of an MP4 video"),
        (b"\0\0\0\x0cjP  ", "a JPEG 2000 image"),
        (b"\xff\x4f\xff\x51", "a JPEG 2000 image"),
        (b"RIFF????WAVE", "a WAVE sound file"),
        (b"8BPS", "a Photoshop document"),
        (b"%PDF-", "a PDF document"),
        (b"PK\x03\x04", "a ZIP archive or an Office document"),
        (b"\x1f\x8b", "a gzip archive"),
        (b"<?xml", "an XML file"),
        (b"<!DOCTYPE", "an HTML page"),
        (b"<html", "an HTML page"),
    ];
    NAMES
        .iter()
        .find(|(signature, _)| matches!(compare(head, signature), Match::Yes))
        .map(|(_, name)| *name)
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
