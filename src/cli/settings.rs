//! `castgraph config`, and the environment variables that nobody reads.

use std::{ffi::OsString, io};

use clap::{Arg, ArgMatches, Command, parser::ValueSource};

use super::output;

/// Environment variables of castgraph begin with this.
const PREFIX: &str = "CASTGRAPH_";

/// Those of its tests begin with this.
const OF_TESTS: &str = "CASTGRAPH_TEST_";

/// What is shown of a setting, and where it comes from.
#[derive(Debug, PartialEq, Eq)]
struct Line {
    name: String,
    value: String,
    origin: String,
}

/// Prints every setting of `command` with its value in `matches` and where it came from.
pub(super) fn print(command: &Command, matches: &ArgMatches) -> io::Result<()> {
    let lines = lines(command, matches);
    let width = |part: fn(&Line) -> &str| lines.iter().map(|line| part(line).chars().count()).max().unwrap_or_default();
    let (name, value) = (width(|line| &line.name), width(|line| &line.value));
    let lines = lines.iter().map(|line| format!("{:name$}  {:value$}  {}\n", line.name, line.value, line.origin));
    output::print(lines.collect::<String>())
}

fn lines(command: &Command, matches: &ArgMatches) -> Vec<Line> {
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
                _ => format!("default ({})", variable(setting)),
            };
            Line { name: format!("--{}", setting.get_long().unwrap_or_default()), value, origin }
        })
        .collect()
}

/// Refuses variables that look like settings and are none, since a slip in a name would otherwise go unseen.
pub(super) fn check_environment(
    command: &Command,
    variables: impl Iterator<Item = (OsString, OsString)>,
) -> Result<(), String> {
    let known: Vec<String> = settings(command).map(variable).collect();
    for (name, _) in variables {
        let name = name.to_string_lossy();
        if !name.starts_with(PREFIX) || name.starts_with(OF_TESTS) || known.contains(&name.to_string()) {
            continue;
        }
        let near = known.iter().min_by_key(|known| strsim::damerau_levenshtein(known, &name));
        return Err(format!(
            "the environment variable {name} is no setting; did you mean {}? `castgraph config` lists all",
            near.map(String::as_str).unwrap_or_default()
        ));
    }
    Ok(())
}

/// A variable that is empty, as files of containers have them, is one that is not set.
pub(super) fn without_empty(setting: Arg) -> Arg {
    let is_empty = setting.get_env().and_then(std::env::var_os).is_some_and(|value| value.is_empty());
    if is_empty { setting.env(None) } else { setting }
}

fn settings(command: &Command) -> impl Iterator<Item = &Arg> {
    command.get_arguments().filter(|setting| setting.get_env().is_some())
}

fn variable(setting: &Arg) -> String {
    setting.get_env().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// A URL without the password in it.
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
        let lines = lines(&command, &matches);
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
