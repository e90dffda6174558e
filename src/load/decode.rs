//! Decodes PostgreSQL rows with serde: by column index, from the binary format.
//!
//! Source of the format: `int4send`, `int8send` and `textsend` in PostgreSQL. Integers are in network byte order.

use sea_orm::sqlx::{Column, Row, ValueRef, postgres::PgRow};
use serde::{
    Deserializer,
    de::{
        DeserializeOwned, DeserializeSeed, Error as _, IntoDeserializer, SeqAccess, Visitor,
        value::{Error, StrDeserializer},
    },
    forward_to_deserialize_any,
};

use super::entry::decode_error;
use crate::error;

/// OIDs of the supported column types. They are the same in every PostgreSQL (`pg_type.dat`).
const INT8: u32 = 20;
const INT4: u32 = 23;
const TEXT: u32 = 25;

/// The undecoded values of a row.
pub(super) trait RawValues {
    /// The value of column `index`, or `None` if it is NULL.
    fn value(&self, index: usize) -> Option<&[u8]>;
}

impl RawValues for PgRow {
    fn value(&self, index: usize) -> Option<&[u8]> {
        let value = self.try_get_raw(index).ok()?;
        if value.is_null() { None } else { value.as_bytes().ok() }
    }
}

/// An undecoded row with the types of its columns, which all rows of a statement share.
#[derive(Debug)]
pub(super) struct EncodedRow<'r, C = PgRow> {
    pub(super) values: &'r C,
    pub(super) types: &'r [u32],
}

impl<C> Clone for EncodedRow<'_, C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C> Copy for EncodedRow<'_, C> {}

/// The types of the columns of `row`.
pub(super) fn types(row: &PgRow) -> Vec<u32> {
    row.columns().iter().map(|column| column.type_info().oid().map_or(0, |oid| oid.0)).collect()
}

/// Decodes the columns of a row from left to right. A struct takes one column for each field; nested structs are
/// flattened.
///
/// Supports integers, text, and enums that are stored as text.
pub(super) struct RowDecoder<'r, C = PgRow> {
    row: EncodedRow<'r, C>,
    next: usize,
    /// The next value, if it was already peeked at.
    peeked: Option<&'r [u8]>,
}

impl<'r, C: RawValues> RowDecoder<'r, C> {
    /// Starts at column `index`.
    pub(super) fn at(row: EncodedRow<'r, C>, index: usize) -> Self {
        Self { row, next: index, peeked: None }
    }

    /// Decodes a value from the next columns.
    pub(super) fn read<T: DeserializeOwned>(&mut self) -> Result<T, error::Error> {
        T::deserialize(self).map_err(decode_error)
    }

    /// Returns the next value without consuming it, or `None` if it is NULL.
    fn peek(&mut self) -> Result<Option<&'r [u8]>, Error> {
        if self.next >= self.row.types.len() {
            return Err(Error::custom("a row has too few columns"));
        }
        self.peeked = self.peeked.or_else(|| self.row.values.value(self.next));
        Ok(self.peeked)
    }

    /// Consumes the next value. It must have one of the given types.
    fn take(&mut self, types: [u32; 2]) -> Result<&'r [u8], Error> {
        let value = self.peek()?;
        let found = self.row.types.get(self.next).copied().unwrap_or_default();
        if !types.contains(&found) {
            return Err(Error::custom(format!("a column has type OID {found}; expected one of {types:?}")));
        }
        self.next += 1;
        self.peeked = None;
        value.ok_or_else(|| Error::custom("unexpected NULL in a column"))
    }

    fn integer(&mut self) -> Result<i64, Error> {
        let bytes = self.take([INT4, INT8])?;
        match (bytes.try_into(), bytes.try_into()) {
            (Ok(four), _) => Ok(i32::from_be_bytes(four).into()),
            (_, Ok(eight)) => Ok(i64::from_be_bytes(eight)),
            _ => Err(Error::custom("an integer column is neither four nor eight bytes long")),
        }
    }

    fn text(&mut self) -> Result<&'r str, Error> {
        std::str::from_utf8(self.take([TEXT, TEXT])?).map_err(Error::custom)
    }
}

impl<'de, 'r: 'de, C: RawValues> Deserializer<'de> for &mut RowDecoder<'r, C> {
    type Error = Error;

    fn deserialize_i32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_i64(self.integer()?)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_i64(self.integer()?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_borrowed_str(self.text()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let text: StrDeserializer<'r, Error> = self.text()?.into_deserializer();
        visitor.visit_enum(text)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.peek()?.is_none() {
            self.next += 1;
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(Fields { decoder: self, left: len })
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_tuple(len, visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_tuple(fields.len(), visitor)
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(Error::custom("a field has a type that no column can have"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct seq map identifier ignored_any
    }
}

/// The fields of a struct.
struct Fields<'c, 'r, C> {
    decoder: &'c mut RowDecoder<'r, C>,
    left: usize,
}

impl<'de, 'r: 'de, C: RawValues> SeqAccess<'de> for Fields<'_, 'r, C> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        seed.deserialize(&mut *self.decoder).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left)
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Inner {
        name: String,
        kind: Kind,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
    enum Kind {
        GuestStar,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Outer {
        id: i32,
        position: Option<i32>,
        inner: Inner,
        total: i64,
        note: Option<String>,
    }

    /// A row for tests.
    #[derive(Clone)]
    struct TestRow {
        types: Vec<u32>,
        values: Vec<Option<Vec<u8>>>,
    }

    impl RawValues for Vec<Option<Vec<u8>>> {
        fn value(&self, index: usize) -> Option<&[u8]> {
            self.get(index)?.as_deref()
        }
    }

    impl TestRow {
        fn read<T: DeserializeOwned>(&self, index: usize) -> Result<T, error::Error> {
            RowDecoder::at(EncodedRow { values: &self.values, types: &self.types }, index).read()
        }
    }

    fn row() -> TestRow {
        let number = |bytes: &[u8]| Some(bytes.to_vec());
        let text = |text: &str| Some(text.as_bytes().to_vec());
        TestRow {
            types: vec![INT4, INT4, TEXT, TEXT, INT8, TEXT],
            values: vec![
                number(&7_i32.to_be_bytes()),
                None,
                text("Guinan"),
                text("GUEST_STAR"),
                number(&9_i64.to_be_bytes()),
                None,
            ],
        }
    }

    #[test]
    fn nested_rows_are_decoded_by_column_index() {
        let inner = Inner { name: "Guinan".to_owned(), kind: Kind::GuestStar };
        let outer = Outer { id: 7, position: None, inner, total: 9, note: None };
        assert_eq!(row().read::<Outer>(0).unwrap(), outer);
        assert_eq!(row().read::<String>(2).unwrap(), "Guinan");
        let mut noted = row();
        (noted.values[1], noted.values[5]) = (noted.values[0].clone(), noted.values[2].clone());
        assert_eq!(noted.read::<Outer>(0).unwrap().position, Some(7));
        assert_eq!(noted.read::<Outer>(0).unwrap().note.as_deref(), Some("Guinan"));
    }

    #[test]
    fn mismatched_columns_are_errors() {
        for index in 0..row().types.len() {
            let mut wrong = row();
            (wrong.types[index], wrong.values[index]) = (16, Some(b"t".to_vec()));
            assert!(wrong.read::<Outer>(0).is_err(), "another type in column {index}");
            let mut short = row();
            short.types.truncate(index);
            assert!(short.read::<Outer>(0).is_err(), "{index} columns");
        }
        for (index, value) in [(0, None), (0, Some(vec![0; 5])), (2, Some(vec![0xFF]))] {
            let mut wrong = row();
            wrong.values[index] = value;
            assert!(wrong.read::<Outer>(0).is_err());
        }
    }
}
