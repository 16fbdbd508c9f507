//! All checks that a scan runs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use partywall_sql::{Database, SqlError};
use thiserror::Error;

use crate::check::{Check, FrontMatterError};
use crate::framework::Framework;
use crate::page::{Page, Section};
use crate::shipped;

/// The checks and the frameworks that ask for them.
#[derive(Debug, Clone, Default)]
pub struct Library {
    /// Checks by id.
    pub checks: BTreeMap<Arc<str>, Check>,
    /// Frameworks by id.
    pub frameworks: BTreeMap<String, Framework>,
}

/// Why a library could not be loaded.
#[derive(Debug, Error)]
pub enum LibraryError {
    /// A file that cannot be read.
    #[error("`{path}` cannot be read: {error}")]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// The head of a check is wrong.
    #[error("check `{check}`: {error}")]
    FrontMatter {
        /// The check.
        check: String,
        /// What is wrong.
        error: FrontMatterError,
    },
    /// A framework file is wrong.
    #[error("framework `{framework}`: {error}")]
    Framework {
        /// The framework.
        framework: String,
        /// What is wrong.
        error: Box<toml::de::Error>,
    },
}

impl Library {
    /// The checks and frameworks that ship with the program.
    ///
    /// # Errors
    /// When one of them is damaged.
    pub fn shipped() -> Result<Self, LibraryError> {
        let mut library = Self::default();
        for (id, sql, page) in shipped::CHECKS {
            library.add(id, sql, page)?;
        }
        for (id, text) in shipped::FRAMEWORKS {
            let parsed = toml::from_str(text)
                .map_err(|error| LibraryError::Framework { framework: (*id).to_owned(), error: Box::new(error) })?;
            library.frameworks.insert((*id).to_owned(), parsed);
        }
        Ok(library)
    }

    /// Adds the checks of a folder: `<service>/<fault>.sql`, each with a page of the same name if there is one.
    /// A check with an id that is there already replaces it.
    ///
    /// # Errors
    /// When a file cannot be read or the head of a check is wrong.
    pub fn add_folder(&mut self, folder: &Path) -> Result<(), LibraryError> {
        for service in entries(folder)?.into_iter().filter(|entry| entry.is_dir()) {
            for file in entries(&service)?.into_iter().filter(|file| file.extension().is_some_and(|kind| kind == "sql"))
            {
                let name =
                    |path: &Path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
                let id = format!("{}/{}", name(&service), name(&file));
                let page_file = file.with_extension("md");
                let page = if page_file.exists() { read(&page_file)? } else { String::new() };
                self.add(&id, &read(&file)?, &page)?;
            }
        }
        Ok(())
    }

    fn add(&mut self, id: &str, sql: &str, page: &str) -> Result<(), LibraryError> {
        let check =
            Check::parse(id, sql, page).map_err(|error| LibraryError::FrontMatter { check: id.to_owned(), error })?;
        self.checks.insert(check.id.clone(), check);
        Ok(())
    }

    /// The check that a name means: its id, or an alias.
    pub fn find(&self, name: &str) -> Option<&Check> {
        self.checks.get(name).or_else(|| self.checks.values().find(|check| check.is_named(name)))
    }

    /// The controls that ask for a check, as `framework: control`.
    pub fn controls_of(&self, check: &str) -> Vec<String> {
        self.frameworks
            .values()
            .flat_map(|framework| {
                let asks = framework.controls.iter().filter(|(_, control)| control.checks.iter().any(|id| id == check));
                asks.map(|(id, _)| format!("{}: {id}", framework.title))
            })
            .collect()
    }

    /// What is wrong with a library as a whole; a sound one answers nothing.
    ///
    /// Every statement must plan against the tables and answer `resource` and a boolean `ok`; every page must
    /// explain, offer a remedy and show the three cases; aliases must be unique; frameworks must name checks.
    pub fn faults(&self, database: &Database) -> Vec<String> {
        let mut faults = Vec::new();
        let mut aliases: BTreeMap<&str, &str> = BTreeMap::new();
        for check in self.checks.values() {
            let id = check.id.as_ref();
            faults.extend(statement_faults(check, database).into_iter().map(|fault| format!("check `{id}`: {fault}")));
            faults.extend(page_faults(check).into_iter().map(|fault| format!("check `{id}`: {fault}")));
            for alias in &check.aliases {
                if let Some(other) = aliases.insert(alias, id) {
                    faults.push(format!("alias `{alias}` is claimed by `{other}` and `{id}`"));
                }
            }
        }
        for (framework_id, framework) in &self.frameworks {
            for (control_id, control) in &framework.controls {
                let lost = control.checks.iter().filter(|id| !self.checks.contains_key(id.as_str()));
                faults.extend(
                    lost.map(|id| {
                        format!("framework `{framework_id}`, control `{control_id}`: there is no check `{id}`")
                    }),
                );
            }
        }
        faults
    }
}

fn statement_faults(check: &Check, database: &Database) -> Vec<String> {
    let statement = match database.prepare(&check.sql) {
        Ok(statement) => statement,
        Err(error @ (SqlError::Statement(_) | SqlError::NotASelect | SqlError::Engine(_))) => {
            return vec![error.to_string()];
        }
    };
    let mut faults = Vec::new();
    let columns = statement.columns();
    if !columns.contains(&"resource") {
        faults.push("the statement does not answer `resource`".to_owned());
    }
    if statement.is_boolean("ok") != Some(true) {
        faults.push("the statement does not answer a boolean `ok`".to_owned());
    }
    let mut rest = check.message.as_str();
    while let Some((name, after)) = rest.split_once('{').and_then(|(_, after)| after.split_once('}')) {
        if !columns.contains(&name) {
            faults.push(format!("the message uses `{{{name}}}`, which the statement does not answer"));
        }
        rest = after;
    }
    faults
}

fn page_faults(check: &Check) -> Vec<String> {
    let page = Page::parse(&check.page);
    let mut faults = Vec::new();
    if page.rationale.is_empty() {
        faults.push("the page does not say why it matters".to_owned());
    }
    if page.remedy.is_empty() {
        faults.push("the page has no `## Remedy`".to_owned());
    }
    for (section, name) in [(Section::Fails, "Fails"), (Section::Passes, "Passes"), (Section::Unknown, "Unknown")] {
        if !page.cases.iter().any(|case| case.section == section) {
            faults.push(format!("the page has no example under `## {name}`"));
        }
    }
    faults
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, LibraryError> {
    let unreadable = |error| LibraryError::Unreadable { path: folder.to_owned(), error };
    let mut entries = std::fs::read_dir(folder)
        .map_err(unreadable)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| LibraryError::Unreadable { path: folder.to_owned(), error })?;
    entries.sort();
    Ok(entries)
}

fn read(path: &Path) -> Result<String, LibraryError> {
    std::fs::read_to_string(path).map_err(|error| LibraryError::Unreadable { path: path.to_owned(), error })
}
