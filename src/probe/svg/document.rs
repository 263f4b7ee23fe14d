//! What stands before the root element, and the root's own tag (XML 1.0, sections 2.8, 3.1 and 4).

/// Why reading stops before the end of the root's tag.
#[derive(Debug)]
pub(super) enum Stop {
    /// The text ends, and goes on as a rule.
    More,
    /// The text ends behind comments, before any element or declaration.
    Blank,
    /// This is no SVG, but what the name says.
    Foreign(Option<&'static str>),
    /// Where, and what.
    Malformed(usize, &'static str),
}

/// Name and value.
type Attribute<'a> = (&'a [u8], &'a [u8]);

const PAGE: Stop = Stop::Foreign(Some("an HTML page"));

/// A text, and a place in it.
pub(super) struct Document<'a> {
    text: &'a [u8],
    at: usize,
    /// Names and values of the entities that it declares.
    entities: Vec<(&'a [u8], &'a [u8])>,
    /// References that may still be replaced: entities may stand for entities without end.
    references: u32,
}

impl<'a> Document<'a> {
    pub(super) const fn new(text: &'a [u8]) -> Self {
        Self {
            text,
            at: 0,
            entities: Vec::new(),
            references: 256,
        }
    }

    /// Goes behind the name of the root element.
    pub(super) fn enter_root(&mut self) -> Result<(), Stop> {
        const MARK: &[u8] = b"\xef\xbb\xbf";
        if self.begins(MARK)? {
            self.at += MARK.len();
        }
        let (mut has_comment, mut has_declaration) = (false, false);
        loop {
            self.skip_white_space();
            if self.rest().is_empty() {
                return Err(if has_comment && !has_declaration {
                    Stop::Blank
                } else {
                    Stop::More
                });
            }
            if self.begins(b"<?")? {
                has_declaration = true;
                self.instruction()?;
            } else if self.begins(b"<!--")? {
                has_comment = true;
                self.skip_behind(b"-->")?;
            } else if self.begins(b"<!")? {
                has_declaration = true;
                self.document_type()?;
            } else {
                return self.enter_svg();
            }
        }
    }

    /// The name may have a prefix for its namespace.
    fn enter_svg(&mut self) -> Result<(), Stop> {
        const LONGEST_NAME: usize = 64;
        let [b'<', text @ ..] = self.rest() else {
            return Err(Stop::Foreign(None));
        };
        let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/');
        let Some(length) = text.iter().take(LONGEST_NAME).position(ends) else {
            return Err(if text.len() >= LONGEST_NAME {
                Stop::Foreign(None)
            } else {
                Stop::More
            });
        };
        let (name, _) = text.split_at_checked(length).unwrap_or_default();
        self.at += 1 + length;
        match name.rsplit(|byte| *byte == b':').next() {
            Some(b"svg") => Ok(()),
            _ if is_of_page(name) => Err(PAGE),
            _ => Err(Stop::Foreign(None)),
        }
    }

    /// The next attribute of a start tag, behind which the place moves; `None` where the tag ends.
    pub(super) fn attribute(&mut self) -> Result<Option<Attribute<'a>>, Stop> {
        self.skip_white_space();
        let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'=' | b'>' | b'/');
        let length = self.rest().iter().position(ends).ok_or(Stop::More)?;
        let (name, _) = self.rest().split_at_checked(length).unwrap_or_default();
        self.at += length;
        self.skip_white_space();
        if name.is_empty() || !self.begins(b"=")? {
            let ended = name.is_empty() && (self.begins(b">")? || self.begins(b"/>")?);
            return if ended {
                Ok(None)
            } else {
                Err(Stop::Malformed(self.at, "an attribute has no value"))
            };
        }
        self.at += 1;
        self.skip_white_space();
        let quote = self.peek()?;
        if !matches!(quote, b'"' | b'\'') {
            return Err(Stop::Malformed(self.at, "a value stands in no quotes"));
        }
        self.at += 1;
        Ok(Some((name, self.skip_behind(&[quote])?)))
    }

    /// `<?xml …?>` and the like; a script does not even have to end.
    fn instruction(&mut self) -> Result<(), Stop> {
        let begins = |name: &[u8]| {
            let start = self.rest().get(..name.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(name))
        };
        if begins(b"<?php") || begins(b"<?=") {
            return Err(Stop::Foreign(Some("a PHP script")));
        }
        self.skip_behind(b"?>").map(|_| ())
    }

    /// `<!DOCTYPE …>`, in which quotes, comments and a part in brackets may hold any `>`.
    fn document_type(&mut self) -> Result<(), Stop> {
        const HTML: &[u8] = b"<!doctype html";
        let start = self.rest().get(..HTML.len()).ok_or(Stop::More)?;
        if start.eq_ignore_ascii_case(HTML) {
            return Err(PAGE);
        }
        let mut in_brackets = false;
        self.at += 2;
        loop {
            match self.peek()? {
                b'>' if !in_brackets => {
                    self.at += 1;
                    return Ok(());
                }
                b'[' => in_brackets = true,
                b']' => in_brackets = false,
                b'<' if self.begins(b"<!--")? => {
                    self.skip_behind(b"-->")?;
                    continue;
                }
                b'<' if self.begins(b"<?")? => {
                    self.skip_behind(b"?>")?;
                    continue;
                }
                b'<' if self.begins(b"<!ENTITY")? => {
                    self.entity()?;
                    continue;
                }
                quote @ (b'"' | b'\'') => {
                    self.at += 1;
                    self.skip_behind(&[quote])?;
                    continue;
                }
                _ => {}
            }
            self.at += 1;
        }
    }

    /// `<!ENTITY name "value">` (section 4.2). Those of another file and those for declarations alone stay unknown.
    fn entity(&mut self) -> Result<(), Stop> {
        /// The names of all characters that have one are fewer.
        const MAX_ENTITIES: usize = 4096;
        self.at += b"<!ENTITY".len();
        self.skip_white_space();
        let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'"' | b'\'');
        let length = self.rest().iter().position(ends).ok_or(Stop::More)?;
        let (name, _) = self.rest().split_at_checked(length).unwrap_or_default();
        self.at += length;
        self.skip_white_space();
        let quote = self.peek()?;
        if name != b"%" && matches!(quote, b'"' | b'\'') {
            self.at += 1;
            let value = self.skip_behind(&[quote])?;
            if self.entities.len() < MAX_ENTITIES {
                self.entities.push((name, value));
            }
        }
        Ok(())
    }

    /// A value with what its references stand for in their place (sections 4.1 and 4.6).
    pub(super) fn expand(&mut self, value: &[u8]) -> Vec<u8> {
        let mut expanded = Vec::new();
        self.expand_into(value, &mut expanded, 0);
        expanded
    }

    fn expand_into(&mut self, value: &[u8], expanded: &mut Vec<u8>, depth: u32) {
        const DEEPEST: u32 = 8;
        /// No size is longer, and no style that names one.
        const LONGEST: usize = 64 * 1024;
        let mut rest = value;
        while let Some((byte, behind)) = rest.split_first() {
            if expanded.len() >= LONGEST {
                return;
            }
            rest = behind;
            let (b'&', Some((name, behind))) = (*byte, reference(rest)) else {
                expanded.push(*byte);
                continue;
            };
            let Some(left) = self.references.checked_sub(1) else {
                return;
            };
            (self.references, rest) = (left, behind);
            let mut entities = self.entities.iter();
            let declared = entities.find(|(known, _)| *known == name);
            match (character(name), declared) {
                (Some(character), _) => expanded.push(character),
                // The first declaration counts.
                (None, Some((_, value))) if depth < DEEPEST => {
                    self.expand_into(value, expanded, depth + 1);
                }
                (None, _) => {}
            }
        }
    }

    fn rest(&self) -> &'a [u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Result<u8, Stop> {
        self.text.get(self.at).copied().ok_or(Stop::More)
    }

    fn begins(&self, with: &[u8]) -> Result<bool, Stop> {
        let rest = self.rest();
        if rest.len() < with.len() && with.starts_with(rest) {
            Err(Stop::More)
        } else {
            Ok(rest.starts_with(with))
        }
    }

    /// Goes behind the end of something, and says what stands before that end.
    fn skip_behind(&mut self, end: &[u8]) -> Result<&'a [u8], Stop> {
        let rest = self.rest();
        // A general search takes many kilobytes of machine code.
        let mut windows = rest.windows(end.len());
        let found = windows.position(|window| window == end).ok_or(Stop::More)?;
        self.at += found + end.len();
        Ok(rest.get(..found).unwrap_or_default())
    }

    fn skip_white_space(&mut self) {
        let is_space = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
        self.at += self.rest().iter().take_while(is_space).count();
    }
}

/// Names of elements by which browsers recognise a page without a document type (WHATWG, MIME Sniffing, section 7.1).
fn is_of_page(name: &[u8]) -> bool {
    const NAMES: [&[u8]; 16] = [
        b"html", b"head", b"script", b"iframe", b"h1", b"div", b"font", b"table", b"a", b"style",
        b"title", b"b", b"body", b"br", b"p", b"meta",
    ];
    NAMES.iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// The name of a reference behind its `&`, and what stands behind its `;`.
fn reference(text: &[u8]) -> Option<(&[u8], &[u8])> {
    const LONGEST: usize = 64;
    let end = text.iter().take(LONGEST).position(|byte| *byte == b';')?;
    let (name, behind) = text.split_at_checked(end)?;
    Some((name, behind.get(1..)?))
}

/// What a name stands for in every text: a number, or one of five. All that counts is ASCII.
fn character(name: &[u8]) -> Option<u8> {
    let Some(digits) = name.strip_prefix(b"#") else {
        return Some(match name {
            b"amp" => b'&',
            b"lt" => b'<',
            b"gt" => b'>',
            b"quot" => b'"',
            b"apos" => b'\'',
            _ => return None,
        });
    };
    let digits = std::str::from_utf8(digits).ok()?;
    let number = match digits.strip_prefix('x') {
        Some(digits) => u32::from_str_radix(digits, 16).ok()?,
        None => digits.parse().ok()?,
    };
    let ascii = u8::try_from(number).ok().filter(u8::is_ascii);
    Some(ascii.unwrap_or(b'?'))
}
