//! Chunk after chunk: PNG, GIF and WebP.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use tilewise::media::Format;

fuzz_target!(|file: &[u8]| -> Corpus { tilewise_fuzz::check(file, &[Format::Png, Format::Gif, Format::Webp]) });
