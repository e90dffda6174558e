//! Public funding, and media about shows and seasons.

use entity::{funding, media, subject::Kind};
use sea_orm::DbErr;

use super::{Ids, slug_tables::Named};
use crate::import::data_set::{Funding, Media};

impl Named for Funding {
    type Entity = funding::Entity;

    const SLUG: funding::Column = funding::Column::Slug;

    fn slug(&self) -> &str {
        &self.slug
    }

    fn names(row: &funding::Model) -> (&str, i32) {
        (&row.slug, row.id)
    }

    fn fill(&self, row: &mut funding::ActiveModel, ids: &Ids<'_>) -> Result<(), DbErr> {
        row.slug.set_ne(self.slug.clone());
        row.show_id.set_ne(ids.named(Kind::Show, &self.show)?);
        row.season_id.set_ne(ids.maybe_named(Kind::Season, self.season.as_deref())?);
        row.kind.set_ne(self.kind);
        row.grantor.set_ne(self.grantor.clone());
        row.programme.set_ne(self.programme.clone());
        row.amount.set_ne(self.amount);
        row.currency.set_ne(self.currency.clone());
        row.awarded_on.set_ne(self.awarded_on.clone());
        row.reported_on.set_ne(self.reported_on.clone());
        row.note.set_ne(self.note.clone());
        Ok(())
    }
}

impl Named for Media {
    type Entity = media::Entity;

    const SLUG: media::Column = media::Column::Slug;

    fn slug(&self) -> &str {
        &self.slug
    }

    fn names(row: &media::Model) -> (&str, i32) {
        (&row.slug, row.id)
    }

    fn fill(&self, row: &mut media::ActiveModel, ids: &Ids<'_>) -> Result<(), DbErr> {
        row.slug.set_ne(self.slug.clone());
        row.show_id.set_ne(ids.named(Kind::Show, &self.show)?);
        row.season_id.set_ne(ids.maybe_named(Kind::Season, self.season.as_deref())?);
        row.kind.set_ne(self.kind);
        row.released_on.set_ne(self.released_on.clone());
        row.issuer.set_ne(self.issuer.clone());
        row.text.set_ne(self.text.clone());
        row.note.set_ne(self.note.clone());
        Ok(())
    }
}
