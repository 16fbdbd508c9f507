//! The ways in which one principal comes to act with the permissions of another, or with more than its own.
//!
//! A path is a set of actions, each on something, that together give what it gains. The paths cover the published
//! catalogue <https://pathfinding.cloud> and go beyond it; each names a page that documents it.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::{Deserialize, Deserializer};

/// The paths.
#[derive(Debug)]
pub struct Escalation;

/// One path: whoever may do all of its actions gains what it says.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Path {
    /// Its name, never used for another one: `lambda-create-function-and-invoke`.
    pub id: String,
    /// Its ids at <https://pathfinding.cloud>; none when it is not there.
    #[serde(default)]
    pub catalogue: Vec<String>,
    /// What is done, beginning with a verb.
    pub title: String,
    /// What kind of path it is.
    pub group: Group,
    /// What it gains.
    pub gains: Gain,
    /// Whose permissions are gained.
    pub target: Target,
    /// The service that the trust policy of the target role must let in: as a service, or as a federated provider where
    /// it is one, such as `cognito-identity.amazonaws.com`.
    pub service: Option<String>,
    /// A page that documents it.
    pub source: String,
    /// Why it works, in one sentence.
    pub why: String,
    /// What ends it, in one sentence.
    pub cure: String,
    /// Patterns of the actions for which the target's permissions can be used; any when empty. Many services act with a
    /// role only in ways of their own.
    #[serde(default)]
    pub only: Vec<String>,
    /// What must also be true and is not compared: with a doubt, the path may be open when its actions are allowed;
    /// without, it is.
    pub doubt: Option<String>,
    /// The existing thing through which the target is reached.
    pub resource: Option<Resource>,
    /// The kinds of principal that can take the path.
    #[serde(default = "every_kind")]
    pub self_is: Vec<Kind>,
    /// What must be so besides; a requirement of which the answer is unknown makes the path possible, not certain.
    #[serde(default)]
    pub requires: Vec<Requirement>,
    /// What must be allowed.
    #[serde(rename = "action")]
    pub actions: Vec<Step>,
}

/// The kinds of paths, as <https://pathfinding.cloud> groups them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Group {
    /// A role is handed to something that is made or changed for it.
    NewPassrole,
    /// Something that has a role already is made to do the caller's work.
    ExistingPassrole,
    /// The caller gets the credentials of another principal, or makes one.
    PrincipalAccess,
    /// The caller changes what it may do itself.
    SelfEscalation,
    /// Anything else: permission sets, organizations, policies of resources.
    Other,
}

/// What a path gains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Gain {
    /// What the target may do.
    Target,
    /// Everything that the target's boundary and the organization's policies leave: the caller decides what the target
    /// may do.
    Administrator,
    /// What the target's policies allow without its boundary.
    Unbounded,
    /// What the target's policies allow when nothing that the path takes away denies it.
    Undenied,
    /// Every use of the resource.
    Resource,
}

/// Whose permissions are gained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// A role of the account. Where the path has a service, its trust policy lets that service in; where it has a
    /// resource, the resource has the role, or the role's trust policy names the resource.
    Role,
    /// Another user of the account.
    User,
    /// The caller itself.
    #[serde(rename = "self")]
    Itself,
    /// A group, whether or not the caller is in it.
    Group,
    /// A principal that the path makes anew in the caller's account.
    Account,
    /// Principals of any account of the organization.
    Organization,
    /// No principal: the resource.
    Resource,
}

/// A kind of principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// An IAM user.
    User,
    /// A role, or a session of it.
    Role,
}

/// Existing things of one table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resource {
    /// The table, whose `arn` the actions are asked of.
    pub table: String,
    /// The column that refers to the role, to a list of roles, or to an instance profile with the role. Left out, the
    /// roles are those whose trust policies name the row's ARN as a principal.
    pub role: Option<String>,
}

/// A condition on rows.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Requirement {
    /// On a column of a principal's row.
    Column(ColumnRequirement),
    /// On how many rows refer to the target.
    Rows(RowsRequirement),
}

/// A condition on a column of a user's or role's row.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnRequirement {
    /// Whose row: the caller's or the target's.
    pub of: Principal,
    /// A column of `aws_iam_user` or `aws_iam_role`, whichever the principal is.
    pub column: String,
    /// The truth value that it must have.
    pub is: Option<bool>,
    /// Whether it must hold something, or nothing.
    pub set: Option<bool>,
}

/// A condition on how many rows of a table refer to the target.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowsRequirement {
    /// The table.
    pub rows: String,
    /// Its column that refers to the target.
    pub via: String,
    /// Not fewer than these.
    #[serde(default)]
    pub at_least: usize,
    /// Not more than these.
    #[serde(default = "any_number")]
    pub at_most: usize,
}

/// One of the two principals of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Principal {
    /// The caller.
    #[serde(rename = "self")]
    Itself,
    /// The target.
    Target,
}

/// An action that must be allowed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The action: `lambda:CreateFunction`.
    pub action: String,
    /// On what.
    pub on: On,
    /// Context keys of which the value is certain, with the values among which the caller may choose; none means that
    /// the key is not in the request. All other keys that the action supports may have any value.
    #[serde(default, deserialize_with = "one_or_many")]
    pub context: BTreeMap<String, Vec<String>>,
}

/// What an action must be allowed on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub enum On {
    /// The target.
    Target,
    /// The caller.
    Itself,
    /// The same row of the path's resource for every such action.
    Resource,
    /// One customer managed policy that is attached to the target, or to a group that the target is in.
    Policy,
    /// The customer managed policy that bounds the target.
    Boundary,
    /// One group that the caller is in.
    Group,
    /// Everything: the action knows no resources.
    Any,
    /// Something that the caller chooses: one ARN that the pattern matches suffices. `{partition}`, `{region}` and
    /// `{account}` are the caller's.
    Pattern(String),
}

impl Escalation {
    /// The paths that this program knows, by file and place.
    pub fn shipped() -> &'static [Path] {
        static SHIPPED: OnceLock<Vec<Path>> = OnceLock::new();
        SHIPPED.get_or_init(|| {
            /// One file.
            #[derive(Deserialize)]
            #[serde(deny_unknown_fields)]
            struct File {
                path: Vec<Path>,
            }
            let files: Vec<File> =
                super::embedded(include_str!(concat!(env!("OUT_DIR"), "/escalation.json"))).unwrap_or_default();
            files.into_iter().flat_map(|file| file.path).collect()
        })
    }
}

impl From<String> for On {
    fn from(text: String) -> Self {
        match text.as_str() {
            "target" => Self::Target,
            "self" => Self::Itself,
            "resource" => Self::Resource,
            "policy" => Self::Policy,
            "boundary" => Self::Boundary,
            "group" => Self::Group,
            "any" => Self::Any,
            _ => Self::Pattern(text),
        }
    }
}

fn every_kind() -> Vec<Kind> {
    vec![Kind::User, Kind::Role]
}

const fn any_number() -> usize {
    usize::MAX
}

/// A value alone is a list of one.
fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, Vec<String>>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMany {
        One(String),
        Many(Vec<String>),
    }
    let values = BTreeMap::<String, OneOrMany>::deserialize(deserializer)?;
    Ok(values
        .into_iter()
        .map(|(key, values)| match values {
            OneOrMany::One(value) => (key, vec![value]),
            OneOrMany::Many(values) => (key, values),
        })
        .collect())
}

#[cfg(test)]
mod tests;
