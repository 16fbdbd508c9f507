//! What things are called: one ARN for each row, in rows and in policies alike.
//!
//! Code names accounts and resources by reference before either exists. So that `${aws_iam_role.deploy.arn}` in a
//! policy and the role's own row mean the same, every row gets an ARN made of what is known, in which placeholders stand
//! for the rest.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use partywall_model::{Cell, Inventory, Row, Table};

/// Placeholders that stand for the account in which code will run.
const OWN_ACCOUNT: [&str; 2] = ["data.aws_caller_identity.current.account_id", "AWS::AccountId"];
/// Placeholders that stand for its partition.
const OWN_PARTITION: [&str; 2] = ["data.aws_partition.current.partition", "AWS::Partition"];

/// The names of rows.
#[derive(Debug, Default)]
pub struct Names {
    arns: HashMap<Arc<str>, Arc<str>>,
    by_arn: HashMap<Arc<str>, Arc<str>>,
    accounts: HashMap<Box<str>, Arc<str>>,
}

impl Names {
    /// Names every row.
    pub fn of(inventory: &Inventory) -> Self {
        let mut names = Self::default();
        let mut scopes: Vec<&str> =
            inventory.resource_tables().flat_map(|(_, rows)| rows).map(|row| scope(&row.resource)).collect();
        scopes.sort_unstable();
        scopes.dedup();
        for (at, scope) in scopes.into_iter().enumerate() {
            // An account that code does not know stands for itself: no real account has such a number.
            names.accounts.insert(scope.into(), format!("{at:012}").into());
        }
        let rows = inventory.resource_tables().flat_map(|(table, rows)| rows.iter().map(move |row| (table, row)));
        rows.for_each(|(table, row)| names.add(table, row));
        names
    }

    /// Names a row, unless another one has its name.
    pub(super) fn add(&mut self, table: &'static Table, row: &Row) {
        let Some(arn) = self.build(table, row) else { return };
        // Rows of accounts mostly go by their ARNs: one text for both.
        if *arn == *row.resource {
            self.by_arn.entry(row.resource.clone()).or_insert_with(|| row.resource.clone());
            return;
        }
        let arn: Arc<str> = arn.into();
        self.by_arn.entry(arn.clone()).or_insert_with(|| row.resource.clone());
        self.arns.entry(row.resource.clone()).or_insert(arn);
    }

    /// Forgets a row.
    pub(super) fn remove(&mut self, resource: &str) {
        let arn = self.arns.remove(resource);
        let arn = arn.as_deref().unwrap_or(resource);
        if self.by_arn.get(arn).is_some_and(|named| **named == *resource) {
            self.by_arn.remove(arn);
        }
    }

    /// The ARN of a row, with placeholders for what is not known; None when nothing of it is.
    pub fn arn(&self, resource: &str) -> Option<&Arc<str>> {
        self.arns.get(resource).or_else(|| self.by_arn.get_key_value(resource).map(|(arn, _)| arn))
    }

    /// The row with this ARN.
    pub fn resource(&self, arn: &str) -> Option<&Arc<str>> {
        self.by_arn.get(arn)
    }

    /// The account of a row: the number that is known, or one that stands for the account of its code.
    pub fn account(&self, table: &Table, row: &Row) -> Arc<str> {
        match row.cell(table, "account_id") {
            Some(Cell::Text(account)) if !account.is_empty() => account.clone(),
            _ => match arn_account(row.text(table, "arn").unwrap_or_default()) {
                Some(account) => account.into(),
                None => self.code_account(&row.resource),
            },
        }
    }

    fn code_account(&self, resource: &str) -> Arc<str> {
        self.accounts.get(scope(resource)).cloned().unwrap_or_else(|| "000000000000".into())
    }

    /// Whether an account's number only stands for one that code does not know.
    pub fn is_stand_in(&self, account: &str) -> bool {
        account.starts_with("00000") && self.accounts.values().any(|other| **other == *account)
    }

    /// A document of a row with every reference to a row replaced by that row's ARN.
    pub fn resolve<'t>(&self, document: &'t str, holder: &str) -> Cow<'t, str> {
        if !document.contains("${") {
            return Cow::Borrowed(document);
        }
        let mut resolved = String::with_capacity(document.len());
        let mut rest = document;
        while let Some(start) = rest.find("${") {
            let (before, from) = rest.split_at(start);
            let Some(end) = from.find('}') else { break };
            let (inside, after) = (from.get(2..end).unwrap_or_default(), from.get(end + 1..).unwrap_or_default());
            resolved.push_str(before);
            let is_whole = before.ends_with('"') && after.starts_with('"');
            match self.replacement(inside, holder, is_whole) {
                Some(text) => resolved.push_str(&text),
                None => resolved.push_str(from.get(..=end).unwrap_or_default()),
            }
            rest = after;
        }
        resolved.push_str(rest);
        Cow::Owned(resolved)
    }

    fn replacement(&self, inside: &str, holder: &str, is_whole: bool) -> Option<Arc<str>> {
        if OWN_ACCOUNT.contains(&inside) {
            return Some(self.code_account(holder));
        }
        if OWN_PARTITION.contains(&inside) {
            return Some("aws".into());
        }
        if let Some(key) = inside.strip_suffix(".arn") {
            return self.arn(key).cloned();
        }
        // Where a policy needs an ARN, what a resource is referred to by is its ARN.
        if is_whole { self.arn(inside).cloned() } else { None }
    }

    fn build<'r>(&self, table: &'static Table, row: &'r Row) -> Option<Cow<'r, str>> {
        if let Some(arn) = row.text(table, "arn").filter(|arn| !arn.is_empty()) {
            return Some(Cow::Borrowed(arn));
        }
        if table.arn.is_empty() {
            return None;
        }
        let mut arn = String::new();
        let mut rest = table.arn;
        while let Some((literal, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}')?;
            arn.push_str(literal);
            match (name, row.text(table, name)) {
                ("partition", _) => arn.push_str("aws"),
                ("account_id", _) => arn.push_str(&self.account(table, row)),
                (_, Some(text)) if !text.is_empty() || name == "path" => arn.push_str(text),
                ("region", _) => arn.push_str("${data.aws_region.current.name}"),
                (name, _) => arn.push_str(&format!("${{{}.{name}}}", row.resource)),
            }
            rest = after;
        }
        Some(Cow::Owned(arn + rest))
    }
}

/// The account in an ARN, when there is one.
pub(in crate::access) fn arn_account(arn: &str) -> Option<&str> {
    arn.strip_prefix("arn:")?.split(':').nth(3).filter(|account| !account.is_empty())
}

/// The part of the estate whose addresses a row's key belongs to.
fn scope(resource: &str) -> &str {
    if resource.starts_with("arn:") { "" } else { resource.split_once('#').map_or("", |(scope, _)| scope) }
}
