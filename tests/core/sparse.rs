//! Videos of gigabytes that are holes for the most part (`tests/fixtures/sparse`).

use crate::fixtures::read;
use crate::source::File;
use base64::{Engine, prelude::BASE64_STANDARD};
use serde::Deserialize;
use std::ops::Range;

/// A file that reads as zeros wherever no part of it lies.
#[derive(Debug)]
pub(crate) struct Sparse {
    length: u64,
    parts: Vec<(u64, Vec<u8>)>,
}

impl Sparse {
    pub(crate) fn open(name: &str) -> Self {
        let stored: Stored = serde_json::from_slice(&read(&format!("{name}.json"))).unwrap();
        let parts = stored.parts.iter();
        Self {
            length: stored.length,
            parts: parts
                .map(|part| (part.at, BASE64_STANDARD.decode(&part.base64).unwrap()))
                .collect(),
        }
    }
}

#[derive(Deserialize)]
struct Stored {
    length: u64,
    parts: Vec<Part>,
}

#[derive(Deserialize)]
struct Part {
    at: u64,
    base64: String,
}

impl File for &Sparse {
    fn length(self) -> u64 {
        self.length
    }

    fn read(self, range: Range<u64>) -> Vec<u8> {
        let (start, end) = (range.start.min(self.length), range.end.min(self.length));
        let mut piece = vec![0; (end - start) as usize];
        for (at, part) in &self.parts {
            let from = start.max(*at);
            let to = end.min(at + part.len() as u64);
            if from < to {
                piece[(from - start) as usize..(to - start) as usize]
                    .copy_from_slice(&part[(from - at) as usize..(to - at) as usize]);
            }
        }
        piece
    }
}

#[test]
fn holes_read_as_zeros_and_parts_lie_where_they_belong() {
    let sparse = Sparse {
        length: 1 << 40,
        parts: vec![(2, vec![1, 2]), (1 << 39, vec![3, 4, 5])],
    };
    assert_eq!((&sparse).read(0..6), [0, 0, 1, 2, 0, 0]);
    assert_eq!((&sparse).read(3..5), [2, 0]);
    assert_eq!((&sparse).read((1 << 39) + 1..(1 << 39) + 3), [4, 5]);
    assert_eq!((&sparse).read((1 << 40) - 1..u64::MAX), [0]);
}
