//! Whom resources let in from outside of their account.

use std::collections::BTreeSet;
use std::sync::Arc;

use aws_policy::{Answer, Limits, Principal, PrincipalKind, Question, Truth, ask};
use partywall_model::{AccessCertainty, Audience, Cell, Exposure, Inventory, Row, table};

use super::documents::Document;
use super::estate::Estate;
use super::facts::resource_policies::{Block, Carrier, Effect, Means, Public, Scope};
use super::facts::{Actions, ResourcePolicies};
use super::names::arn_account;
use super::view::{Known, View, rows};

/// Groups of S3's lists of access that hold everybody, or everybody with an AWS account.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html>
const EVERYBODY_GROUPS: [&str; 2] = ["/groups/global/AllUsers", "/groups/global/AuthenticatedUsers"];

/// Finds everybody whom resources let in from outside of their account.
pub(super) fn all(estate: &Estate, inventory: &Inventory) -> Vec<Exposure> {
    let mut exposures = Vec::new();
    for carrier in ResourcePolicies::shipped() {
        for view in rows(inventory, &carrier.table) {
            let finder = Finder::new(estate, inventory, carrier, view);
            let mut found = finder.find();
            // Without anything that is given nothing is left to be overridden.
            if found.is_empty() {
                continue;
            }
            let left = finder.left();
            found.retain_mut(|exposure| keep(exposure, left, carrier));
            exposures.extend(found);
        }
    }
    exposures.sort_by(|one, two| (&one.resource, one.audience, &one.who).cmp(&(&two.resource, two.audience, &two.who)));
    exposures.dedup();
    exposures
}

/// What settings leave of what is given.
#[derive(Clone, Copy)]
struct Left {
    public: Truth,
    accounts: Truth,
}

fn keep(exposure: &mut Exposure, left: Left, carrier: &Carrier) -> bool {
    let is_public = exposure.audience == Audience::Public;
    if is_public && carrier.public == Public::Refused {
        return false;
    }
    match if is_public { left.public } else { left.accounts } {
        Truth::True => true,
        Truth::False => false,
        Truth::Open(_) => {
            exposure.certainty = AccessCertainty::Unknown;
            true
        }
    }
}

struct Finder<'a> {
    estate: &'a Estate,
    inventory: &'a Inventory,
    carrier: &'static Carrier,
    view: View<'a>,
    /// The policy, where access is given by one.
    document: Option<Document>,
    /// Whether strangers get in by the policy.
    public: Answer,
}

impl<'a> Finder<'a> {
    fn new(estate: &'a Estate, inventory: &'a Inventory, carrier: &'static Carrier, view: View<'a>) -> Self {
        let mut finder = Self { estate, inventory, carrier, view, document: None, public: Answer::No };
        if let Means::Policy(means) = &carrier.means {
            finder.document = finder.policy(&means.policy);
            finder.public = finder.document.as_ref().map_or(Answer::No, |document| document.policy.public_access());
        }
        finder
    }

    fn find(&self) -> Vec<Exposure> {
        match &self.carrier.means {
            Means::Policy(means) => self.by_policy(&means.policy),
            Means::Acl(means) => self.by_list_of_access(&means.acl, &means.canned),
            Means::List(means) => {
                let columns = means.list.iter().map(|listed| listed.column.as_str());
                columns.flat_map(|column| self.by_list(column, &means.everybody)).collect()
            }
            Means::Statement(means) => self.by_statement(&means.statement.principal, &means.statement.actions),
            Means::Attribute(means) => self.by_attribute(&means.attribute, &means.everybody),
        }
    }

    fn opened(&self) -> Arc<str> {
        let of = self.carrier.of.as_deref().and_then(|column| self.view.given(column));
        of.map_or_else(|| self.view.key().clone(), Into::into)
    }

    fn account(&self) -> Arc<str> {
        let resource = self.opened();
        let own = self.estate.account_of(&resource).or_else(|| self.estate.account_of(self.view.key()));
        own.cloned().unwrap_or_default()
    }

    fn exposure(&self, audience: Audience, who: &str, certainty: AccessCertainty, through: &'static str) -> Exposure {
        let account = arn_account(who).or(Some(who)).filter(|_| audience == Audience::Account);
        Exposure {
            resource: self.opened(),
            table: self.view.table.name,
            audience,
            who: who.into(),
            is_in_organization: account.and_then(|account| self.estate.organization.holds(account)),
            certainty,
            access: Vec::new(),
            through,
            action: "".into(),
            source: &self.carrier.source,
        }
    }

    /// Everything that a way of giving access gives.
    fn whole_access(&self) -> Vec<&'static str> {
        self.kinds().into_iter().filter(|(_, patterns)| !patterns.is_empty()).map(|(kind, _)| kind).collect()
    }

    fn kinds(&self) -> [(&'static str, &'static [String]); 3] {
        [("read", &self.carrier.reads), ("write", &self.carrier.writes), ("administer", &self.carrier.administers)]
    }

    fn by_policy(&self, column: &'static str) -> Vec<Exposure> {
        let Some(document) = &self.document else { return Vec::new() };
        let mut exposures = Vec::new();
        match &self.public {
            Answer::Yes(witness) => {
                let mut public = self.exposure(Audience::Public, "*", AccessCertainty::Allowed, column);
                public.action = witness.action.as_str().into();
                public.access = self.access_of(document, None).0;
                exposures.push(public);
            }
            Answer::No => {}
            Answer::Unknown(_) => {
                exposures.push(self.exposure(Audience::Public, "*", AccessCertainty::Unknown, column))
            }
        }
        exposures.extend(self.named(document, column));
        if self.view.table.name != "aws_iam_role" {
            let unbound = document.policy.services_without_source().into_iter().map(|(service, is_certain)| {
                let certainty = if is_certain { AccessCertainty::Allowed } else { AccessCertainty::Unknown };
                self.exposure(Audience::UnboundService, service, certainty, column)
            });
            exposures.extend(unbound);
        }
        exposures
    }

    fn policy(&self, column: &str) -> Option<Document> {
        let whole = self.estate.holder(self.view.key()).and_then(|(_, holder)| holder.trust.clone());
        match (whole, self.view.text(column)) {
            (Some(trust), _) => Some(trust),
            (None, Known::Yes("")) => None,
            (None, _) => self.estate.resource_policy(&self.opened()).cloned(),
        }
    }

    /// Accounts, principals and identity providers that a policy names.
    fn named(&self, document: &Document, column: &'static str) -> Vec<Exposure> {
        let account = self.account();
        let scopes = document.policy.statements.iter().filter_map(|statement| statement.principals.as_ref());
        let names: BTreeSet<&String> = scopes.flat_map(|scope| scope.named().all()).collect();
        let mut exposures = Vec::new();
        for name in names {
            let Some(principal) = Principal::parse(name) else { continue };
            let audience = match &principal.kind {
                PrincipalKind::Federated => Audience::Federated,
                PrincipalKind::Anonymous | PrincipalKind::Service => continue,
                _ if principal.account() == Some(&account) => continue,
                _ => Audience::Account,
            };
            let (access, action, certainty) = self.access_of(document, Some(&principal));
            if let Some(certainty) = certainty {
                let exposure = self.exposure(audience, name, certainty, column);
                exposures.push(Exposure { access, action, ..exposure });
            }
        }
        exposures
    }

    /// What a policy lets a principal do, or strangers: kinds of access, an action that shows it, and how sure it is.
    fn access_of(
        &self,
        document: &Document,
        principal: Option<&Principal>,
    ) -> (Vec<&'static str>, Arc<str>, Option<AccessCertainty>) {
        let (mut access, mut shown, mut surest) = (Vec::new(), Arc::<str>::from(""), None);
        for (kind, patterns) in self.kinds() {
            let actions: Vec<String> = patterns
                .iter()
                .flat_map(|pattern| Actions::shipped().expand(pattern))
                .map(|action| action.id.to_ascii_lowercase())
                .collect();
            if actions.is_empty() {
                continue;
            }
            let actions: Vec<&str> = actions.iter().map(String::as_str).collect();
            let limits =
                Limits { actions: &actions, principal, strangers_only: principal.is_none(), ..Limits::default() };
            let question = Question { permitted_by: vec![&document.policy], limits, ..Question::default() };
            let certainty = match ask(&question) {
                Answer::Yes(witness) => {
                    shown = witness.action.as_str().into();
                    let keys: Vec<&str> = witness.context.keys();
                    let is_plain = keys.iter().all(|key| key.starts_with("aws:principal") || *key == "aws:username");
                    if is_plain { AccessCertainty::Allowed } else { AccessCertainty::Conditional }
                }
                Answer::No => continue,
                Answer::Unknown(_) => AccessCertainty::Unknown,
            };
            access.push(kind);
            surest = surest.max(Some(certainty));
        }
        (access, shown, surest)
    }

    fn by_list_of_access(&self, acl: &'static str, canned: &'static str) -> Vec<Exposure> {
        let mut exposures = Vec::new();
        match self.view.text(canned) {
            Known::Yes("public-read") => exposures.push(self.public(canned, &["read"])),
            Known::Yes("public-read-write") => exposures.push(self.public(canned, &["read", "write"])),
            Known::Yes("authenticated-read") => exposures.push(self.public(canned, &["read"])),
            Known::Yes(_) => {}
            Known::No => exposures.push(self.exposure(Audience::Public, "*", AccessCertainty::Unknown, canned)),
        }
        let grants = match self.view.row.cell(self.view.table, acl) {
            Some(Cell::List(grants)) => grants.as_slice(),
            Some(Cell::Unknown(_)) => {
                exposures.push(self.exposure(Audience::Public, "*", AccessCertainty::Unknown, acl));
                &[]
            }
            _ => &[],
        };
        for grant in grants {
            let Cell::Struct(fields) = grant else { continue };
            let texts: Vec<&str> = fields.iter().filter_map(Cell::as_text).collect();
            if texts.iter().any(|text| EVERYBODY_GROUPS.iter().any(|group| text.ends_with(group))) {
                let access: &[&'static str] =
                    match texts.iter().find(|text| text.chars().all(|c| c.is_ascii_uppercase() || c == '_')) {
                        Some(&"READ") => &["read"],
                        Some(&"WRITE") => &["write"],
                        Some(&"READ_ACP") => &["read"],
                        _ => &["read", "write", "administer"],
                    };
                exposures.push(self.public(acl, access));
            }
        }
        exposures
    }

    fn public(&self, column: &'static str, access: &[&'static str]) -> Exposure {
        let exposure = self.exposure(Audience::Public, "*", AccessCertainty::Allowed, column);
        Exposure { access: access.to_vec(), ..exposure }
    }

    fn by_list(&self, column: &'static str, everybody: &str) -> Vec<Exposure> {
        let (entries, is_open) = self.view.list(column);
        let account = self.account();
        let mut exposures: Vec<Exposure> = entries
            .into_iter()
            .filter(|entry| **entry != *account && arn_account(entry) != Some(&account))
            .map(|entry| {
                let audience = match entry {
                    entry if entry == everybody => Audience::Public,
                    entry if entry.contains(":organizations:") => Audience::Organization,
                    _ => Audience::Account,
                };
                let who = if audience == Audience::Public { "*" } else { entry };
                self.exposure(audience, who, AccessCertainty::Allowed, column)
            })
            .collect();
        if is_open {
            exposures.push(self.exposure(Audience::Public, "*", AccessCertainty::Unknown, column));
        }
        for exposure in &mut exposures {
            exposure.access = self.whole_access();
        }
        exposures
    }

    fn by_statement(&self, principal: &'static str, actions: &'static str) -> Vec<Exposure> {
        let action = self.view.given(actions).unwrap_or_default();
        let account = self.account();
        let is_bound = |column: &str| self.view.text(column) != Known::Yes("");
        let mut exposure = match self.view.text(principal) {
            Known::No => self.exposure(Audience::Public, "*", AccessCertainty::Unknown, principal),
            Known::Yes("*") if is_bound("principal_org_id") => {
                let who = self.view.given("principal_org_id").unwrap_or_default();
                self.exposure(Audience::Organization, who, AccessCertainty::Allowed, principal)
            }
            Known::Yes("*") if is_bound("source_arn") || is_bound("source_account") => return Vec::new(),
            Known::Yes("*") => self.exposure(Audience::Public, "*", AccessCertainty::Allowed, principal),
            Known::Yes(name) => match Principal::parse(name).map(|principal| principal.kind) {
                Some(PrincipalKind::Service) if is_bound("source_arn") || is_bound("source_account") => {
                    return Vec::new();
                }
                Some(PrincipalKind::Service) => {
                    self.exposure(Audience::UnboundService, name, AccessCertainty::Allowed, principal)
                }
                _ if name == &*account || arn_account(name) == Some(&account) || name.is_empty() => return Vec::new(),
                _ => self.exposure(Audience::Account, name, AccessCertainty::Allowed, principal),
            },
        };
        exposure.action = action.into();
        exposure.access = self.whole_access();
        vec![exposure]
    }

    fn by_attribute(&self, column: &'static str, everybody: &serde_json::Value) -> Vec<Exposure> {
        let certainty = match (self.view.row.cell(self.view.table, column), everybody) {
            (Some(Cell::Unknown(_)), _) => AccessCertainty::Unknown,
            (Some(Cell::Boolean(truth)), serde_json::Value::Bool(open)) if truth == open => AccessCertainty::Allowed,
            (Some(Cell::Text(text)), serde_json::Value::String(open)) if **text == **open => AccessCertainty::Allowed,
            _ => return Vec::new(),
        };
        vec![Exposure { access: self.whole_access(), ..self.exposure(Audience::Public, "*", certainty, column) }]
    }

    /// What settings leave of what is given to everybody and to other accounts.
    fn left(&self) -> Left {
        let mut left = Left { public: Truth::True, accounts: Truth::True };
        let is_public = match self.carrier.means {
            Means::Policy(_) => self.public.truth(),
            _ => Truth::True,
        };
        for block in &self.carrier.blocks {
            let on = self.is_on(block);
            left.public = left.public & !on;
            if block.effect == Effect::OwnerAccount {
                // A policy that is not public is not touched.
                left.accounts = left.accounts & !(on & is_public);
            }
        }
        left
    }

    /// Whether a setting that overrides is on.
    fn is_on(&self, block: &'static Block) -> Truth {
        let Some(name) = &block.table else {
            return value_is(self.view.row, self.view.table, &block.column, &block.is);
        };
        let Some(settings) = table(name) else { return Truth::False };
        let near = |view: &View<'_>| {
            let same = |column: &str| view.given(column) == self.view.given(column);
            same("account_id") && (block.scope != Some(Scope::Region) || same("region"))
        };
        Truth::any(
            rows(self.inventory, name).filter(near).map(|view| value_is(view.row, settings, &block.column, &block.is)),
        )
    }
}

fn value_is(row: &Row, table: &'static partywall_model::Table, column: &str, expected: &serde_json::Value) -> Truth {
    match (row.cell(table, column), expected) {
        (Some(Cell::Unknown(_)), _) => Truth::Open(aws_policy::Doubt::UNRESOLVED),
        (Some(Cell::Boolean(truth)), serde_json::Value::Bool(wanted)) => (truth == wanted).into(),
        (Some(Cell::Text(text)), serde_json::Value::String(wanted)) => (**text == **wanted).into(),
        _ => Truth::False,
    }
}
