//! The settings file: TOML with the names of the flags. It overrides defaults; flags and the environment override it.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use clap::{Arg, ArgAction, Command};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::settings::{settings, variable};
use crate::nearest::nearest;

/// The setting for the path of the file, which is not allowed in the file itself.
const ITSELF: &str = "config";

/// The contents of a settings file.
#[derive(Clone, Debug, Default)]
pub(super) struct SettingsFile {
    path: PathBuf,
    /// The values of each setting, by the name of its flag.
    values: BTreeMap<String, Vec<String>>,
}

impl SettingsFile {
    /// Reads the file that the command line or the environment names, if any.
    ///
    /// # Errors
    ///
    /// All errors in the file, one per line.
    pub(super) fn of(command: &Command, arguments: &[OsString]) -> Result<Option<Self>, String> {
        // Other errors in the command line are reported when it is parsed in full.
        let lenient = command.clone().ignore_errors(true).try_get_matches_from(arguments);
        let Ok(mut matches) = lenient else { return Ok(None) };
        let mut path = None;
        loop {
            let found = matches.try_get_one::<PathBuf>(ITSELF).ok().flatten().cloned();
            path = found.or(path);
            match matches.remove_subcommand() {
                Some((_, inner)) => matches = inner,
                None => break,
            }
        }
        path.map(|path| Self::read(&path, command)).transpose()
    }

    /// Reads the file at `path`, which may contain the settings of `command`.
    fn read(path: &Path, command: &Command) -> Result<Self, String> {
        let shown = path.display();
        let text = fs::read_to_string(path)
            .map_err(|reason| format!("cannot read the settings file {shown}: {}", super::output::words(&reason)))?;
        let line = |place: usize| text.get(..place).unwrap_or_default().matches('\n').count() + 1;
        let table = DeTable::parse(&text).map_err(|reason| {
            let line = reason.span().map_or(1, |span| line(span.start));
            format!("{shown}:{line}: not valid TOML: {}", reason.message())
        })?;
        let mut file = Self { path: path.to_owned(), ..Self::default() };
        let mut faults = Vec::new();
        for (key, value) in table.into_inner() {
            let outcome = file.add(command, key.get_ref(), &value);
            if let Err(reason) = outcome {
                faults.push((line(key.span().start), reason));
            }
        }
        faults.sort();
        let faults: Vec<String> =
            faults.into_iter().map(|(line, reason)| format!("{shown}:{line}: {reason}")).collect();
        if faults.is_empty() { Ok(file) } else { Err(faults.join("\n")) }
    }

    fn add(&mut self, command: &Command, key: &str, value: &Spanned<DeValue<'_>>) -> Result<(), String> {
        let name = key.replace('_', "-");
        let Some(setting) = settings(command).find(|setting| setting.get_long() == Some(&name) && name != ITSELF)
        else {
            return Err(unknown(command, key));
        };
        let values = texts(&name, setting, value.get_ref())?;
        check(setting, &values).map_err(|reason| format!("{key}: {reason}"))?;
        if self.values.insert(name, values).is_some() {
            return Err(format!("{key}: the setting appears twice"));
        }
        Ok(())
    }

    /// Makes the values in the file the defaults of `command` and its subcommands.
    pub(super) fn apply(&self, command: Command) -> Command {
        let with_file = |setting: Arg| match setting.get_long().and_then(|name| self.values.get(name)) {
            Some(values) => setting.default_values(values.clone()),
            None => setting,
        };
        command.mut_args(with_file).mut_subcommands(|command| self.apply(command))
    }

    /// The path of the file, if it sets the flag `name`.
    pub(super) fn origin(&self, name: &str) -> Option<&Path> {
        self.values.contains_key(name).then_some(&self.path)
    }
}

/// The values for the command line that a TOML value stands for.
fn texts(name: &str, setting: &Arg, value: &DeValue<'_>) -> Result<Vec<String>, String> {
    let is_switch = setting.get_possible_values().iter().any(|value| value.matches("on", false));
    Ok(match value {
        DeValue::String(text) => vec![text.to_string()],
        DeValue::Integer(number) => vec![number.to_string()],
        DeValue::Float(number) => vec![number.to_string()],
        DeValue::Boolean(yes) if is_switch => vec![if *yes { "on" } else { "off" }.to_owned()],
        DeValue::Boolean(yes) => vec![yes.to_string()],
        DeValue::Array(values) if setting.get_value_delimiter().is_some() => {
            let mut all = Vec::new();
            for value in values {
                all.extend(texts(name, setting, value.get_ref())?);
            }
            all
        }
        DeValue::Array(_) => return Err(format!("{name}: takes one value, not an array")),
        DeValue::Table(_) => {
            return Err(format!("{name}: is a table; write each setting on its own line, without sections"));
        }
        DeValue::Datetime(_) => return Err(format!("{name}: does not take a date; put quotes around text")),
    })
}

/// Validates the values with clap, as on the command line.
fn check(setting: &Arg, values: &[String]) -> Result<(), String> {
    let name = setting.get_long().unwrap_or_default();
    if matches!(setting.get_action(), ArgAction::SetTrue) {
        return match values {
            [value] if value == "true" || value == "false" => Ok(()),
            _ => Err("takes true or false".to_owned()),
        };
    }
    let arguments =
        std::iter::once("castgraph".to_owned()).chain(values.iter().map(|value| format!("--{name}={value}")));
    let alone = Command::new("castgraph").arg(setting.clone().action(ArgAction::Append));
    match alone.try_get_matches_from(arguments) {
        Ok(_) => Ok(()),
        Err(reason) => {
            let text = reason.to_string();
            let text = text.split("\n\nFor more").next().unwrap_or_default().trim_start_matches("error: ");
            Err(text.split_whitespace().collect::<Vec<_>>().join(" "))
        }
    }
}

fn unknown(command: &Command, key: &str) -> String {
    let names = settings(command).filter_map(Arg::get_long).filter(|name| *name != ITSELF);
    let near = nearest(key, names).map_or("", |(_, near)| near);
    format!("{key} is not a setting; did you mean {near}? castgraph config lists all")
}

/// A settings file with a comment and the default for every setting of `command`.
pub(super) fn example(command: &Command) -> String {
    let mut text =
        "# Settings of castgraph. Remove the # in front of a setting to change it. Flags and environment variables\n\
                    # override this file: castgraph --config castgraph.toml\n"
            .to_owned();
    for setting in settings(command) {
        let name = setting.get_long().unwrap_or_default();
        if name == ITSELF {
            continue;
        }
        let default: Vec<String> =
            setting.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
        let quoted = |value: &String| match value.parse::<f64>() {
            Ok(_) => value.clone(),
            Err(_) => format!("{value:?}"),
        };
        let value = match (setting.get_value_delimiter(), default.as_slice()) {
            (Some(_), values) => format!("[{}]", values.iter().map(quoted).collect::<Vec<_>>().join(", ")),
            (None, [value]) if matches!(setting.get_action(), ArgAction::SetTrue) => value.clone(),
            (None, [value]) => quoted(value),
            (None, _) => "\"\"".to_owned(),
        };
        let help = setting.get_help().map(ToString::to_string).unwrap_or_default().replace('\n', " ");
        // Writing to a string does not fail.
        let _ = write!(text, "\n# {help}\n# Environment: {}\n#{name} = {value}\n", variable(setting));
    }
    text
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::Cli;

    fn read(text: &str) -> Result<SettingsFile, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("c.toml");
        fs::write(&path, text).unwrap();
        SettingsFile::read(&path, &Cli::command())
            .map_err(|reason| reason.replace(&format!("{}/", folder.path().display()), ""))
    }

    #[test]
    fn values_of_every_shape_are_taken() {
        let file = read(
            "listen = \"0.0.0.0:80\"\nmax_depth = 7\nrequest-timeout = 2.5\ncache-answers = false\n\
             cors-origins = [\"https://a.example\", \"https://b.example\"]\nshared-schema = true\n",
        );
        let values = file.unwrap().values;
        assert_eq!(values["max-depth"], ["7"]);
        assert_eq!(values["cache-answers"], ["off"]);
        assert_eq!(values["cors-origins"].len(), 2);
        assert_eq!(values["request-timeout"], ["2.5"]);
    }

    #[test]
    fn faults_are_told_together_with_their_lines() {
        let reason = read("lisen = \"8080\"\nmax-depth = \"deep\"\n\n[server]\nx = 1\n").unwrap_err();
        let lines: Vec<&str> = reason.lines().collect();
        assert_eq!(lines[0], "c.toml:1: lisen is not a setting; did you mean listen? castgraph config lists all");
        assert!(lines[1].starts_with("c.toml:2: max-depth: invalid value 'deep'"), "{reason}");
        assert!(lines[2].starts_with("c.toml:4: server is not a setting"), "{reason}");
        assert!(read("listen = ").unwrap_err().starts_with("c.toml:1: not valid TOML"));
        assert!(read("max-depth = [1, 2]").unwrap_err().contains("takes one value"));
        assert!(read("config = \"other.toml\"").unwrap_err().contains("config is not a setting"));
        assert!(read("shared-schema = \"perhaps\"").unwrap_err().contains("takes true or false"));
    }

    #[test]
    fn the_example_has_every_setting_and_can_be_read() {
        let command = Cli::command();
        let example = example(&command);
        let uncommented: Vec<String> = example
            .lines()
            .map(|line| line.strip_prefix('#').filter(|line| !line.starts_with(' ')).unwrap_or(""))
            .filter(|line| !line.ends_with("= \"\"") && !line.ends_with("= []"))
            .map(|line| format!("{line}\n"))
            .collect();
        let file = read(&uncommented.concat()).unwrap();
        assert!(file.values.len() > 30);
        for setting in settings(&command).filter(|setting| setting.get_long() != Some(ITSELF)) {
            assert!(example.contains(&format!("\n#{} = ", setting.get_long().unwrap())), "{setting}");
        }
    }
}
