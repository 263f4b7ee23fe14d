//! An answer's Markdown, as HTML that can do nothing, and as text.
#![cfg(test)]

use tilewise_www_core::markdown::{to_html, to_text};

#[test]
fn emphasis_lists_and_tables_are_shown() {
    let html = to_html("**bold**\n\n- one\n\n| a |\n|--:|\n| 1 |");
    assert!(html.contains("<strong>bold</strong>"), "{html}");
    assert!(html.contains("<li>one</li>"), "{html}");
    // The page's policy forbids the attribute `style`.
    assert!(html.contains("<td align=\"right\">1</td>"), "{html}");
    assert!(!html.contains("style="), "{html}");
}

#[test]
fn html_is_shown_as_text() {
    for source in [
        "<script>alert(1)</script>",
        "a <img src=x onerror=alert(1)> b",
        "<svg onload=alert(1)>\n\n</svg>",
        "<iframe srcdoc=\"<script>\">",
    ] {
        let html = to_html(source);
        for tag in ["<script", "<img", "<svg", "<iframe"] {
            assert!(!html.contains(tag), "{html}");
        }
        assert!(html.contains("&lt;"), "{html}");
    }
}

#[test]
fn an_image_becomes_its_description() {
    let html = to_html("![a cat](https://example.com/cat.png \"x\")");
    assert_eq!(html.trim(), "<p><em>a cat</em></p>");
}

#[test]
fn links_keep_web_and_mail_addresses_only_and_open_apart_from_the_page() {
    let apart = "<a target=\"_blank\" rel=\"noopener noreferrer nofollow\" href=";
    for (source, address) in [
        ("[x](https://example.com)", "\"https://example.com\""),
        ("[x](HTTP://example.com)", "\"HTTP://example.com\""),
        ("[x](mailto:a@example.com)", "\"mailto:a@example.com\""),
        ("<a@example.com>", "\"mailto:a@example.com\""),
        ("[x](javascript:alert(1))", "\"#\""),
        ("[x](JaVaScRiPt:alert(1))", "\"#\""),
        ("[x](data:text/html,x)", "\"#\""),
        ("[x](//example.com)", "\"#\""),
        ("<javascript:alert(1)>", "\"#\""),
    ] {
        let html = to_html(source);
        assert!(
            html.contains(&format!("{apart}{address}>")),
            "{source}: {html}"
        );
    }
}

#[test]
fn a_quotation_mark_cannot_leave_an_attribute() {
    let html = to_html("[x](https://example.com/%22onclick=alert(1) '\"onclick=alert(1)')");
    assert!(!html.contains("\"onclick"), "{html}");
}

#[test]
fn a_screen_reader_gets_the_text_without_marks() {
    let text = to_text("# Title\n\n**bold** and `code`\n\n- one\n- two");
    assert_eq!(text, "Title\nbold and code\none\ntwo\n");
}
