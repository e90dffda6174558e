//! Territories, platforms, availability, prices, funding and media.

pub(super) const TERRITORIES: &str = r#"
SELECT slug AS "slug", name AS "name", {word territory.kind} AS "kind", iso_3166 AS "iso_3166",
    CASE WHEN everywhere = 1 THEN '*' ELSE
        (SELECT {join}(country.slug, ';' ORDER BY country.id)
         FROM territory_part AS part JOIN territory AS country ON country.id = part.country_id
         WHERE part.group_id = territory.id AND part.excluded = 0) END AS "includes",
    (SELECT {join}(country.slug, ';' ORDER BY country.id)
     FROM territory_part AS part JOIN territory AS country ON country.id = part.country_id
     WHERE part.group_id = territory.id AND part.excluded = 1) AS "excludes",
    {verified territory} AS "verified", note AS "note"
FROM territory ORDER BY territory.id"#;

/// The sources of a platform are in the row of the name that has the platform's slug.
pub(super) const PLATFORMS: &str = r#"
SELECT platform_name.slug AS "slug", platform_name.name AS "name", {word platform_name.kind} AS "kind",
    territory.slug AS "territory", platform_name.owner AS "owner", platform_name.launched_on AS "launched",
    CASE WHEN platform_name.slug = platform.slug THEN {verified platform} END AS "verified",
    platform_name.note AS "note"
FROM platform_name
JOIN platform ON platform.id = platform_name.platform_id
LEFT JOIN territory ON territory.id = platform_name.territory_id
ORDER BY platform_name.id"#;

pub(super) const PLATFORM_CHANGES: &str = r#"
SELECT was AS "from", slug AS "to", 'renamed' AS "change", named_on AS "date", CAST(NULL AS text) AS "verified",
    (SELECT note.text FROM note WHERE note.platform_name_id = named.id) AS "note"
FROM (SELECT id, slug, named_on,
          lag(slug) OVER (PARTITION BY platform_id ORDER BY coalesce(named_on, ''), id) AS was
      FROM platform_name) AS named
WHERE was IS NOT NULL
ORDER BY named.id"#;

pub(super) const AVAILABILITY: &str = r#"
SELECT availability.slug AS "slug", show.slug AS "production", season.slug AS "season",
    platform_name.slug AS "platform", territory.slug AS "territory", availability.starts_on AS "start_date",
    CASE availability.exclusive WHEN 1 THEN 'yes' WHEN 0 THEN 'no' END AS "exclusive",
    availability.cadence AS "cadence", availability.delay AS "delay",
    {verified availability} AS "verified", availability.note AS "note"
FROM availability
JOIN show ON show.id = availability.show_id
LEFT JOIN season ON season.id = availability.season_id
JOIN platform_name ON platform_name.id = availability.platform_name_id
JOIN territory ON territory.id = availability.territory_id
ORDER BY availability.id"#;

pub(super) const OFFERS: &str = r#"
SELECT offer.slug AS "slug", platform_name.slug AS "platform", territory.slug AS "territory", offer.plan AS "plan",
    CAST(offer.price AS text) AS "price", offer.currency AS "currency", {word offer.period} AS "period",
    offer.trial AS "trial", offer.as_of AS "as_of", {verified offer} AS "verified", offer.note AS "note"
FROM offer
JOIN platform_name ON platform_name.id = offer.platform_name_id
JOIN territory ON territory.id = offer.territory_id
ORDER BY offer.id"#;

pub(super) const FUNDING: &str = r#"
SELECT funding.slug AS "slug", show.slug AS "production", season.slug AS "season", {word funding.kind} AS "kind",
    funding.grantor AS "grantor", funding.programme AS "programme", CAST(funding.amount AS text) AS "amount",
    funding.currency AS "currency", funding.awarded_on AS "awarded", funding.reported_on AS "reported_on",
    {verified funding} AS "verified", funding.note AS "note"
FROM funding
JOIN show ON show.id = funding.show_id
LEFT JOIN season ON season.id = funding.season_id
ORDER BY funding.id"#;

pub(super) const MEDIA: &str = r#"
SELECT media.slug AS "slug", {word media.kind} AS "kind", show.slug AS "production", season.slug AS "season",
    media.released_on AS "date",
    CASE length(media.released_on) WHEN 10 THEN 'day' WHEN 7 THEN 'month' WHEN 4 THEN 'year' END AS "precision",
    media.issuer AS "issuer", media.text AS "text", {verified media} AS "verified", media.note AS "note"
FROM media
JOIN show ON show.id = media.show_id
LEFT JOIN season ON season.id = media.season_id
ORDER BY media.id"#;
