//! Lengths in CSS pixels (CSS Values and Units 3, sections 5, 6 and 8), and the font's size, which some are told in.

/// The font that browsers start with.
const INITIAL_FONT: f64 = 16.0;

/// What the root element says of the size of its font (CSS Fonts 3, section 3.5). A style wins over an attribute.
#[derive(Default)]
pub(super) struct FontSize {
    attribute: Option<f64>,
    style: Option<f64>,
}

impl FontSize {
    pub(super) fn set_attribute(&mut self, value: &[u8]) {
        self.attribute = font_size(value);
    }

    /// `font-size`, or the size in `font`, whichever stands last.
    pub(super) fn set_style(&mut self, style: &[u8]) {
        for declaration in style.split(|byte| *byte == b';') {
            let mut parts = declaration.splitn(2, |byte| *byte == b':');
            let (Some(name), Some(value)) = (parts.next(), parts.next()) else {
                continue;
            };
            let value = value.split(|byte| *byte == b'!').next().unwrap_or(value);
            let found = match &*name.trim_ascii().to_ascii_lowercase() {
                b"font-size" => font_size(value),
                b"font" => font(value),
                _ => None,
            };
            self.style = found.or(self.style);
        }
    }

    pub(super) fn pixels(&self) -> f64 {
        self.style.or(self.attribute).unwrap_or(INITIAL_FONT)
    }
}

/// Relative sizes are of the font that browsers start with, since nothing is around the root.
fn font_size(value: &[u8]) -> Option<f64> {
    let value = value.trim_ascii().to_ascii_lowercase();
    Some(match &*value {
        b"xx-small" => 9.0,
        b"x-small" => 10.0,
        b"small" | b"smaller" => 13.0,
        b"medium" => INITIAL_FONT,
        b"large" => 18.0,
        b"larger" => 1.2 * INITIAL_FONT,
        b"x-large" => 24.0,
        b"xx-large" => 32.0,
        b"xxx-large" => 48.0,
        value => match number(value) {
            Some((percent, b"%")) => percent / 100.0 * INITIAL_FONT,
            _ => pixels(value, INITIAL_FONT)?,
        },
    })
}

/// The size is the first value with a unit, perhaps before a slash and the height of a line.
fn font(value: &[u8]) -> Option<f64> {
    let ends = |byte: &u8| byte.is_ascii_whitespace() || *byte == b'/';
    let mut values = value.split(ends);
    values.find_map(|value| match number(value) {
        Some((_, [])) | None => None,
        Some(_) => font_size(value),
    })
}

/// A length in pixels. A percentage depends on the page, and counts as none; so does what is no length.
pub(super) fn pixels(value: &[u8], font: f64) -> Option<f64> {
    let value = value.trim_ascii();
    let pixels = match number(value) {
        Some((number, unit)) => number * factor(unit, font)?,
        None => Calculation::read(value, font)?,
    };
    Some(pixels).filter(|pixels| *pixels >= 0.0)
}

/// Pixels of a unit; `font` is the size of the root's own font.
fn factor(unit: &[u8], font: f64) -> Option<f64> {
    Some(match &*unit.to_ascii_lowercase() {
        b"" | b"px" => 1.0,
        b"in" => 96.0,
        b"cm" => 96.0 / 2.54,
        b"mm" => 96.0 / 25.4,
        b"q" => 96.0 / 101.6,
        b"pt" => 96.0 / 72.0,
        b"pc" => 16.0,
        // Half the font where it has no x-height to tell.
        b"em" | b"rem" => font,
        b"ex" | b"ch" => font / 2.0,
        _ => return None,
    })
}

/// A number (CSS Values and Units 3, section 4.3), and what stands behind it.
pub(super) fn number(text: &[u8]) -> Option<(f64, &[u8])> {
    let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let sign = usize::from(matches!(text.first(), Some(b'+' | b'-')));
    let mut end = sign + digits(text.get(sign..)?);
    let mut found = end - sign;
    if text.get(end) == Some(&b'.') {
        let fraction = digits(text.get(end + 1..)?);
        found += fraction;
        end += 1 + fraction;
    }
    if found == 0 {
        return None;
    }
    // An `e` begins an exponent only before digits; else it is the unit's.
    if let Some(b'e' | b'E') = text.get(end) {
        let sign = usize::from(matches!(text.get(end + 1), Some(b'+' | b'-')));
        let exponent = digits(text.get(end + 1 + sign..)?);
        if exponent > 0 {
            end += 1 + sign + exponent;
        }
    }
    let (number, rest) = text.split_at_checked(end)?;
    let number = crate::decimal::parse(std::str::from_utf8(number).ok()?)?;
    Some((number, rest))
}

/// `calc()`, `min()`, `max()` and `clamp()` (CSS Values and Units 4, section 10).
struct Calculation<'t> {
    rest: &'t [u8],
    font: f64,
    depth: u32,
}

/// A length in pixels, or a bare number.
#[derive(Clone, Copy)]
struct Value {
    amount: f64,
    is_length: bool,
}

impl<'t> Calculation<'t> {
    /// Each level takes room on the stack.
    const DEEPEST: u32 = 16;

    /// The pixels of a text that is one such function; less than none is none.
    fn read(text: &'t [u8], font: f64) -> Option<f64> {
        let (rest, depth) = (text, 0);
        let mut calculation = Self { rest, font, depth };
        let value = calculation.operand()?;
        let is_whole = calculation.rest.trim_ascii().is_empty();
        (is_whole && value.is_length && !value.amount.is_nan()).then_some(value.amount.max(0.0))
    }

    fn sum(&mut self) -> Option<Value> {
        let mut sum = self.product()?;
        loop {
            let sign = match self.next() {
                Some(b'+') => 1.0,
                Some(b'-') => -1.0,
                _ => return Some(sum),
            };
            self.skip();
            let other = self.product()?;
            if sum.is_length != other.is_length {
                return None;
            }
            sum.amount += sign * other.amount;
        }
    }

    fn product(&mut self) -> Option<Value> {
        let mut product = self.operand()?;
        loop {
            let is_product = match self.next() {
                Some(b'*') => true,
                Some(b'/') => false,
                _ => return Some(product),
            };
            self.skip();
            let other = self.operand()?;
            product = match (is_product, product.is_length, other.is_length) {
                (true, false, is_length) | (true, is_length, false) => Value {
                    amount: product.amount * other.amount,
                    is_length,
                },
                (false, is_length, false) if other.amount != 0.0 => Value {
                    amount: product.amount / other.amount,
                    is_length,
                },
                _ => return None,
            };
        }
    }

    fn operand(&mut self) -> Option<Value> {
        self.rest = self.rest.trim_ascii_start();
        if let Some((amount, rest)) = number(self.rest) {
            let letters = |byte: &&u8| byte.is_ascii_alphabetic() || **byte == b'%';
            let (unit, rest) = rest.split_at_checked(rest.iter().take_while(letters).count())?;
            self.rest = rest;
            return Some(Value {
                amount: amount * factor(unit, self.font)?,
                is_length: !unit.is_empty(),
            });
        }
        let open = self.rest.iter().position(|byte| *byte == b'(')?;
        let (name, rest) = self.rest.split_at_checked(open)?;
        self.rest = rest.get(1..)?;
        if self.depth == Self::DEEPEST {
            return None;
        }
        self.depth += 1;
        let value = self.function(&name.to_ascii_lowercase())?;
        self.depth -= 1;
        Some(value)
    }

    /// What stands in brackets behind a name, and the bracket that closes it.
    fn function(&mut self, name: &[u8]) -> Option<Value> {
        let pick: fn(f64, f64) -> f64 = match name {
            b"" | b"calc" | b"-webkit-calc" | b"max" => f64::max,
            b"min" => f64::min,
            b"clamp" => return self.clamp(),
            _ => return None,
        };
        let is_single = !matches!(name, b"min" | b"max");
        let mut value = self.sum()?;
        while self.next() == Some(b',') {
            self.skip();
            let other = self.sum()?;
            if is_single || other.is_length != value.is_length {
                return None;
            }
            value.amount = pick(value.amount, other.amount);
        }
        self.close()?;
        Some(value)
    }

    /// At least the first, at most the third.
    fn clamp(&mut self) -> Option<Value> {
        let mut next = |is_last: bool| {
            let value = self.sum()?;
            match is_last {
                true => self.close()?,
                false if self.next() == Some(b',') => self.skip(),
                false => return None,
            }
            Some(value)
        };
        let (low, value, high) = (next(false)?, next(false)?, next(true)?);
        let are_alike = low.is_length == value.is_length && high.is_length == value.is_length;
        are_alike.then(|| Value {
            amount: value.amount.min(high.amount).max(low.amount),
            ..value
        })
    }

    fn close(&mut self) -> Option<()> {
        (self.next()? == b')').then(|| self.skip())
    }

    /// The first byte that is no white space.
    fn next(&mut self) -> Option<u8> {
        self.rest = self.rest.trim_ascii_start();
        self.rest.first().copied()
    }

    fn skip(&mut self) {
        self.rest = self.rest.get(1..).unwrap_or_default();
    }
}
