//! Rows of PostgreSQL as serde reads them: by place. By the names of columns it would cost several times as much.

use sea_orm::sqlx::{
    Decode, Row, Type, ValueRef,
    postgres::{PgRow, PgValueRef, Postgres},
};
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

/// The columns of a row, from left to right. A struct takes as many as it has fields, also one within another.
///
/// Columns are integers, texts, and enumerations that are written as either.
pub(super) struct Cells<'r> {
    row: &'r PgRow,
    next: usize,
}

impl<'r> Cells<'r> {
    /// The columns of `row` from the first on.
    pub(super) fn of(row: &'r PgRow) -> Self {
        Self { row, next: 0 }
    }

    /// Reads what comes next.
    pub(super) fn read<T: DeserializeOwned>(&mut self) -> Result<T, error::Error> {
        T::deserialize(self).map_err(misfit)
    }

    fn peek(&self) -> Result<PgValueRef<'r>, Error> {
        self.row.try_get_raw(self.next).map_err(Error::custom)
    }

    fn take<T: Decode<'r, Postgres> + Type<Postgres>>(&mut self) -> Result<T, Error> {
        let value = self.peek()?;
        if !T::compatible(&value.type_info()) {
            let (place, found, wanted) = (self.next, value.type_info().into_owned(), T::type_info());
            return Err(Error::custom(format!("column {place} is {found}, where {wanted} is expected")));
        }
        self.next += 1;
        T::decode(value).map_err(Error::custom)
    }
}

impl<'de, 'r: 'de> Deserializer<'de> for &mut Cells<'r> {
    type Error = Error;

    fn deserialize_i32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_i32(self.take()?)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_i64(self.take()?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_borrowed_str(self.take()?)
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
        let text: StrDeserializer<'r, Error> = self.take::<&str>()?.into_deserializer();
        visitor.visit_enum(text)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.peek()?.is_null() {
            self.next += 1;
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
        Err(Error::custom(format!("column {} has a type that rows do not have", self.next)))
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
