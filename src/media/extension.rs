//! What the name of a file says of its format.

use super::Format;

impl Format {
    /// The format that the end of a file name promises, such as JPEG for `photo.JPG`. `None` for a name
    /// without an extension, or with one that promises nothing: `.heif` may hold any codec, `.dat` anything.
    pub fn promised_by(file_name: &str) -> Option<Self> {
        let (_, extension) = file_name.rsplit_once('.')?;
        Some(match &*extension.to_ascii_lowercase() {
            "png" | "apng" => Self::Png,
            "jpg" | "jpeg" | "jpe" | "jfif" | "pjpeg" | "pjp" => Self::Jpeg,
            "gif" => Self::Gif,
            "webp" => Self::Webp,
            "bmp" | "dib" => Self::Bmp,
            "tif" | "tiff" => Self::Tiff,
            "ico" | "cur" => Self::Ico,
            "avif" | "avifs" => Self::Avif,
            "heic" | "heics" => Self::Heic,
            "jxl" => Self::Jxl,
            "svg" => Self::Svg,
            "mp4" | "m4v" => Self::Mp4,
            "mov" | "qt" => Self::Mov,
            "webm" => Self::Webm,
            "mkv" => Self::Mkv,
            "avi" => Self::Avi,
            "mpg" | "mpeg" | "ts" | "m2ts" | "mts" | "vob" => Self::Mpeg,
            "flv" => Self::Flv,
            "wmv" | "asf" => Self::Wmv,
            "3gp" | "3gpp" | "3g2" => Self::ThreeGp,
            _ => return None,
        })
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
        let extension = match self {
            Self::Jpeg => "jpg",
            other => other.name(),
        };
        format!("{stem}.{extension}")
    }
}
