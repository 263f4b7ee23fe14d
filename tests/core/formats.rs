//! What lists the formats for people: the types of the package, the contract that its types are compared with, and the
//! README.

use std::fs;
use tilewise::media::Format;

fn names(is_video: bool) -> Vec<&'static str> {
    Format::ALL
        .iter()
        .filter(|format| format.is_video() == is_video)
        .map(|format| format.name())
        .collect()
}

/// The members of the first union behind this text.
fn union(types: &str, behind: &str) -> Vec<String> {
    let (_, rest) = types.split_once(behind).unwrap();
    let (_, rest) = rest.split_once("\n  format: ").unwrap();
    let (union, _) = rest.split_once(';').unwrap();
    union
        .split('|')
        .map(|name| name.trim().trim_matches('"').to_owned())
        .collect()
}

#[test]
fn the_types_name_every_format_in_its_order() {
    for file in ["npm/src/tilewise.d.ts", "tests/npm/contract/tilewise.d.ts"] {
        let types = fs::read_to_string(file).unwrap();
        assert_eq!(
            union(&types, "interface ImageFacts"),
            names(false),
            "{file}"
        );
        assert_eq!(union(&types, "interface VideoFacts"), names(true), "{file}");
    }
}

#[test]
fn the_readme_names_every_image_format_and_counts_the_containers() {
    const COUNTS: [&str; 12] = [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve",
    ];
    let readme = fs::read_to_string("README.md").unwrap();
    let images: Vec<String> = names(false)
        .into_iter()
        .map(|name| match name {
            "webp" => "WebP".to_owned(),
            "jxl" => "JPEG XL".to_owned(),
            _ => name.to_uppercase(),
        })
        .collect();
    let expected = format!(
        "It reads {} and {} video containers",
        images.join(", "),
        COUNTS[names(true).len() - 1]
    );
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words(&readme).contains(&expected), "{expected}");
}
