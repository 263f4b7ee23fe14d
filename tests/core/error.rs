use tilewise::error::Error;

fn http(status: u16, body: &str) -> Error {
    Error::Http {
        status,
        message: "no".to_owned(),
        body: body.to_owned(),
    }
}

#[test]
fn advice_names_the_place_where_a_refusal_is_mended() {
    for (status, place) in [
        (400, "what the endpoint says"),
        (401, "API key"),
        (403, "This key"),
        (404, "base URL"),
        (413, "by URL"),
        (429, "Wait"),
        (500, "again"),
        (503, "again"),
    ] {
        let advice = http(status, "").advice().unwrap();
        assert!(advice.contains(place), "{status}: {advice}");
    }
    let wall = Error::Network {
        message: String::new(),
    };
    assert!(wall.advice().unwrap().contains("docs/proxy.md"));
}

#[test]
fn what_was_wished_for_needs_no_advice() {
    assert_eq!(Error::Aborted.advice(), None);
}

#[test]
fn the_account_of_the_server_is_kept_apart_from_the_message() {
    assert_eq!(http(400, "{\"error\":1}").body(), Some("{\"error\":1}"));
    assert_eq!(http(502, " \n").body(), None);
    assert_eq!(Error::Timeout { silence_ms: 1 }.body(), None);
}
