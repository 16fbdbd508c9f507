//! The control policies of an organization, level by level.

use std::collections::HashMap;
use std::sync::Arc;

use aws_policy::Level;
use partywall_model::Inventory;

use super::documents::{Document, Documents};
use super::view::rows;

/// How many levels an organization can have, the root and the account included.
/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html>
const LEVELS_MAX: usize = 8;

/// An organization.
#[derive(Debug, Default)]
pub struct Organization {
    /// Its id; empty when none is in sight.
    pub id: Arc<str>,
    /// Its management account.
    pub management_account: Option<Arc<str>>,
    /// Its accounts, by number.
    pub accounts: Vec<Arc<str>>,
    /// What each account, unit or root is under, by id.
    parents: HashMap<Arc<str>, Arc<str>>,
    service_control: HashMap<Arc<str>, Vec<Document>>,
    resource_control: HashMap<Arc<str>, Vec<Document>>,
}

impl Organization {
    pub(super) fn of(inventory: &Inventory, documents: &mut Documents<'_>) -> Self {
        let mut organization = Self::default();
        // References hold rows; ids are what policies are attached to.
        let mut ids: HashMap<&str, Arc<str>> = HashMap::new();
        for table in ["aws_organizations_account", "aws_organizations_organizational_unit", "aws_organizations_root"] {
            for view in rows(inventory, table) {
                ids.insert(view.key(), view.given("id").unwrap_or(view.key()).into());
            }
        }
        let id_of = |reference: &str| ids.get(reference).cloned().unwrap_or_else(|| reference.into());
        for table in ["aws_organizations_account", "aws_organizations_organizational_unit"] {
            for view in rows(inventory, table) {
                if let Some(parent) = view.given("parent_id") {
                    organization.parents.insert(id_of(view.key()), id_of(parent));
                }
            }
        }
        organization.accounts = rows(inventory, "aws_organizations_account").map(|view| id_of(view.key())).collect();
        for view in rows(inventory, "aws_account") {
            if let Some(id) = view.given("organization_id") {
                organization.id = id.into();
            }
            if let Some(account) = view.given("organization_master_account_id") {
                organization.management_account = Some(account.into());
            }
        }
        for view in rows(inventory, "aws_organizations_policy") {
            let Some(document) = documents.of(view, "content", view.given("name").unwrap_or(view.key())) else {
                continue;
            };
            let levels = match view.given("type") {
                Some("RESOURCE_CONTROL_POLICY") => &mut organization.resource_control,
                _ => &mut organization.service_control,
            };
            for target in view.list("target_ids").0 {
                levels.entry(id_of(target)).or_default().push(document.clone());
            }
        }
        organization
    }

    /// Whether an account belongs to the organization; None when no organization is in sight.
    pub fn holds(&self, account: &str) -> Option<bool> {
        match self.accounts.is_empty() {
            true => None,
            false => Some(self.accounts.iter().any(|other| **other == *account)),
        }
    }

    /// The service control policies of an account, from the account up.
    pub fn service_control(&self, account: &str) -> Vec<Level<'_>> {
        self.levels(account, &self.service_control)
    }

    /// The resource control policies of an account, from the account up.
    pub fn resource_control(&self, account: &str) -> Vec<Level<'_>> {
        self.levels(account, &self.resource_control)
    }

    /// Whether what the service control policies of an account say about an action is the same for every resource.
    pub(super) fn is_indifferent_to_resource(&self, account: &str, action: &str) -> bool {
        let mut policies = self.service_control(account).into_iter().flat_map(|level| level.policies);
        policies.all(|attached| attached.policy.is_indifferent_to_resource(action))
    }

    fn levels<'a>(&'a self, account: &str, policies: &'a HashMap<Arc<str>, Vec<Document>>) -> Vec<Level<'a>> {
        let mut levels = Vec::new();
        let mut at = account;
        for _ in 0..LEVELS_MAX {
            // A level without policies in sight says nothing: AWS has at least one on each that is in force.
            if let Some((name, documents)) = policies.get_key_value(at) {
                levels.push(Level { name, policies: documents.iter().map(Document::attached).collect() });
            }
            let Some(parent) = self.parents.get(at) else { break };
            at = parent;
        }
        levels
    }
}
