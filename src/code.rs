//! The error codes that clients see in `extensions.code`. `docs/errors.md` is generated from this list.

use async_graphql::ServerError;

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal, $status:literal;)+) => {
        /// The kind of an error. The codes are stable.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Code {
            /// All codes.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The code as clients see it.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// The HTTP status for an error of this kind in an `application/graphql-response+json` response without
            /// data.
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status,)+ }
            }

            /// What the code means and what to do about it.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),+),)+ }
            }
        }
    };
}

codes! {
    /// The request is not a valid GraphQL request. The message names the part that is missing or malformed.
    BadRequest = "BAD_REQUEST", 400;
    /// The document has a syntax error. The error contains the line and column.
    Syntax = "SYNTAX", 400;
    /// The document is not valid for the schema, or does not contain the requested operation.
    Validation = "VALIDATION", 400;
    /// An argument or variable has an invalid value.
    BadInput = "BAD_INPUT", 400;
    /// An argument refers to something that does not exist. The message names it.
    NotFound = "NOT_FOUND", 200;
    /// The request has no key where one is needed, or its key is unknown, expired or revoked. Send a valid key as
    /// `Authorization: Bearer KEY`.
    Unauthenticated = "UNAUTHENTICATED", 401;
    /// The role of the account does not suffice. The message names the role that would.
    Forbidden = "FORBIDDEN", 403;
    /// Somebody else was faster, or the object exists already. The message says what is there now; look again, then
    /// send the change anew.
    Conflict = "CONFLICT", 200;
    /// Other objects refer to what a change would remove. The message counts them.
    InUse = "IN_USE", 200;
    /// A reviewer has locked what a change would alter. The message says why.
    Locked = "LOCKED", 200;
    /// The object was removed. The message names the changeset that removed it; `history` still has its history.
    Gone = "GONE", 200;
    /// The cursor of `changes` is older than the changes that this server keeps for followers. Begin again from an export,
    /// which says the cursor from which to go on.
    CursorExpired = "CURSOR_EXPIRED", 200;
    /// The request exceeds a limit. Request less, or page through the result. If the operator can raise the limit, the
    /// error has `limit`, `value`, `allowed` and `setting`.
    LimitExceeded = "LIMIT_EXCEEDED", 400;
    /// Introspection is disabled on this server. `castgraph schema` prints the schema.
    IntrospectionOff = "INTROSPECTION_OFF", 400;
    /// The server has no document with this hash or id. Clients of automatic persisted queries send the request again
    /// with the document; a trusted document must be in one of the server's manifests.
    PersistedQueryNotFound = "PERSISTED_QUERY_NOT_FOUND", 200;
    /// This server does not store persisted queries. Send the document itself.
    PersistedQueryNotSupported = "PERSISTED_QUERY_NOT_SUPPORTED", 200;
    /// The hash in the request is not the SHA-256 of the document.
    PersistedQueryHashMismatch = "PERSISTED_QUERY_HASH_MISMATCH", 400;
    /// The document is not in a manifest, and this server runs only trusted documents.
    UntrustedDocument = "UNTRUSTED_DOCUMENT", 400;
    /// GET does not run mutations. Send them by POST.
    MethodNotAllowed = "METHOD_NOT_ALLOWED", 405;
    /// This client exceeded its rate limit. Try again after the number of seconds in `Retry-After`.
    RateLimited = "RATE_LIMITED", 429;
    /// The server is at its limit of concurrent requests. Try again after the number of seconds in `Retry-After`.
    Overloaded = "OVERLOADED", 503;
    /// The database does not respond. Try again after the number of seconds in `Retry-After`.
    Unavailable = "UNAVAILABLE", 503;
    /// The rest of the request did not arrive in time. Send it again on a new connection.
    RequestTimeout = "REQUEST_TIMEOUT", 408;
    /// The request took longer than the time limit and was canceled. Request less, or try again.
    Timeout = "TIMEOUT", 503;
    /// castgraph failed to respond. The server's log contains the reason, with the id of the request.
    Internal = "INTERNAL", 500;
}

impl Code {
    /// Creates an error of this kind without a location in the document.
    pub fn error(self, message: impl Into<String>) -> ServerError {
        self.mark(ServerError::new(message, None))
    }

    /// Sets the code of `error`.
    pub fn mark(self, mut error: ServerError) -> ServerError {
        error.extensions.get_or_insert_default().set("code", self.text());
        error
    }

    /// The code of an error, if it has one.
    pub fn of(error: &ServerError) -> Option<Self> {
        let text = error.extensions.as_ref()?.get("code")?;
        Self::ALL.iter().copied().find(|code| *text == async_graphql::Value::from(code.text()))
    }
}
