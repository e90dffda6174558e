//! Estimates from its page sizes how many objects an operation may return.
//!
//! Each object, each list that is read and each total that is counted costs 1. A field that takes more work than its
//! objects adds a weight. The cost below a list is multiplied by the page size, or by the number of such items that
//! exist if that is smaller; an unpaged list counts as [`PLAIN_LIST`] items, or as many as its longest list argument
//! has. Sums and products saturate.

use std::collections::HashMap;

use apollo_compiler::{
    ExecutableDocument, Schema,
    ast::Value,
    executable::{Field, Operation, Selection, SelectionSet},
    schema::{ExtendedType, NamedType},
};
use async_graphql::{Value as Given, Variables};

use super::step_counter::StepCounter;

/// Items per page if the caller specifies no size.
const DEFAULT_PAGE: u64 = 20;

/// Items assumed for an unpaged list.
const PLAIN_LIST: u64 = 10;

/// What determines the cost of a schema's fields.
#[derive(Debug)]
pub(super) struct Prices {
    /// Relay connection types, with the types of their nodes.
    connections: HashMap<NamedType, NamedType>,
    /// The assumed lengths of introspection lists, by field name.
    introspection: HashMap<&'static str, u64>,
    /// What fields cost per parent object, in addition to the objects they return; by type and field.
    weights: HashMap<String, HashMap<String, u64>>,
}

impl Prices {
    /// The prices of a schema. `weights` lists fields (`Type.field`) and the work they take in addition to the objects
    /// they return.
    ///
    /// # Errors
    ///
    /// Fails if a field in `weights` does not exist.
    pub(super) fn of(schema: &Schema, weights: &[(&str, u64)]) -> Result<Self, String> {
        let connections = schema.types.keys().filter_map(|name| Some((name.clone(), node_type(schema, name)?)));
        let mut known: HashMap<String, HashMap<String, u64>> = HashMap::new();
        for (place, weight) in weights {
            let unknown = || format!("the schema has no field {place:?}, which has a weight");
            let (of, field) = place.split_once('.').ok_or_else(unknown)?;
            schema.type_field(of, field).map_err(|_| unknown())?;
            known.entry(of.to_owned()).or_default().insert(field.to_owned(), *weight);
        }
        Ok(Self { connections: connections.collect(), introspection: introspection(schema), weights: known })
    }

    fn is_connection(&self, name: &NamedType) -> bool {
        self.connections.contains_key(name)
    }

    /// The assumed number of items in an introspection field.
    fn introspected(&self, field: &Field) -> u64 {
        self.introspection.get(field.name.as_str()).copied().unwrap_or(1)
    }

    fn weight(&self, of: &NamedType, field: &Field) -> u64 {
        self.weights.get(of.as_str()).and_then(|fields| fields.get(field.name.as_str())).copied().unwrap_or_default()
    }
}

/// The type of the nodes of a connection; `None` if the type is no connection.
fn node_type(schema: &Schema, connection: &str) -> Option<NamedType> {
    let edges = schema.type_field(connection, "edges").ok()?;
    schema.type_field(connection, "pageInfo").ok()?;
    let node = schema.type_field(edges.ty.inner_named_type(), "node").ok()?;
    Some(node.ty.inner_named_type().clone())
}

/// How many objects of each type exist, by the name of the type. Numbers above the maximum page size need not be exact.
#[derive(Clone, Debug, Default)]
pub struct ObjectCounts(HashMap<String, u64>);

impl ObjectCounts {
    /// The counts by the names of the types.
    pub fn new(counts: impl IntoIterator<Item = (String, u64)>) -> Self {
        Self(counts.into_iter().collect())
    }

    /// The most objects of a type that a list can have.
    fn most(&self, of: &str) -> u64 {
        self.0.get(of).copied().unwrap_or(u64::MAX)
    }
}

/// The assumed lengths of introspection lists: the average length, or the maximum for lists of types within types,
/// such as the types that implement an interface.
fn introspection(schema: &Schema) -> HashMap<&'static str, u64> {
    let kinds = schema.types.len() as u64;
    let (mut fields, mut arguments, mut interfaces) = (0, 0, 0);
    for kind in schema.types.values() {
        let (own, implemented) = match kind {
            ExtendedType::Object(kind) => (&kind.fields, kind.implements_interfaces.len()),
            ExtendedType::Interface(kind) => (&kind.fields, kind.implements_interfaces.len()),
            ExtendedType::InputObject(kind) => {
                fields += kind.fields.len() as u64;
                continue;
            }
            ExtendedType::Enum(kind) => {
                fields += kind.values.len() as u64;
                continue;
            }
            ExtendedType::Scalar(_) | ExtendedType::Union(_) => continue,
        };
        fields += own.len() as u64;
        arguments += own.values().map(|field| field.arguments.len() as u64).sum::<u64>();
        interfaces = interfaces.max(implemented as u64);
    }
    let possible = schema.implementers_map().values().map(|kinds| kinds.objects.len() as u64).max().unwrap_or(1);
    let members = fields.div_ceil(kinds.max(1));
    HashMap::from([
        ("types", kinds),
        ("fields", members),
        ("inputFields", members),
        ("enumValues", members),
        ("args", arguments.div_ceil(fields.max(1))),
        ("interfaces", interfaces),
        ("possibleTypes", possible),
        ("directives", schema.directive_definitions.len() as u64),
    ])
}

/// The estimated cost of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Estimate {
    /// The sum over objects, lists, totals and weights.
    pub(super) cost: u64,
    /// The size of the response, in bytes.
    pub(super) bytes: u64,
}

/// Assumed bytes per scalar value, without its name; most values are short.
const LEAF_BYTES: u64 = 24;

/// Bytes for the braces and commas of an object.
const OBJECT_BYTES: u64 = 6;

/// Cost of an introspection field, which reads nothing from the database.
const INTROSPECTION: u64 = 100;

/// The cost of a selection: `fixed`, plus `per_item` for each item of the page it is selected on.
#[derive(Clone, Copy, Default)]
struct Cost {
    fixed: Part,
    per_item: Part,
}

#[derive(Clone, Copy, Default)]
struct Part {
    cost: u64,
    bytes: u64,
}

impl Part {
    fn plus(self, other: Self) -> Self {
        Self { cost: self.cost.saturating_add(other.cost), bytes: self.bytes.saturating_add(other.bytes) }
    }

    fn times(self, number: u64) -> Self {
        Self { cost: self.cost.saturating_mul(number), bytes: self.bytes.saturating_mul(number) }
    }
}

/// Estimates an operation with these variables, whose defaults are already filled in.
pub(super) fn estimate(
    document: &ExecutableDocument,
    operation: &Operation,
    variables: &Variables,
    (prices, counts): (&Prices, &ObjectCounts),
    work: &mut StepCounter,
) -> Estimate {
    let mut walk = Walk { document, variables, prices, counts, fragments: HashMap::new(), work };
    let Part { cost, bytes } = walk.set(&operation.selection_set).fixed;
    Estimate { cost, bytes }
}

struct Walk<'d> {
    document: &'d ExecutableDocument,
    variables: &'d Variables,
    prices: &'d Prices,
    counts: &'d ObjectCounts,
    fragments: HashMap<&'d str, Cost>,
    work: &'d mut StepCounter,
}

impl<'d> Walk<'d> {
    fn set(&mut self, set: &'d SelectionSet) -> Cost {
        let in_page = self.prices.is_connection(&set.ty);
        let mut sum = Cost::default();
        for selection in &set.selections {
            self.work.step();
            let part = match selection {
                Selection::Field(field) => self.weighed(field, &set.ty, in_page),
                Selection::FragmentSpread(spread) => self.fragment(&spread.fragment_name),
                Selection::InlineFragment(fragment) => self.set(&fragment.selection_set),
            };
            sum = Cost { fixed: sum.fixed.plus(part.fixed), per_item: sum.per_item.plus(part.per_item) };
        }
        sum
    }

    /// A fragment has a fixed type, so it costs the same wherever it is spread.
    fn fragment(&mut self, name: &str) -> Cost {
        if let Some(cost) = self.fragments.get(name) {
            return *cost;
        }
        let document: &'d ExecutableDocument = self.document;
        let Some((name, fragment)) = document.fragments.get_key_value(name) else { return Cost::default() };
        let cost = self.set(&fragment.selection_set);
        self.fragments.insert(name.as_str(), cost);
        cost
    }

    fn weighed(&mut self, field: &'d Field, of: &NamedType, in_page: bool) -> Cost {
        let cost = self.field(field, in_page);
        Cost { fixed: cost.fixed.plus(Part { cost: self.prices.weight(of, field), bytes: 0 }), ..cost }
    }

    fn field(&mut self, field: &'d Field, in_page: bool) -> Cost {
        let name = field.response_key().len() as u64;
        let own = |cost| Part { cost, bytes: name + OBJECT_BYTES };
        if field.selection_set.selections.is_empty() {
            let counted = u64::from(in_page && field.name == "totalCount");
            return Cost { fixed: Part { cost: counted, bytes: name + LEAF_BYTES }, ..Cost::default() };
        }
        let below = self.set(&field.selection_set);
        let of = &field.selection_set.ty;
        if of.starts_with("__") {
            let items = self.prices.introspected(field);
            let cost = if field.name.starts_with("__") { INTROSPECTION } else { 0 };
            return Cost { fixed: below.fixed.times(items).plus(own(cost)), ..Cost::default() };
        }
        if let Some(node) = self.prices.connections.get(of) {
            let items = below.per_item.times(self.page(field).min(self.counts.most(node)));
            return Cost { fixed: items.plus(below.fixed).plus(own(1)), ..Cost::default() };
        }
        let each = below.fixed.plus(own(1));
        let list = field.definition.ty.is_list();
        if in_page && list {
            return Cost { per_item: each, ..Cost::default() };
        }
        let items = if list { self.list(field) } else { 1 };
        Cost { fixed: each.times(items), ..Cost::default() }
    }

    /// The requested page size. Negative numbers count as 0 here; the resolver rejects them later.
    fn page(&self, field: &Field) -> u64 {
        let size = |name| match field.specified_argument_by_name(name)?.as_ref() {
            Value::Int(number) => Some(number.as_str().parse().unwrap_or(0)),
            Value::Variable(variable) => match self.variables.get(variable.as_str()) {
                Some(Given::Number(number)) => Some(number.as_u64().unwrap_or(0)),
                _ => None,
            },
            _ => None,
        };
        match (size("first"), size("last")) {
            (None, None) => DEFAULT_PAGE,
            (first, last) => first.unwrap_or(0).max(last.unwrap_or(0)),
        }
    }

    fn list(&self, field: &Field) -> u64 {
        let length = |value: &Value| match value {
            Value::List(items) => Some(items.len() as u64),
            Value::Variable(variable) => match self.variables.get(variable.as_str()) {
                Some(Given::List(items)) => Some(items.len() as u64),
                _ => None,
            },
            _ => None,
        };
        field.arguments.iter().filter_map(|argument| length(&argument.value)).max().unwrap_or(PLAIN_LIST)
    }
}
