use std::{
    future::Future,
    net::IpAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use apollo_compiler::executable::OperationType;
use async_graphql::{Data, Executor, Request, Response, ServerError, Value, value};
use futures_util::{
    future::BoxFuture,
    stream::{self, BoxStream, StreamExt},
};

use super::{
    Admitted, Document, Guard, ObjectCounts, RequestStats, SchemaDefinition, Settings,
    document_store::{DocumentStore, Name},
    rate_limit::{Rate, household},
};
use crate::code::Code;

/// Request data: the client's address.
#[derive(Clone, Copy, Debug)]
pub struct Client(pub IpAddr);

impl Client {
    /// What counts as one client: one IPv4 address or one IPv6 /64.
    pub fn household(self) -> IpAddr {
        household(self.0)
    }
}

/// Request data: the id of the document, if the text is not sent.
#[derive(Clone, Debug)]
pub struct DocumentId(pub String);

/// Request data: mutations are not allowed, since the request used a safe method such as GET.
#[derive(Clone, Copy, Debug)]
pub struct QueriesOnly;

/// Request data: the operation is a mutation, so it may change something.
#[derive(Clone, Copy, Debug)]
pub struct Changes;

/// Request data: charges the client of a subscription for each run after the first, or returns the time until it may be charged.
#[derive(Clone)]
pub struct Recharge(pub Arc<dyn Fn() -> Result<(), Duration> + Send + Sync>);

/// The responses of an operation that was admitted.
pub enum Answers {
    /// The response to a query or mutation, or to a dry run, which begins when this is awaited.
    Single(BoxFuture<'static, Response>),
    /// The responses of a subscription.
    Subscription(BoxStream<'static, Response>),
}

/// Bytes of document text that cost as much as one object.
const BYTES_A_COST: u64 = 100;

/// An executor that the guard can wrap.
pub trait Run: Executor {
    /// Runs a request whose document the guard has parsed.
    fn run(&self, request: Request, document: &Document) -> impl Future<Output = Response> + Send;

    /// How many objects of each type exist, so that the guard does not overestimate what a query can return.
    fn counts(&self) -> impl Future<Output = Arc<ObjectCounts>> + Send {
        async { Arc::default() }
    }

    /// Runs a subscription whose document the guard has parsed.
    fn subscribe(&self, request: Request, document: Arc<Document>) -> BoxStream<'static, Response>;
}

/// An executor behind the guard. Rejected requests never reach it.
#[derive(Clone, Debug)]
pub struct Guarded<E> {
    inner: E,
    gate: Arc<Gate>,
}

#[derive(Debug)]
struct Gate {
    guard: Guard,
    stock: DocumentStore,
    /// `None` if there is no rate limit.
    rate: Option<Rate>,
}

/// A request that may run, and the extensions its client asked for.
struct Passed {
    document: Arc<Document>,
    kind: OperationType,
    cost: u64,
    tell_cost: bool,
    dry_run: bool,
}

impl<E> Guarded<E> {
    /// Wraps `inner`, whose schema is `described`, in a guard.
    ///
    /// # Errors
    ///
    /// Returns the reasons if the schema is invalid, or if a manifest of trusted documents is unreadable or contains a
    /// document that is invalid or exceeds a limit.
    pub fn new(inner: E, settings: &Settings, described: &SchemaDefinition<'_>) -> Result<Self, String> {
        let guard = Guard::new(settings, described)?;
        let stock = DocumentStore::open(&settings.access)?;
        for (id, text) in stock.trusted() {
            let told = |errors: Vec<ServerError>| {
                let reasons: Vec<_> = errors.into_iter().map(|error| error.message).collect();
                format!("rejected the trusted document {id:?}: {}", reasons.join("; "))
            };
            guard.document(text).map_err(told)?;
        }
        let access = &settings.access;
        let rate = (access.rate_limit > 0).then(|| Rate::new(access.rate_limit, access.rate_burst));
        Ok(Self { inner, gate: Arc::new(Gate { guard, stock, rate }) })
    }

    /// The executor behind the guard.
    pub fn inner(&self) -> &E {
        &self.inner
    }

    /// The executor behind the guard.
    pub fn inner_mut(&mut self) -> &mut E {
        &mut self.inner
    }

    /// Charges a client for work outside the executor.
    ///
    /// # Errors
    ///
    /// Fails if the client has exceeded its rate limit.
    pub fn charge(&self, client: Client, cost: u64) -> Result<(), ServerError> {
        self.gate.charge(Some(client), cost).map_err(too_often)
    }

    /// Size of the document cache, in bytes and in documents.
    pub fn kept(&self) -> (u64, usize) {
        self.gate.guard.kept()
    }
}

impl<E: Run> Guarded<E> {
    /// Admits an operation of any kind.
    ///
    /// # Errors
    ///
    /// Returns the response that says why it may not run.
    pub async fn begin(&self, mut request: Request) -> Result<Answers, Response> {
        let passed = self.pass(&mut request).await.map_err(Response::from_errors)?;
        if passed.kind == OperationType::Subscription && !passed.dry_run {
            let (gate, client, cost) = (Arc::clone(&self.gate), data::<Client>(&request).copied(), passed.cost);
            let recharge = Recharge(Arc::new(move || gate.charge(client, cost)));
            return Ok(Answers::Subscription(self.inner.subscribe(request.data(recharge), passed.document)));
        }
        let guarded = self.clone();
        Ok(Answers::Single(Box::pin(async move { guarded.respond(request, passed).await })))
    }

    /// Admits a request. If its cost matters, the estimate takes into account what exists.
    async fn pass(&self, request: &mut Request) -> Result<Passed, Vec<ServerError>> {
        let Gate { guard, rate, .. } = &*self.gate;
        let mut admitted = self.gate.check(request)?;
        let costs = wants(request, "cost") || wants(request, "dryRun") || rate.is_some();
        if costs || guard.check_cost(&admitted).is_err() {
            let counts = self.inner.counts().await;
            guard.estimate_again(&mut admitted, request.operation_name.as_deref(), &request.variables, &counts);
        }
        self.gate.pass(request, admitted)
    }
}

/// Whether the extension `name` of a request is true.
fn wants(request: &Request, name: &str) -> bool {
    request.extensions.0.get(name) == Some(&Value::Boolean(true))
}

impl<E: Run> Executor for Guarded<E> {
    async fn execute(&self, mut request: Request) -> Response {
        let passed = match self.pass(&mut request).await {
            Ok(passed) => passed,
            Err(errors) => return Response::from_errors(errors),
        };
        if passed.kind == OperationType::Subscription {
            return Response::from_errors(vec![Code::BadRequest.error(NEEDS_STREAM)]);
        }
        self.respond(request, passed).await
    }

    /// The events of a subscription, or the one response to any other operation.
    fn execute_stream(&self, request: Request, _: Option<Arc<Data>>) -> BoxStream<'static, Response> {
        let guarded = self.clone();
        let answers = async move {
            match guarded.begin(request).await {
                Ok(Answers::Subscription(answers)) => answers,
                Ok(Answers::Single(answer)) => stream::once(answer).boxed(),
                Err(refused) => stream::once(async { refused }).boxed(),
            }
        };
        stream::once(answers).flatten().boxed()
    }
}

/// Why a subscription does not run as a plain request.
const NEEDS_STREAM: &str = "a subscription needs a stream of events; connect by WebSocket with the subprotocol \
                            graphql-transport-ws, or send `Accept: text/event-stream`";

impl<E: Run> Guarded<E> {
    async fn respond(&self, request: Request, passed: Passed) -> Response {
        let response =
            if passed.dry_run { Response::new(value!({})) } else { self.inner.run(request, &passed.document).await };
        if passed.tell_cost { response.extension("cost", self.gate.cost(passed.cost)) } else { response }
    }
}

impl Gate {
    /// Finds and checks the document of a request, and fills in the defaults of its variables.
    fn check(&self, request: &mut Request) -> Result<Admitted, Vec<ServerError>> {
        let one = |error| vec![error];
        let query = std::mem::take(&mut request.query);
        let mut variables = std::mem::take(&mut request.variables);
        let named = named(request).map_err(one)?;
        let found;
        let text = match named {
            Some(name) if query.is_empty() => {
                found = self.stock.find(name).map_err(one)?;
                &*found
            }
            Some(name) => {
                self.stock.check(name, &query).map_err(one)?;
                query.as_str()
            }
            None => query.as_str(),
        };
        self.stock.admit(text).map_err(one)?;
        let client = data::<Client>(request).copied();
        // Parsing and checking take work too, even if the document is then rejected.
        self.charge(client, text.len() as u64 / BYTES_A_COST).map_err(too_often).map_err(one)?;
        let admitted = self.guard.check(text, request.operation_name.as_deref(), &mut variables)?;
        let is_mutation = admitted.kind == OperationType::Mutation;
        if is_mutation && data::<QueriesOnly>(request).is_some() {
            return Err(one(Code::MethodNotAllowed.error("GET does not run mutations; send this operation by POST")));
        }
        if let Some(Name::Hash(_)) = named {
            self.stock.keep(admitted.document.hash(), text);
        }
        request.variables = variables;
        if is_mutation {
            request.data.insert(Changes);
        }
        Ok(admitted)
    }

    /// Checks the cost of a request and charges its client.
    fn pass(&self, request: &Request, admitted: Admitted) -> Result<Passed, Vec<ServerError>> {
        let one = |error| vec![error];
        self.guard.check_cost(&admitted).map_err(one)?;
        let Admitted { document, kind, cost, .. } = admitted;
        if let Some(tally) = data::<Arc<RequestStats>>(request) {
            tally.admit(document.hash(), cost);
        }
        self.charge(data::<Client>(request).copied(), cost).map_err(too_often).map_err(one)?;
        let dry_run = wants(request, "dryRun");
        Ok(Passed { document, kind, cost, tell_cost: dry_run || wants(request, "cost"), dry_run })
    }

    fn charge(&self, client: Option<Client>, cost: u64) -> Result<(), Duration> {
        match (&self.rate, client) {
            (Some(rate), Some(Client(client))) => rate.charge(client, cost, Instant::now()),
            _ => Ok(()),
        }
    }

    fn cost(&self, estimated: u64) -> Value {
        value!({ "estimated": estimated, "allowed": self.guard.max_cost() })
    }
}

/// The hash or id that the request sends for its document, if any.
fn named(request: &Request) -> Result<Option<Name<'_>>, ServerError> {
    if let Some(Value::Object(persisted)) = request.extensions.0.get("persistedQuery") {
        return match (persisted.get("version"), persisted.get("sha256Hash")) {
            (Some(version), Some(Value::String(hash))) if *version == Value::from(1) => Ok(Some(Name::Hash(hash))),
            _ => {
                let message = "`extensions.persistedQuery` must have `version` 1 and a string `sha256Hash`";
                Err(Code::BadRequest.error(message))
            }
        };
    }
    Ok(data(request).map(|DocumentId(id)| Name::Id(id)))
}

/// Data of a request.
pub(crate) fn data<T: Send + Sync + 'static>(request: &Request) -> Option<&T> {
    request.data.get(&std::any::TypeId::of::<T>())?.downcast_ref()
}

fn too_often(wait: Duration) -> ServerError {
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    let message = format!("this client exceeded its rate limit; try again in {seconds} seconds, or request less");
    let mut error = Code::RateLimited.error(message);
    error.extensions.get_or_insert_default().set("retryAfter", seconds);
    error
}
