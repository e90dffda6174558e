//! Rules that hold for the whole schema, applied once instead of at each field:
//!
//! - Every field that returns a connection takes the pagination arguments, which [`Paging`](super::connection::Paging)
//!   reads.
//! - Connections and root fields are nullable, so that one that fails does not remove its siblings from the response.
//! - Types that share fields implement an interface, see [`interfaces`].

use std::borrow::Cow;

use async_graphql::{
    Context, ContextSelectionSet, InputType, ObjectType, OutputType, Positioned, ServerResult, Value,
    indexmap::IndexMap,
    parser::types::Field,
    registry::{Deprecation, MetaField, MetaInputValue, MetaType, Registry},
    resolver_utils::ContainerType,
};

use super::{executor::null_on_error, interfaces, introspection, query::Query};

/// The pagination arguments with their descriptions.
fn pagination() -> [MetaInputValue; 4] {
    let number = <Option<i32> as InputType>::qualified_type_name;
    let cursor = <Option<String> as InputType>::qualified_type_name;
    [
        argument("first", number(), "Returns the first *n* items (default 20, maximum 100)."),
        argument("after", cursor(), "Returns the items after this cursor."),
        argument("last", number(), "Returns the last *n* items (maximum 100)."),
        argument("before", cursor(), "Returns the items before this cursor."),
    ]
}

/// An argument, or a field of an input object.
pub(super) fn argument(name: &str, ty: String, description: &str) -> MetaInputValue {
    MetaInputValue {
        name: name.to_owned(),
        description: Some(description.to_owned()),
        ty,
        deprecation: Deprecation::NoDeprecated,
        default_value: None,
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        is_secret: false,
        directive_invocations: Vec::new(),
    }
}

/// The root type, to whose schema the rules are applied.
pub struct Root(pub(super) Query);

impl OutputType for Root {
    fn type_name() -> Cow<'static, str> {
        Query::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        let root = Query::create_type_info(registry);
        apply(registry, &root);
        interfaces::implement(registry);
        root
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        self.0.resolve(ctx, field).await
    }
}

/// Applies the rules for connections and for the fields of the root type to all types. Applying them again changes
/// nothing.
pub(super) fn apply(registry: &mut Registry, root: &str) {
    let root = root.trim_end_matches('!');
    for kind in registry.types.values_mut() {
        let MetaType::Object { name, fields, .. } = kind else { continue };
        for field in fields.values_mut() {
            let is_connection = returns_connection(field);
            if is_connection {
                let own = std::mem::take(&mut field.args);
                let paging = pagination().map(|argument| (argument.name.clone(), argument));
                field.args = paging.into_iter().chain(own).collect::<IndexMap<_, _>>();
            }
            if is_connection || name == root {
                make_nullable(field);
            }
        }
    }
}

/// Lets a field be null, so that one that fails does not remove its siblings from the response.
fn make_nullable(field: &mut MetaField) {
    field.ty.truncate(field.ty.trim_end_matches('!').len());
}

fn returns_connection(field: &MetaField) -> bool {
    field.ty.strip_suffix('!').unwrap_or(&field.ty).ends_with("Connection")
}

impl ContainerType for Root {
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        if let Some(value) = introspection::resolve(ctx) {
            return Ok(Some(value));
        }
        self.0.resolve_field(ctx).await.or_else(|error| null_on_error(ctx, &Query::type_name(), error))
    }
}

impl ObjectType for Root {}
