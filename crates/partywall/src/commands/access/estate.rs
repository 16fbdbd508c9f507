//! The estate that questions of access are asked of.

use std::path::Path;
use std::sync::Arc;

use miette::{IntoDiagnostic, WrapErr, miette};
use partywall_analysis::access::facts::Duties;
use partywall_analysis::access::{Estate, Holder};
use partywall_model::{Inventory, Unseen};

use crate::commands::scan::Progress;
use crate::commands::sources::SourceArguments;
use crate::commands::target::Target;
use crate::scan::{Step, read};

/// The file with a team's own rules about duties, in the target's folder.
const DUTIES: &str = "duties.toml";

/// An estate with its inventory.
pub(super) struct Opened {
    pub(super) inventory: Arc<Inventory>,
    pub(super) estate: Estate,
}

/// Reads who is there.
pub(super) fn open(sources: &SourceArguments) -> miette::Result<Opened> {
    let progress = Progress::start();
    let options = sources.options()?;
    let found = Target::find(&sources.target)?;
    let snapshot = read(found.path(), &options.ingest, &|step| progress.show(step))?;
    progress.show(Step::Analyse);
    let estate = Estate::of(&snapshot.inventory);
    progress.finish();
    Ok(Opened { inventory: Arc::new(snapshot.inventory), estate })
}

impl Opened {
    /// The one user or role that a person means.
    pub(super) fn holder(&self, text: &str) -> miette::Result<(usize, &Holder)> {
        let found = self.estate.find(text);
        match found.as_slice() {
            [one] => Ok(*one),
            [] => Err(miette!(
                help =
                    "`partywall query \"select resource from aws_iam_role\"` lists roles; give a row, an ARN or a name",
                "no user or role is called `{text}`"
            )),
            several => {
                let rows: Vec<&str> = several.iter().map(|(_, holder)| &*holder.resource).collect();
                Err(miette!(help = "give one of these", "`{text}` could be any of {}", rows.join(", ")))
            }
        }
    }

    /// Asks the estate something that takes a while.
    pub(super) fn ask<T>(&self, question: impl FnOnce(&Estate, &Inventory) -> T) -> T {
        let progress = Progress::start();
        progress.show(Step::Analyse);
        let answer = question(&self.estate, &self.inventory);
        progress.finish();
        answer
    }

    /// What kept from seeing everything, in a line; '' when nothing did.
    pub(super) fn blindness(&self) -> String {
        // Identities and control policies always matter; of the rest what was asked for and refused is told.
        let matters = |unseen: &&Unseen| {
            unseen.asked || unseen.table.starts_with("aws_iam_") || unseen.table.starts_with("aws_organizations_")
        };
        let unseen = self.inventory.unseen().iter().filter(matters);
        let mut tables: Vec<&str> = unseen.map(|unseen| unseen.table).collect();
        tables.sort_unstable();
        tables.dedup();
        let mut lines = String::new();
        if !tables.is_empty() {
            lines = format!("not all could be seen: rows of {} are missing\n", tables.join(", "));
        }
        let damaged = self.estate.gaps.len();
        if damaged > 0 {
            lines += &format!("{damaged} policies cannot be read; what they allow is unknown\n");
        }
        lines
    }
}

/// The rules about duties: the shipped ones, changed by the target's own.
pub(in crate::commands) fn duties(target: &Path) -> miette::Result<Duties> {
    let file = if target.is_dir() { target.join(DUTIES) } else { return Ok(Duties::shipped().clone()) };
    if !file.is_file() {
        return Ok(Duties::shipped().clone());
    }
    let text = std::fs::read_to_string(&file)
        .into_diagnostic()
        .wrap_err_with(|| format!("`{}` cannot be read", file.display()))?;
    let own = Duties::parse(&text).into_diagnostic().wrap_err_with(|| format!("in `{}`", file.display()))?;
    Duties::shipped().changed_by(&own).into_diagnostic().wrap_err_with(|| format!("in `{}`", file.display()))
}
