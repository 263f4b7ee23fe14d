//! Where a request goes, and as whom.

use tilewise::catalog::BASE_URL;
use tilewise::error::Error;
use tilewise::stream::Target;

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
        ("authorization", "Bearer k-1".to_owned()),
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
        assert_eq!(refused(&target), "header \"authorization\"");
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
