//! What stands in the way of sending a request, besides an endpoint that would refuse it.

/// The first thing to be done before a request can be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// Some of its files are figures alone: sizes that were typed, or what a link holds.
    NoFile,
    /// A header is still being read.
    Reading,
    /// An item goes by URL and has none.
    NoUrl,
    /// The endpoint would refuse it.
    Refused,
    /// There is neither text nor a file.
    Nothing,
}

impl Obstacle {
    /// What is to be done.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::NoFile => {
                "Figures without a file cannot be sent: add the files themselves, or remove the figures."
            }
            Self::Reading => "A file of the list is still being read.",
            Self::NoUrl => "An item that goes by URL has no URL yet.",
            Self::Refused => "Fix what would be refused first.",
            Self::Nothing => "Write a question, or add a photo or a video.",
        }
    }
}
