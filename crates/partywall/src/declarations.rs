//! Which block of code declares which live resource.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use partywall_analysis::correspondence::correspond;
use partywall_ingest::Options;
use partywall_model::{Declaration, Finding, Inventory, Origin, ResourceKey};

use crate::scan::{ScanError, read};

/// Tells findings about live resources which block of code declares the resource.
///
/// # Errors
/// When the code cannot be looked at.
pub(crate) fn add_declarations(
    code: &Path,
    reading: &Options,
    live: &Inventory,
    findings: &mut [Finding],
) -> Result<(), ScanError> {
    let declared = read(code, reading, &|_| ())?.inventory;
    let origins: HashMap<&ResourceKey, &Arc<Origin>> =
        declared.resource_tables().flat_map(|(_, rows)| rows).map(|row| (&row.resource, &row.origin)).collect();
    let same = correspond(&declared, live);
    let declarations: HashMap<&ResourceKey, Declaration> = same
        .pairs
        .iter()
        .filter_map(|(code, (live, basis))| {
            let origin = (*origins.get(code)?).clone();
            Some((live, Declaration { resource: code.clone(), origin, basis: basis.id() }))
        })
        .collect();
    for finding in findings {
        finding.declared = declarations.get(&finding.resource).cloned();
    }
    Ok(())
}
