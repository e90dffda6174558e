//! Prepares the syntax tree of a document for execution with the variables of one request.
//!
//! If a variable has neither a value nor a default, the argument that uses it counts as omitted and gets its own
//! default. async-graphql passes null instead, which many arguments reject, so such arguments are removed from the tree
//! before execution.
//!
//! Source: <https://spec.graphql.org/September2025/#CoerceArgumentValues()>.

use async_graphql::{
    Name, Variables,
    parser::types::{
        DocumentOperations, ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet,
        TypeCondition,
    },
};
use async_graphql_value::Value;

use super::Document;

impl Document {
    /// The document for one operation with these variables, whose defaults are already filled in.
    pub fn executable(&self, operation: Option<&str>, variables: &Variables) -> ExecutableDocument {
        let mut document = self.parsed.clone();
        let omitted = |operation: &OperationDefinition| {
            operation.variable_definitions.iter().any(|variable| !variables.contains_key(&variable.node.name.node))
        };
        if self.parsed_operation(operation).is_some_and(omitted) {
            let operations = operations(&mut document.operations).map(|operation| &mut operation.selection_set);
            let fragments = document.fragments.values_mut().map(|fragment| &mut fragment.node.selection_set);
            operations.chain(fragments).for_each(|set| remove_omitted(&mut set.node, variables));
        }
        document
    }

    /// The document for one subscription, as the query with the same root field of the type `query`.
    pub fn executable_as_query(
        &self,
        operation: Option<&str>,
        variables: &Variables,
        query: &str,
    ) -> ExecutableDocument {
        let mut document = self.executable(operation, variables);
        let Ok(checked) = self.checked.operations.get(operation) else { return document };
        let (from, to) = (checked.object_type().as_str(), Name::new(query));
        for operation in operations(&mut document.operations) {
            if operation.ty == OperationType::Subscription {
                operation.ty = OperationType::Query;
            }
            rename_type(&mut operation.selection_set.node, from, &to);
        }
        for fragment in document.fragments.values_mut() {
            rename_condition(&mut fragment.node.type_condition.node, from, &to);
            rename_type(&mut fragment.node.selection_set.node, from, &to);
        }
        document
    }

    /// The operation with this name, or the only one if there is no name.
    pub(super) fn parsed_operation(&self, operation: Option<&str>) -> Option<&OperationDefinition> {
        let mut operations = self.parsed.operations.iter();
        match operation {
            Some(_) => operations.find(|(name, _)| name.map(Name::as_str) == operation),
            None => operations.next(),
        }
        .map(|(_, operation)| &operation.node)
    }
}

fn operations(operations: &mut DocumentOperations) -> Box<dyn Iterator<Item = &mut OperationDefinition> + '_> {
    match operations {
        DocumentOperations::Single(operation) => Box::new(std::iter::once(&mut operation.node)),
        DocumentOperations::Multiple(operations) => {
            Box::new(operations.values_mut().map(|operation| &mut operation.node))
        }
    }
}

/// Renames a root type in the conditions of inline fragments. No field returns it, so fragments in fields do not name it.
fn rename_type(set: &mut SelectionSet, from: &str, to: &Name) {
    for item in &mut set.items {
        if let Selection::InlineFragment(fragment) = &mut item.node {
            if let Some(condition) = &mut fragment.node.type_condition {
                rename_condition(&mut condition.node, from, to);
            }
            rename_type(&mut fragment.node.selection_set.node, from, to);
        }
    }
}

fn rename_condition(condition: &mut TypeCondition, from: &str, to: &Name) {
    if condition.on.node == from {
        condition.on.node = to.clone();
    }
}

fn remove_omitted(set: &mut SelectionSet, variables: &Variables) {
    for item in &mut set.items {
        match &mut item.node {
            Selection::Field(field) => {
                let field = &mut field.node;
                field.arguments.retain_mut(|(_, value)| is_given(&mut value.node, variables));
                remove_omitted(&mut field.selection_set.node, variables);
            }
            Selection::InlineFragment(fragment) => remove_omitted(&mut fragment.node.selection_set.node, variables),
            Selection::FragmentSpread(_) => {}
        }
    }
}

/// Whether a value is present. Removes fields of input objects whose variable is absent; async-graphql correctly reads
/// an absent list item as null.
fn is_given(value: &mut Value, variables: &Variables) -> bool {
    match value {
        Value::Variable(name) => variables.contains_key(name),
        Value::Object(fields) => {
            fields.retain(|_, value| is_given(value, variables));
            true
        }
        Value::List(items) => {
            for item in items {
                is_given(item, variables);
            }
            true
        }
        _ => true,
    }
}
