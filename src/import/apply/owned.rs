//! Tables whose rows belong to a show, season, episode, person or character, each with a column for every kind.

use entity::{external_id, picture, subject::Kind, summary};
use sea_orm::{ActiveModelTrait, DatabaseTransaction, DbErr, EntityTrait};

use super::{Ids, upsert::find};
use crate::import::data_set::Subject;

/// A table whose rows belong to objects.
pub(super) trait Owned: EntityTrait {
    /// The column of the objects of each kind.
    const OWNERS: [(Kind, Self::Column); 5];
}

macro_rules! owned {
    ($($table:ident),*) => {
        $(impl Owned for $table::Entity {
            const OWNERS: [(Kind, $table::Column); 5] = [
                (Kind::Show, $table::Column::ShowId),
                (Kind::Season, $table::Column::SeasonId),
                (Kind::Episode, $table::Column::EpisodeId),
                (Kind::Person, $table::Column::PersonId),
                (Kind::Character, $table::Column::CharacterId),
            ];
        })*
    };
}

owned!(external_id, picture, summary);

/// The rows of all objects in the set.
pub(super) async fn find_owned<E: Owned>(tx: &DatabaseTransaction, ids: &Ids<'_>) -> Result<Vec<E::Model>, DbErr> {
    let mut rows = Vec::new();
    for (kind, column) in E::OWNERS {
        rows.extend(find::<E>(tx, column, ids.all(kind)).await?);
    }
    Ok(rows)
}

/// Makes a row that of an object in the set.
pub(super) fn set_owner<E: Owned>(
    row: &mut impl ActiveModelTrait<Entity = E>,
    of: Subject,
    ids: &Ids<'_>,
) -> Result<(), DbErr> {
    let number = ids.row(of.kind, of.place)?;
    for (kind, column) in E::OWNERS {
        row.set_if_not_equals(column, (kind == of.kind).then_some(number).into());
    }
    Ok(())
}
