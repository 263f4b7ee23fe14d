//! Results as JSON, by way of serde.

use super::number;
use serde::ser::{self, Serialize, Serializer};
use std::fmt::Display;

/// A value as JSON.
pub(crate) fn to_json(value: &(impl Serialize + ?Sized)) -> String {
    let mut out = String::new();
    // The only failure is that of maps whose keys are no text, which no result has.
    let _ = value.serialize(&mut Writer { out: &mut out });
    out
}

/// Appends a text in quotes.
pub(crate) fn quote(text: &str, out: &mut String) {
    quote_by(text, &mut |part| out.push_str(part));
}

/// Hands on a text in quotes, part by part, with the escapes that JavaScript writes (ECMA-262,
/// QuoteJSONString): so a body has the same length wherever it is written.
pub(crate) fn quote_by(text: &str, put: &mut dyn FnMut(&str)) {
    put("\"");
    let mut rest = text;
    while let Some(at) = rest
        .bytes()
        .position(|byte| matches!(byte, b'"' | b'\\' | 0..b' '))
    {
        let (plain, special) = rest.split_at_checked(at).unwrap_or((rest, ""));
        put(plain);
        let mut letters = special.chars();
        match letters.next() {
            Some('"') => put("\\\""),
            Some('\\') => put("\\\\"),
            Some('\n') => put("\\n"),
            Some('\r') => put("\\r"),
            Some('\t') => put("\\t"),
            Some('\u{8}') => put("\\b"),
            Some('\u{c}') => put("\\f"),
            Some(control) => put(&format!("\\u{:04x}", u32::from(control))),
            None => {}
        }
        rest = letters.as_str();
    }
    put(rest);
    put("\"");
}

struct Writer<'a> {
    out: &'a mut String,
}

/// Inside a list or an object.
struct Items<'w, 'a> {
    writer: &'w mut Writer<'a>,
    close: &'static str,
    is_first: bool,
}

impl<'w, 'a> Writer<'a> {
    fn items(&'w mut self, open: &str, close: &'static str) -> Result<Items<'w, 'a>, Unwritable> {
        self.out.push_str(open);
        Ok(Items {
            writer: self,
            close,
            is_first: true,
        })
    }

    fn plain(&mut self, text: impl ToString) -> Result<(), Unwritable> {
        self.out.push_str(&text.to_string());
        Ok(())
    }
}

impl Items<'_, '_> {
    fn next(&mut self) {
        if !self.is_first {
            self.writer.out.push(',');
        }
        self.is_first = false;
    }

    fn key(&mut self, key: &str) {
        self.next();
        quote(key, self.writer.out);
        self.writer.out.push(':');
    }

    fn close(self) -> Result<(), Unwritable> {
        self.writer.out.push_str(self.close);
        Ok(())
    }
}

#[derive(Debug, thiserror::Error)]
#[error("a value that JSON cannot hold")]
struct Unwritable;

impl ser::Error for Unwritable {
    fn custom<T: Display>(_: T) -> Self {
        Self
    }
}

/// Numbers that are whole go by way of the widest.
macro_rules! whole {
    ($($method:ident: $type:ty as $widest:ty),* $(,)?) => {
        $(fn $method(self, value: $type) -> Result<(), Unwritable> {
            self.plain(<$widest>::from(value))
        })*
    };
}

impl<'w, 'a> Serializer for &'w mut Writer<'a> {
    type Ok = ();
    type Error = Unwritable;
    type SerializeSeq = Items<'w, 'a>;
    type SerializeTuple = Items<'w, 'a>;
    type SerializeTupleStruct = Items<'w, 'a>;
    type SerializeTupleVariant = ser::Impossible<(), Unwritable>;
    type SerializeMap = ser::Impossible<(), Unwritable>;
    type SerializeStruct = Items<'w, 'a>;
    type SerializeStructVariant = ser::Impossible<(), Unwritable>;

    whole! {
        serialize_i8: i8 as i64,
        serialize_i16: i16 as i64,
        serialize_i32: i32 as i64,
        serialize_i64: i64 as i64,
        serialize_u8: u8 as u64,
        serialize_u16: u16 as u64,
        serialize_u32: u32 as u64,
        serialize_u64: u64 as u64,
    }

    fn serialize_bool(self, value: bool) -> Result<(), Unwritable> {
        self.out.push_str(if value { "true" } else { "false" });
        Ok(())
    }

    fn serialize_f32(self, value: f32) -> Result<(), Unwritable> {
        self.serialize_f64(f64::from(value))
    }

    fn serialize_f64(self, value: f64) -> Result<(), Unwritable> {
        number::write(value, self.out);
        Ok(())
    }

    fn serialize_char(self, value: char) -> Result<(), Unwritable> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), Unwritable> {
        quote(value, self.out);
        Ok(())
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<(), Unwritable> {
        Err(Unwritable)
    }

    fn serialize_none(self) -> Result<(), Unwritable> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Unwritable> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Unwritable> {
        self.out.push_str("null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Unwritable> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), Unwritable> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Unwritable> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), Unwritable> {
        Err(Unwritable)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Items<'w, 'a>, Unwritable> {
        self.items("[", "]")
    }

    fn serialize_tuple(self, _: usize) -> Result<Items<'w, 'a>, Unwritable> {
        self.items("[", "]")
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Items<'w, 'a>, Unwritable> {
        self.items("[", "]")
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Unwritable> {
        Err(Unwritable)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, Unwritable> {
        Err(Unwritable)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Items<'w, 'a>, Unwritable> {
        self.items("{", "}")
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Unwritable> {
        Err(Unwritable)
    }
}

/// The three kinds of list are written alike.
macro_rules! list {
    ($($kind:ident: $method:ident),* $(,)?) => {
        $(impl ser::$kind for Items<'_, '_> {
            type Ok = ();
            type Error = Unwritable;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unwritable> {
                self.next();
                value.serialize(&mut *self.writer)
            }

            fn end(self) -> Result<(), Unwritable> {
                self.close()
            }
        })*
    };
}

list! {
    SerializeSeq: serialize_element,
    SerializeTuple: serialize_element,
    SerializeTupleStruct: serialize_field,
}

impl ser::SerializeStruct for Items<'_, '_> {
    type Ok = ();
    type Error = Unwritable;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), Unwritable> {
        self.key(key);
        value.serialize(&mut *self.writer)
    }

    fn end(self) -> Result<(), Unwritable> {
        self.close()
    }
}
