//! Reads JavaScript's values as the types of the core. What cannot be read is told with its place.
//!
//! serde-wasm-bindgen, which writes them, reads them too. But its errors are texts without a place, in which serde shows the
//! value that was found: the formatting of floating-point numbers and of quoted text alone is 10 KB of what a page downloads
//! first. And it looks for each field and variant by its name, where serde takes the index.

use js_sys::{Array, Reflect, Symbol};
use serde::de::value::{StringDeserializer, U32Deserializer, U64Deserializer};
use serde::de::{self, DeserializeSeed, Expected, IntoDeserializer, Unexpected, Visitor};
use serde::forward_to_deserialize_any;
use std::cell::RefCell;
use std::fmt::{self, Display};
use std::mem;
use std::ops::Range;
use std::rc::Rc;
use tilewise::error::Error;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    type Object;

    #[wasm_bindgen(method, structural, indexing_getter)]
    fn get(this: &Object, key: &JsValue) -> JsValue;
}

/// Why a value cannot be read, and where in it. In a box, since each reading of a field hands it on.
#[derive(Debug)]
pub(crate) struct Refusal(Box<Reason>);

#[derive(Debug)]
struct Reason {
    /// From the value on: `.media[0].facts.width`.
    place: String,
    why: String,
}

impl Refusal {
    fn new(why: String) -> Self {
        let place = String::new();
        Self(Box::new(Reason { place, why }))
    }

    /// As an argument of this name.
    #[cold]
    pub(crate) fn of_argument(self, name: &str) -> Error {
        let Reason { place, why } = *self.0;
        Error::InvalidArgument {
            what: format!("{name}{place}"),
            why,
        }
    }

    #[cold]
    fn expected(what: &dyn Expected, found: &JsValue) -> Self {
        Self::new(format!("expected {what}, not {}", kind(found)))
    }

    #[cold]
    fn in_field(mut self, name: &str) -> Self {
        self.0.place = format!(".{name}{}", self.0.place);
        self
    }

    #[cold]
    fn in_item(mut self, index: u32) -> Self {
        self.0.place = format!("[{index}]{}", self.0.place);
        self
    }
}

impl Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.place, self.0.why)
    }
}

impl std::error::Error for Refusal {}

impl de::Error for Refusal {
    fn custom<T: Display>(why: T) -> Self {
        Self::new(why.to_string())
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(format!("expected {expected}"))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(found, expected)
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new("missing".to_owned()).in_field(field)
    }
}

/// In JavaScript's terms.
fn kind(value: &JsValue) -> &'static str {
    if value.is_undefined() || value.is_null() {
        "nothing"
    } else if value.is_string() {
        "a string"
    } else if value.as_bool().is_some() {
        "a boolean"
    } else if value.as_f64().is_some() {
        "this number"
    } else if Array::is_array(value) {
        "an array"
    } else if value.is_object() {
        "an object"
    } else {
        "this value"
    }
}

pub(crate) struct Deserializer(pub(crate) JsValue);

impl Deserializer {
    /// Above 2⁵³ − 1 a number need not be the one that was meant.
    fn whole(&self) -> Option<u64> {
        let number = self.0.as_f64()?;
        let is_exact = (0.0..9_007_199_254_740_992.0).contains(&number) && number.trunc() == number;
        is_exact.then_some(number as u64)
    }

    fn text(&self) -> Result<String, Refusal> {
        let text = self.0.as_string();
        text.ok_or_else(|| Refusal::expected(&"a string", &self.0))
    }
}

impl<'de> de::Deserializer<'de> for Deserializer {
    type Error = Refusal;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        if let Some(flag) = self.0.as_bool() {
            visitor.visit_bool(flag)
        } else if let Some(number) = self.whole() {
            visitor.visit_u64(number)
        } else if let Some(number) = self.0.as_f64() {
            visitor.visit_f64(number)
        } else if let Some(text) = self.0.as_string() {
            visitor.visit_string(text)
        } else if Array::is_array(&self.0) {
            self.deserialize_seq(visitor)
        } else if self.0.is_object() {
            self.deserialize_map(visitor)
        } else {
            visitor.visit_unit()
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match self.0.as_bool() {
            Some(flag) => visitor.visit_bool(flag),
            None => Err(Refusal::expected(&"a boolean", &self.0)),
        }
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match self.whole() {
            Some(number) => visitor.visit_u64(number),
            None => Err(Refusal::expected(&"a whole number, 0 or more", &self.0)),
        }
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match self.0.as_f64() {
            Some(number) => visitor.visit_f64(number),
            None => Err(Refusal::expected(&"a number", &self.0)),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        visitor.visit_string(self.text()?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        self.deserialize_string(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        self.deserialize_string(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        if self.0.is_undefined() || self.0.is_null() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        if Array::is_array(&self.0) {
            visitor.visit_seq(Items::of(self.0.unchecked_into()))
        } else {
            Err(Refusal::expected(&"an array", &self.0))
        }
    }

    /// The object's own properties, or the pairs of a `Map` or of `Headers`.
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        if !self.0.is_object() || Array::is_array(&self.0) {
            return Err(Refusal::expected(&visitor, &self.0));
        }
        let has_pairs = Reflect::has(&self.0, &Symbol::iterator()).unwrap_or_default();
        let object = if has_pairs {
            js_sys::Object::from_entries(&self.0)
                .map_err(|_| Refusal::expected(&visitor, &self.0))?
        } else {
            self.0.unchecked_into()
        };
        visitor.visit_map(Entries {
            entries: Items::of(js_sys::Object::entries(&object)),
            current: Default::default(),
        })
    }

    /// The properties with these names, inherited ones too: a Blob has no others.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        if self.0.is_object() {
            visitor.visit_map(Fields {
                object: self.0.unchecked_into(),
                names,
                keys: keys(names),
                next: 0,
                current: Default::default(),
            })
        } else {
            Err(Refusal::expected(&visitor, &self.0))
        }
    }

    /// A string that names a variant: none of the core's has more to it.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        visitor.visit_enum(variant(&self.text()?, variants)?)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u16 u32 u128 f32 char bytes byte_buf unit unit_struct tuple tuple_struct
    }
}

/// serde numbers variants as they are listed.
fn variant(
    name: &str,
    variants: &'static [&'static str],
) -> Result<U32Deserializer<Refusal>, Refusal> {
    let index = variants.iter().position(|&variant| variant == name);
    match index {
        Some(index) => Ok((index as u32).into_deserializer()),
        None => Err(de::Error::unknown_variant(name, variants)),
    }
}

/// The names of a struct's fields as strings of JavaScript's, which take longer to make than to use.
fn keys(names: &'static [&'static str]) -> Rc<[JsValue]> {
    type Keys = Rc<[JsValue]>;
    thread_local! {
        static MADE: RefCell<Vec<(&'static [&'static str], Keys)>> = const { RefCell::new(Vec::new()) };
    }
    MADE.with_borrow_mut(|made| {
        if let Some((_, keys)) = made.iter().find(|(of, _)| std::ptr::eq(*of, names)) {
            return keys.clone();
        }
        let keys: Keys = names.iter().map(|&name| name.into()).collect();
        made.push((names, keys.clone()));
        keys
    })
}

/// Of an object, what a struct has fields for.
struct Fields {
    object: Object,
    names: &'static [&'static str],
    keys: Rc<[JsValue]>,
    next: usize,
    current: (&'static str, JsValue),
}

impl Fields {
    /// The index of the next field that is there. As in objects that are sent as JSON, an undefined one is not.
    fn advance(&mut self) -> Option<U64Deserializer<Refusal>> {
        loop {
            let index = self.next;
            let name = self.names.get(index)?;
            let value = self.object.get(self.keys.get(index)?);
            self.next += 1;
            if !value.is_undefined() {
                self.current = (name, value);
                return Some((index as u64).into_deserializer());
            }
        }
    }
}

impl<'de> de::MapAccess<'de> for Fields {
    type Error = Refusal;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Refusal> {
        let index = self.advance();
        index.map(|index| seed.deserialize(index)).transpose()
    }

    // For each type once: to have it for each field is 0.5 KB (brotli).
    #[inline(never)]
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Refusal> {
        let (name, value) = mem::take(&mut self.current);
        seed.deserialize(Deserializer(value))
            .map_err(|refusal| refusal.in_field(name))
    }
}

/// Of an object, names and values.
struct Entries {
    entries: Items,
    current: (String, JsValue),
}

impl Entries {
    fn advance(&mut self) -> Option<StringDeserializer<Refusal>> {
        let (_, entry) = self.entries.advance()?;
        let entry: Array = entry.unchecked_into();
        let name = entry.get(0).as_string().unwrap_or_default();
        self.current = (name.clone(), entry.get(1));
        Some(name.into_deserializer())
    }
}

impl<'de> de::MapAccess<'de> for Entries {
    type Error = Refusal;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Refusal> {
        let name = self.advance();
        name.map(|name| seed.deserialize(name)).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Refusal> {
        let (name, value) = mem::take(&mut self.current);
        seed.deserialize(Deserializer(value))
            .map_err(|refusal| refusal.in_field(&name))
    }
}

struct Items {
    array: Array,
    indices: Range<u32>,
}

impl Items {
    fn of(array: Array) -> Self {
        let indices = 0..array.length();
        Self { array, indices }
    }

    fn advance(&mut self) -> Option<(u32, JsValue)> {
        let index = self.indices.next()?;
        Some((index, self.array.get(index)))
    }
}

impl<'de> de::SeqAccess<'de> for Items {
    type Error = Refusal;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Refusal> {
        let Some((index, item)) = self.advance() else {
            return Ok(None);
        };
        seed.deserialize(Deserializer(item))
            .map(Some)
            .map_err(|refusal| refusal.in_item(index))
    }
}
