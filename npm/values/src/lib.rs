//! Reads JavaScript's values as the types of the core. What cannot be read is told with its place.
//!
//! serde-wasm-bindgen, which writes them, reads them too. But its errors are texts without a place, in which serde shows the
//! value that was found: the formatting of floating-point numbers and of quoted text alone is 10 KB of what a page downloads
//! first. And it looks for each field and variant by its name, where a struct takes its fields in their order and an enum the
//! index.

mod refusal;

pub use refusal::{Reason, Refusal};

use js_sys::{Array, Reflect, Symbol};
use serde::de::value::{StringDeserializer, U32Deserializer};
use serde::de::{self, DeserializeOwned, DeserializeSeed, Expected, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;
use std::cell::RefCell;
use std::mem;
use std::ops::Range;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// A value as a type. Structs take properties by their names, inherited ones too; an undefined one is not there.
///
/// # Errors
///
/// [`Refusal`] says what is wrong, and at which place in the value.
pub fn from_value<T: DeserializeOwned>(value: JsValue) -> Result<T, Refusal> {
    T::deserialize(Deserializer(Some(value)))
}

#[wasm_bindgen]
extern "C" {
    type Object;

    #[wasm_bindgen(method, structural, indexing_getter)]
    fn get(this: &Object, key: &JsValue) -> JsValue;
}

/// Of a value; of `None`, where an object has no such property.
struct Deserializer(Option<JsValue>);

impl Deserializer {
    fn value(&self) -> Option<&JsValue> {
        self.0.as_ref()
    }

    #[inline(never)]
    fn flag(&self) -> Option<bool> {
        self.value()?.as_bool()
    }

    #[inline(never)]
    fn number(&self) -> Option<f64> {
        self.value()?.as_f64()
    }

    /// Above 2⁵³ − 1 a number need not be the one that was meant.
    #[inline(never)]
    fn whole(&self) -> Option<u64> {
        let number = self.number()?;
        let is_exact = (0.0..9_007_199_254_740_992.0).contains(&number) && number.trunc() == number;
        is_exact.then_some(number as u64)
    }

    #[inline(never)]
    fn text(&self) -> Option<String> {
        self.value()?.as_string()
    }

    fn array(&self) -> Option<&Array> {
        let value = self.value().filter(|value| Array::is_array(value));
        value.map(JsCast::unchecked_ref)
    }

    fn object(&self) -> Option<&Object> {
        let value = self.value().filter(|value| value.is_object());
        value.map(JsCast::unchecked_ref)
    }

    /// What was read of it, if it is what was expected.
    fn expect<T>(&self, read: Option<T>, what: &dyn Expected) -> Result<T, Refusal> {
        read.ok_or_else(|| Refusal::expected(what, self.value()))
    }
}

impl<'de> de::Deserializer<'de> for Deserializer {
    type Error = Refusal;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        if self.value().is_none() {
            Err(Refusal::Missing)
        } else if let Some(flag) = self.flag() {
            visitor.visit_bool(flag)
        } else if let Some(number) = self.whole() {
            visitor.visit_u64(number)
        } else if let Some(number) = self.number() {
            visitor.visit_f64(number)
        } else if let Some(text) = self.text() {
            visitor.visit_string(text)
        } else if self.array().is_some() {
            self.deserialize_seq(visitor)
        } else if self.object().is_some() {
            self.deserialize_map(visitor)
        } else {
            visitor.visit_unit()
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        visitor.visit_bool(self.expect(self.flag(), &"a boolean")?)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        visitor.visit_u64(self.expect(self.whole(), &"a whole number, 0 or more")?)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        visitor.visit_f64(self.expect(self.number(), &"a number")?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        visitor.visit_string(self.expect(self.text(), &"a string")?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        self.deserialize_string(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        self.deserialize_string(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        let is_missing = |value: &JsValue| value.is_undefined() || value.is_null();
        if self.value().is_none_or(is_missing) {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        let array = self.expect(self.array(), &"an array")?;
        visitor.visit_seq(Items::of(array.clone()))
    }

    /// The object's own properties, or the pairs of a `Map` or of `Headers`.
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        let object = self.object().filter(|object| !Array::is_array(object));
        let object: &JsValue = self.expect(object, &visitor)?;
        let has_pairs = Reflect::has(object, &Symbol::iterator()).unwrap_or_default();
        let object = if has_pairs {
            let pairs = js_sys::Object::from_entries(object).ok();
            self.expect(pairs, &visitor)?
        } else {
            object.clone().unchecked_into()
        };
        visitor.visit_map(Entries {
            entries: Items::of(js_sys::Object::entries(&object)),
            current: Default::default(),
        })
    }

    /// The properties with these names, inherited ones too: a Blob has no others. A struct takes them in their order.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        let mut fields = Fields {
            object: self.expect(self.object(), &visitor)?,
            names,
            keys: keys(names),
            next: 0,
            lacks: None,
        };
        let read = visitor.visit_seq(&mut fields);
        read.map_err(|refusal| match fields.lacks {
            Some(name) => Refusal::Missing.in_field(name),
            None => refusal,
        })
    }

    /// A string that names a variant: none of the core's has more to it.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        let name = self.expect(self.text(), &"a string")?;
        visitor.visit_enum(variant(&name, variants)?)
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
struct Fields<'a> {
    object: &'a Object,
    names: &'static [&'static str],
    keys: Rc<[JsValue]>,
    next: usize,
    /// The last property, if it is not there and the struct has no default for it.
    lacks: Option<&'static str>,
}

impl Fields<'_> {
    /// The next property. As in objects that are sent as JSON, an undefined one is not there.
    // Once, and not for each type that a field has.
    #[inline(never)]
    fn advance(&mut self) -> Option<Deserializer> {
        let value = self.object.get(self.keys.get(self.next)?);
        self.next += 1;
        self.lacks = None;
        Some(Deserializer(
            Some(value).filter(|value| !value.is_undefined()),
        ))
    }

    /// Of the last property; `None` where it is not there, which has the struct take its default.
    #[cold]
    #[inline(never)]
    fn refused(&mut self, refusal: Refusal) -> Option<Refusal> {
        let name = self.names.get(self.next - 1).copied().unwrap_or_default();
        if matches!(refusal, Refusal::Missing) {
            self.lacks = Some(name);
            return None;
        }
        Some(refusal.in_field(name))
    }
}

impl<'de> de::SeqAccess<'de> for Fields<'_> {
    type Error = Refusal;

    // For each type once, and not for each field.
    #[inline(never)]
    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Refusal> {
        let Some(value) = self.advance() else {
            return Ok(None);
        };
        match seed.deserialize(value) {
            Ok(value) => Ok(Some(value)),
            Err(refusal) => self.refused(refusal).map_or(Ok(None), Err),
        }
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
        seed.deserialize(Deserializer(Some(value)))
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
        seed.deserialize(Deserializer(Some(item)))
            .map(Some)
            .map_err(|refusal| refusal.in_item(index.into()))
    }
}
