// Every format that is named, accepted by a model or not: the one place that lists them. `src/media/format.rs` makes
// the enum and its functions of it, `build/catalog/emit.rs` the names that a catalogue may hold.
//
// Each has its variant, the name that is used everywhere (in facts, in the catalogue, in file names of snippets), its
// registered media type (IANA) or the customary one where none is registered, and the extensions that promise
// it, that of new files first.
formats! {
    Png "png" "image/png" ["png", "apng"],
    Jpeg "jpeg" "image/jpeg" ["jpg", "jpeg", "jpe", "jfif", "pjpeg", "pjp"],
    Gif "gif" "image/gif" ["gif"],
    Webp "webp" "image/webp" ["webp"],
    Bmp "bmp" "image/bmp" ["bmp", "dib"],
    Tiff "tiff" "image/tiff" ["tiff", "tif"],
    Ico "ico" "image/vnd.microsoft.icon" ["ico", "cur"],
    Avif "avif" "image/avif" ["avif", "avifs"],
    Heic "heic" "image/heic" ["heic", "heics"],
    Jxl "jxl" "image/jxl" ["jxl"],
    Svg "svg" "image/svg+xml" ["svg"],
    Mp4 "mp4" "video/mp4" ["mp4", "m4v"],
    Mov "mov" "video/quicktime" ["mov", "qt"],
    Webm "webm" "video/webm" ["webm"],
    Mkv "mkv" "video/x-matroska" ["mkv"],
    Avi "avi" "video/x-msvideo" ["avi"],
    Mpeg "mpeg" "video/mpeg" ["mpeg", "mpg", "ts", "m2ts", "mts", "vob"],
    Flv "flv" "video/x-flv" ["flv"],
    Wmv "wmv" "video/x-ms-wmv" ["wmv", "asf"],
    ThreeGp "3gp" "video/3gpp" ["3gp", "3gpp", "3g2"],
}
