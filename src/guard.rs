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

use std::{collections::HashSet, sync::Arc};

use apollo_compiler::{
    ExecutableDocument as Checked, Name, Schema,
    executable::{Operation, OperationType, Selection, SelectionSet},
    parser::SourceMap,
    validation::Valid,
};
use async_graphql::{Pos, ServerError, Value, Variables, parser::parse_query, parser::types::ExecutableDocument};
use quick_cache::{Weighter, sync::Cache};
use sha2::{Digest, Sha256};

pub use cost::ObjectCounts;
pub use document_store::check as check_manifests;
pub(crate) use executor::data;
pub use executor::{Answers, Changes, Client, DocumentId, Guarded, QueriesOnly, Recharge, Run};
pub use limits::Limits;
pub use rejection::Rejection;
pub use request_stats::RequestStats;
pub use settings::{Access, Settings, Switch, Untrusted};

use crate::{code::Code, error::shown};
use cost::{Estimate, Prices};
pub use scalars::ParseScalar;
use scalars::Scalars;
use step_counter::StepCounter;
use suggestion::{meant, near};
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
    mentions: Mentions,
}

/// What a document names, in all of its operations and fragments.
#[derive(Debug, Default)]
struct Mentions {
    fields: HashSet<Name>,
    /// Variables used in `@skip` and `@include`, with the places where they are used.
    conditions: Vec<(String, Option<Pos>)>,
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
    /// The estimated size of the response, in bytes.
    bytes: u64,
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

    /// Whether a field of this name is selected anywhere in the document.
    pub fn mentions(&self, field: &str) -> bool {
        self.mentions.fields.contains(field)
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
        match self.mentions.conditions.iter().find(|(name, _)| variables.get(name.as_str()) == Some(&Value::Null)) {
            Some((name, at)) => {
                let message = format!(
                    "Argument \"if\" of non-null type \"Boolean!\" must not be null, but the variable \"${name}\" is."
                );
                let mut error = Code::BadInput.error(message);
                error.locations.extend(*at);
                Err(error)
            }
            None => Ok(()),
        }
    }

    fn operation(&self, name: Option<&str>, suggestions: bool) -> Result<&Operation, ServerError> {
        let operations = &self.checked.operations;
        let message = match (operations.get(name), name) {
            (Ok(operation), _) => return Ok(operation),
            (Err(_), Some(name)) => {
                let near = near(name, operations.named.keys().map(Name::as_str));
                let hint = near.filter(|_| suggestions).map(meant).unwrap_or_default();
                format!("Unknown operation named {}.{hint}", shown(name))
            }
            (Err(_), None) if operations.is_empty() => "Must provide an operation.".to_owned(),
            (Err(_), None) => {
                format!("the document has {} operations; select one with `operationName`", operations.named.len())
            }
        };
        let mut error = Code::Validation.error(message);
        let starts = operations.iter().filter_map(|one| validation::start(one.location(), &self.checked.sources));
        error.locations = starts.collect();
        Err(error)
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

    /// Parses and checks a document and the variables of the selected operation, fills in the variables' defaults, and
    /// checks the cost.
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
        let admitted = self.check(text, operation, variables)?;
        self.check_cost(&admitted).map_err(|error| vec![error])?;
        Ok(admitted)
    }

    /// Like [`Self::admit`], without checking the cost.
    fn check(
        &self,
        text: &str,
        operation: Option<&str>,
        variables: &mut Variables,
    ) -> Result<Admitted, Vec<ServerError>> {
        let document = self.document(text)?;
        let checked = document.operation(operation, self.suggestions).map_err(|error| vec![error])?;
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
        let prices = (&self.prices, &ObjectCounts::default());
        let Estimate { cost, bytes } =
            cost::estimate(&document.checked, checked, variables, prices, &mut StepCounter::default());
        Ok(Admitted { document, kind, cost, bytes })
    }

    /// Estimates an admitted operation again: no list has more items than there are objects of its type.
    fn estimate_again(
        &self,
        admitted: &mut Admitted,
        operation: Option<&str>,
        variables: &Variables,
        counts: &ObjectCounts,
    ) {
        let Document { checked, .. } = &*admitted.document;
        if let Ok(operation) = checked.operations.get(operation) {
            let prices = (&self.prices, counts);
            let estimate = cost::estimate(checked, operation, variables, prices, &mut StepCounter::default());
            (admitted.cost, admitted.bytes) = (estimate.cost, estimate.bytes);
        }
    }

    /// Checks the estimated cost and size against their limits.
    fn check_cost(&self, admitted: &Admitted) -> Result<(), ServerError> {
        rejection::within("cost", admitted.cost, self.limits.max_cost, "--max-cost")?;
        rejection::within("bytes of the answer", admitted.bytes, self.limits.max_answer, "--max-answer")?;
        Ok(())
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
            let fault = || syntax::fault(&text).or_else(|| syntax::variable_directive(&text, &self.schema));
            vec![fault().unwrap_or_else(|| {
                let mut error = Code::Syntax.mark(reason.into());
                if error.locations.is_empty() {
                    // A document without an operation.
                    error.locations.push(Pos { line: 1, column: 1 });
                }
                error
            })]
        })?;
        document_limits::check(&parsed, &self.limits, self.introspection, work).map_err(refused)?;
        let checked = validation::validate(&self.schema, &self.scalars, &text, self.suggestions, work)?;
        let bytes = described.len() as u64 + STEP_BYTES * work.steps();
        let mentions = Mentions::of(&checked);
        let document = Arc::new(Document { hash: hash(described), bytes, parsed, checked, mentions });
        self.documents.insert(described.to_owned(), Arc::clone(&document));
        Ok(document)
    }
}

impl Mentions {
    fn of(document: &Checked) -> Self {
        let mut mentions = Self::default();
        let sources = &document.sources;
        document.operations.iter().for_each(|operation| mentions.collect(&operation.selection_set, sources));
        document.fragments.values().for_each(|fragment| mentions.collect(&fragment.selection_set, sources));
        mentions
    }

    fn collect(&mut self, set: &SelectionSet, sources: &SourceMap) {
        for selection in &set.selections {
            let conditions = ["skip", "include"].into_iter().filter_map(|name| selection.directives().get(name));
            for argument in conditions.flat_map(|directive| &directive.arguments) {
                let at = validation::start(argument.value.location(), sources);
                self.conditions.extend(argument.value.as_variable().map(|name| (name.to_string(), at)));
            }
            match selection {
                Selection::Field(field) => {
                    self.fields.insert(field.name.clone());
                    self.collect(&field.selection_set, sources);
                }
                Selection::InlineFragment(fragment) => self.collect(&fragment.selection_set, sources),
                Selection::FragmentSpread(_) => {}
            }
        }
    }
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
