//! The formats, and what the name of a file says of its own.

use crate::literal::Literal;
use serde::{Deserialize, Serialize, Serializer};

macro_rules! formats {
    ($($variant:ident $name:literal $mime:literal [$($extension:literal),+],)+) => {
        /// The formats that tilewise names, accepted by a model or not.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
        #[non_exhaustive]
        pub enum Format {
            $(
                #[doc = concat!("`", $mime, "`")]
                #[serde(rename = $name)]
                $variant,
            )+
        }

        impl Format {
            /// All of them, images first.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name used everywhere: in facts, in the catalogue, in file names of snippets.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),+
                }
            }

            /// Its registered media type (IANA), or the customary one where none is registered.
            pub const fn mime(self) -> &'static str {
                match self {
                    $(Self::$variant => $mime),+
                }
            }

            /// The extensions of file names that promise it, in lower case, that of new files first.
            pub const fn extensions(self) -> &'static [&'static str] {
                match self {
                    $(Self::$variant => &[$($extension),+]),+
                }
            }
        }
    };
}

include!("formats.rs");

impl Format {
    /// Whether its files are videos; the others are images.
    pub fn is_video(self) -> bool {
        self.mime().starts_with("video/")
    }

    /// The format of this [`name`](Self::name).
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|format| format.name() == name)
    }

    /// The format that the end of a file name promises, such as JPEG for `photo.JPG`. `None` for a name
    /// without an extension, or with one that promises nothing: `.heif` may hold any codec, `.dat` anything.
    pub fn promised_by(file_name: &str) -> Option<Self> {
        let (_, extension) = file_name.rsplit_once('.')?;
        let is_meant = |known: &&str| known.eq_ignore_ascii_case(extension);
        let mut formats = Self::ALL.iter().copied();
        formats.find(|format| format.extensions().iter().any(is_meant))
    }

    /// The name that a file has once it is of this format: `scan.tiff` becomes `scan.jpg`.
    pub fn rename(self, file_name: &str) -> String {
        let promised = Self::promised_by(file_name);
        if promised == Some(self) {
            return file_name.to_owned();
        }
        // What promises no format is part of the name, as in `2026.11.25`.
        let stem = match (promised, file_name.rsplit_once('.')) {
            (Some(_), Some((stem, _))) => stem,
            _ => file_name,
        };
        let extension = self.extensions().first().copied();
        format!("{stem}.{}", extension.unwrap_or(self.name()))
    }
}

impl Serialize for Format {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Literal(self.name()).serialize(serializer)
    }
}
