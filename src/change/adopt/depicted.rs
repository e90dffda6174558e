//! The pictures and summaries that a source has of an object.
//!
//! The places of a source's pictures and summaries follow from its rank, so that the order of the runs does not matter. The
//! first hundred are left to people.

use entity::{picture, subject::Kind, summary};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter};
use unicode_normalization::UnicodeNormalization;

use super::{
    Cells, Format, Wanted,
    decision::is_row_of_imports,
    file,
    identity::Object,
    language,
    rows::{Rows, cells_of, clean},
};
use crate::{
    import::{is_address, word_of},
    source::{About, Image, ImageKind},
};

/// The fields under which castgraph remembers the picture URLs and the summary of a source.
const PICTURES: &str = "pictures";
const SUMMARY: &str = "summary";

/// The number of the table of pictures.
const PICTURE: i32 = 30;

/// Number of places of each source.
const PLACES: i32 = 100;

/// Maximum number of pictures that a source has of an object.
const MOST: usize = 100;

impl Rows<'_, '_> {
    /// Adds the pictures and the summary that a source has of an object, and changes them as the source did. Those that somebody
    /// changed or removed stay so. Returns whether rows are added or changed.
    pub(super) async fn depict(
        &mut self,
        name: &'static str,
        kind: Kind,
        object: &Object,
        about: &About,
    ) -> Result<bool, DbErr> {
        let before = self.wanted.len();
        self.pictures(name, kind, object, &about.images).await?;
        self.summary(name, kind, object, about).await?;
        Ok(self.wanted.len() > before)
    }

    async fn pictures(
        &mut self,
        name: &'static str,
        kind: Kind,
        object: &Object,
        images: &[Image],
    ) -> Result<(), DbErr> {
        let said = self.said.before(kind, object.id, PICTURES).unwrap_or_default().to_owned();
        let said: Vec<&str> = said.split(' ').filter(|url| !url.is_empty()).collect();
        let mut own: Vec<&Image> = Vec::new();
        for image in images.iter().filter(|image| is_address(&image.address)) {
            if own.len() < MOST && !own.iter().any(|other| other.address == image.address) {
                own.push(image);
            }
        }
        if own.is_empty() {
            return Ok(());
        }
        let there = match object.id {
            Some(id) => {
                let of = picture::Entity::find().filter(picture::Column::OfKind.eq(kind));
                of.filter(picture::Column::OfId.eq(id)).all(self.tx).await?
            }
            None => Vec::new(),
        };
        let first = self.said.rank() * PLACES + 1;
        let is_own = |place: i32| (first..first + PLACES).contains(&place);
        let format = file("pictures.csv")?;
        for (place, image) in (first..).zip(&own) {
            let cells = match there.iter().find(|row| row.url == image.address) {
                None if said.contains(&image.address.as_str()) => continue,
                None => cells_of([
                    ("kind", word_of(&kind_of(image.kind), '-')),
                    ("small_url", image.small.clone().filter(|small| is_address(small)).unwrap_or_default()),
                    ("credit", clean(&image.credit)),
                    ("licence", image.licence.map(|licence| licence.name.to_owned()).unwrap_or_default()),
                ]),
                Some(row) if is_own(row.position) && row.position != place => cells_of([
                    ("kind", word_of(&row.kind, '-')),
                    ("small_url", row.small_url.clone().unwrap_or_default()),
                    ("credit", row.credit.clone()),
                    ("licence", row.licence.clone().unwrap_or_default()),
                ]),
                Some(_) => continue,
            };
            self.want(format, name, object, [("url", image.address.clone()), ("order", place.to_string())], cells);
        }
        // The source shows another picture in their place.
        let is_replaced = |row: &&picture::Model| {
            said.contains(&row.url.as_str())
                && !own.iter().any(|image| image.address == row.url)
                && own.iter().any(|image| kind_of(image.kind) == row.kind && clean(&image.credit) == row.credit)
        };
        for row in there.iter().filter(is_replaced) {
            // One that a person added or changed stays.
            if is_row_of_imports(self.tx, (PICTURE, row.id)).await? {
                picture::Entity::delete_by_id(row.id).exec(self.tx).await?;
            }
        }
        let urls: Vec<&str> = own.iter().map(|image| image.address.as_str()).collect();
        self.said.note(kind, &object.slug, PICTURES, &urls.join(" "));
        Ok(())
    }

    /// Sources have one summary of each record.
    async fn summary(&mut self, name: &'static str, kind: Kind, object: &Object, about: &About) -> Result<(), DbErr> {
        let Some(found) = about.summaries.first() else { return Ok(()) };
        let text: String = clean(&found.text).nfc().collect();
        if text.is_empty() {
            return Ok(());
        }
        let tag = found.language.as_deref().and_then(language::tag);
        let credit = self.said.authority_name();
        let there = match object.id {
            Some(id) => {
                let of = summary::Entity::find().filter(summary::Column::OfKind.eq(kind));
                of.filter(summary::Column::OfId.eq(id)).filter(summary::Column::Credit.eq(credit)).all(self.tx).await?
            }
            None => Vec::new(),
        };
        let there = there.into_iter().find(|row| row.language == tag);
        let before = self.said.before(kind, object.id, SUMMARY).map(str::to_owned);
        let (place, licence) = match &there {
            // Somebody removed it.
            None if before.is_some() => (0, String::new()),
            None => (self.said.rank() * PLACES + 1, found.licence.name.to_owned()),
            Some(row) if row.text != text && before.as_ref() == Some(&row.text) => (row.position, row.licence.clone()),
            Some(row) => {
                if row.text != text {
                    let line =
                        format!("{name} {:?}: the summary stays; {} says another", object.slug, self.said.source);
                    self.adopted.differences.insert(line);
                }
                (0, String::new())
            }
        };
        if place > 0 {
            let cells = cells_of([("text", text.clone()), ("licence", licence), ("order", place.to_string())]);
            let own = [("language", tag.unwrap_or_default()), ("credit", credit.to_owned())];
            self.want(file("summaries.csv")?, name, object, own, cells);
        }
        self.said.note(kind, &object.slug, SUMMARY, &text);
        Ok(())
    }

    /// Adds a row about an object.
    fn want(
        &mut self,
        format: &'static Format,
        name: &str,
        object: &Object,
        own: [(&str, String); 2],
        mut cells: Cells,
    ) {
        cells.extend(cells_of(own));
        cells.extend(cells_of([("file", name.to_owned()), ("key", object.slug.clone())]));
        self.wanted.push(Wanted::new(format, cells));
    }
}

fn kind_of(kind: ImageKind) -> picture::Kind {
    match kind {
        ImageKind::Poster => picture::Kind::Poster,
        ImageKind::Backdrop => picture::Kind::Backdrop,
        ImageKind::Still => picture::Kind::Still,
        ImageKind::Portrait => picture::Kind::Portrait,
    }
}
