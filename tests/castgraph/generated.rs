//! Generated queries: valid by the schema, with variables that are given, left out or null. Both engines must give the same
//! bytes, with the cache off, cold and warm, and the answer must have the types of the schema.

use std::{collections::BTreeSet, sync::Arc};

use apollo_compiler::{
    Schema,
    ast::Type,
    schema::{ExtendedType, FieldDefinition, InputValueDefinition},
    validation::Valid,
};
use async_graphql::{Executor, Request, Variables};
use castgraph::{
    graphql::{self, Api},
    guard::{Limits, Settings},
    load::Cache,
};
use serde_json::{Map, Value, json};

use crate::site::{Set, both};

/// Number of queries.
const QUERIES: u64 = 500;

#[tokio::test]
async fn generated_queries_have_the_same_answers_everywhere() {
    let schema = Schema::parse_and_validate(graphql::sdl(), "schema.graphql").expect("the schema is valid");
    let sites = both(Set::Cut).await;
    // No limit refuses a query that is only large.
    let settings = Settings::default();
    let settings = Settings { limits: Limits { max_cost: u64::MAX, ..settings.limits.clone() }, ..settings };
    let cached: Vec<(Api, Arc<Cache>)> = sites
        .iter()
        .map(|site| {
            let cache = Arc::new(Cache::new(32 << 20));
            cache.enable();
            let api = Api::new(site.store.read().clone(), Some(Arc::clone(&cache)), &settings);
            (api.expect("the settings are right"), cache)
        })
        .collect();
    let plain: Vec<Api> = sites
        .iter()
        .map(|site| Api::new(site.store.read().clone(), None, &settings).expect("the settings are right"))
        .collect();
    let (mut succeeded, mut types) = (0, BTreeSet::new());
    for seed in 1..=QUERIES {
        let mut generator =
            Generator { schema: &schema, random: Random(seed), variables: Vec::new(), given: Map::new() };
        let (query, variables) = generator.query();
        let mut answers = Vec::new();
        for (api, (cached, _)) in plain.iter().zip(&cached) {
            for api in [api, cached, cached] {
                let request = Request::new(&query).variables(Variables::from_json(variables.clone()));
                answers.push(serde_json::to_string(&api.execute(request).await).expect("answers are JSON"));
            }
        }
        let first = answers.first().expect("there is an engine");
        for (place, other) in answers.iter().enumerate() {
            assert_eq!(first, other, "answer {place} differs, seed {seed}: {query}\n{variables}");
        }
        let answer: Value = serde_json::from_str(first).expect("answers are JSON");
        for error in answer["errors"].as_array().into_iter().flatten() {
            let code = error["extensions"]["code"].as_str().unwrap_or_default();
            let expected = ["BAD_INPUT", "NOT_FOUND", "TOO_MUCH"].contains(&code);
            assert!(expected, "seed {seed}: {error}\n{query}\n{variables}");
        }
        if answer["errors"].is_null() {
            succeeded += 1;
        }
        if answer["data"].is_object() {
            let root = schema.schema_definition.query.as_ref().expect("the schema has queries");
            conforms(&schema, &answer["data"], root.name.as_str(), &query, &mut types);
        }
    }
    assert!(succeeded > QUERIES / 3, "{succeeded} of {QUERIES} queries were answered without an error");
    assert!(types.len() > 40, "only {types:?} were reached");
    for site in sites {
        site.remove().await;
    }
}

/// Numbers that are the same on every run (xorshift64*, <https://doi.org/10.1145/2845077>).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03;
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 16
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound.max(1) as u64).unwrap_or_default()
    }

    /// True in `percent` of all calls.
    fn chance(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }
}

struct Generator<'s> {
    schema: &'s Valid<Schema>,
    random: Random,
    /// Declarations of variables.
    variables: Vec<String>,
    given: Map<String, Value>,
}

/// How deep selections and inputs go.
const DEPTH: usize = 4;

impl Generator<'_> {
    fn query(&mut self) -> (String, Value) {
        let root = self.schema.schema_definition.query.as_ref().expect("the schema has queries").name.to_string();
        let selection = self.selection(&root, 0);
        let variables =
            if self.variables.is_empty() { String::new() } else { format!("({})", self.variables.join(", ")) };
        (format!("query Q{variables} {selection}"), Value::Object(std::mem::take(&mut self.given)))
    }

    fn selection(&mut self, of: &str, depth: usize) -> String {
        match self.schema.types.get(of).expect("the type exists") {
            ExtendedType::Object(object) => {
                let all: Vec<&FieldDefinition> = object.fields.values().map(|field| &***field).collect();
                self.fields(&all, depth)
            }
            ExtendedType::Interface(_) | ExtendedType::Union(_) => {
                let possible: Vec<String> = self
                    .schema
                    .types
                    .iter()
                    .filter(|(name, kind)| kind.is_object() && self.schema.is_subtype(of, name))
                    .map(|(name, _)| name.to_string())
                    .collect();
                let object = possible.get(self.random.below(possible.len())).cloned().expect("it is implemented");
                // An alias for each type: fields of one name may differ in type.
                format!("{{ __typename ... on {object} {} }}", self.selection(&object, depth))
            }
            other => panic!("{} has no fields", other.name()),
        }
    }

    fn fields(&mut self, all: &[&FieldDefinition], depth: usize) -> String {
        let leaf = |field: &FieldDefinition| {
            let kind = self.schema.types.get(field.ty.inner_named_type().as_str());
            kind.is_some_and(|kind| kind.is_scalar() || kind.is_enum())
        };
        let usable: Vec<&FieldDefinition> = all.iter().copied().filter(|field| depth < DEPTH || leaf(field)).collect();
        let mut chosen = vec!["__typename".to_owned()];
        for place in 0..=self.random.below(3) {
            let Some(field) = usable.get(self.random.below(usable.len())) else { break };
            let mut text = format!("f{place}: {}", field.name);
            // Pages are small, so that the answers are.
            let paged = field.ty.inner_named_type().ends_with("Connection");
            let arguments: Vec<String> = field
                .arguments
                .iter()
                .filter(|argument| !paged || !["last", "after", "before"].contains(&argument.name.as_str()))
                .filter_map(|argument| self.argument(argument, paged))
                .collect();
            if !arguments.is_empty() {
                text = format!("{text}({})", arguments.join(", "));
            }
            if !leaf(field) {
                text = format!("{text} {}", self.selection(field.ty.inner_named_type().as_str(), depth + 1));
            }
            chosen.push(text);
        }
        format!("{{ {} }}", chosen.join(" "))
    }

    /// An argument, or nothing if it is left out.
    fn argument(&mut self, argument: &InputValueDefinition, paged: bool) -> Option<String> {
        let name = &argument.name;
        if paged && name == "first" {
            return Some(format!("first: {}", self.random.below(4)));
        }
        let optional = !argument.ty.is_non_null() || argument.default_value.is_some();
        if optional && self.random.chance(65) {
            return None;
        }
        let value = self.value(&argument.ty, 0);
        if !self.random.chance(35) {
            return Some(format!("{name}: {}", literal(&value)));
        }
        // Through a variable: given, null if it may be, or left out where a default or null takes its place.
        let variable = format!("v{}", self.variables.len());
        self.variables.push(format!("${variable}: {}", argument.ty));
        let way = self.random.below(4);
        if argument.ty.is_non_null() || way > 1 {
            self.given.insert(variable.clone(), plain(&value));
        } else if way == 1 {
            self.given.insert(variable.clone(), Value::Null);
        }
        Some(format!("{name}: ${variable}"))
    }

    /// A value of an input type; words of enums are marked, since they are written without quotes.
    fn value(&mut self, kind: &Type, depth: usize) -> Value {
        if kind.is_list() {
            let count = 1 + self.random.below(2);
            return (0..count).map(|_| self.value(kind.item_type(), depth)).collect();
        }
        let name = kind.inner_named_type();
        match self.schema.types.get(name.as_str()).expect("the type exists") {
            ExtendedType::Scalar(_) => self.scalar(name.as_str()),
            ExtendedType::Enum(words) => {
                let words: Vec<_> = words.values.keys().collect();
                let word = words.get(self.random.below(words.len())).expect("it has values");
                json!({ ENUM: word.to_string() })
            }
            ExtendedType::InputObject(input) => {
                let fields: Vec<_> = input.fields.values().collect();
                let is_one_of = input.directives.has("oneOf");
                let mut object = Map::new();
                if is_one_of {
                    // Slugs lead to something more often than ids and numbers.
                    let slug = input.fields.get("slug").filter(|_| depth > 1 || self.random.chance(80));
                    let field = slug.or_else(|| fields.get(self.random.below(fields.len())).copied());
                    let field = field.expect("it has fields");
                    let value = if field.name == "slug" {
                        Value::from(self.slug(name.as_str()))
                    } else {
                        self.value(&field.ty, depth + 1)
                    };
                    object.insert(field.name.to_string(), value);
                    return Value::Object(object);
                }
                for field in fields {
                    let needed = field.ty.is_non_null() && field.default_value.is_none();
                    if needed || depth < 2 && self.random.chance(25) {
                        object.insert(field.name.to_string(), self.value(&field.ty, depth + 1));
                    }
                }
                Value::Object(object)
            }
            other => panic!("{} is no input", other.name()),
        }
    }

    fn scalar(&mut self, name: &str) -> Value {
        let mut pick = |words: &[&str]| Value::from(*words.get(self.random.below(words.len())).expect("a word"));
        match name {
            "Int" => Value::from(1 + self.random.below(3)),
            "Boolean" => Value::from(self.random.chance(50)),
            "ID" => pick(&["U2hvdzox", "UGVyc29uOjE", "Q2hhcmFjdGVyOjI", "RXBpc29kZTo5OTk5OTk"]),
            "PartialDate" => pick(&["2022", "1987-09-28", "1999-05", "2022-03-03"]),
            "CountryCode" => pick(&["CA", "DE", "US"]),
            _ => pick(&["picard", "TNG", "star", "Romulan", "premiere_date", "role", "j"]),
        }
    }

    fn slug(&mut self, of: &str) -> &'static str {
        let slugs: &[&str] = match of {
            "FranchiseBy" => &["star-trek"],
            "ShowBy" => &["star-trek-picard", "star-trek-the-next-generation", "star-trek-nemesis"],
            "SeasonBy" => &["star-trek-picard-s02", "star-trek-the-next-generation-s01"],
            "EpisodeBy" => &["pic-s02e01", "tng-s02e16", "tos-s01e00"],
            "PersonBy" => &["brent-spiner", "whoopi-goldberg", "jeri-ryan"],
            "CharacterBy" => &["guinan", "borg-queen", "worf"],
            "PlatformBy" => &["paramount-plus", "upn"],
            "SourceBy" => &["wilson-undated"],
            _ => &["ca"],
        };
        slugs.get(self.random.below(slugs.len())).expect("a slug")
    }
}

/// The key that marks a word of an enum.
const ENUM: &str = "\u{1}enum";

/// A value in the syntax of GraphQL.
fn literal(value: &Value) -> String {
    match value {
        Value::Object(object) => {
            if let Some(word) = object.get(ENUM) {
                return word.as_str().unwrap_or_default().to_owned();
            }
            let fields = object.iter().map(|(name, value)| format!("{name}: {}", literal(value)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(literal).collect::<Vec<_>>().join(", ")),
        scalar => scalar.to_string(),
    }
}

/// A value as it is sent in variables.
fn plain(value: &Value) -> Value {
    match value {
        Value::Object(object) => match object.get(ENUM) {
            Some(word) => word.clone(),
            None => object.iter().map(|(name, value)| (name.clone(), plain(value))).collect(),
        },
        Value::Array(items) => items.iter().map(plain).collect(),
        scalar => scalar.clone(),
    }
}

/// Checks an object against the schema: its type, and that no field of a list or an object is of another shape. Aliases are
/// `f0`, `f1` and so on, so only `__typename` and shapes are checked.
fn conforms(schema: &Schema, value: &Value, of: &str, query: &str, types: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            let name = object.get("__typename").and_then(Value::as_str).unwrap_or(of);
            assert!(schema.types.get(name).is_some_and(ExtendedType::is_object), "{name} is an object type: {query}");
            types.insert(name.to_owned());
            object.values().for_each(|value| conforms(schema, value, name, query, types));
        }
        Value::Array(items) => items.iter().for_each(|item| conforms(schema, item, of, query, types)),
        _ => {}
    }
}
