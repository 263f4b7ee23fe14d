//! What is typed, pasted or dropped as the URL of a photo or a video.

/// The one thing that can be read and sent, beside this machine's own servers.
pub const HTTPS_ONLY: &str = "Only https: addresses can be read and sent.";
const NO_URL: &str = "This is not a URL: one begins with https://.";

/// A URL as it can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MediaUrl {
    Remote(String),
    /// A `data:` URL: a file without a name.
    Data(String),
}

/// Whether text begins like a URL of a photo or a video, whether it can be read or not.
pub fn has_scheme(text: &str) -> bool {
    ["https://", "http://", "data:"]
        .iter()
        .any(|scheme| begins_with(text, scheme))
}

/// `https://` is put before what begins with a host and a path.
///
/// # Errors
///
/// What is wrong with it, as a sentence.
pub fn media_url(text: &str) -> Result<MediaUrl, &'static str> {
    let text = text.trim();
    if begins_with(text, "data:") {
        return Ok(MediaUrl::Data(text.to_owned()));
    }
    if text.contains(char::is_whitespace) {
        return Err(NO_URL);
    }
    let is_readable =
        begins_with(text, "https://") || (begins_with(text, "http://") && is_of_this_machine(text));
    match text.split_once("://") {
        Some((_, rest)) if is_readable && !rest.is_empty() => Ok(MediaUrl::Remote(text.to_owned())),
        Some(_) if is_readable => Err(NO_URL),
        Some(_) => Err(HTTPS_ONLY),
        None if names_a_host(text) => Ok(MediaUrl::Remote(format!("https://{text}"))),
        None => Err(NO_URL),
    }
}

/// As the page's policy has it (`www/public/_headers`).
fn is_of_this_machine(url: &str) -> bool {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let host = rest.split(['/', ':', '?', '#']).next().unwrap_or_default();
    host == "127.0.0.1" || host.eq_ignore_ascii_case("localhost")
}

/// A host with a dot, and a path behind it.
fn names_a_host(text: &str) -> bool {
    let Some((host, path)) = text.split_once('/') else {
        return false;
    };
    let is_plain = |letter: char| letter.is_alphanumeric() || matches!(letter, '.' | '-' | ':');
    let has_dot = host.trim_matches('.').contains('.');
    has_dot && host.chars().all(is_plain) && !path.is_empty()
}

fn begins_with(text: &str, start: &str) -> bool {
    let found = text.get(..start.len());
    found.is_some_and(|found| found.eq_ignore_ascii_case(start))
}
