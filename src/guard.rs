//! Protects a schema from untrusted clients: parses, limits and validates every document before it runs.
//!
//! async-graphql walks a fragment once for each spread, so less than a kilobyte of nested fragments would keep it busy
//! for minutes. The guard therefore checks each document in time linear in its size:
//!
//! 1. as text (`tokens`: bytes, tokens and nesting, so that the parsers are safe);
//! 2. as a tree (`document_limits`: each fragment is measured once and the result reused). A document that passes is
//!    small enough for the libraries to walk;
//! 3. against the schema (`validation`). Valid documents are cached by their text, so this happens only once.
//!
//! Checks that depend on the variables run for every request (`variables`, `cost`).
//!
//! [`Guarded`] wraps any [`Executor`](async_graphql::Executor) that implements [`Run`], so every transport passes
//! through the guard. It resolves persisted and trusted documents (`document_store`) and enforces the rate limit
//! (`rate_limit`).
//!
//! This module depends on GraphQL and Relay connections but on nothing specific to castgraph: the schema is passed in
//! as SDL.

mod settings;
mod limits;
mod executor;
mod tokens;
mod syntax;
mod document_limits;
mod validation;
mod scalars;
mod suggestion;
mod variables;
mod executable;
mod cost;
mod document_store;
mod rate_limit;
mod request_stats;
mod rejection;
mod step_counter;

use std::sync::Arc;

use apollo_compiler::{
    ExecutableDocument as Checked, Schema,
    executable::{Operation, OperationType, Selection, SelectionSet},
    validation::Valid,
};
use async_graphql::{ServerError, Value, Variables, parser::parse_query, parser::types::ExecutableDocument};
use quick_cache::{Weighter, sync::Cache};
use sha2::{Digest, Sha256};

pub use document_store::check as check_manifests;
pub use executor::{Changes, Client, DocumentId, Guarded, QueriesOnly, Run};
pub use limits::Limits;
pub use rejection::Rejection;
pub use request_stats::RequestStats;
pub use settings::{Access, Settings, Switch, Untrusted};

use crate::{code::Code, error::shown};
use cost::{Estimate, Prices};
pub use scalars::ParseScalar;
use scalars::Scalars;
use step_counter::StepCounter;
pub use validation::schema;

/// Capacity of the document cache, in bytes, including syntax trees.
const KEPT_BYTES: u64 = 32 << 20;

/// Approximate size of a document's syntax trees, in bytes per step of the walks over it.
const STEP_BYTES: u64 = 350;

/// A schema, with the details that SDL cannot express.
#[derive(Clone, Copy, Debug)]
pub struct SchemaDefinition<'a> {
    /// The schema in SDL.
    pub sdl: &'a str,
    /// Fields (`Type.field`) that take more work than the objects they return, with the extra work in objects.
    pub weights: &'a [(&'static str, u64)],
    /// Custom scalars used in arguments.
    pub scalars: &'a [(&'static str, ParseScalar)],
}

/// Checks documents against limits and a schema.
#[derive(Debug)]
pub struct Guard {
    limits: Limits,
    introspection: bool,
    suggestions: bool,
    schema: Valid<Schema>,
    scalars: Scalars,
    prices: Prices,
    /// Accepted documents by their text.
    documents: Cache<String, Arc<Document>, Bytes>,
}

/// A document that satisfies the limits and the schema.
#[derive(Debug)]
pub struct Document {
    hash: String,
    /// Approximate memory use.
    bytes: u64,
    parsed: ExecutableDocument,
    checked: Valid<Checked>,
    /// Variables used in `@skip` and `@include`.
    conditions: Vec<String>,
}

/// A document that may run.
#[derive(Debug)]
pub struct Admitted {
    /// The document.
    pub document: Arc<Document>,
    /// The kind of the operation to run.
    pub kind: OperationType,
    /// The estimated cost of the operation with the given variables.
    pub cost: u64,
}

impl Document {
    /// The SHA-256 of the text, in hexadecimal.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The name of the only root field of a subscription.
    pub fn root_field(&self, operation: Option<&str>) -> Option<&str> {
        let operation = self.checked.operations.get(operation).ok()?;
        operation.root_fields(&self.checked).next().map(|field| field.name.as_str())
    }

    /// Whether an operation selects one of these root fields.
    pub fn selects(&self, operation: Option<&str>, names: &[&str]) -> bool {
        let operation = self.checked.operations.get(operation);
        operation.is_ok_and(|operation| {
            operation.root_fields(&self.checked).any(|field| names.contains(&field.name.as_str()))
        })
    }

    /// Fills in the defaults of variables that have no value. async-graphql ignores these defaults in `@skip` and
    /// `@include`.
    fn complete(&self, operation: Option<&str>, variables: &mut Variables) {
        let Some(operation) = self.parsed_operation(operation) else { return };
        for definition in &operation.variable_definitions {
            let definition = &definition.node;
            if let Some(default) = &definition.default_value {
                variables.entry(definition.name.node.clone()).or_insert_with(|| default.node.clone());
            }
        }
    }

    /// Rejects null for variables used in `@skip` and `@include`, which validation allows if they have a default.
    ///
    /// Source: <https://spec.graphql.org/September2025/#sec-All-Variable-Usages-Are-Allowed.Allowing-Optional-Variables-When-Default-Values-Exist>.
    fn check_conditions(&self, variables: &Variables) -> Result<(), ServerError> {
        match self.conditions.iter().find(|name| variables.get(name.as_str()) == Some(&Value::Null)) {
            Some(name) => {
                let message = format!(
                    "Argument \"if\" of non-null type \"Boolean!\" must not be null, but the variable \"${name}\" is."
                );
                Err(Code::BadInput.error(message))
            }
            None => Ok(()),
        }
    }

    fn operation(&self, name: Option<&str>) -> Result<&Operation, ServerError> {
        let operations = &self.checked.operations;
        match (operations.get(name), name) {
            (Ok(operation), _) => Ok(operation),
            (Err(_), Some(name)) => Err(Code::Validation.error(format!("Unknown operation named {}.", shown(name)))),
            (Err(_), None) if operations.is_empty() => {
                Err(Code::Validation.error("Must provide an operation.".to_owned()))
            }
            (Err(_), None) => {
                let names: Vec<_> = operations.named.keys().map(apollo_compiler::Name::as_str).collect();
                let message = format!("the document has {} operations; select one with `operationName`", names.len());
                Err(Code::Validation.error(message))
            }
        }
    }
}

impl Guard {
    /// Creates a guard for a schema.
    ///
    /// # Errors
    ///
    /// Returns the reasons if the SDL is invalid or a field that has a weight does not exist.
    pub fn new(settings: &Settings, described: &SchemaDefinition<'_>) -> Result<Self, String> {
        let schema = validation::schema(described.sdl)?;
        Ok(Self {
            limits: settings.limits.clone(),
            introspection: settings.access.introspection == Switch::On,
            suggestions: settings.access.suggestions == Switch::On,
            prices: Prices::of(&schema, described.weights)?,
            scalars: Scalars::new(described.scalars),
            schema,
            documents: Cache::with_weighter(1_000, KEPT_BYTES, Bytes),
        })
    }

    /// Parses and checks a document and the variables of the selected operation, and fills in the variables' defaults.
    ///
    /// # Errors
    ///
    /// Fails if the document is malformed or invalid, exceeds a limit, or does not contain the operation. Each error
    /// has a code in its extensions.
    pub fn admit(
        &self,
        text: &str,
        operation: Option<&str>,
        variables: &mut Variables,
    ) -> Result<Admitted, Vec<ServerError>> {
        let document = self.document(text)?;
        let checked = document.operation(operation).map_err(|error| vec![error])?;
        let kind = checked.operation_type;
        variables::check(
            &self.schema,
            &self.scalars,
            self.suggestions,
            (checked, &document.checked.sources),
            variables,
        )?;
        document.complete(operation, variables);
        document.check_conditions(variables).map_err(|error| vec![error])?;
        let mut work = StepCounter::default();
        let Estimate { cost, bytes } = cost::estimate(&document.checked, checked, variables, &self.prices, &mut work);
        let refused = |refusal: Rejection| vec![refusal.into()];
        rejection::within("cost", cost, self.limits.max_cost, "--max-cost").map_err(refused)?;
        rejection::within("bytes of the answer", bytes, self.limits.max_answer, "--max-answer").map_err(refused)?;
        Ok(Admitted { document, kind, cost })
    }

    /// The document with this text, from the cache or newly parsed and checked.
    fn document(&self, text: &str) -> Result<Arc<Document>, Vec<ServerError>> {
        match self.documents.get(text) {
            Some(document) => Ok(document),
            None => self.read(text, &mut StepCounter::default()),
        }
    }

    /// The maximum cost of an operation.
    pub fn max_cost(&self) -> u64 {
        self.limits.max_cost
    }

    /// Size of the document cache, in bytes and in documents.
    pub fn kept(&self) -> (u64, usize) {
        (self.documents.weight(), self.documents.len())
    }

    /// Parses and checks a document and caches it. Rejected documents are not cached.
    fn read(&self, text: &str, work: &mut StepCounter) -> Result<Arc<Document>, Vec<ServerError>> {
        let refused = |refusal: Rejection| vec![refusal.into()];
        tokens::check(text, &self.limits, work).map_err(refused)?;
        let described = text;
        let text = tokens::without_descriptions(described);
        let parsed = parse_query(tokens::plain(&text)).map_err(|reason| {
            // async-graphql's own message names internal grammar rules.
            vec![syntax::fault(&text).unwrap_or_else(|| Code::Syntax.mark(reason.into()))]
        })?;
        document_limits::check(&parsed, &self.limits, self.introspection, work).map_err(refused)?;
        let checked = validation::validate(&self.schema, &self.scalars, &text, self.suggestions, work)?;
        let bytes = described.len() as u64 + STEP_BYTES * work.steps();
        let conditions = conditions(&checked);
        let document = Arc::new(Document { hash: hash(described), bytes, parsed, checked, conditions });
        self.documents.insert(described.to_owned(), Arc::clone(&document));
        Ok(document)
    }
}

/// The variables used in `@skip` and `@include`.
fn conditions(document: &Checked) -> Vec<String> {
    fn collect(set: &SelectionSet, names: &mut Vec<String>) {
        for selection in &set.selections {
            let conditions = ["skip", "include"].into_iter().filter_map(|name| selection.directives().get(name));
            for argument in conditions.flat_map(|directive| &directive.arguments) {
                names.extend(argument.value.as_variable().map(ToString::to_string));
            }
            match selection {
                Selection::Field(field) => collect(&field.selection_set, names),
                Selection::InlineFragment(fragment) => collect(&fragment.selection_set, names),
                Selection::FragmentSpread(_) => {}
            }
        }
    }
    let mut names = Vec::new();
    document.operations.iter().for_each(|operation| collect(&operation.selection_set, &mut names));
    document.fragments.values().for_each(|fragment| collect(&fragment.selection_set, &mut names));
    names
}

/// The SHA-256 of a text, in hexadecimal.
fn hash(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

/// Weighs a document by its memory use.
#[derive(Clone, Debug)]
struct Bytes;

impl Weighter<String, Arc<Document>> for Bytes {
    fn weight(&self, text: &String, document: &Arc<Document>) -> u64 {
        text.len() as u64 + document.bytes
    }
}

#[cfg(test)]
mod tests;
