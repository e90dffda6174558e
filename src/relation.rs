//! The relations of the cast graph: every list of the API, declared once as SQL for both engines.
//!
//! A list is a [`List`](crate::load::List): the rows that belong to a parent, with the alias `t`, and their sort order.
//! Derived lists (returns, recasts, multiple roles, co-stars, first and last appearances) are queries over credits;
//! their results are not stored.
//!
//! Dates are compared as text. Partial dates are written so that they sort by their earliest day. In a list sorted by
//! date, unknown dates come last in either direction.

/// SQL for the number of a day, so that differences are in days. A month or year counts as its first day.
///
/// Source: E. G. Richards, "Mapping Time" (1998), with the year beginning in March.
macro_rules! day_number {
    ($date:literal) => {
        concat!(
            "(365 * (",
            month_number!($date),
            " / 12) + ",
            month_number!($date),
            " / 48 - ",
            month_number!($date),
            " / 1200 + ",
            month_number!($date),
            " / 4800 + (153 * (",
            month_number!($date),
            " % 12) + 2) / 5 \
            + CAST(substr(",
            $date,
            " || '-01-01', 9, 2) AS integer))"
        )
    };
}

/// SQL for the number of months since March of the year 0.
macro_rules! month_number {
    ($date:literal) => {
        concat!(
            "(CAST(substr(",
            $date,
            ", 1, 4) AS integer) * 12 + CAST(substr(",
            $date,
            " || '-01-01', 6, 2) AS integer) - 3)"
        )
    };
}

/// SQL for the episodes in which credits hold, as a subquery: the listed ones, and all but specials of the season if the
/// cast is credited in every episode. `$credits` is a condition on credits `c`.
macro_rules! known_episodes {
    ($credits:literal) => {
        concat!(
            "(SELECT a.episode_id FROM credit AS c JOIN appearance AS a ON a.credit_id = c.id WHERE ",
            $credits,
            " UNION ALL SELECT e.id FROM credit AS c JOIN episode AS e ON e.season_id = c.season_id WHERE ",
            $credits,
            " AND c.job = 0 AND c.coverage = 'WHOLE' AND e.number > 0)"
        )
    };
}

pub mod root;
pub mod franchise;
pub mod show;
pub mod season;
pub mod episode;
pub mod person;
pub mod character;
pub mod credit;
pub mod link;
pub mod returns;
pub mod recast;
pub mod availability;
pub mod media;
pub mod source;
pub mod external_id;
pub mod picture;
pub mod change;
pub mod schedule;
pub mod search;
pub mod touched;
