//! Franchises, productions, seasons, episodes, people, characters, casts and crews.
//!
//! Rows are in the order of their ids, which is the order in the files that they were imported from.

pub(super) const FRANCHISES: &str = r#"
SELECT slug AS "slug", name AS "name", {verified franchise} AS "verified", {note franchise} AS "note"
FROM franchise ORDER BY franchise.id"#;

pub(super) const PRODUCTIONS: &str = r#"
SELECT show.slug AS "slug", show.code AS "code", show.title AS "title", {word show.format} AS "kind",
    {word show.medium} AS "medium", franchise.slug AS "franchise", show.premiered_on AS "premiere_date",
    show.ended_on AS "end_date", {word show.status} AS "status", platform_name.slug AS "home_platform",
    {verified show} AS "verified", {note show} AS "note", show.genres AS "genres", show.language AS "language",
    CAST(show.runtime_minutes AS text) AS "runtime_minutes", show.official_site AS "official_site"
FROM show
LEFT JOIN franchise ON franchise.id = show.franchise_id
LEFT JOIN home ON home.show_id = show.id AND home.season_id IS NULL
LEFT JOIN platform_name ON platform_name.id = home.platform_name_id
ORDER BY show.id"#;

pub(super) const PRODUCTION_LINKS: &str = r#"
SELECT near.slug AS "from", lower(show_link.kind) AS "relation", far.slug AS "to",
    {verified show_link} AS "verified", {note show_link} AS "note"
FROM show_link JOIN show AS near ON near.id = show_link.from_id JOIN show AS far ON far.id = show_link.to_id
ORDER BY show_link.id"#;

pub(super) const SEASONS: &str = r#"
SELECT season.slug AS "slug", show.slug AS "production", CAST(season.number AS text) AS "number",
    season.premiered_on AS "premiere_date", season.finale_on AS "finale_date",
    (SELECT CASE WHEN count(*) > 0 THEN CAST(count(*) AS text) END
     FROM episode WHERE episode.season_id = season.id AND episode.number > 0) AS "entries",
    CAST(season.planned_episode_count AS text) AS "counted_episodes", platform_name.slug AS "platform",
    {verified season} AS "verified", {note season} AS "note", {word season.guest_cast} AS "guest_cast"
FROM season
JOIN show ON show.id = season.show_id
LEFT JOIN home ON home.season_id = season.id
LEFT JOIN platform_name ON platform_name.id = home.platform_name_id
ORDER BY season.id"#;

pub(super) const EPISODES: &str = r#"
SELECT episode.slug AS "slug", show.slug AS "production", season.slug AS "season",
    CAST(episode.number AS text) AS "number", CAST(episode.number_end AS text) AS "number_end",
    episode.title AS "title", episode.aired_on AS "air_date", episode_record.other_aired_on AS "alt_air_date",
    source.slug AS "alt_source", episode_record.production_number AS "production_number",
    {verified episode} AS "verified", {note episode} AS "note", {word episode.guest_cast} AS "guest_cast",
    CAST(episode.runtime_minutes AS text) AS "runtime_minutes"
FROM episode
JOIN show ON show.id = episode.show_id
JOIN season ON season.id = episode.season_id
LEFT JOIN episode_record ON episode_record.episode_id = episode.id
LEFT JOIN source ON source.id = episode_record.other_source_id
ORDER BY episode.id"#;

pub(super) const PEOPLE: &str = r#"
SELECT slug AS "slug", name AS "name", born AS "born", died AS "died",
    (SELECT {join}(alias.name, '; ' ORDER BY alias.position) FROM alias WHERE alias.person_id = person.id)
        AS "also_known_as",
    {verified person} AS "verified", {note person} AS "note"
FROM person ORDER BY person.id"#;

pub(super) const CHARACTERS: &str = r#"
SELECT slug AS "slug", name AS "name", species AS "species",
    (SELECT {join}(alias.name, '; ' ORDER BY alias.position) FROM alias WHERE alias.character_id = character.id)
        AS "aliases",
    {verified character} AS "verified", {note character} AS "note"
FROM character ORDER BY character.id"#;

pub(super) const CHARACTER_LINKS: &str = r#"
SELECT near.slug AS "from", lower(character_link.kind) AS "relation", far.slug AS "to",
    {verified character_link} AS "verified", {note character_link} AS "note"
FROM character_link
JOIN character AS near ON near.id = character_link.from_id
JOIN character AS far ON far.id = character_link.to_id
ORDER BY character_link.id"#;

/// `coverage` and `portrayal` are empty where they are what the import assumes.
pub(super) const CAST_SEASONS: &str = r#"
SELECT season.slug AS "season", person.slug AS "person", character.slug AS "character",
    {billing credit.billing} AS "billing", CAST(credit.position AS text) AS "order", {word credit.part} AS "part",
    credit.credited_as AS "credited_as", {verified credit} AS "verified", {note credit} AS "note",
    CASE WHEN credit.coverage <> CASE WHEN credit.billing = 10 THEN 'WHOLE'
            WHEN EXISTS (SELECT 1 FROM appearance WHERE appearance.credit_id = credit.id) THEN 'AT_LEAST'
            ELSE 'UNKNOWN' END
        THEN {word credit.coverage} END AS "coverage",
    CASE WHEN credit.portrayal <> CASE WHEN credit.part = 'BODY' THEN 'BODY' ELSE 'REGULAR' END
        THEN {word credit.portrayal} END AS "portrayal"
FROM credit
JOIN season ON season.id = credit.season_id
JOIN person ON person.id = credit.person_id
JOIN character ON character.id = credit.character_id
ORDER BY credit.id"#;

/// `verified` is empty: the sources of an episode row belong to the credit, and are exported with it.
pub(super) const CAST_EPISODES: &str = r#"
SELECT episode.slug AS "episode", person.slug AS "person", character.slug AS "character",
    {billing appearance.billing} AS "billing", CAST(appearance.position AS text) AS "order",
    {word credit.part} AS "part", appearance.credited_as AS "credited_as", CAST(NULL AS text) AS "verified",
    (SELECT note.text FROM note
     WHERE note.credit_id = appearance.credit_id AND note.episode_id = appearance.episode_id) AS "note",
    CAST(NULL AS text) AS "portrayal"
FROM appearance
JOIN credit ON credit.id = appearance.credit_id
JOIN episode ON episode.id = appearance.episode_id
JOIN person ON person.id = credit.person_id
JOIN character ON character.id = credit.character_id
ORDER BY appearance.episode_id, credit.id"#;

pub(super) const CAST_FILMS: &str = r#"
SELECT show.slug AS "production", person.slug AS "person", character.slug AS "character",
    {billing credit.billing} AS "billing", CAST(credit.position AS text) AS "order", {word credit.part} AS "part",
    credit.credited_as AS "credited_as", {verified credit} AS "verified", {note credit} AS "note",
    CASE WHEN credit.portrayal <> CASE WHEN credit.part = 'BODY' THEN 'BODY' ELSE 'REGULAR' END
        THEN {word credit.portrayal} END AS "portrayal"
FROM credit
JOIN show ON show.id = credit.show_id
JOIN person ON person.id = credit.person_id
JOIN character ON character.id = credit.character_id
WHERE credit.season_id IS NULL
ORDER BY credit.id"#;

/// A credit has its own row if it has values that are not in the rows of its episodes. Otherwise the first of those
/// represents it. `{only}` is a further condition on credits.
pub(super) const CREW: &str = r#"
WITH worked AS (
    SELECT credit.id, credit.position, credit.credited_as, {verified credit} AS verified, {note credit} AS note,
        (SELECT min(appearance.episode_id) FROM appearance WHERE appearance.credit_id = credit.id) AS first
    FROM credit WHERE credit.job <> 0{only}
), line AS (
    SELECT id, 0 AS episode_id, position, credited_as, verified, note FROM worked
    WHERE first IS NULL OR position IS NOT NULL OR credited_as IS NOT NULL OR note IS NOT NULL
    UNION ALL
    SELECT worked.id, appearance.episode_id, appearance.position, appearance.credited_as,
        CASE WHEN appearance.episode_id = worked.first AND worked.position IS NULL AND worked.credited_as IS NULL
                  AND worked.note IS NULL THEN worked.verified END,
        (SELECT note.text FROM note
         WHERE note.credit_id = appearance.credit_id AND note.episode_id = appearance.episode_id)
    FROM worked JOIN appearance ON appearance.credit_id = worked.id
)
SELECT show.slug AS "production", season.slug AS "season", episode.slug AS "episode", person.slug AS "person",
    {role credit.job} AS "role", CAST(line.position AS text) AS "order", line.credited_as AS "credited_as",
    line.verified AS "verified", line.note AS "note"
FROM line
JOIN credit ON credit.id = line.id
JOIN show ON show.id = credit.show_id
JOIN person ON person.id = credit.person_id
LEFT JOIN season ON season.id = credit.season_id
LEFT JOIN episode ON episode.id = line.episode_id
ORDER BY line.id, line.episode_id"#;
