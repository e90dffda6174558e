//! Sources, claims and citations, and the keys of the rows that they are about.

pub(super) const SOURCES: &str = r#"
SELECT slug AS "key", publisher AS "publisher", title AS "title", author AS "author", published_on AS "published",
    address AS "address", {word source.kind} AS "kind", note AS "note", licence AS "licence", fetched_on AS "fetched"
FROM source ORDER BY source.id"#;

pub(super) const CLAIMS: &str = r#"
WITH place AS ({place})
SELECT claim.slug AS "slug", place.file AS "subject_file", place.name AS "subject_key", claim.about AS "predicate",
    claim.statement AS "value", claim.claimed_on AS "claimed_on", source.slug AS "source",
    {word claim.status} AS "status", next.slug AS "superseded_by", claim.note AS "note"
FROM claim
JOIN place ON place.id = claim.subject_id
JOIN source ON source.id = claim.source_id
LEFT JOIN claim AS next ON next.id = claim.superseded_by_id
ORDER BY claim.id"#;

/// Only citations of fields: a source that supports a whole row is in the column `verified` of that row.
pub(super) const CITATIONS: &str = r#"
WITH place AS ({place})
SELECT source.slug AS "source", place.file AS "file", place.name AS "key", citation.field AS "field",
    claim.slug AS "claim"
FROM citation
JOIN place ON place.id = citation.subject_id
JOIN source ON source.id = citation.source_id
LEFT JOIN claim ON claim.id = citation.claim_id
WHERE citation.field IS NOT NULL
ORDER BY citation.id"#;

/// The ids of one object follow each other, so that the order of the rows is that of their positions.
pub(super) const EXTERNAL_IDS: &str = r#"
WITH place AS ({object})
SELECT place.file AS "file", place.slug AS "key", {word external_id.authority} AS "authority",
    {word external_id.kind} AS "kind", external_id.value AS "value", CAST(external_id.position AS text) AS "order",
    source.slug AS "source"
FROM external_id JOIN place ON place.kind = external_id.of_kind AND place.id = external_id.of_id
LEFT JOIN source ON source.id = external_id.source_id
ORDER BY external_id.of_kind, external_id.of_id, external_id.position, external_id.id"#;

/// As with external ids, the order of the rows is that of their positions.
pub(super) const PICTURES: &str = r#"
WITH place AS ({object})
SELECT place.file AS "file", place.slug AS "key", {word picture.kind} AS "kind", picture.url AS "url",
    picture.small_url AS "small_url", picture.credit AS "credit", picture.licence AS "licence",
    CAST(picture.position AS text) AS "order"
FROM picture JOIN place ON place.kind = picture.of_kind AND place.id = picture.of_id
ORDER BY picture.of_kind, picture.of_id, picture.position, picture.id"#;

/// As with external ids, the order of the rows is that of their positions.
pub(super) const SUMMARIES: &str = r#"
WITH place AS ({object})
SELECT place.file AS "file", place.slug AS "key", summary.language AS "language", summary.text AS "text",
    summary.credit AS "credit", summary.licence AS "licence", CAST(summary.position AS text) AS "order"
FROM summary JOIN place ON place.kind = summary.of_kind AND place.id = summary.of_id
ORDER BY summary.of_kind, summary.of_id, summary.position, summary.id"#;

/// The file and the slug of every object that external ids, pictures and summaries belong to.
pub(super) const OBJECT: &str = r"
SELECT 2 AS kind, id, 'productions.csv' AS file, slug FROM show
UNION ALL SELECT 3, id, 'seasons.csv', slug FROM season
UNION ALL SELECT 4, id, 'episodes.csv', slug FROM episode
UNION ALL SELECT 5, id, 'people.csv', slug FROM person
UNION ALL SELECT 6, id, 'characters.csv', slug FROM character";

/// The file and the key of every subject. If one person has two parts in one role, the key of the second ends with its
/// part.
pub(super) const PLACE: &str = r"
SELECT subject.id, 'franchises.csv' AS file, franchise.slug AS name
FROM subject JOIN franchise ON franchise.id = subject.franchise_id
UNION ALL
SELECT subject.id, 'productions.csv', show.slug FROM subject JOIN show ON show.id = subject.show_id
UNION ALL
SELECT subject.id, 'seasons.csv', season.slug FROM subject JOIN season ON season.id = subject.season_id
UNION ALL
SELECT subject.id, 'episodes.csv', episode.slug FROM subject JOIN episode ON episode.id = subject.episode_id
UNION ALL
SELECT subject.id, 'people.csv', person.slug FROM subject JOIN person ON person.id = subject.person_id
UNION ALL
SELECT subject.id, 'characters.csv', character.slug
FROM subject JOIN character ON character.id = subject.character_id
UNION ALL
SELECT subject.id, 'platforms.csv', platform.slug FROM subject JOIN platform ON platform.id = subject.platform_id
UNION ALL
SELECT subject.id, 'territories.csv', territory.slug
FROM subject JOIN territory ON territory.id = subject.territory_id
UNION ALL
SELECT subject.id, 'availability.csv', availability.slug
FROM subject JOIN availability ON availability.id = subject.availability_id
UNION ALL
SELECT subject.id, 'offers.csv', offer.slug FROM subject JOIN offer ON offer.id = subject.offer_id
UNION ALL
SELECT subject.id, 'funding.csv', funding.slug FROM subject JOIN funding ON funding.id = subject.funding_id
UNION ALL
SELECT subject.id, 'media.csv', media.slug FROM subject JOIN media ON media.id = subject.media_id
UNION ALL
SELECT subject.id, 'production_links.csv', near.slug || '/' || lower(show_link.kind) || '/' || far.slug
FROM subject JOIN show_link ON show_link.id = subject.show_link_id
JOIN show AS near ON near.id = show_link.from_id JOIN show AS far ON far.id = show_link.to_id
UNION ALL
SELECT subject.id, 'character_links.csv', near.slug || '/' || lower(character_link.kind) || '/' || far.slug
FROM subject JOIN character_link ON character_link.id = subject.character_link_id
JOIN character AS near ON near.id = character_link.from_id JOIN character AS far ON far.id = character_link.to_id
UNION ALL
SELECT subject.id, CASE WHEN season.id IS NULL THEN 'cast_films.csv' ELSE 'cast_seasons.csv' END,
    coalesce(season.slug, show.slug) || '/' || person.slug || '/' || character.slug
    || CASE WHEN EXISTS (
        SELECT 1 FROM credit AS other
        WHERE other.character_id = credit.character_id AND other.person_id = credit.person_id
            AND other.show_id = credit.show_id AND coalesce(other.season_id, 0) = coalesce(credit.season_id, 0)
            AND other.id < credit.id) THEN '/' || lower(credit.part) ELSE '' END
FROM subject JOIN credit ON credit.id = subject.credit_id
JOIN character ON character.id = credit.character_id
JOIN person ON person.id = credit.person_id
JOIN show ON show.id = credit.show_id
LEFT JOIN season ON season.id = credit.season_id
UNION ALL
SELECT subject.id, 'crew.csv', show.slug || '/' || coalesce(season.slug, '') || '/'
    || CASE WHEN credit.position IS NULL AND credit.credited_as IS NULL
                 AND NOT EXISTS (SELECT 1 FROM note WHERE note.subject_id = subject.id)
       THEN coalesce((SELECT episode.slug FROM appearance JOIN episode ON episode.id = appearance.episode_id
                      WHERE appearance.credit_id = credit.id ORDER BY episode.id LIMIT 1), '')
       ELSE '' END
    || '/' || person.slug || '/' || {role credit.job}
FROM subject JOIN credit ON credit.id = subject.credit_id
JOIN person ON person.id = credit.person_id
JOIN show ON show.id = credit.show_id
LEFT JOIN season ON season.id = credit.season_id
WHERE credit.job <> 0";

/// The column `verified` of a row of `table`: all sources that support the row or one of its fields.
pub(super) fn verified(table: &str) -> String {
    format!(
        "(SELECT trim(CASE WHEN subject.general = 1 THEN 'general' ELSE '' END || ';' || coalesce(
            (SELECT {{join}}('source:' || source.slug, ';' ORDER BY cited.since)
             FROM (SELECT citation.source_id, min(citation.id) AS since FROM citation
                   WHERE citation.subject_id = subject.id GROUP BY citation.source_id) AS cited
             JOIN source ON source.id = cited.source_id), ''), ';')
          FROM subject WHERE subject.{table}_id = {table}.id)"
    )
}

/// The note of a row of `table`, which has no column for notes.
pub(super) fn note(table: &str) -> String {
    format!(
        "(SELECT note.text FROM note JOIN subject ON subject.id = note.subject_id
          WHERE subject.{table}_id = {table}.id)"
    )
}
