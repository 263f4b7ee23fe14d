//! What is taken as the URL of a photo or a video.
#![cfg(test)]

use tilewise_www_core::url::{HTTPS_ONLY, MediaUrl, has_scheme, media_url};

fn remote(text: &str) -> Result<MediaUrl, &'static str> {
    Ok(MediaUrl::Remote(text.to_owned()))
}

#[test]
fn an_address_without_a_scheme_gets_https() {
    for (typed, read) in [
        ("example.com/cat.jpg", "https://example.com/cat.jpg"),
        (" www.example.com:8443/a ", "https://www.example.com:8443/a"),
        ("https://example.com/cat.jpg", "https://example.com/cat.jpg"),
        ("HTTPS://example.com/", "HTTPS://example.com/"),
        ("http://127.0.0.1:9/cat.jpg", "http://127.0.0.1:9/cat.jpg"),
        ("http://localhost/cat.jpg", "http://localhost/cat.jpg"),
    ] {
        assert_eq!(media_url(typed), remote(read), "{typed}");
    }
}

#[test]
fn an_address_that_the_page_may_not_read_is_refused_with_the_reason() {
    for typed in [
        "http://example.com/cat.jpg",
        "ftp://example.com/cat.jpg",
        "http://127.0.0.1.example.com/cat.jpg",
        "http://localhost.example.com/cat.jpg",
    ] {
        assert_eq!(media_url(typed), Err(HTTPS_ONLY), "{typed}");
    }
    for typed in [
        "",
        "cat",
        "cat.jpg",
        "not a url",
        "a b.c/d",
        "https://",
        "./cat.jpg",
    ] {
        let why = media_url(typed).unwrap_err();
        assert!(why.starts_with("This is not a URL"), "{typed}");
    }
}

#[test]
fn a_data_url_is_taken_as_it_is() {
    let url = "data:image/png;base64,AAAA";
    assert_eq!(media_url(url), Ok(MediaUrl::Data(url.to_owned())));
}

#[test]
fn text_that_begins_like_a_url_is_told_from_other_text() {
    assert!(has_scheme("http://example.com/"));
    assert!(has_scheme("data:,"));
    assert!(!has_scheme("example.com/cat.jpg"));
    assert!(!has_scheme("hé"));
}
