//! Where a request goes, and as whom.

use crate::catalog::BASE_URL;
use crate::error::Error;
use crate::stream::session::DEFAULT_TIMEOUT_MS;

/// An endpoint and its caller.
#[derive(Clone, Debug)]
pub struct Target {
    pub base_url: String,
    pub api_key: Option<String>,
    pub headers: Vec<(String, String)>,
    /// Longest silence in milliseconds, before the answer and inside it.
    pub timeout_ms: u32,
}

impl Default for Target {
    fn default() -> Self {
        Self {
            base_url: BASE_URL.to_owned(),
            api_key: None,
            headers: Vec::new(),
            timeout_ms: DEFAULT_TIMEOUT_MS,
        }
    }
}

impl Target {
    /// The address of this path of the endpoint.
    pub fn url(&self, path: &str) -> String {
        format!("{}/{path}", self.base_url.trim_end_matches('/'))
    }

    /// Refuses a time-out of nothing with [`Error::InvalidArgument`].
    pub fn check_timeout(&self) -> Result<(), Error> {
        match self.timeout_ms {
            0 => Err(Error::invalid("timeoutMs", "it must be above 0")),
            _ => Ok(()),
        }
    }

    /// The headers that say who asks. What no header may hold is refused with [`Error::InvalidArgument`].
    pub fn checked_headers(&self) -> Result<Vec<(&str, String)>, Error> {
        let key = self.api_key.iter();
        let bearer = key.map(|key| ("authorization", format!("Bearer {key}")));
        let own = self.headers.iter();
        let own = own.map(|(name, value)| (name.as_str(), value.clone()));
        let headers: Vec<_> = bearer.chain(own).collect();
        for (name, value) in &headers {
            let is_valid = value
                .bytes()
                .all(|byte| matches!(byte, b'\t' | b' '..=b'~'));
            if name.is_empty() || !name.bytes().all(is_token) || !is_valid {
                return Err(Error::invalid(
                    format!("header \"{name}\""),
                    "it holds a character that a header cannot hold",
                ));
            }
        }
        Ok(headers)
    }
}

/// RFC 9110, section 5.6.2.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}
