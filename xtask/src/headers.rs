//! The file `_headers` that Netlify and Cloudflare Pages read: a path, then its headers, indented.

use anyhow::{Context, Result};
use axum::http::{HeaderName, HeaderValue};
use std::fs;
use std::path::Path;

const FILE: &str = "_headers";

/// Headers of the paths that match.
pub struct Rule {
    /// With `*` at its end for whatever follows.
    path: String,
    pub headers: Vec<(HeaderName, HeaderValue)>,
}

impl Rule {
    pub fn applies_to(&self, path: &str) -> bool {
        match self.path.strip_suffix('*') {
            Some(start) => path.starts_with(start),
            None => path == self.path,
        }
    }
}

/// The rules of a site, in their order.
pub fn read(site: &Path) -> Result<Vec<Rule>> {
    let text = fs::read_to_string(site.join(FILE)).context(FILE)?;
    let mut rules: Vec<Rule> = Vec::new();
    for line in text.lines() {
        let is_header = line.starts_with([' ', '\t']);
        match line.trim() {
            "" => {}
            comment if comment.starts_with('#') => {}
            header if is_header => {
                let wrong = || format!("{FILE}: {header}");
                let (name, value) = header.split_once(':').with_context(wrong)?;
                let rule = rules.last_mut().with_context(wrong)?;
                let value = HeaderValue::from_str(value.trim()).with_context(wrong)?;
                rule.headers
                    .push((name.trim().parse().with_context(wrong)?, value));
            }
            path => rules.push(Rule {
                path: path.to_owned(),
                headers: Vec::new(),
            }),
        }
    }
    Ok(rules)
}
