//! The answer's Markdown as HTML that can do nothing: no scripts, no remote images, no forms.

use pulldown_cmark::{CowStr, Event, LinkType, Options, Parser, Tag, TagEnd, html};

/// HTML in the text is shown as text; images become their description; links keep http, https and
/// mailto addresses only, and open apart from the page.
pub fn to_html(markdown: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let events = Parser::new_ext(markdown, options).map(|event| match event {
        Event::Html(html) | Event::InlineHtml(html) => Event::Text(html),
        Event::Start(Tag::HtmlBlock) => Event::Start(Tag::Paragraph),
        Event::End(TagEnd::HtmlBlock) => Event::End(TagEnd::Paragraph),
        Event::Start(Tag::Image { .. }) => Event::Start(Tag::Emphasis),
        Event::End(TagEnd::Image) => Event::End(TagEnd::Emphasis),
        Event::Start(Tag::Link {
            link_type,
            dest_url,
            title,
            id,
        }) => Event::Start(Tag::Link {
            link_type,
            dest_url: harmless(link_type, dest_url),
            title,
            id,
        }),
        other => other,
    });
    let mut out = String::new();
    html::push_html(&mut out, events);
    // Text holds no `<`, so these are tags. The page's policy forbids `style` in HTML.
    out.replace(
        "<a href=",
        "<a target=\"_blank\" rel=\"noopener noreferrer nofollow\" href=",
    )
    .replace("<td style=\"text-align: ", "<td align=\"")
    .replace("<th style=\"text-align: ", "<th align=\"")
}

/// Its text, for a screen reader.
pub fn to_text(markdown: &str) -> String {
    let mut out = String::new();
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        match event {
            Event::Text(text) | Event::Code(text) => out.push_str(&text),
            Event::SoftBreak | Event::HardBreak | Event::End(TagEnd::TableCell) => out.push(' '),
            Event::End(
                TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item | TagEnd::TableRow,
            ) => {
                out.push('\n');
            }
            _ => {}
        }
    }
    out
}

fn harmless(kind: LinkType, url: CowStr<'_>) -> CowStr<'_> {
    // `mailto:` is put before it when it is written.
    if kind == LinkType::Email {
        return url;
    }
    let lower = url.to_ascii_lowercase();
    let allowed = ["https://", "http://", "mailto:"];
    if allowed.iter().any(|start| lower.starts_with(start)) {
        url
    } else {
        CowStr::Borrowed("#")
    }
}
