//! The address of a database, as given in `--database-url`.

use std::{
    env, fmt, fs, io,
    path::{Path, PathBuf},
    str::FromStr,
};

use sea_orm::sqlx::{self, postgres::PgConnectOptions, sqlite::SqliteConnectOptions};

use super::{
    StoreError,
    postgres::parameters::{self, Parameters},
};

/// The address of a database.
#[derive(Clone, Debug)]
pub(super) enum Address {
    /// An SQLite file.
    Sqlite {
        /// The URL for the driver.
        url: String,
        path: PathBuf,
    },
    /// A PostgreSQL server.
    Postgres {
        /// The URL for the driver.
        url: String,
        options: Box<PgConnectOptions>,
        /// Whether a transaction pooler is in front of the server; `None` if this is to be detected.
        pooled: Option<bool>,
    },
}

/// The URL schemes that PostgreSQL's own tools accept.
const POSTGRES: [&str; 2] = ["postgres", "postgresql"];

/// Whether `address` is a PostgreSQL URL.
pub fn is_postgres(address: &str) -> bool {
    scheme(address).is_some_and(|scheme| POSTGRES.contains(&scheme))
}

/// The part of a URL before `://`.
fn scheme(address: &str) -> Option<&str> {
    let (scheme, _) = address.split_once("://")?;
    scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte)).then_some(scheme)
}

impl Address {
    /// Parses an address: a `postgres://` or `sqlite://` URL, or the path of an SQLite file.
    pub(super) fn parse(address: &str) -> Result<Self, StoreError> {
        if address.trim().is_empty() {
            return Err(StoreError::new(
                "--database-url is empty; use a postgres:// URL or the path of an SQLite file, such as castgraph.db",
            ));
        }
        if is_postgres(address) {
            return postgres(address);
        }
        if address.contains(":memory:") || address.contains("mode=memory") {
            return Err(StoreError::new("in-memory SQLite databases are not supported; use the path of a file"));
        }
        match scheme(address) {
            None if address.starts_with("sqlite:") => sqlite(address.to_owned()),
            Some("sqlite") => sqlite(address.to_owned()),
            // Escapes the two characters of a plain path that are special in a URL.
            None => sqlite(format!("sqlite://{}", address.replace('%', "%25").replace('?', "%3F"))),
            Some(other) => {
                let close = |known: &&str| strsim::damerau_levenshtein(known, &other.to_lowercase()) <= 3;
                let hint = match ["postgres", "postgresql", "sqlite"].iter().find(|known| close(known)) {
                    Some(known) => format!("did you mean {known}://?"),
                    None => "use a postgres:// URL or the path of an SQLite file".to_owned(),
                };
                Err(StoreError::new(format!("castgraph does not support {other}:// databases; {hint}")))
            }
        }
    }
}

impl fmt::Display for Address {
    /// The address without user and password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite { path, .. } => path.display().fmt(f),
            Self::Postgres { options, .. } => match options.get_socket() {
                Some(socket) => write!(f, "PostgreSQL at {} (port {})", socket.display(), options.get_port()),
                None => write!(f, "PostgreSQL at {}:{}", options.get_host(), options.get_port()),
            },
        }
    }
}

fn sqlite(url: String) -> Result<Address, StoreError> {
    let options = SqliteConnectOptions::from_str(&url).map_err(|reason| malformed("SQLite", &reason))?;
    let path = options.get_filename().to_owned();
    if path.as_os_str().is_empty() {
        return Err(StoreError::new("the SQLite URL has no file name; write it like sqlite://folder/castgraph.db"));
    }
    Ok(Address::Sqlite { url, path })
}

fn postgres(url: &str) -> Result<Address, StoreError> {
    if let Some(hint) = unencoded(url) {
        return Err(StoreError::new(hint));
    }
    // Some parts of the driver accept only this scheme.
    let url = format!("postgres://{}", url.split_once("://").map_or("", |(_, rest)| rest));
    let Parameters { url, pooled } = parameters::read(&url)?;
    let options = PgConnectOptions::from_str(&url).map_err(|reason| malformed("PostgreSQL", &reason))?;
    let files = files(&url);
    for (name, file) in &files {
        is_pem(name, Path::new(file))?;
    }
    for (one, other) in [("sslcert", "sslkey"), ("sslkey", "sslcert")] {
        let names = |name: &str| files.iter().any(|(known, _)| known == name);
        if names(one) && !names(other) && env::var_os(format!("PG{}", other.to_uppercase())).is_none() {
            let reason =
                format!("the PostgreSQL URL sets {one} without {other}; set both, the certificate and its key");
            return Err(StoreError::new(reason));
        }
    }
    Ok(Address::Postgres { url, options: Box::new(options), pooled })
}

/// Checks that the file of the parameter `name` is PEM. The driver silently ignores other files.
fn is_pem(name: &str, file: &Path) -> Result<(), StoreError> {
    let shown = file.display();
    let reason = match fs::read(file) {
        Ok(bytes) if bytes.windows(11).any(|bytes| bytes == b"-----BEGIN ") => return Ok(()),
        Ok(_) => format!(
            "{name} is {shown}, which is not a PEM file; a PEM file has a line like -----BEGIN CERTIFICATE-----"
        ),
        Err(reason) if reason.kind() == io::ErrorKind::PermissionDenied => {
            format!("{name} is {shown}, which castgraph has no permission to read; check its owner and mode")
        }
        Err(_) => format!("{name} is {shown}, which is not a file; set it to the path of a PEM file"),
    };
    Err(StoreError::new(reason))
}

/// The TLS parameters of a URL whose values are files.
fn files(url: &str) -> Vec<(String, String)> {
    let (_, parameters) = url.split_once('?').unwrap_or_default();
    form_urlencoded::parse(parameters.as_bytes())
        .filter(|(name, _)| ["sslrootcert", "sslcert", "sslkey"].contains(&&**name))
        .map(|(name, file)| (name.into_owned(), file.into_owned()))
        .collect()
}

/// The error message for a password with characters that are reserved in URLs, if there are any.
fn unencoded(url: &str) -> Option<&'static str> {
    let (_, rest) = url.split_once("://")?;
    let (before, after) = rest.rsplit_once('@')?;
    let has_password = before.split_once(':').is_some_and(|(_, password)| {
        password.contains(['/', '?', '#', '@', '[', ']', ' ']) && !before.starts_with('%')
    });
    // The @ may be part of a parameter.
    let in_parameters = before.contains('?') && before.contains('=') && !after.contains(['/', '?']);
    (has_password && !in_parameters).then_some(
        "the password in the PostgreSQL URL has a character that is reserved in URLs; percent-encode it: \
         @ is %40, : is %3A, / is %2F, ? is %3F, # is %23, % is %25, a space is %20",
    )
}

fn malformed(engine: &str, reason: &sqlx::Error) -> StoreError {
    let reason = match reason {
        sqlx::Error::Configuration(reason) => reason.to_string(),
        other => other.to_string(),
    };
    let reason = match &*reason {
        "empty host" => "it has no host".to_owned(),
        "invalid port number" => "the port is not a number from 1 to 65535".to_owned(),
        "invalid IPv6 address" => "the IPv6 address is not valid; write it in brackets, like [::1]".to_owned(),
        other if other.contains("sslmode") || other.contains("ssl_mode") || other.contains("sslMode") => {
            "sslmode is one of disable, allow, prefer, require, verify-ca and verify-full".to_owned()
        }
        other => other.to_owned(),
    };
    let example = if engine == "SQLite" {
        "sqlite://folder/castgraph.db"
    } else {
        "postgres://user:password@host:5432/database?sslmode=verify-full"
    };
    StoreError::new(format!("the {engine} URL is not valid: {reason}; write it like {example}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(address: &str) -> String {
        Address::parse(address).unwrap_err().to_string()
    }

    #[test]
    fn what_is_no_database_of_ours_is_refused() {
        assert!(reason("mysql://a@b/c").contains("mysql:// databases; use a postgres:// URL"));
        assert!(reason("postgress://a@b/c").contains("did you mean postgres://?"));
        assert!(reason("sqlite3://c.db").contains("did you mean sqlite://?"));
        assert!(reason("postgres://a@b:port/c").contains("the port is not a number"));
        assert!(reason("postgres://a:p@ss/w@b/c").contains("percent-encode"));
        assert!(reason("postgres://a@b/c?sslmode=full").contains("sslmode is one of"));
        assert!(reason("postgres://a@b/c?sslrootcert=/no/such.pem").contains("/no/such.pem, which is not a file"));
        assert!(reason("").contains("is empty") && reason("sqlite::memory:").contains("path of a file"));
    }

    #[test]
    fn addresses_are_shown_without_passwords() {
        let shown = |address: &str| Address::parse(address).unwrap().to_string();
        assert_eq!(shown("postgresql://me:secret@db.example.org/c"), "PostgreSQL at db.example.org:5432");
        assert_eq!(shown("postgres://%2Fvar%2Frun/c?port=6000"), "PostgreSQL at /var/run (port 6000)");
        assert_eq!(shown("what?100%.db"), "what?100%.db");
        assert_eq!(shown("sqlite://folder/a.db"), "folder/a.db");
        assert_eq!(shown("postgres://me:a%40b@h/c?options=-csearch_path%3Dx"), "PostgreSQL at h:5432");
    }
}
