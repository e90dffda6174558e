//! The type `Subscription`: the feed of changes, and root fields of `Query` as live reads.
//!
//! A subscription runs as the query with the same field, again after each commit ([`crate::live`]). So its fields are copies
//! of those of `Query`, and async-graphql never resolves them.

use std::{borrow::Cow, pin::Pin};

use async_graphql::{
    CacheControl, Context, OutputType, Response, SubscriptionType,
    indexmap::IndexMap,
    registry::{MetaField, MetaType, Registry},
};
use futures_util::Stream;

use super::query::Query;

/// The root field that is a feed.
pub(super) const FEED: &str = "changes";

/// Root fields other than connections that can be subscribed to.
const LIVE: &[&str] = &[
    "node",
    "franchise",
    "show",
    "season",
    "episode",
    "person",
    "character",
    "territory",
    "platform",
    "source",
    "changeset",
    "search",
];

/// Connections that cannot be subscribed to: those read from the graph, which follows later, and those that are not data.
const NOT_LIVE: &[&str] = &["paths", "sharedCast", "sharedShows", "bridges", "accounts", "accessKeys"];

/// The root type of subscriptions.
pub struct Subscription;

impl SubscriptionType for Subscription {
    fn type_name() -> Cow<'static, str> {
        "Subscription".into()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        let query = match registry.types.get(Query::type_name().as_ref()) {
            Some(MetaType::Object { fields, .. }) => fields.clone(),
            _ => IndexMap::new(),
        };
        let fields = query.into_iter().filter_map(|(name, field)| {
            let field = if name == FEED { feed(field) } else { live(field)? };
            Some((name, field))
        });
        let description = "What is sent when it changes. A field with the name of one of `Query` sends its present value at once, \
                           and again after each commit that makes it differ.";
        let mut kind = Some(MetaType::Object {
            name: Self::type_name().into_owned(),
            description: Some(description.to_owned()),
            fields: fields.collect(),
            cache_control: CacheControl::default(),
            extends: false,
            shareable: false,
            resolvable: true,
            keys: None,
            visible: None,
            inaccessible: false,
            interface_object: false,
            tags: Vec::new(),
            is_subscription: true,
            rust_typename: Some(std::any::type_name::<Self>()),
            directive_invocations: Vec::new(),
            requires_scopes: Vec::new(),
        });
        registry.create_subscription_type::<Self, _>(|_| kind.take().unwrap_or_else(|| unreachable!()))
    }

    fn create_field_stream<'a>(
        &'a self,
        _: &'a Context<'_>,
    ) -> Option<Pin<Box<dyn Stream<Item = Response> + Send + 'a>>> {
        None
    }
}

/// The feed: unlike the list of all changes it has no end to read from.
fn feed(mut field: MetaField) -> MetaField {
    field.args.retain(|name, _| !matches!(name.as_str(), "last" | "before"));
    field.description = Some(
        "All changes after a cursor, in the order in which they were committed, without gaps and repeats: each event is the \
         next page, which is never empty. To go on after an interruption, pass the last `endCursor` that you have got. Without \
         `after` it begins with the next change."
            .to_owned(),
    );
    field
}

/// A live read, if there is one of this field.
fn live(mut field: MetaField) -> Option<MetaField> {
    let is_list = field.ty.trim_end_matches('!').ends_with("Connection") && !NOT_LIVE.contains(&field.name.as_str());
    if !is_list && !LIVE.contains(&field.name.as_str()) {
        return None;
    }
    let description = field.description.unwrap_or_default();
    field.description = Some(format!("{description} Sent again whenever it differs."));
    Some(field)
}
