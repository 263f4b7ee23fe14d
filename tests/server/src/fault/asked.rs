//! A fault as a request names it: `status-503;retry-after=2`.

use std::str::FromStr;

#[derive(Clone, Debug)]
pub(super) struct Asked<'a> {
    pub(super) name: &'a str,
    options: Vec<(&'a str, &'a str)>,
}

impl<'a> Asked<'a> {
    pub(super) fn parse(text: &'a str) -> Self {
        let mut parts = text.split(';').map(str::trim);
        Self {
            name: parts.next().unwrap_or_default(),
            options: parts
                .map(|option| option.split_once('=').unwrap_or((option, "")))
                .collect(),
        }
    }

    pub(super) fn option(&self, name: &str) -> Option<&'a str> {
        let mut options = self.options.iter();
        options
            .find(|(found, _)| *found == name)
            .map(|(_, value)| *value)
    }

    /// What stands behind a name and a hyphen: `text/plain` in `content-type-text/plain`.
    pub(super) fn behind(&self, name: &str) -> Option<&'a str> {
        self.name.strip_prefix(name)?.strip_prefix('-')
    }

    /// The number behind a name: 12 in `cut-12`.
    pub(super) fn number<T: FromStr>(&self, name: &str) -> Option<T> {
        self.behind(name)?.parse().ok()
    }
}
