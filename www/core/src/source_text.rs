//! What was read in a document, in plain words in place of a key of the catalogue.

use tilewise::catalog::Source;

/// What a figure of the catalogue is about.
pub fn about(source: &Source) -> &'static str {
    let key = &*source.what;
    match key.split_once('.').map_or(key, |(group, _)| group) {
        "price" | "priceTiers" => "Prices",
        "limits" => "Limits",
        "rules" | "published" | "family" => "How photos and videos are counted",
        "formats" => "Formats that it accepts",
        "vision" | "takesImages" | "takesVideos" => "Whether it takes photos and videos",
        "contextTokens" => "Longest input",
        "details" => "Levels of detail",
        "status" | "retiredOn" | "replacement" => "When it ends",
        _ => "Other figures",
    }
}

/// Each document once for all that it says about the same.
pub fn distinct(sources: &[Source]) -> Vec<(&'static str, &Source)> {
    let mut known: Vec<(&str, &Source)> = Vec::new();
    for source in sources {
        let about = about(source);
        if known
            .iter()
            .all(|(what, other)| *what != about || other.url != source.url)
        {
            known.push((about, source));
        }
    }
    known
}
