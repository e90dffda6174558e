//! The parameters of a PostgreSQL URL, interpreted as PostgreSQL's own tools do where the driver differs.
//!
//! Source: <https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS>.

use super::StoreError;
use crate::nearest::nearest;

/// A URL that the driver accepts, and the parameters that castgraph handles itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store) struct Parameters {
    /// The URL without the parameters that the driver does not know.
    pub(in crate::store) url: String,
    /// Whether a transaction pooler is in front of the server; detected if the URL does not say it.
    pub(in crate::store) pooled: Option<bool>,
}

/// Parameters that the driver supports.
const KNOWN: [&str; 12] = [
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options",
];

/// Parameters of libpq and other clients that make no difference to castgraph, and that providers put in their URLs.
const PASSED_OVER: [&str; 13] = [
    "channel_binding",
    "client_encoding",
    "connect_timeout",
    "connection_limit",
    "fallback_application_name",
    "gssencmode",
    "keepalives",
    "keepalives_idle",
    "pool_timeout",
    "sslcompression",
    "sslnegotiation",
    "sslsni",
    "target_session_attrs",
];

/// Declares a transaction pooler; used in the URLs of Prisma and many providers.
const POOLER: &str = "pgbouncer";

/// Selects the certificates of public authorities, which are built into castgraph.
const PUBLIC: &str = "sslrootcert=system";

/// Parses the parameters of `url`.
///
/// # Errors
///
/// If a parameter is unknown: a typo in `sslmode` must not disable TLS.
pub(in crate::store) fn read(url: &str) -> Result<Parameters, StoreError> {
    let url = without_host(url).unwrap_or_else(|| url.to_owned());
    let Some((before, parameters)) = url.split_once('?') else { return Ok(Parameters { url, pooled: None }) };
    let mut pooled = None;
    let mut kept: Vec<&str> = Vec::new();
    for parameter in parameters.split('&').filter(|parameter| !parameter.is_empty()) {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        if name == POOLER {
            pooled = Some(match value {
                "true" | "on" | "1" => true,
                "false" | "off" | "0" => false,
                _ => {
                    return Err(StoreError::new(format!(
                        "pgbouncer={value} in the PostgreSQL URL is neither true nor false"
                    )));
                }
            });
        } else if KNOWN.contains(&name) || name.starts_with("options[") {
            kept.push(parameter);
        } else if !PASSED_OVER.contains(&name) {
            let known = KNOWN.iter().chain(&PASSED_OVER).chain([&POOLER]).copied();
            let near = nearest(name, known).map_or("", |(_, near)| near);
            return Err(StoreError::new(format!(
                "the PostgreSQL URL has an unknown parameter {name}; did you mean {near}?"
            )));
        }
    }
    let is_public = kept.contains(&PUBLIC);
    kept.retain(|parameter| *parameter != PUBLIC);
    let mode = kept.iter().find_map(|parameter| parameter.strip_prefix("sslmode="));
    if is_public && mode.is_none() {
        kept.push("sslmode=verify-full");
    }
    // With `require` the driver would not verify the certificate, although the URL has a root certificate.
    let names_authority = kept.iter().any(|parameter| parameter.starts_with("sslrootcert="));
    if mode == Some("require") && names_authority {
        kept.retain(|parameter| !parameter.starts_with("sslmode="));
        kept.push("sslmode=verify-ca");
    }
    let url = if kept.is_empty() { before.to_owned() } else { format!("{before}?{}", kept.join("&")) };
    Ok(Parameters { url, pooled })
}

/// Rewrites a URL without a host, such as `postgres://user@/database`, for the driver, which accepts user, password and
/// port only in front of a host: they become parameters. `None` if the URL has a host or has none of the three.
fn without_host(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end)?;
    let (user, place) = authority.rsplit_once('@').unwrap_or(("", authority));
    let port = if place.is_empty() { "" } else { place.strip_prefix(':')? };
    let (user, password) = user.split_once(':').unwrap_or((user, ""));
    let named = [("user", user), ("password", password), ("port", port)];
    // A plus would be decoded as a space in a parameter.
    let named = named.iter().filter(|(_, value)| !value.is_empty());
    let named: Vec<String> = named.map(|(name, value)| format!("{name}={}", value.replace('+', "%2B"))).collect();
    let (path, parameters) = path.split_once('?').unwrap_or((path, ""));
    let all: Vec<&str> =
        named.iter().map(String::as_str).chain(Some(parameters).filter(|rest| !rest.is_empty())).collect();
    let path = if path.is_empty() { "/" } else { path };
    (!named.is_empty()).then(|| format!("{scheme}://{path}?{}", all.join("&")))
}

/// The same URL without session settings, which poolers reject.
pub(super) fn without_settings(url: &str) -> String {
    let Some((before, parameters)) = url.split_once('?') else { return url.to_owned() };
    let is_setting = |parameter: &&str| parameter.starts_with("options=") || parameter.starts_with("options[");
    let kept: Vec<&str> = parameters.split('&').filter(|parameter| !is_setting(parameter)).collect();
    if kept.is_empty() { before.to_owned() } else { format!("{before}?{}", kept.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> String {
        read(text).unwrap().url
    }

    #[test]
    fn what_providers_write_is_understood() {
        assert_eq!(url("postgres://a@b/c"), "postgres://a@b/c");
        assert_eq!(
            url("postgres://a@b/c?sslmode=require&channel_binding=require&connect_timeout=5"),
            "postgres://a@b/c?sslmode=require"
        );
        assert_eq!(url("postgres://a@b/c?connect_timeout=5"), "postgres://a@b/c");
        assert_eq!(url("postgres://a@b/c?sslrootcert=system"), "postgres://a@b/c?sslmode=verify-full");
        assert_eq!(
            url("postgres://a@b/c?options=-csearch_path%3Dx&options[jit]=off"),
            "postgres://a@b/c?options=-csearch_path%3Dx&options[jit]=off"
        );
        assert_eq!(
            without_settings("postgres://a@b/c?options=-csearch_path%3Dx&sslmode=prefer&options[jit]=off"),
            "postgres://a@b/c?sslmode=prefer"
        );
        assert_eq!(without_settings("postgres://a@b/c?options=-cjit%3Doff"), "postgres://a@b/c");
        let pooled = read("postgres://a@b/c?pgbouncer=true&sslmode=prefer").unwrap();
        assert_eq!(pooled, Parameters { url: "postgres://a@b/c?sslmode=prefer".to_owned(), pooled: Some(true) });
    }

    #[test]
    fn an_authority_that_is_named_is_asked() {
        assert_eq!(
            url("postgres://a@b/c?sslmode=require&sslrootcert=ca.pem"),
            "postgres://a@b/c?sslrootcert=ca.pem&sslmode=verify-ca"
        );
        assert_eq!(url("postgres://a@b/c?sslmode=require"), "postgres://a@b/c?sslmode=require");
    }

    #[test]
    fn a_host_may_be_left_out() {
        assert_eq!(url("postgres://a@/c?host=/run"), "postgres:///c?user=a&host=/run");
        assert_eq!(url("postgres://a:b+%40@:6000/c"), "postgres:///c?user=a&password=b%2B%40&port=6000");
        assert_eq!(url("postgres://a@?dbname=c"), "postgres:///?user=a&dbname=c");
        for whole in ["postgres:///c?host=/run", "postgres://a@b/c", "postgres://%2Frun/c", "postgres://a@[::1]:1/c"] {
            assert_eq!(url(whole), whole);
        }
    }

    #[test]
    fn slips_are_refused() {
        for (wrong, hint) in [
            ("sslmod=require", "did you mean sslmode?"),
            ("ssl_root_cert=x", "did you mean sslrootcert?"),
            ("pgbouncer=yes", "neither true nor false"),
        ] {
            let reason = read(&format!("postgres://a@b/c?{wrong}")).unwrap_err().to_string();
            assert!(reason.contains(hint), "{reason}");
        }
    }
}
