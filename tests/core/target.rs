//! Where a request goes, and as whom.

use tilewise::catalog::BASE_URL;
use tilewise::error::Error;
use tilewise::request::Draft;
use tilewise::stream::{EndpointOptions, Target};

fn headed(name: &str, value: &str) -> Target {
    Target {
        headers: vec![(name.to_owned(), value.to_owned())],
        ..Target::default()
    }
}

fn refused(target: &Target) -> String {
    match target.checked_headers() {
        Err(Error::InvalidArgument { what, .. }) => what,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_path_is_joined_by_one_slash_whether_the_base_ends_in_some() {
    for base in [
        "https://a.example/v1",
        "https://a.example/v1/",
        "https://a.example/v1//",
    ] {
        let target = Target {
            base_url: base.to_owned(),
            ..Target::default()
        };
        assert_eq!(target.url("models"), "https://a.example/v1/models");
    }
    assert_eq!(
        Target::default().url("models"),
        format!("{BASE_URL}/models")
    );
}

#[test]
fn the_key_is_a_bearer_token_and_further_headers_follow_it() {
    assert_eq!(Target::default().checked_headers(), Ok(vec![]));
    let target = Target {
        api_key: Some("k-1".into()),
        ..headed("X-Team", "blue\tgreen")
    };
    let expected = vec![
        ("Authorization", "Bearer k-1".to_owned()),
        ("X-Team", "blue\tgreen".to_owned()),
    ];
    assert_eq!(target.checked_headers(), Ok(expected));
}

#[test]
fn what_no_header_can_hold_is_refused_by_its_name_and_never_told() {
    for value in ["a\nb", "a\r\nx-evil: 1", "a\0", "a\u{7f}", "schlüssel"] {
        assert_eq!(
            refused(&headed("x-team", value)),
            "header \"x-team\"",
            "{value:?}"
        );
        let target = Target {
            api_key: Some(value.to_owned()),
            ..Target::default()
        };
        assert_eq!(refused(&target), "header \"Authorization\"");
        assert!(
            !target
                .checked_headers()
                .unwrap_err()
                .to_string()
                .contains(value)
        );
    }
    for name in ["", "x team", "x:team", "größe", "x\n"] {
        assert_eq!(refused(&headed(name, "a")), format!("header \"{name}\""));
    }
}

#[test]
fn a_time_out_of_nothing_is_refused() {
    let target = Target {
        timeout_ms: 0,
        ..Target::default()
    };
    let error = target.check_timeout().unwrap_err();
    assert!(matches!(error, Error::InvalidArgument { what, .. } if what == "timeoutMs"));
}

#[test]
fn a_page_may_call_a_provider_that_asks_for_a_header_and_no_other_gets_it() {
    let names = |base_url: &str| {
        let target = Target {
            base_url: base_url.into(),
            api_key: Some("secret".into()),
            ..Target::default()
        };
        let headers = target.checked_headers().unwrap();
        headers
            .iter()
            .map(|(name, value)| format!("{}: {value}", name.to_lowercase()))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        names("https://api.anthropic.com/v1"),
        [
            "authorization: Bearer secret",
            "anthropic-dangerous-direct-browser-access: true"
        ]
    );
    assert_eq!(
        names("https://api.anthropic.com.example/v1"),
        ["authorization: Bearer secret"]
    );
    assert_eq!(
        names("https://inference.baseten.co/v1"),
        ["authorization: Bearer secret"]
    );
}

#[test]
fn a_draft_without_a_base_url_goes_to_its_provider() {
    let at = |provider: Option<&str>, base_url: Option<&str>| {
        let draft = Draft {
            provider: provider.map(str::to_owned),
            ..Draft::new("any", "")
        };
        let options = EndpointOptions {
            base_url: base_url.map(str::to_owned),
            ..EndpointOptions::default()
        };
        options
            .for_draft(&draft)
            .map(|options| options.base_url().to_owned())
    };
    assert_eq!(at(None, None).unwrap(), "https://inference.baseten.co/v1");
    assert_eq!(
        at(Some("moonshot"), None).unwrap(),
        "https://api.moonshot.ai/v1"
    );
    assert_eq!(
        at(Some("moonshot"), Some("https://x/v1")).unwrap(),
        "https://x/v1"
    );
    let error = at(Some("amazon"), None).unwrap_err().to_string();
    assert!(error.contains("no endpoint that speaks"), "{error}");
    assert_eq!(
        at(Some("amazon"), Some("https://x/v1")).unwrap(),
        "https://x/v1"
    );
}
