//! What is said where nothing came.

use tilewise::error::Error;
use tilewise::stream::failure::{RuntimeContext, broken_off, no_answer};

const CORS_HINT: &str = ", or wait";

fn said(url: &str, page: Option<&str>, is_offline: bool) -> String {
    let context = RuntimeContext { is_offline, page };
    match no_answer(url, "Failed to fetch", context, CORS_HINT) {
        Error::Network { message } => message,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_server_is_named_without_the_path_and_the_query_that_may_hold_a_key() {
    for url in [
        "https://a.example:8080/v1/models?key=1",
        "https://a.example:8080?key=1",
        "https://a.example:8080#key=1",
        "https://a.example:8080",
    ] {
        let said = said(url, None, false);
        assert_eq!(
            said, "no answer from https://a.example:8080: Failed to fetch",
            "{url}"
        );
    }
    // A base URL of the page's own origin.
    assert!(said("/api/v1", None, false).starts_with("no answer from /api/v1: "));
}

#[test]
fn outside_of_a_page_the_runtime_has_the_word() {
    for page in [None, Some("null"), Some("file://")] {
        assert!(
            said("http://a.example/", page, false).ends_with(": Failed to fetch"),
            "{page:?}"
        );
    }
}

#[test]
fn a_device_without_network_comes_before_any_other_guess() {
    let said = said("http://a.example/", Some("https://page.example"), true);
    assert!(
        said.contains("offline") && said.ends_with("(Failed to fetch)"),
        "{said}"
    );
    assert!(!said.contains("CORS") && !said.contains("mixed"), "{said}");
}

#[test]
fn a_secure_page_cannot_read_from_an_insecure_server_unless_that_is_its_own_machine() {
    let is_mixed = |server: &str| {
        let said = said(&format!("{server}/v1"), Some("https://page.example"), false);
        assert!(
            said.contains(CORS_HINT) && said.ends_with("(Failed to fetch)"),
            "{said}"
        );
        said.contains("mixed content")
    };
    for server in [
        "http://a.example",
        "http://192.168.0.2:8000",
        "http://localhost.example",
        "http://127.example",
        "http://127.0.0.1.example:80",
    ] {
        assert!(is_mixed(server), "{server}");
    }
    for server in [
        "https://a.example",
        "http://localhost",
        "http://localhost:8000",
        "http://api.localhost:8000",
        "http://127.0.0.1:8000",
        "http://127.8.8.8",
        "http://[::1]:8000",
    ] {
        assert!(!is_mixed(server), "{server}");
    }
    let said = said("http://a.example/", Some("http://page.example"), false);
    assert!(!said.contains("mixed content"), "{said}");
}

#[test]
fn a_server_of_another_origin_may_not_allow_the_page_and_the_own_one_may_redirect() {
    let other = said("https://a.example/v1", Some("https://page.example"), false);
    assert!(
        other.contains("CORS") && other.contains("the server does not allow pages of"),
        "{other}"
    );
    assert!(
        other.contains("pages of https://page.example to read it"),
        "{other}"
    );
    let own = said(
        "https://page.example/v1",
        Some("https://page.example"),
        false,
    );
    assert!(
        own.contains("redirects to one that does not allow"),
        "{own}"
    );
}

#[test]
fn a_provider_that_is_known_to_let_pages_read_is_not_blamed() {
    let page = Some("https://page.example");
    let openai = said("https://api.openai.com/v1/chat/completions", page, false);
    assert!(
        openai.contains("OpenAI lets pages read its answers"),
        "{openai}"
    );
    assert!(
        !openai.contains("CORS") && openai.ends_with("(Failed to fetch)"),
        "{openai}"
    );
    // Nothing says so of Baseten.
    let baseten = said("https://inference.baseten.co/v1/models", page, false);
    assert!(baseten.contains("CORS"), "{baseten}");
}

#[test]
fn an_answer_that_broke_off_is_no_missing_one() {
    assert_eq!(
        broken_off("reset").to_string(),
        "the connection broke: reset"
    );
}
