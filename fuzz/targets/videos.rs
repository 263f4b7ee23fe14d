//! Videos in chunks, tags, objects and packets: AVI, FLV, ASF and MPEG streams.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use tilewise::media::Format;

fuzz_target!(|file: &[u8]| -> Corpus { tilewise_fuzz::check(file, &[Format::Avi, Format::Flv, Format::Wmv, Format::Mpeg]) });
