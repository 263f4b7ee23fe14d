//! Why nothing came, in words: a browser hides the reason, so the likeliest one is named, and what helps.

use crate::catalog::Provider;
use crate::error::Error;

/// What the runtime knows of itself when a request fails.
#[derive(Clone, Copy, Debug, Default)]
pub struct RuntimeContext<'a> {
    /// Of a device without network (`navigator.onLine`).
    pub is_offline: bool,
    /// Origin of the page, where there is one.
    pub page: Option<&'a str>,
}

/// A request without an answer. `cause` is what the runtime says of it; `cors_hint` is what else the caller
/// can do where a browser lets no page read the answer.
pub fn no_answer(url: &str, cause: &str, context: RuntimeContext<'_>, cors_hint: &str) -> Error {
    let server = origin(url);
    let why = why((url, server), cause, context, cors_hint);
    Error::Network {
        message: format!("no answer from {server}: {why}"),
    }
}

/// An answer that ended before its end.
pub fn broken_off(cause: &str) -> Error {
    Error::Network {
        message: format!("the connection broke: {cause}"),
    }
}

fn why(
    (url, server): (&str, &str),
    cause: &str,
    context: RuntimeContext<'_>,
    cors_hint: &str,
) -> String {
    if context.is_offline {
        return format!("this device is offline. ({cause})");
    }
    let Some(page) = context.page.filter(|page| page.starts_with("http")) else {
        return cause.to_owned();
    };
    if page.starts_with("https:") && server.starts_with("http:") && !is_loopback(server) {
        return format!(
            "pages of {page} may only read from https: addresses (mixed content): use one, or a proxy on the page's own origin{cors_hint}. ({cause})"
        );
    }
    let provider = Provider::at(url);
    if let Some(provider) = provider.filter(|provider| provider.browser == Some(true)) {
        return format!(
            "{} lets pages read its answers, so the network failed, or something on the way (a proxy, an extension) stopped it. ({cause})",
            provider.name
        );
    }
    let server = if page == server {
        "redirects to one that does not allow"
    } else {
        "does not allow"
    };
    format!(
        "the network failed, or the server {server} pages of {page} to read it (CORS): have the server send Access-Control-Allow-Origin, or reach it through a proxy on the page's own origin{cors_hint}. ({cause})"
    )
}

/// The scheme and host of an address, or all of what has none.
fn origin(url: &str) -> &str {
    let authority = url
        .split_once(':')
        .and_then(|(_, rest)| rest.strip_prefix("//"));
    let path = authority.and_then(|authority| {
        let length = authority.find(['/', '?', '#'])?;
        authority.get(length..)
    });
    path.and_then(|path| url.strip_suffix(path)).unwrap_or(url)
}

/// Browsers take these for secure without https (W3C Secure Contexts, section 3.1). The whole host counts:
/// `localhost.example` is anybody's.
fn is_loopback(origin: &str) -> bool {
    let Some(host) = origin.strip_prefix("http://") else {
        return false;
    };
    let name = host.split(':').next().unwrap_or(host);
    let is_local = name == "localhost" || name.ends_with(".localhost");
    let is_own_address = name.strip_prefix("127.").is_some_and(|rest| {
        rest.bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.')
    });
    is_local || is_own_address || host.starts_with("[::1]")
}
