//! Which resources carry access of their own: policies, lists, grants, and the settings that override them.
//!
//! The services are those of <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html>
//! with resource-based policies, and those that share in other ways.

use std::sync::OnceLock;

use serde::Deserialize;

/// The facts.
#[derive(Debug)]
pub struct ResourcePolicies;

/// One way in which the rows of one table give access.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Carrier {
    /// The table whose rows give the access.
    pub table: String,
    /// The prefix of the service, as actions begin.
    pub service: String,
    /// The types of resources to which the access is given, as [`super::Actions`] names them.
    pub resource_types: Vec<String>,
    /// How it is given.
    pub means: Means,
    /// The column that refers to the resource that is opened; the row itself when left out.
    pub of: Option<String>,
    /// What it means when nothing is given.
    pub absent: Absent,
    /// What the service does when it is told to let everybody in.
    #[serde(default)]
    pub public: Public,
    /// A page that documents it.
    pub source: String,
    /// Patterns of the actions that read data.
    #[serde(default)]
    pub reads: Vec<String>,
    /// Patterns of the actions that change data or use the resource.
    #[serde(default)]
    pub writes: Vec<String>,
    /// Patterns of the actions that change who may do what, or destroy the resource.
    #[serde(default)]
    pub administers: Vec<String>,
    /// Settings that override what is given.
    #[serde(default, rename = "block")]
    pub blocks: Vec<Block>,
}

/// How access is given.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Means {
    /// By a policy document.
    Policy(PolicyMeans),
    /// By an access control list of S3: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html>.
    Acl(AclMeans),
    /// By lists of those who may.
    List(ListMeans),
    /// By rows, each a statement about the resource that `of` refers to.
    Statement(StatementMeans),
    /// By a setting.
    Attribute(AttributeMeans),
}

/// A policy document.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyMeans {
    /// The column that holds it, as JSON, or a list of such documents, all of which count.
    pub policy: String,
}

/// An access control list.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AclMeans {
    /// The column with the grants one by one.
    pub acl: String,
    /// The column with the name of a canned list.
    pub canned: String,
}

/// Lists of those who may.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListMeans {
    /// The columns.
    pub list: Vec<Listed>,
    /// The entry that stands for everybody, whatever its case.
    pub everybody: String,
}

/// A column that lists those who may.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listed {
    /// The column.
    pub column: String,
    /// What its entries are.
    pub of: Grantee,
}

/// Whom an entry of a list names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grantee {
    /// An account, by its id.
    Account,
    /// An organization or an organizational unit, by its ARN.
    Organization,
    /// A principal, by its ARN.
    Principal,
    /// Any of these: an account's id, or an ARN of an organization, a unit, a role or a user.
    Any,
    /// A group of AWS's own, of which there is one: everybody.
    Group,
}

/// Rows that are statements.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatementMeans {
    /// Its columns.
    pub statement: StatementColumns,
}

/// The columns of a row that is a statement.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatementColumns {
    /// Who may: an account, an ARN, a service, or `*`.
    pub principal: String,
    /// What they may do.
    pub actions: String,
}

/// A setting that lets everybody in.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttributeMeans {
    /// The column.
    pub attribute: String,
    /// Its value that lets everybody in: a text or a truth value.
    pub everybody: serde_json::Value,
}

/// Who may when nothing is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Absent {
    /// Whom identity policies of the owner's account allow.
    OwnerAccount,
    /// Everybody who has a network path.
    EverybodyInReach,
    /// Nobody.
    Nobody,
}

/// What a service does when it is told to let everybody in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Public {
    /// It lets everybody in.
    #[default]
    Possible,
    /// It refuses.
    Refused,
}

/// A setting that overrides what is given.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Block {
    /// The table that holds it, in the account or region of the resource; the resource's own row when left out.
    pub table: Option<String>,
    /// Which rows of the table count.
    pub scope: Option<Scope>,
    /// The column.
    pub column: String,
    /// The value that overrides: a truth value or a text.
    pub is: serde_json::Value,
    /// What it leaves.
    pub effect: Effect,
    /// A page that documents it.
    pub source: String,
}

/// Which rows of a table of settings count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Those of the same account.
    Account,
    /// Those of the same account and region.
    Region,
}

/// What a setting leaves of what is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// What is given to named accounts and principals; nothing that is given to everybody.
    NotPublic,
    /// Of what lets everybody in only what reaches the owner's account and AWS services; nothing of what is no policy.
    OwnerAccount,
}

impl ResourcePolicies {
    /// Every way in which a table gives access.
    pub fn shipped() -> &'static [Carrier] {
        static SHIPPED: OnceLock<Vec<Carrier>> = OnceLock::new();
        SHIPPED.get_or_init(|| {
            /// The file.
            #[derive(Deserialize, Default)]
            #[serde(deny_unknown_fields)]
            struct File {
                carrier: Vec<Carrier>,
            }
            let file: Option<File> = super::embedded(include_str!(concat!(env!("OUT_DIR"), "/resource_policies.json")));
            file.unwrap_or_default().carrier
        })
    }
}

impl Means {
    /// The columns of the carrier's table that give the access.
    pub fn columns(&self) -> Vec<&str> {
        match self {
            Self::Policy(means) => vec![&means.policy],
            Self::Acl(means) => vec![&means.acl, &means.canned],
            Self::List(means) => means.list.iter().map(|listed| listed.column.as_str()).collect(),
            Self::Statement(means) => vec![&means.statement.principal, &means.statement.actions],
            Self::Attribute(means) => vec![&means.attribute],
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use partywall_model::{ColumnType, TABLES, table};

    use super::{Means, ResourcePolicies};
    use crate::access::facts::Actions;

    #[test]
    fn tables_columns_types_and_actions_exist() {
        let actions = Actions::shipped();
        let carriers = ResourcePolicies::shipped();
        assert!(carriers.len() >= 48, "{}", carriers.len());
        for carrier in carriers {
            let name = &carrier.table;
            assert!(table(name).is_some(), "no {name}");
            let owner = table(name).unwrap();
            let columns = carrier.means.columns().into_iter().chain(carrier.of.as_deref());
            for column in columns.chain(carrier.blocks.iter().filter(|block| block.table.is_none()).map(|b| &*b.column))
            {
                assert!(owner.column(column).is_some(), "{name}.{column}");
            }
            for block in carrier.blocks.iter().filter(|block| block.table.is_some()) {
                let settings = table(block.table.as_ref().unwrap()).unwrap();
                assert!(settings.column(&block.column).is_some() && block.scope.is_some(), "{name}: {block:?}");
            }
            let service = actions.of_service(&carrier.service).unwrap();
            for kind in &carrier.resource_types {
                assert!(service.resource(kind).is_some(), "{name}: {} has no {kind}", carrier.service);
            }
            for pattern in carrier.reads.iter().chain(&carrier.writes).chain(&carrier.administers) {
                assert!(actions.expand(pattern).next().is_some(), "{name}: nothing is {pattern}");
            }
            assert!(carrier.source.starts_with("https://docs.aws.amazon.com/"), "{name}");
        }
    }

    /// A column with a policy document that names principals is known here, or it is known to be none.
    #[test]
    fn no_policy_column_is_forgotten() {
        let carriers = ResourcePolicies::shipped();
        let is_known = |table: &str, column: &str| {
            carriers.iter().any(|carrier| carrier.table == table && carrier.means.columns().contains(&column))
        };
        for table in TABLES {
            for column in table.columns.iter().filter(|column| matches!(column.column_type, ColumnType::Json)) {
                let names_it = column.name.contains("polic") && column.about.to_lowercase().contains("resource policy");
                assert!(!names_it || is_known(table.name, column.name), "{}.{}", table.name, column.name);
            }
        }
        assert!(carriers.iter().any(|carrier| matches!(carrier.means, Means::List(_))));
    }
}
