//! The files of the list in a few words: how many there are, and how many of them are sent.

use tilewise::units::counted;

/// How many files a list has, as far as the answer speaks of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Files {
    pub listed: usize,
    /// Of these, those that could not be read: they are not sent.
    pub unreadable: usize,
    /// Those that are sent although part of them is missing.
    pub damaged: usize,
}

impl Files {
    pub fn sent(&self) -> usize {
        self.listed.saturating_sub(self.unreadable)
    }

    /// `9 files`, `7 of 9 files · 2 cannot be read`.
    pub fn text(&self) -> String {
        let files = |count: usize| counted(count as u64, "file");
        match (self.sent(), self.unreadable) {
            (sent, 0) => files(sent),
            (0, unreadable) => format!("{} · cannot be read", files(unreadable)),
            (sent, unreadable) => format!(
                "{sent} of {} · {unreadable} cannot be read",
                files(self.listed)
            ),
        }
    }
}
