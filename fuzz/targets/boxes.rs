//! Boxes in boxes: AVIF, HEIC, JPEG XL, MP4, QuickTime and 3GP.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use tilewise::media::Format;

const FAMILY: [Format; 6] = [
    Format::Avif,
    Format::Heic,
    Format::Jxl,
    Format::Mp4,
    Format::Mov,
    Format::ThreeGp,
];

fuzz_target!(|file: &[u8]| -> Corpus { tilewise_fuzz::check(file, &FAMILY) });
