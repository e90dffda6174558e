//! `castgraph config`, and the check for misspelt environment variables.

use std::{ffi::OsString, io};

use clap::{Arg, ArgMatches, Command, parser::ValueSource};

use super::{output, settings_file::SettingsFile};
use crate::nearest::nearest;

/// The prefix of castgraph's environment variables.
const PREFIX: &str = "CASTGRAPH_";

/// The prefix of variables for the tests.
const OF_TESTS: &str = "CASTGRAPH_TEST_";

/// A setting in the output: its value, and where it comes from.
#[derive(Debug, PartialEq, Eq)]
struct Line {
    name: String,
    value: String,
    origin: String,
}

/// Prints every setting of `command` with its value in `matches` and where it came from.
pub(super) fn print(command: &Command, matches: &ArgMatches, file: Option<&SettingsFile>) -> io::Result<()> {
    let lines = lines(command, matches, file);
    let width = |part: fn(&Line) -> &str| lines.iter().map(|line| part(line).chars().count()).max().unwrap_or_default();
    let (name, value) = (width(|line| &line.name), width(|line| &line.value));
    let lines = lines.iter().map(|line| format!("{:name$}  {:value$}  {}\n", line.name, line.value, line.origin));
    output::print(lines.collect::<String>())
}

fn lines(command: &Command, matches: &ArgMatches, file: Option<&SettingsFile>) -> Vec<Line> {
    settings(command)
        .map(|setting| {
            let values = matches.get_raw(setting.get_id().as_str()).into_iter().flatten();
            let values: Vec<_> = values.map(|value| value.to_string_lossy()).collect();
            let value = if values.is_empty() {
                "(none)".to_owned()
            } else {
                values.iter().map(|value| without_password(value)).collect::<Vec<_>>().join(",")
            };
            let origin = match matches.value_source(setting.get_id().as_str()) {
                Some(ValueSource::CommandLine) => "command line".to_owned(),
                Some(ValueSource::EnvVariable) => format!("environment ({})", variable(setting)),
                _ => match file.and_then(|file| file.origin(setting.get_long().unwrap_or_default())) {
                    Some(path) => format!("file {}", path.display()),
                    None => format!("default ({})", variable(setting)),
                },
            };
            Line { name: format!("--{}", setting.get_long().unwrap_or_default()), value, origin }
        })
        .collect()
}

/// Rejects unknown variables with the prefix of settings, because a typo in a name would otherwise go unnoticed.
pub(super) fn check_environment(
    command: &Command,
    variables: impl Iterator<Item = (OsString, OsString)>,
) -> Result<(), String> {
    let known: Vec<String> = settings(command).map(variable).collect();
    for (name, value) in variables {
        let (name, value) = (name.to_string_lossy(), value.to_string_lossy());
        if !name.starts_with(PREFIX) || name.starts_with(OF_TESTS) || known.contains(&name.to_string()) {
            continue;
        }
        if is_service_link(&name, &value) {
            continue;
        }
        let near = nearest(&name, known.iter().map(String::as_str));
        return Err(format!(
            "the environment variable {name} is not a setting; did you mean {}? castgraph config lists all",
            near.map_or("", |(_, near)| near)
        ));
    }
    Ok(())
}

/// Whether Kubernetes or Docker may have set the variable for a service or a linked container called `castgraph` or
/// `castgraph-…`: `CASTGRAPH_SERVICE_HOST`, `CASTGRAPH_DB_PORT_5432_TCP_ADDR` and so on.
///
/// Source: <https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables>
fn is_service_link(name: &str, value: &str) -> bool {
    let is_port = |text: &str| text.parse::<u16>().is_ok();
    let is_link = |text: &str| {
        let link = text.split_once("://").filter(|(protocol, _)| is_protocol(protocol));
        link.is_some_and(|(_, address)| {
            address.rsplit_once(':').is_some_and(|(host, port)| !host.is_empty() && is_port(port))
        })
    };
    let parts: Vec<&str> = name.split('_').skip(1).collect();
    let ends = |end: &[&str]| parts.ends_with(end);
    // `SERVICE_PORT_` is followed by the name of the port.
    let named_port = parts.windows(2).any(|two| two == ["SERVICE", "PORT"]);
    // `PORT_80_TCP`, perhaps followed by `ADDR`, `PORT` or `PROTO`.
    let of_port = parts.windows(3).any(
        |three| matches!(three, ["PORT", port, protocol] if is_port(port) && is_protocol(&protocol.to_lowercase())),
    );
    if ends(&["SERVICE", "HOST"]) {
        value.parse::<std::net::IpAddr>().is_ok()
    } else if of_port {
        match parts.last() {
            Some(&"ADDR") => value.parse::<std::net::IpAddr>().is_ok(),
            Some(&"PORT") => is_port(value),
            Some(&"PROTO") => is_protocol(value),
            _ => is_link(value),
        }
    } else if named_port {
        is_port(value)
    } else {
        ends(&["PORT"]) && is_link(value)
    }
}

fn is_protocol(text: &str) -> bool {
    ["tcp", "udp", "sctp"].contains(&text)
}

/// Treats an empty variable, which is common in container configurations, as not set.
pub(super) fn without_empty(setting: Arg) -> Arg {
    let is_empty = setting.get_env().and_then(std::env::var_os).is_some_and(|value| value.is_empty());
    if is_empty { setting.env(None) } else { setting }
}

pub(super) fn settings(command: &Command) -> impl Iterator<Item = &Arg> {
    command.get_arguments().filter(|setting| setting.get_env().is_some())
}

pub(super) fn variable(setting: &Arg) -> String {
    setting.get_env().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Replaces the password in a URL with `***`.
fn without_password(text: &str) -> String {
    let hidden = || {
        let (scheme, rest) = text.split_once("://")?;
        let (user, host) = rest.rsplit_once('@')?;
        let (name, _) = user.split_once(':')?;
        Some(format!("{scheme}://{name}:***@{host}"))
    };
    let text = hidden().unwrap_or_else(|| text.to_owned());
    match text.split_once("password=") {
        Some((before, rest)) => {
            let after = rest.find('&').and_then(|end| rest.get(end..)).unwrap_or_default();
            format!("{before}password=***{after}")
        }
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::Cli;

    #[test]
    fn settings_tell_their_values_and_where_they_come_from() {
        let command = Cli::command();
        let arguments = ["castgraph", "--max-depth", "7", "--database-url", "postgres://me:secret@host/db?a=b"];
        let matches = command.clone().try_get_matches_from(arguments).unwrap();
        let lines = lines(&command, &matches, None);
        let line = |name: &str| lines.iter().find(|line| line.name == name).unwrap();
        assert_eq!(line("--max-depth").value, "7");
        assert_eq!(line("--max-depth").origin, "command line");
        assert_eq!(line("--database-url").value, "postgres://me:***@host/db?a=b");
        assert_eq!(without_password("postgres://h/d?user=a&password=b&c=d"), "postgres://h/d?user=a&password=***&c=d");
        assert_eq!(line("--max-body").origin, "default (CASTGRAPH_MAX_BODY)");
        assert_eq!(line("--cors-origins").value, "(none)");
    }

    #[test]
    fn variables_that_nobody_reads_are_refused_with_the_nearest_name() {
        let command = Cli::command();
        let check = |name: &str| check_environment(&command, std::iter::once((name.into(), "1".into())));
        assert_eq!(check("CASTGRAPH_MAX_DEPTH"), Ok(()));
        assert_eq!(check("CASTGRAPH_TEST_POSTGRES"), Ok(()));
        assert_eq!(check("PATH"), Ok(()));
        for (name, value) in [
            ("CASTGRAPH_SERVICE_HOST", "10.0.171.239"),
            ("CASTGRAPH_SERVICE_HOST", "fd00::1"),
            ("CASTGRAPH_SERVICE_PORT", "80"),
            ("CASTGRAPH_SERVICE_PORT_HTTP_ADMIN", "8081"),
            ("CASTGRAPH_PORT", "tcp://10.0.171.239:80"),
            ("CASTGRAPH_PORT_80_TCP", "tcp://10.0.171.239:80"),
            ("CASTGRAPH_PORT_80_TCP_PROTO", "tcp"),
            ("CASTGRAPH_PORT_80_TCP_PORT", "80"),
            ("CASTGRAPH_PORT_80_TCP_ADDR", "10.0.171.239"),
            ("CASTGRAPH_PORT_53_UDP", "udp://[fd00::1]:53"),
            ("CASTGRAPH_MAX_DB_SERVICE_HOST", "10.0.0.1"),
            ("CASTGRAPH_DB_PORT", "tcp://10.0.0.1:5432"),
            ("CASTGRAPH_DB_PORT_5432_TCP_ADDR", "10.0.0.1"),
        ] {
            let passed = check_environment(&command, std::iter::once((name.into(), value.into())));
            assert_eq!(passed, Ok(()), "{name}={value}");
        }
        for (name, value) in [
            ("CASTGRAPH_PORT", "8080"),
            ("CASTGRAPH_SERVICE_HOST", "yes"),
            ("CASTGRAPH_SERVICE", "10.0.0.1"),
            ("CASTGRAPH_PORT_80", "tcp://10.0.0.1:80"),
            ("CASTGRAPH_HOST", "10.0.0.1"),
        ] {
            let refused = check_environment(&command, std::iter::once((name.into(), value.into())));
            assert!(refused.is_err(), "{name}={value}");
        }
        assert!(check("CASTGRAPH_MAX_DEPT").is_err_and(|reason| reason.contains("did you mean CASTGRAPH_MAX_DEPTH?")));
    }

    #[test]
    fn every_setting_has_a_variable_that_is_its_name() {
        for setting in settings(&Cli::command()) {
            let long = setting.get_long().unwrap().to_uppercase().replace('-', "_");
            let name = variable(setting);
            assert!(name == format!("{PREFIX}{long}") || name == long, "{name} for {long}");
        }
    }
}
