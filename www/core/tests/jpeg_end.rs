use tilewise_www_core::jpeg_end::{is_cut_off, tail_bytes};

#[test]
fn a_file_with_its_end_marker_is_whole() {
    assert!(!is_cut_off(&[0x12, 0xff, 0x00, 0x34, 0xff, 0xd9]));
}

#[test]
fn what_stands_behind_the_end_marker_does_not_matter() {
    assert!(!is_cut_off(&[
        0xff, 0x00, 0xff, 0xd9, 0x00, 0x00, 0xff, 0x00
    ]));
}

#[test]
fn pixels_without_an_end_are_cut_off() {
    assert!(is_cut_off(&[
        0x12, 0xff, 0x00, 0x34, 0xff, 0xd3, 0x56, 0x78
    ]));
    assert!(is_cut_off(&[0; 64]));
    assert!(is_cut_off(&[0x12, 0xff]));
}

#[test]
fn the_video_of_a_moving_photo_is_no_part_of_the_pixels() {
    assert!(!is_cut_off(&[0x12, 0xff, 0x41, 0x34, 0xff, 0x00]));
}

#[test]
fn of_a_short_file_the_header_is_not_looked_at() {
    assert_eq!(tail_bytes(1_000), 500);
    assert_eq!(tail_bytes(6_000_000), 16_384);
    assert!(!is_cut_off(&[0xff, 0xd8, 0xff, 0xe0]));
}
