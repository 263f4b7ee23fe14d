//! SVGs that are odd, and what is no image and has a name. Each is served in every way.

use crate::odd_images::{refusal, size};
use tilewise::error::ErrorCode;

fn svg(attributes: &str) -> Vec<u8> {
    format!("<svg xmlns='http://www.w3.org/2000/svg' {attributes}/>").into_bytes()
}

#[test]
fn comments_attributes_and_document_types_of_an_svg_may_be_of_any_length() {
    let root = "<svg width='60' height='40'/>";
    let long = "a licence, the source of a diagram ".repeat(20_000);
    for text in [
        format!("<!--{long}-->{root}"),
        format!("<?xml version='1.0'?><!--{long}--><!--{long}-->\n{root}"),
        format!("<svg content='{long}' width='60' height='40'/>"),
        format!("<!DOCTYPE svg [<!ENTITY a '{long}'>]>{root}"),
        format!("{}{root}", " ".repeat(100_000)),
    ] {
        assert_eq!(size(text.as_bytes()), (60, 40), "{} bytes", text.len());
    }
}

#[test]
fn an_svg_in_utf_16_is_read() {
    let text =
        "<?xml version='1.0' encoding='UTF-16'?><svg aria-label='größer' width='60' height='40'/>";
    let marked = format!("\u{feff}{text}");
    for text in [text, &marked] {
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(size(&little), (60, 40));
        assert_eq!(size(&big), (60, 40));
    }
    let other: Vec<u8> = "\u{feff}<rss/>"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(refusal(&other).0, ErrorCode::UnsupportedFormat);
}

#[test]
fn the_size_of_an_svg_may_be_calculated() {
    for (width, expected) in [
        ("calc(30px*2)", 60),
        ("calc(1in - 36px)", 60),
        ("calc( (10px + 2 * 5px) * 3 )", 60),
        ("calc(120px / 2)", 60),
        ("calc(2em + 28px)", 60),
        ("calc(calc(30px) + 30PX)", 60),
        ("min(60px, 2in)", 60),
        ("max(10px, calc(6 * 10px), 1px)", 60),
        ("clamp(10px, 90px, 60px)", 60),
        // A page's width is not known, a number is no length, and what does not end is nothing.
        ("calc(50% + 10px)", 300),
        ("calc(2 * 30)", 300),
        ("calc(2px * 30px)", 300),
        ("calc(60px", 300),
        ("calc(1px / 0)", 300),
        ("sin(60px)", 300),
    ] {
        let file = svg(&format!("width='{width}' height='40px'"));
        assert_eq!(size(&file), (expected, 40), "{width}");
    }
    let deep = format!("{}60px{}", "calc(".repeat(5000), ")".repeat(5000));
    assert_eq!(
        size(&svg(&format!("width='{deep}' height='40'"))),
        (300, 40)
    );
}

#[test]
fn entities_that_an_svg_declares_are_replaced() {
    let with = |entities: &str, width: &str| {
        let root = format!("<svg width='{width}' height='40'/>");
        size(format!("<!DOCTYPE svg [{entities}]>{root}").as_bytes())
    };
    assert_eq!(with("<!ENTITY w '60'>", "&w;"), (60, 40));
    assert_eq!(
        with("<!ENTITY w '6'>\n<!ENTITY u 'px'>", "&w;0&u;"),
        (60, 40)
    );
    assert_eq!(
        with("<!ENTITY w '&x;0'><!ENTITY x '&#54;'>", "&w;"),
        (60, 40)
    );
    // The first declaration counts, and one for declarations alone does not.
    assert_eq!(with("<!ENTITY w '60'><!ENTITY w '70'>", "&w;"), (60, 40));
    assert_eq!(with("<!ENTITY % w '70'><!ENTITY w '60'>", "&w;"), (60, 40));
    // Entities without end, and one of another file.
    assert_eq!(with("<!ENTITY w '&w;&w;'>", "&w;"), (300, 40));
    assert_eq!(with("<!ENTITY w SYSTEM 'w.txt'>", "&w;"), (300, 40));
}

#[test]
fn sizes_in_em_are_of_the_roots_own_font() {
    for (font, expected) in [
        ("font-size='20'", 40),
        ("font-size='20px'", 40),
        ("font-size='2em'", 64),
        ("font-size='150%'", 48),
        ("font-size='x-large'", 48),
        ("style='fill:red; font-size: 20px !important'", 40),
        ("style='font-size:20px' font-size='50'", 40),
        ("style='font: bold 15pt/1.2 serif'", 40),
        ("style='font-family:serif'", 32),
        ("font-size='none'", 32),
    ] {
        for attributes in [
            format!("{font} width='2em' height='4ex'"),
            format!("width='2em' height='4ex' {font}"),
        ] {
            assert_eq!(size(&svg(&attributes)), (expected, expected), "{font}");
        }
    }
}

#[test]
fn view_boxes_that_overflow_keep_their_proportion_or_are_refused() {
    let wide = svg("width='200' viewBox='0 0 1e308 1e308'");
    assert_eq!(size(&wide), (200, 200));
    for attributes in [
        "width='200' viewBox='0 0 1e-300 1e300'",
        "viewBox='0 0 1e17 1e17'",
        "width='1e16' height='5'",
    ] {
        assert_eq!(refusal(&svg(attributes)).0, ErrorCode::Malformed);
    }
}

// ── Names ──

#[test]
fn what_is_no_image_is_named_and_not_called_cut_off() {
    let utf8 = |text: &str| text.as_bytes().to_vec();
    let long = "x".repeat(5000);
    for (file, name) in [
        (utf8("<!doctype html><html><p>Sign in</p></html>"), "HTML"),
        (utf8("<!DocType HTML>\n"), "HTML"),
        (utf8("\n\n  <HTML><head>"), "HTML"),
        (utf8("<!-- a proxy --><Html>"), "HTML"),
        (utf8("<script>location = '/'</script>"), "HTML"),
        (
            utf8("<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'>"),
            "HTML",
        ),
        (utf8("<!-- nothing else -->"), "HTML"),
        (utf8("<!-- nothing --><!-- else -->\n"), "HTML"),
        (utf8("<?php\necho 'no closing tag';\n"), "PHP"),
        (utf8("<?PHP echo 1 ?><svg/>"), "PHP"),
        (utf8("<?= $page; "), "PHP"),
        (utf8(&format!("ID3\x04{long}")), "MP3"),
        ([&b"\xff\xfb\x90\x64"[..], &[0; 500]].concat(), "MP3"),
        ([&b"fLaC\0\0\0\x22"[..], &[0; 500]].concat(), "FLAC"),
        ([&b"OggS\0\x02"[..], &[0; 500]].concat(), "Ogg"),
        ([&b"\xff\xf1\x50\x80"[..], &[0; 500]].concat(), "AAC"),
        ([&b"FORM\0\0\x01\0AIFF"[..], &[0; 500]].concat(), "AIFF"),
        (
            [
                &b"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02\x01"[..],
                &[0; 500],
            ]
            .concat(),
            "MXF",
        ),
        ([&b".RMF\0\0\0\x12"[..], &[0; 500]].concat(), "RealMedia"),
        ([&b"CWS\x0a\x10\0\0\0"[..], &[0; 500]].concat(), "SWF"),
        (
            [&b"\0\0\0\x0cjP  \r\n\x87\n"[..], &[0; 500]].concat(),
            "JPEG 2000",
        ),
        ([&b"\0\0\0\x10ftypmif3avif"[..], &[0; 500]].concat(), "HEIF"),
    ] {
        let (code, message) = refusal(&file);
        assert_eq!(code, ErrorCode::UnsupportedFormat, "{message}");
        assert!(message.contains(name), "{name}: {message}");
    }
}
