//! What an `interdict.toml` says of its workspace.

use crate::check::{Level, Levels, lint_named};

const CITATIONS: &str =
    "write `citations = \"required\"` or `citations = \"optional\"`, or leave the file empty";

/// What an `interdict.toml` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Whether a rule without `cites` is worth a warning.
    pub citation_required: bool,
    /// The levels of warnings.
    pub levels: Levels,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            citation_required: true,
            levels: Levels::default(),
        }
    }
}

/// What is wrong with an `interdict.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsFault {
    /// A sentence without a full stop.
    pub what: String,
    /// What to write instead.
    pub help: &'static str,
}

fn wrong<T>(what: String, help: &'static str) -> Result<T, SettingsFault> {
    Err(SettingsFault { what, help })
}

impl Settings {
    /// Reads the text of an `interdict.toml`.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn read(text: &str) -> Result<Settings, SettingsFault> {
        let table: toml::Table = match text.parse() {
            Ok(table) => table,
            Err(error) => {
                let error: toml::de::Error = error;
                return wrong(error.message().to_owned(), CITATIONS);
            }
        };
        let mut settings = Settings::default();
        for (key, value) in &table {
            match (key.as_str(), value) {
                ("citations", toml::Value::String(asked)) if asked == "required" => {}
                ("citations", toml::Value::String(asked)) if asked == "optional" => {
                    settings.citation_required = false;
                }
                ("citations", _) => {
                    let what = "`citations` is neither of its two values".to_owned();
                    return wrong(what, CITATIONS);
                }
                ("lints", toml::Value::Table(lints)) => settings.read_lints(lints)?,
                ("lints", _) => {
                    let help = "write `[lints]` and below it lines like `no_citation = \"error\"`";
                    return wrong("`lints` is no table".to_owned(), help);
                }
                (other, _) => return wrong(format!("there is no setting `{other}`"), CITATIONS),
            }
        }
        Ok(settings)
    }

    fn read_lints(&mut self, lints: &toml::Table) -> Result<(), SettingsFault> {
        for (name, level) in lints {
            let Some(code) = lint_named(name) else {
                let what = format!("there is no warning called `{name}`");
                let help = "write its name with `_`, as in `no_citation = \"allow\"`; docs/errors has them all";
                return wrong(what, help);
            };
            let Some(level) = level.as_str().and_then(level_named) else {
                let what = format!("`{name}` under `[lints]` is no level");
                return wrong(what, "write `\"allow\"`, `\"warn\"` or `\"error\"`");
            };
            self.levels.insert(code.id, level);
        }
        Ok(())
    }
}

fn level_named(name: &str) -> Option<Level> {
    match name {
        "allow" => Some(Level::Allow),
        "warn" => Some(Level::Warn),
        "error" => Some(Level::Error),
        _ => None,
    }
}
