//! Where a request goes, as JavaScript writes it, with its defaults.

use super::argument::Argument;
use crate::catalog::BASE_URL;
use crate::request::Target;
use crate::stream::session::DEFAULT_TIMEOUT_MS;

/// Headers come as names and values in turn; a value that is missing is none.
pub(super) fn target(argument: &Argument<'_>) -> Target {
    let mut headers = Vec::new();
    let items = argument.get("headers");
    let mut items = items.items();
    while let (Some(name), Some(value)) = (items.next(), items.next()) {
        if let (Some(name), Some(value)) = (name.text(), value.text()) {
            headers.push((name.to_owned(), value.to_owned()));
        }
    }
    let target = Target {
        base_url: argument
            .get("baseUrl")
            .text()
            .unwrap_or(BASE_URL)
            .to_owned(),
        api_key: argument.get("apiKey").text().map(str::to_owned),
        headers,
        timeout_ms: argument
            .get("timeoutMs")
            .small_count()
            .unwrap_or(DEFAULT_TIMEOUT_MS),
    };
    argument.checked(target.check_timeout());
    argument.checked(target.checked_headers().map(|_| ()));
    target
}
