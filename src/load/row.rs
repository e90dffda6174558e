//! Rows of PostgreSQL as serde reads them.
//!
//! A statement gives all its rows as one array of records: one by one, a row costs the driver several times what its
//! columns do. They are read by place, as they are sent.
//!
//! Source of the formats: `array_send` and `record_send` in PostgreSQL's `arrayfuncs.c` and `rowtypes.c`. All numbers are
//! in network order. An array begins with the number of its dimensions, whether it has NULLs, the type of its elements,
//! and the length and first index of each dimension. Each element has its length before it, or -1 for NULL. A record
//! begins with the number of its columns, and each column with its type and length.

use serde::{
    Deserializer,
    de::{
        DeserializeOwned, DeserializeSeed, Error as _, IntoDeserializer, SeqAccess, Visitor,
        value::{Error, StrDeserializer},
    },
    forward_to_deserialize_any,
};

use super::entry::misfit;
use crate::error;

/// The numbers of the types that columns have, which are the same in every PostgreSQL (`pg_type.dat`).
const INT8: u32 = 20;
const INT4: u32 = 23;
const TEXT: u32 = 25;

/// The rows in an array of records, from the first to the last.
pub(super) struct Rows<'r> {
    bytes: &'r [u8],
    left: usize,
}

impl<'r> Rows<'r> {
    /// The rows of an array as it is sent.
    pub(super) fn of(array: &'r [u8]) -> Result<Self, error::Error> {
        let mut rows = Self { bytes: array, left: 0 };
        rows.left = rows.head().map_err(misfit)?;
        Ok(rows)
    }

    /// How many rows are to come.
    pub(super) fn left(&self) -> usize {
        self.left
    }

    /// The columns of the next row.
    pub(super) fn next(&mut self) -> Option<Result<Cells<'r>, error::Error>> {
        self.left = self.left.checked_sub(1)?;
        Some(self.record().map_err(misfit))
    }

    fn head(&mut self) -> Result<usize, Error> {
        let dimensions = int(&mut self.bytes)?;
        let (_nulls, _element) = (int(&mut self.bytes)?, int(&mut self.bytes)?);
        if dimensions == 0 {
            return Ok(0);
        }
        let (length, _first) = (int(&mut self.bytes)?, int(&mut self.bytes)?);
        usize::try_from(length).map_err(Error::custom)
    }

    fn record(&mut self) -> Result<Cells<'r>, Error> {
        let mut bytes = value(&mut self.bytes)?.ok_or_else(|| Error::custom("a row is NULL"))?;
        let _columns = int(&mut bytes)?;
        Ok(Cells { bytes })
    }
}

/// The columns of a row, from left to right. A struct takes as many as it has fields, also one within another.
///
/// Columns are integers, texts, and enumerations that are written as texts.
pub(super) struct Cells<'r> {
    bytes: &'r [u8],
}

impl<'r> Cells<'r> {
    /// Reads what comes next.
    pub(super) fn read<T: DeserializeOwned>(&mut self) -> Result<T, error::Error> {
        T::deserialize(self).map_err(misfit)
    }

    /// The next column, which must be of one of the types.
    fn take(&mut self, types: [u32; 2]) -> Result<&'r [u8], Error> {
        let found = int(&mut self.bytes)?.cast_unsigned();
        if !types.contains(&found) {
            return Err(Error::custom(format!("a column has the type {found}, where one of {types:?} is expected")));
        }
        value(&mut self.bytes)?.ok_or_else(|| Error::custom("a column is NULL that may not be"))
    }

    fn integer(&mut self) -> Result<i64, Error> {
        let bytes = self.take([INT4, INT8])?;
        match (bytes.try_into(), bytes.try_into()) {
            (Ok(four), _) => Ok(i32::from_be_bytes(four).into()),
            (_, Ok(eight)) => Ok(i64::from_be_bytes(eight)),
            _ => Err(cut()),
        }
    }

    fn text(&mut self) -> Result<&'r str, Error> {
        std::str::from_utf8(self.take([TEXT, TEXT])?).map_err(Error::custom)
    }
}

/// Takes an integer of four bytes.
fn int(bytes: &mut &[u8]) -> Result<i32, Error> {
    let (int, rest) = bytes.split_first_chunk().ok_or_else(cut)?;
    *bytes = rest;
    Ok(i32::from_be_bytes(*int))
}

/// Takes a value with its length before it; nothing for NULL.
fn value<'r>(bytes: &mut &'r [u8]) -> Result<Option<&'r [u8]>, Error> {
    let Ok(length) = usize::try_from(int(bytes)?) else { return Ok(None) };
    let (value, rest) = bytes.split_at_checked(length).ok_or_else(cut)?;
    *bytes = rest;
    Ok(Some(value))
}

fn cut() -> Error {
    Error::custom("the rows are cut off")
}

impl<'de, 'r: 'de> Deserializer<'de> for &mut Cells<'r> {
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
        let mut ahead = self.bytes;
        let _type = int(&mut ahead)?;
        if int(&mut ahead)? < 0 {
            self.bytes = ahead;
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(Fields { cells: self, left: len })
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
        Err(Error::custom("a field has a type that columns do not have"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct seq map identifier ignored_any
    }
}

/// The fields of a struct.
struct Fields<'c, 'r> {
    cells: &'c mut Cells<'r>,
    left: usize,
}

impl<'de, 'r: 'de> SeqAccess<'de> for Fields<'_, 'r> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        seed.deserialize(&mut *self.cells).map(Some)
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
        place: Option<i32>,
        inner: Inner,
        total: i64,
        note: Option<String>,
    }

    /// A column as it is sent.
    fn column(kind: u32, value: Option<&[u8]>) -> Vec<u8> {
        let length = value.map_or(-1, |value| i32::try_from(value.len()).unwrap());
        [&kind.to_be_bytes(), &length.to_be_bytes(), value.unwrap_or_default()].concat()
    }

    fn array(columns: &[Vec<u8>]) -> Vec<u8> {
        let record = [&6_i32.to_be_bytes()[..], &columns.concat()].concat();
        let head = [1, 0, 2249, 1, 1].map(i32::to_be_bytes).concat();
        [&head[..], &i32::try_from(record.len()).unwrap().to_be_bytes(), &record].concat()
    }

    fn columns() -> Vec<Vec<u8>> {
        vec![
            column(INT4, Some(&7_i32.to_be_bytes())),
            column(INT4, None),
            column(TEXT, Some(b"Guinan")),
            column(TEXT, Some(b"GUEST_STAR")),
            column(INT8, Some(&9_i64.to_be_bytes())),
            column(TEXT, None),
        ]
    }

    fn read(bytes: &[u8]) -> Result<Outer, error::Error> {
        Rows::of(bytes)?.next().unwrap()?.read()
    }

    #[test]
    fn a_row_with_a_row_in_it_is_read_by_place() {
        let inner = Inner { name: "Guinan".to_owned(), kind: Kind::GuestStar };
        let outer = Outer { id: 7, place: None, inner, total: 9, note: None };
        assert_eq!(read(&array(&columns())).unwrap(), outer);
        assert_eq!(Rows::of(&[0; 12]).unwrap().left(), 0);
    }

    #[test]
    fn what_is_not_of_the_form_is_an_error() {
        for place in 0..columns().len() {
            let mut wrong = columns();
            wrong[place] = column(16, Some(b"t"));
            assert!(read(&array(&wrong)).is_err(), "another type in column {place}");
        }
        let mut null = columns();
        null[0] = column(INT4, None);
        assert!(read(&array(&null)).is_err());
        let whole = array(&columns());
        for end in 0..whole.len() {
            let cut = whole.get(..end).unwrap();
            let read = Rows::of(cut).and_then(|mut rows| match rows.next() {
                Some(cells) => cells?.read::<Outer>(),
                None => Err(error::Error::Internal),
            });
            assert!(read.is_err(), "cut off at {end}");
        }
    }
}
