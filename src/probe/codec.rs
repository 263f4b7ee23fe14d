//! Names of video codecs: the short ones that ffprobe prints, whatever a container calls them.

/// From MP4's own number of an object type (MP4RA, Object Types); `None` for one that is not listed.
pub(super) const fn of_object_type(number: u8) -> Option<&'static str> {
    Some(match number {
        0x20 => "mpeg4",
        0x21 => "h264",
        0x23 => "hevc",
        0x60..=0x65 => "mpeg2video",
        0x6a => "mpeg1video",
        0x6c => "mjpeg",
        0x6d => "png",
        0xa3 => "vc1",
        0xb1 => "vp9",
        _ => return None,
    })
}

/// From a code of four letters, as MP4, QuickTime, AVI, ASF and Matroska's compatibility mode have it
/// (MP4RA, Sample Entries; FOURCC of BITMAPINFOHEADER). One that is not listed names itself, if it is
/// printable.
pub(super) fn of_four_letters(code: [u8; 4]) -> Option<String> {
    let name = match &code.map(|letter| letter.to_ascii_lowercase()) {
        b"avc1" | b"avc2" | b"avc3" | b"avc4" | b"h264" | b"x264" | b"davc" => "h264",
        b"dvav" | b"dva1" => "h264",
        b"hvc1" | b"hev1" | b"hvc2" | b"hev2" | b"hevc" | b"h265" | b"x265" => "hevc",
        b"dvhe" | b"dvh1" => "hevc",
        b"vvc1" | b"vvi1" => "vvc",
        b"av01" | b"dav1" => "av1",
        b"vp08" | b"vp80" => "vp8",
        b"vp09" | b"vp90" => "vp9",
        b"vp6f" | b"flv4" => "vp6f",
        b"mp4v" | b"xvid" | b"divx" | b"dx50" | b"fmp4" | b"mp4s" | b"m4s2" | b"3iv2" => "mpeg4",
        b"div3" | b"mp43" | b"div4" => "msmpeg4v3",
        b"mp42" | b"div2" => "msmpeg4v2",
        b"h263" | b"s263" | b"x263" => "h263",
        b"mpg1" | b"mp1v" | b"m1v " => "mpeg1video",
        b"mpg2" | b"mp2v" | b"m2v1" | b"hdv1" | b"hdv2" | b"hdv3" | b"xdv2" => "mpeg2video",
        b"mjpg" | b"jpeg" | b"mjpa" | b"mjpb" | b"avrn" => "mjpeg",
        b"apch" | b"apcn" | b"apcs" | b"apco" | b"ap4h" | b"ap4x" => "prores",
        b"avdn" => "dnxhd",
        b"dvc " | b"dvcp" | b"dvsd" | b"dvpp" | b"dv25" | b"dv5p" | b"dv5n" | b"dvh5" => "dvvideo",
        b"wmv1" => "wmv1",
        b"wmv2" => "wmv2",
        b"wmv3" => "wmv3",
        b"wvc1" | b"vc-1" => "vc1",
        b"flv1" => "flv1",
        b"theo" => "theora",
        b"hfyu" => "huffyuv",
        b"ffvh" => "ffvhuff",
        b"ulrg" | b"ulra" | b"uly0" | b"uly2" | b"uly4" | b"ulh0" | b"ulh2" | b"ulh4" => "utvideo",
        b"ffv1" => "ffv1",
        b"cvid" => "cinepak",
        b"rle " => "qtrle",
        b"svq1" => "svq1",
        b"svq3" => "svq3",
        b"png " | b"mpng" => "png",
        // Bitmaps without a code.
        [0, 0, 0, 0] | b"raw " | b"dib " => "rawvideo",
        b"i420" | b"iyuv" | b"yv12" | b"yuy2" | b"uyvy" | b"y800" => "rawvideo",
        _ => {
            let printable = code.iter().all(|letter| matches!(letter, b' '..=b'~'));
            let own = String::from_utf8_lossy(&code).trim().to_owned();
            return (printable && !own.is_empty()).then_some(own);
        }
    };
    Some(name.to_owned())
}
