//! What stands between strangers and a schema: documents are read, held to limits, checked and known by their hashes
//! before anything is run.
//!
//! The library underneath walks fragments once for each place where they are spread: less than a kilobyte of nested
//! fragments would cost it minutes. Here a document is first read as text (`tokens`: bytes, tokens, nesting, so that
//! the parsers are safe), then as a tree (`document_limits`: each fragment is measured once and its measure used again), so
//! that the time is linear in the size of the document. What passes is small enough for the walks of libraries. Then
//! it is checked against the schema (`validation`), once: what passed is kept by its text. What depends on the variables
//! is looked at for every request (`variables`, `cost`).
//!
//! [`Guarded`] wraps any [`Executor`](async_graphql::Executor) that is [`Run`], so that every transport passes the guard. It resolves
//! persisted and trusted documents (`document_store`) and charges clients for what they ask (`rate_limit`).
//!
//! This room knows GraphQL and Relay's connections, and nothing of castgraph: the schema comes in as SDL.

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
pub use executor::{Client, DocumentId, Guarded, QueriesOnly, Run};
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

/// Bytes of documents that are kept, with their trees.
const KEPT_BYTES: u64 = 32 << 20;

/// Bytes that the trees of a document take for each step of the walks over it, roughly.
const STEP_BYTES: u64 = 350;

/// A schema, and what SDL cannot say of it.
#[derive(Clone, Copy, Debug)]
pub struct SchemaDefinition<'a> {
    /// The schema in SDL.
    pub sdl: &'a str,
    /// Fields, such as `Type.field`, that take more work than the objects that they return, with that work in objects.
    pub weights: &'a [(&'static str, u64)],
    /// The custom scalars of arguments.
    pub scalars: &'a [(&'static str, ParseScalar)],
}

/// Keeps documents within limits and within a schema.
#[derive(Debug)]
pub struct Guard {
    limits: Limits,
    introspection: bool,
    suggestions: bool,
    schema: Valid<Schema>,
    scalars: Scalars,
    prices: Prices,
    /// Documents that are within the limits and the schema, by their texts.
    documents: Cache<String, Arc<Document>, Bytes>,
}

/// A document that is within the limits and the schema.
#[derive(Debug)]
pub struct Document {
    hash: String,
    /// About how much memory it takes.
    bytes: u64,
    parsed: ExecutableDocument,
    checked: Valid<Checked>,
    /// The variables of `@skip` and `@include`.
    conditions: Vec<String>,
}

/// A document that may be run.
#[derive(Debug)]
pub struct Admitted {
    /// The document.
    pub document: Arc<Document>,
    /// Whether the operation to run is a query.
    pub is_query: bool,
    /// What the operation costs with the values of its variables.
    pub cost: u64,
}

impl Document {
    /// SHA-256 of the text, in hexadecimal digits.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// Gives the variables of an operation that have no value their defaults. The executor underneath forgets them
    /// where `@skip` and `@include` stand.
    fn complete(&self, operation: Option<&str>, variables: &mut Variables) {
        let Some(operation) = self.parsed_operation(operation) else { return };
        for definition in &operation.variable_definitions {
            let definition = &definition.node;
            if let Some(default) = &definition.default_value {
                variables.entry(definition.name.node.clone()).or_insert_with(|| default.node.clone());
            }
        }
    }

    /// Refuses null for the variables of `@skip` and `@include`, which their defaults allow.
    ///
    /// Source: <https://spec.graphql.org/September2025/#sec-All-Variable-Usages-Are-Allowed.Allowing-Optional-Variables-When-Default-Values-Exist>.
    fn check_conditions(&self, variables: &Variables) -> Result<(), ServerError> {
        match self.conditions.iter().find(|name| variables.get(name.as_str()) == Some(&Value::Null)) {
            Some(name) => {
                let message = format!(
                    "Argument \"if\" of non-null type \"Boolean!\" must not be null, which the variable \"${name}\" is."
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
                let message =
                    format!("the document has {} operations; say which to run in `operationName`", names.len());
                Err(Code::Validation.error(message))
            }
        }
    }
}

impl Guard {
    /// Creates the guard of a schema.
    ///
    /// # Errors
    ///
    /// Fails with the reasons if the SDL is invalid or lacks a field that has a weight.
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

    /// Reads and checks the text of a document, and the values of the variables for the operation to run, which get
    /// their defaults.
    ///
    /// # Errors
    ///
    /// If it is no document, does not fit the schema, goes beyond a limit, or has no such operation; each with a code
    /// in the extensions.
    pub fn admit(
        &self,
        text: &str,
        operation: Option<&str>,
        variables: &mut Variables,
    ) -> Result<Admitted, Vec<ServerError>> {
        let document = self.document(text)?;
        let checked = document.operation(operation).map_err(|error| vec![error])?;
        let is_query = checked.operation_type == OperationType::Query;
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
        Ok(Admitted { document, is_query, cost })
    }

    /// The document of a text, kept or read and checked anew.
    fn document(&self, text: &str) -> Result<Arc<Document>, Vec<ServerError>> {
        match self.documents.get(text) {
            Some(document) => Ok(document),
            None => self.read(text, &mut StepCounter::default()),
        }
    }

    /// What an operation may cost.
    pub fn max_cost(&self) -> u64 {
        self.limits.max_cost
    }

    /// Bytes and number of the documents that are kept.
    pub fn kept(&self) -> (u64, usize) {
        (self.documents.weight(), self.documents.len())
    }

    /// Reads a document that is not kept yet. One that is refused is not kept.
    fn read(&self, text: &str, work: &mut StepCounter) -> Result<Arc<Document>, Vec<ServerError>> {
        let refused = |refusal: Rejection| vec![refusal.into()];
        tokens::check(text, &self.limits, work).map_err(refused)?;
        let described = text;
        let text = tokens::without_descriptions(described);
        let parsed = parse_query(tokens::plain(&text)).map_err(|reason| {
            // The parser underneath names the rules of its grammar.
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

/// The variables of `@skip` and `@include`.
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

/// SHA-256 of a text, in hexadecimal digits.
fn hash(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

/// Weighs a document by the memory that it takes.
#[derive(Clone, Debug)]
struct Bytes;

impl Weighter<String, Arc<Document>> for Bytes {
    fn weight(&self, text: &String, document: &Arc<Document>) -> u64 {
        text.len() as u64 + document.bytes
    }
}

#[cfg(test)]
mod tests;
