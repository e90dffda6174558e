//! Changesets and the history of objects.

use entity::{account, change, changeset, field_lock, redirect};
use serde::Deserialize;

use crate::load::{self, Column, List, Order, Record, SortKey::Int, SortValue, Source};

/// Newest first.
static NEWEST: Order = Order { name: "ID_DESC", keys: &[Int("t.id")], descending: true, join: "" };

/// In the order in which they were made.
static MADE: Order = Order { name: "ID_ASC", keys: &[Int("t.id")], descending: false, join: "" };

/// All changesets, newest first.
pub static CHANGESETS: List<changeset::Model> =
    List::new(Source { name: "changesets", parent: &[], from: "changeset AS t", condition: "true" }, &NEWEST);

/// All changes, in the order in which they were committed, but for those of tables that are not shown
/// ([`crate::change::table::Table::is_shown`]): `subject` (22) and `source_value` (29).
pub static ALL_CHANGES: List<change::Model> =
    List::new(Source { name: "changes", parent: &[], from: "change AS t", condition: "t.kind NOT IN (22, 29)" }, &MADE);

/// The last change of each changeset, with the time at which it was committed; latest changeset first.
pub static HORIZON: List<Version> = List::new(
    Source {
        name: "horizon of the feed",
        parent: &[],
        from: "(SELECT c.id AS changeset, coalesce(c.decided_at, c.created_at) AS changed_at, \
                (SELECT max(h.id) FROM change AS h WHERE h.changeset_id = c.id) AS version FROM changeset AS c) AS t",
        condition: "t.version IS NOT NULL",
    },
    &Order { name: "CHANGESET_DESC", keys: &[Int("t.changeset")], descending: true, join: "" },
);

/// The cursor of the feed behind the change with this number; 0 is before all changes.
pub fn cursor(number: i32) -> String {
    load::cursor::print(&ALL_CHANGES.source, ALL_CHANGES.order, &[SortValue::Int(number)])
}

/// The changes of a row itself, newest first.
pub static OF_ROW: List<change::Model> = List::new(
    Source {
        name: "changes of a row",
        parent: &["kind", "number"],
        from: "change AS t",
        condition: "t.kind = p.kind AND t.row_id = p.number",
    },
    &NEWEST,
);

/// The changes of a changeset that are shown.
pub static CHANGES: List<change::Model> = List::new(
    Source {
        name: "changeset.changes",
        parent: &["changeset"],
        from: "change AS t",
        condition: "t.changeset_id = p.changeset AND t.kind NOT IN (22, 29)",
    },
    &MADE,
);

/// The changes of an object and its parts, newest first.
pub static HISTORY: List<change::Model> = List::new(
    Source {
        name: "history of a row",
        parent: &["kind", "number"],
        from: "change AS t",
        condition: "t.of_kind = p.kind AND t.of_id = p.number AND t.kind NOT IN (22, 29)",
    },
    &NEWEST,
);

/// The last change for which a condition holds. A proposal is made when it is accepted.
macro_rules! last_change {
    ($condition:literal) => {
        concat!(
            "(SELECT h.id AS version, \
                CASE WHEN s.state = 'APPLIED' THEN coalesce(s.decided_at, s.created_at) ELSE s.created_at END AS changed_at \
              FROM change AS h LEFT JOIN changeset AS s ON s.id = h.changeset_id ",
            $condition,
            " ORDER BY h.id DESC LIMIT 1) AS t"
        )
    };
}

/// The last change of all.
pub static LAST: List<Version> = List::new(
    Source { name: "last change", parent: &[], from: last_change!(""), condition: "true" },
    &Order { name: "VERSION_ASC", keys: &[Int("t.version")], descending: false, join: "" },
);

/// The version of an object: the number of its last change.
pub static VERSION: List<Version> = List::new(
    Source {
        name: "version of a row",
        parent: &["kind", "number"],
        from: last_change!("WHERE h.of_kind = p.kind AND h.of_id = p.number"),
        condition: "true",
    },
    &Order { name: "VERSION_ASC", keys: &[Int("t.version")], descending: false, join: "" },
);

/// The locks of an object.
pub static LOCKS: List<field_lock::Model> = List::new(
    Source {
        name: "locks of a row",
        parent: &["kind", "number"],
        from: "field_lock AS t",
        condition: "t.kind = p.kind AND t.row_id = p.number",
    },
    &MADE,
);

/// All accounts.
pub static ACCOUNTS: List<account::Model> =
    List::new(Source { name: "accounts", parent: &[], from: "account AS t", condition: "true" }, &MADE);

/// What was renamed or merged.
pub static REDIRECTS: List<redirect::Model> =
    List::new(Source { name: "redirects", parent: &[], from: "redirect AS t", condition: "true" }, &MADE);

/// The version of an object, or of all data.
#[derive(Clone, Debug, Deserialize)]
pub struct Version {
    /// The number of the last change.
    pub version: i32,
    /// When it was made; `None` if another program made it.
    pub changed_at: Option<String>,
}

impl Record for Version {
    fn columns() -> Vec<Column> {
        crate::load::columns_of(["version", "changed_at"])
    }
}
