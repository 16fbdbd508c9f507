//! Runs checks over the inventory and words their verdicts.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use partywall_model::{Cell, Finding, Gap, GapKind, Inventory, ResourceKey, Row, Sensitivity, Table, Verdict};
use partywall_sql::{Answer, Database, Names, SqlError, SqlValue};
use sha2::{Digest, Sha256};

use crate::check::Check;
use crate::unseen;

/// What the checks say.
#[derive(Debug, Default)]
pub struct Judgement {
    /// Findings of every verdict, sorted by resource and check.
    pub findings: Vec<Finding>,
    /// Checks that failed to run.
    pub gaps: Vec<Gap>,
}

/// Judges every row that a check is about, on as many threads as there are processors.
///
/// A check whose tables hold no row is not even compiled. One that fails to run answers unknown for every
/// row of its first table.
pub fn judge(
    checks: &[&Check],
    database: &Database,
    inventory: &Inventory,
    sensitivities: &BTreeMap<ResourceKey, Sensitivity>,
) -> Judgement {
    let court = Court {
        database,
        inventory,
        sensitivities,
        rows: index(inventory),
        derived: derived(inventory),
        certain: OnceLock::new(),
    };
    let next = AtomicUsize::new(0);
    let judgement = Mutex::new(Judgement::default());
    let work = || {
        let mut own = Judgement::default();
        while let Some(check) = checks.get(next.fetch_add(1, Ordering::Relaxed)) {
            court.hear(check, &mut own);
        }
        if let Ok(mut all) = judgement.lock() {
            all.findings.append(&mut own.findings);
            all.gaps.append(&mut own.gaps);
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(checks.len().max(1));
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
    let mut judgement = judgement.into_inner().unwrap_or_default();
    judgement.findings.sort_by(|left, right| (&left.resource, &left.check).cmp(&(&right.resource, &right.check)));
    judgement.gaps.sort();
    judgement
}

/// What a statement looks at.
struct Looked<'a> {
    /// Names in it: among them the columns that it reads.
    identifiers: Vec<&'a str>,
    /// Tables whose other rows it looks at.
    beyond: Vec<&'a str>,
}

struct Court<'a> {
    database: &'a Database,
    inventory: &'a Inventory,
    sensitivities: &'a BTreeMap<ResourceKey, Sensitivity>,
    rows: HashMap<&'a str, (&'static Table, &'a Row)>,
    /// Rows that analyses derived, by the resource that they are about.
    derived: HashMap<&'a str, Vec<(&'static Table, &'a Row)>>,
    /// The same without the rows of resources that may not come to exist; opened when a check needs it.
    certain: OnceLock<Result<Database, SqlError>>,
}

fn derived(inventory: &Inventory) -> HashMap<&str, Vec<(&'static Table, &Row)>> {
    let mut derived: HashMap<&str, Vec<(&'static Table, &Row)>> = HashMap::new();
    for (table, rows) in inventory.tables().filter(|(table, _)| table.derived) {
        for row in rows {
            derived.entry(&row.resource).or_default().push((table, row));
        }
    }
    derived
}

fn index(inventory: &Inventory) -> HashMap<&str, (&'static Table, &Row)> {
    inventory
        .resource_tables()
        .flat_map(|(table, rows)| rows.iter().map(move |row| (row.resource.as_ref(), (table, row))))
        .collect()
}

impl Court<'_> {
    fn hear(&self, check: &Check, judgement: &mut Judgement) {
        let names = match Database::names(&check.sql) {
            Ok(names) => names,
            Err(error) => return self.failed(check, &[], &error.to_string(), judgement),
        };
        let tables: Vec<&str> = match &names.driving_table {
            Some(driving) => vec![driving.as_str()],
            None => names.tables.iter().map(String::as_str).collect(),
        };
        self.stand_in(check, &tables, judgement);
        let has_rows = |name: &String| !self.inventory.rows(name).is_empty();
        let idle = match &names.driving_table {
            Some(driving) => !has_rows(driving),
            None => !names.tables.iter().any(has_rows),
        };
        if idle {
            // A table that does not exist holds no row either.
            let misnamed = names.tables.iter().any(|name| partywall_model::table(name).is_none());
            if let (true, Err(error)) = (misnamed, self.database.prepare(&check.sql)) {
                self.failed(check, &[], &error.to_string(), judgement);
            }
            return;
        }
        match self.ask(check, &names) {
            Ok((answer, is_row_wise)) => {
                let identifiers: Vec<&str> = names.identifiers.iter().map(String::as_str).collect();
                let read: Vec<&str> = names.tables.iter().map(String::as_str).collect();
                let looked_at = Looked { identifiers, beyond: if is_row_wise { Vec::new() } else { read } };
                let mut findings = Vec::new();
                for row in &answer.rows {
                    match self.finding(check, &answer, row, &looked_at) {
                        Some(finding) => findings.push(finding),
                        None => judgement.gaps.push(nameless(check)),
                    }
                }
                findings.extend(self.passed_over(check, &tables, &findings));
                judgement.findings.append(&mut findings);
            }
            Err(error) => self.failed(check, &tables, &error.to_string(), judgement),
        }
    }

    /// Runs the statement. One that looks beyond the judged row is run a second time without the rows that may
    /// not come to exist; where the two disagree, nobody can tell.
    fn ask(&self, check: &Check, names: &Names) -> Result<(Answer, bool), SqlError> {
        let statement = self.database.prepare(&check.sql)?;
        if !statement.columns().contains(&"resource") || statement.is_boolean("ok") != Some(true) {
            return Err(SqlError::Statement("it does not answer `resource` and a boolean `ok`".to_owned()));
        }
        let mut answer = self.database.run(&statement)?;
        if statement.is_row_wise() || !self.inventory.has_doubtful_rows(names.tables.iter()) {
            return Ok((answer, statement.is_row_wise()));
        }
        let open = || Database::new(Arc::new(self.inventory.without_doubtful_rows()));
        let certain = match self.certain.get_or_init(open) {
            Ok(database) => database.query(&check.sql)?,
            Err(error) => return Err(SqlError::Engine(error.to_string())),
        };
        let position = |name: &str| answer.columns.iter().position(|column| column == name);
        let (Some(resource), Some(ok)) = (position("resource"), position("ok")) else { return Ok((answer, false)) };
        let verdicts: HashSet<(String, String)> =
            certain.rows.iter().filter_map(|row| pair(row, resource, ok)).collect();
        for row in &mut answer.rows {
            let same = pair(row, resource, ok).is_some_and(|pair| verdicts.contains(&pair));
            if let (false, Some(value)) = (same, row.get_mut(ok)) {
                *value = SqlValue::Null;
            }
        }
        Ok((answer, false))
    }

    /// Where rows were asked for and refused, a finding stands for them all, so that nothing vanishes.
    fn stand_in(&self, check: &Check, tables: &[&str], judgement: &mut Judgement) {
        for unseen in tables.iter().flat_map(|table| unseen::stand_ins(self.inventory, table)) {
            let mut finding = self.blank(check, &unseen::resource(unseen));
            finding.verdict = Verdict::Unknown;
            finding.table = unseen.table;
            finding.causes = vec![unseen.cause.to_string()];
            judgement.findings.push(finding);
        }
    }

    /// Rows of which only their being there is known, and which a condition of the statement has left out: nobody can
    /// tell whether it would.
    fn passed_over(&self, check: &Check, tables: &[&str], findings: &[Finding]) -> Vec<Finding> {
        let rows = tables.iter().flat_map(|table| self.inventory.rows(table));
        let lost = rows.filter_map(|row| Some((row, row.unseen.as_ref()?)));
        lost.filter(|(row, _)| !findings.iter().any(|finding| finding.resource == row.resource))
            .map(|(row, cause)| {
                let mut finding = self.blank(check, &row.resource);
                finding.verdict = Verdict::Unknown;
                finding.causes = vec![cause.to_string()];
                finding
            })
            .collect()
    }

    /// A check that cannot run leaves an unknown for every row that it should have judged.
    fn failed(&self, check: &Check, tables: &[&str], cause: &str, judgement: &mut Judgement) {
        judgement.gaps.push(Gap::in_file(
            GapKind::CheckFailed,
            "",
            0,
            format!("check `{}` failed to run: {cause}", check.id),
            "run `partywall checks test` on it",
        ));
        for row in tables.iter().flat_map(|name| self.inventory.rows(name)) {
            let mut finding = self.blank(check, &row.resource);
            finding.verdict = Verdict::Unknown;
            finding.causes = vec![format!("the check failed to run: {cause}")];
            judgement.findings.push(finding);
        }
    }

    fn finding(&self, check: &Check, answer: &Answer, row: &[SqlValue], looked_at: &Looked<'_>) -> Option<Finding> {
        let value = |name: &str| {
            answer
                .columns
                .iter()
                .position(|column| column == name)
                .and_then(|at| row.get(at))
                .unwrap_or(&SqlValue::Null)
        };
        let SqlValue::Text(resource) = value("resource") else { return None };
        let mut finding = self.blank(check, resource);
        finding.message = message(&check.message, &value);
        finding.verdict = match value("ok") {
            SqlValue::Boolean(true) => Verdict::Pass,
            SqlValue::Boolean(false) => Verdict::Fail,
            _ => Verdict::Unknown,
        };
        let subject = self.rows.get(resource.as_str());
        if finding.verdict == Verdict::Unknown {
            finding.causes = subject.map(|(table, row)| causes(table, row, &looked_at.identifiers)).unwrap_or_default();
            if finding.causes.is_empty() {
                let asked = self.derived.get(resource.as_str()).into_iter().flatten();
                let asked = asked.filter(|(table, _)| check.sql.contains(table.name));
                finding.causes = asked.flat_map(|(table, row)| causes(table, row, &looked_at.identifiers)).collect();
            }
            if finding.causes.is_empty() {
                finding.causes.push("a related resource that decides this is not known".to_owned());
            }
        }
        let tainted = |(table, row): &(&'static Table, &Row)| {
            unseen::taint(self.inventory, &looked_at.beyond, table, row).map(|unseen| unseen.cause.to_string())
        };
        if let Some(cause) = subject.and_then(tainted) {
            finding.verdict = Verdict::Unknown;
            finding.causes = vec![format!("what else there is in the account is not fully known: {cause}")];
        }
        if let Some(doubt) = subject.and_then(|(_, row)| row.existence.as_ref()) {
            finding.verdict = Verdict::Unknown;
            finding.causes = vec![format!("whether the resource will exist is not known: {doubt}")];
        }
        if let Some(least) = check.sensitivity_min
            && self.sensitivity(resource) < least
        {
            finding.verdict = Verdict::NotApplicable;
            finding.causes.clear();
        }
        // The highest level is assumed where tags are unknown: whether the fault counts is then not known either.
        let tags = subject.and_then(|(table, row)| row.cell(table, "tags")).map(Cell::unknowns).unwrap_or_default();
        if let (true, Verdict::Fail, [unknown, ..]) = (check.sensitivity_min.is_some(), finding.verdict, &tags[..])
            && self.sensitivity(resource) == Sensitivity::Restricted
        {
            finding.verdict = Verdict::Unknown;
            finding.causes = vec![format!("`tags`, which tell how sensitive its data is: {unknown}")];
        }
        Some(finding)
    }

    fn sensitivity(&self, resource: &str) -> Sensitivity {
        self.sensitivities.get(resource).copied().unwrap_or(Sensitivity::Restricted)
    }

    fn blank(&self, check: &Check, resource: &str) -> Finding {
        let subject = self.rows.get(resource);
        let title = subject.and_then(|(table, row)| row.text(table, "title")).unwrap_or(resource);
        Finding {
            check: check.id.clone(),
            title: check.title.clone(),
            severity: check.severity,
            layer: check.layer,
            verdict: Verdict::Pass,
            resource: resource.into(),
            resource_title: title.to_owned(),
            table: subject.map_or("", |(table, _)| table.name),
            message: check.title.to_string(),
            origin: subject.map(|(_, row)| row.origin.clone()),
            declared: None,
            causes: Vec::new(),
            waiver: None,
            in_baseline: false,
            fingerprint: fingerprint(&check.id, resource),
        }
    }
}

fn pair(row: &[SqlValue], resource: usize, ok: usize) -> Option<(String, String)> {
    Some((plain(row.get(resource)?), plain(row.get(ok)?)))
}

/// A row without a name cannot be judged, but it must not vanish.
fn nameless(check: &Check) -> Gap {
    Gap::in_file(
        GapKind::CheckFailed,
        "",
        0,
        format!("check `{}` answered a row whose `resource` is NULL", check.id),
        "let the statement answer the `resource` of a table that it reads",
    )
}

/// What of a row the check looked at and could not see.
fn causes(table: &Table, row: &Row, identifiers: &[&str]) -> Vec<String> {
    let mut causes: Vec<String> = table
        .columns
        .iter()
        .zip(&row.cells)
        .filter(|(column, _)| identifiers.contains(&column.name))
        .flat_map(|(column, cell): (_, &Cell)| {
            cell.unknowns().into_iter().map(move |unknown| format!("`{}`: {unknown}", column.name))
        })
        .collect();
    causes.sort();
    causes.dedup();
    causes
}

fn message<'v>(template: &str, value: &impl Fn(&str) -> &'v SqlValue) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((literal, name, after)) = rest
        .split_once('{')
        .and_then(|(literal, after)| after.split_once('}').map(|(name, after)| (literal, name, after)))
    {
        out.push_str(literal);
        out.push_str(&plain(value(name)));
        rest = after;
    }
    out + rest
}

fn plain(value: &SqlValue) -> String {
    match value {
        SqlValue::Null => "unknown".to_owned(),
        SqlValue::Boolean(truth) => truth.to_string(),
        SqlValue::Integer(number) => number.to_string(),
        SqlValue::Number(number) => number.to_string(),
        SqlValue::Text(text) if text.is_empty() => "(not set)".to_owned(),
        SqlValue::Text(text) => text.clone(),
        SqlValue::Json(serde_json::Value::Array(items)) => {
            let words: Vec<String> =
                items.iter().map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned)).collect();
            words.join(", ")
        }
        SqlValue::Json(json) => json.to_string(),
    }
}

/// A digest that stays the same as long as check and resource keep their names.
fn fingerprint(check: &str, resource: &str) -> String {
    let digest = Sha256::digest(format!("{check}\n{resource}"));
    digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}
