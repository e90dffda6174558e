//! The kinds of errors that clients see in `extensions.code`. `docs/errors.md` is written from this list.

use async_graphql::ServerError;

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal, $status:literal;)+) => {
        /// What kind of error an answer tells of. The names are stable.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Code {
            /// All codes.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The name as clients see it.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// The HTTP status of an answer without data that has an error of this kind, if it is sent as
            /// `application/graphql-response+json`.
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status,)+ }
            }

            /// What the kind means and what to do about it.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),+),)+ }
            }
        }
    };
}

codes! {
    /// The request is no GraphQL request: the message says which part of it is missing or has the wrong form.
    BadRequest = "BAD_REQUEST", 400;
    /// The document cannot be read. The error has the line and the column.
    Syntax = "SYNTAX", 400;
    /// The document does not fit the schema, or has no operation of the name that was asked for.
    Validation = "VALIDATION", 400;
    /// An argument or a variable has a form or a value that it must not have.
    BadInput = "BAD_INPUT", 400;
    /// Something that an argument names does not exist. The message says what was looked for.
    NotFound = "NOT_FOUND", 200;
    /// More was asked for than the server gives. Ask for less, in smaller pages. If the operator can raise the limit,
    /// the error has `limit`, `value`, `allowed` and `setting`.
    LimitExceeded = "LIMIT_EXCEEDED", 400;
    /// Introspection is switched off on this server. `castgraph schema` prints the schema.
    IntrospectionOff = "INTROSPECTION_OFF", 400;
    /// No document is stored under this hash or id. Clients of automatic persisted queries send the document with the
    /// next request; a trusted document must be in a manifest of the server.
    PersistedQueryNotFound = "PERSISTED_QUERY_NOT_FOUND", 200;
    /// This server keeps no persisted queries. Send the document itself.
    PersistedQueryNotSupported = "PERSISTED_QUERY_NOT_SUPPORTED", 200;
    /// The hash that was sent is not the SHA-256 of the document that was sent.
    PersistedQueryHashMismatch = "PERSISTED_QUERY_HASH_MISMATCH", 400;
    /// This server runs only the documents of its manifests, and this is none of them.
    UntrustedDocument = "UNTRUSTED_DOCUMENT", 400;
    /// What changes something cannot be asked by GET. Send it by POST.
    MethodNotAllowed = "METHOD_NOT_ALLOWED", 405;
    /// This client has asked for too much in too short a time. The header `Retry-After` says how many seconds to wait.
    RateLimited = "RATE_LIMITED", 429;
    /// The server has as many requests as it can answer at once. Try again after the seconds of `Retry-After`.
    Overloaded = "OVERLOADED", 503;
    /// The database does not answer. Try again after the seconds of `Retry-After`.
    Unavailable = "UNAVAILABLE", 503;
    /// The rest of the request did not come in time. Send it whole, on a new connection.
    RequestTimeout = "REQUEST_TIMEOUT", 408;
    /// The request took longer than the server allows and was given up. Ask for less, or try again.
    Timeout = "TIMEOUT", 503;
    /// castgraph itself failed. The reason is in the server's log, beside the id of the request.
    Internal = "INTERNAL", 500;
}

impl Code {
    /// An error of this kind that belongs to no place in the document.
    pub fn error(self, message: impl Into<String>) -> ServerError {
        self.mark(ServerError::new(message, None))
    }

    /// Gives `error` this code.
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
