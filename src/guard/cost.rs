//! How many objects an operation may ask for, estimated from the sizes of its pages.
//!
//! Each object costs 1, and so does each list that is read and each total that is counted. What lies below a list is
//! multiplied by the size of the page; a list without pages counts as [`PLAIN_LIST`] items, or as many as an argument
//! that is a list has. Sums and products stop at the greatest number.

use std::collections::HashMap;

use async_graphql::{
    Positioned, Value, Variables,
    parser::types::{ExecutableDocument, Field, OperationType, Selection, SelectionSet, VariableDefinition},
};

use super::{Limits, Refusal, refusal::within, shape::Shape};

/// Items of a page if the caller does not say how many.
const DEFAULT_PAGE: u64 = 20;

/// Items that a list without pages is taken to have.
const PLAIN_LIST: u64 = 10;

/// The cost of a selection: `fixed`, and `per_item` for each item of the page that it is selected on.
#[derive(Clone, Copy, Default)]
struct Cost {
    fixed: u64,
    per_item: u64,
}

/// Gives the greatest cost among the operations of a document.
pub(super) fn check(
    document: &ExecutableDocument,
    variables: &Variables,
    shape: &Shape,
    limits: &Limits,
) -> Result<u64, Refusal> {
    let mut greatest = 0;
    for (_, operation) in document.operations.iter() {
        let root = match operation.node.ty {
            OperationType::Query => "Query",
            OperationType::Mutation => "Mutation",
            OperationType::Subscription => "Subscription",
        };
        let definitions = &operation.node.variable_definitions;
        let mut walk = Walk { document, variables, definitions, shape, fragments: HashMap::new() };
        let cost = walk.set(&operation.node.selection_set.node, root).fixed;
        within("cost", cost, limits.max_cost, "--max-cost")?;
        greatest = greatest.max(cost);
    }
    Ok(greatest)
}

struct Walk<'d> {
    document: &'d ExecutableDocument,
    variables: &'d Variables,
    definitions: &'d [Positioned<VariableDefinition>],
    shape: &'d Shape,
    fragments: HashMap<&'d str, Cost>,
}

impl<'d> Walk<'d> {
    fn set(&mut self, set: &'d SelectionSet, of: &str) -> Cost {
        let mut sum = Cost::default();
        for item in &set.items {
            let part = match &item.node {
                Selection::Field(field) => self.field(&field.node, of),
                Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node),
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref();
                    let of = condition.map_or(of, |condition| condition.node.on.node.as_str());
                    self.set(&fragment.node.selection_set.node, of)
                }
            };
            sum.fixed = sum.fixed.saturating_add(part.fixed);
            sum.per_item = sum.per_item.saturating_add(part.per_item);
        }
        sum
    }

    /// A fragment names the type that it is on, so that it costs the same wherever it is spread.
    fn fragment(&mut self, name: &str) -> Cost {
        if let Some(cost) = self.fragments.get(name) {
            return *cost;
        }
        let document: &'d ExecutableDocument = self.document;
        let Some((name, fragment)) = document.fragments.get_key_value(name) else { return Cost::default() };
        let of = fragment.node.type_condition.node.on.node.as_str();
        let cost = self.set(&fragment.node.selection_set.node, of);
        self.fragments.insert(name.as_str(), cost);
        cost
    }

    fn field(&mut self, field: &'d Field, of: &str) -> Cost {
        let name = field.name.node.as_str();
        let in_page = self.shape.is_connection(of);
        let Some(gives) = self.shape.field(of, name) else {
            return Cost { fixed: u64::from(in_page && name == "totalCount"), per_item: 0 };
        };
        let below = self.set(&field.selection_set.node, &gives.gives);
        if self.shape.is_connection(&gives.gives) {
            let fixed = below.per_item.saturating_mul(self.page(field)).saturating_add(below.fixed);
            return Cost { fixed: fixed.saturating_add(1), per_item: 0 };
        }
        let each = below.fixed.saturating_add(1);
        if in_page && gives.list {
            return Cost { fixed: 0, per_item: each };
        }
        let items = if gives.list { self.list(field) } else { 1 };
        Cost { fixed: each.saturating_mul(items), per_item: 0 }
    }

    /// How many items a page is asked to have. What is no number is refused later, by whoever knows the argument.
    fn page(&self, field: &Field) -> u64 {
        let size = |name| {
            self.argument(field, name).and_then(|value| match value {
                Value::Number(number) => Some(number.as_u64().unwrap_or(0)),
                _ => None,
            })
        };
        match (size("first"), size("last")) {
            (None, None) => DEFAULT_PAGE,
            (first, last) => first.unwrap_or(0).max(last.unwrap_or(0)),
        }
    }

    fn list(&self, field: &Field) -> u64 {
        let lengths =
            field.arguments.iter().filter_map(|(name, _)| match self.argument(field, name.node.as_str())? {
                Value::List(items) => Some(items.len() as u64),
                _ => None,
            });
        lengths.max().unwrap_or(PLAIN_LIST)
    }

    /// The value of an argument, whether it stands there or comes as a variable.
    fn argument(&self, field: &Field, name: &str) -> Option<Value> {
        let value = &field.get_argument(name)?.node;
        value
            .clone()
            .into_const_with(|variable| {
                let given = self.variables.get(&variable).cloned();
                let default = || {
                    let definition =
                        self.definitions.iter().find(|definition| definition.node.name.node == variable)?;
                    Some(definition.node.default_value.as_ref()?.node.clone())
                };
                given.or_else(default).ok_or(())
            })
            .ok()
    }
}
