//! Every action of every AWS service, with what it can be restricted to.
//!
//! The list follows the Service Authorization Reference,
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/>. It holds 22,091 actions of 456 services:
//! 2.2 MB, of which the program carries 0.25 MB deflated. Reading it takes 9 ms and happens once, when first asked.

use std::cmp::Ordering;
use std::sync::OnceLock;

use super::inflate::inflate;

/// The actions of AWS.
#[derive(Debug, Default)]
pub struct Actions {
    /// By prefix.
    services: Vec<Service>,
    /// Condition keys that requests to every service may carry.
    keys: Vec<ConditionKey>,
}

/// A service, as policies know it.
#[derive(Debug)]
pub struct Service {
    /// What its actions begin with: `s3`.
    pub prefix: &'static str,
    /// Its name: `Amazon S3`.
    pub title: &'static str,
    /// Whether resource control policies reach its resources:
    /// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html>.
    pub obeys_resource_control_policies: bool,
    /// By name, whatever the case.
    actions: Vec<Action>,
    resources: Vec<ResourceType>,
    keys: Vec<ConditionKey>,
}

/// An action.
#[derive(Debug)]
pub struct Action {
    /// As AWS spells it: `s3:GetObject`.
    pub id: &'static str,
    /// What kind of access it gives.
    pub level: AccessLevel,
    resources: &'static str,
    keys: &'static str,
    dependents: &'static str,
}

/// What kind of access an action gives:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_understand-policy-summary-access-level-summaries.html>.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccessLevel {
    /// Sees which resources there are.
    List,
    /// Sees what is in a resource.
    Read,
    /// Changes only tags.
    Tagging,
    /// Creates, changes or deletes.
    Write,
    /// Changes who may do what.
    PermissionsManagement,
}

/// A type of resource that policies can name.
#[derive(Debug)]
pub struct ResourceType {
    /// Its name in the reference: `bucket`.
    pub name: &'static str,
    /// What its ARNs look like: `arn:${Partition}:s3:::${BucketName}`.
    pub pattern: &'static str,
    keys: &'static str,
}

/// A key that conditions can test.
#[derive(Debug)]
pub struct ConditionKey {
    /// Its name, with placeholders: `aws:RequestTag/${TagKey}`.
    pub name: &'static str,
    /// The type of its values: `String`, `ARN`, `Bool`, `Date`, `IPAddress`, `Numeric`, `ArrayOfString`, …
    pub value_type: &'static str,
}

impl Actions {
    /// The actions as of when this program was made.
    pub fn shipped() -> &'static Self {
        static SHIPPED: OnceLock<Actions> = OnceLock::new();
        SHIPPED.get_or_init(|| {
            let text = inflate(include_bytes!(concat!(env!("OUT_DIR"), "/actions.deflate")));
            Self::read(text.leak())
        })
    }

    /// The action of this name, in whatever case: `s3:getobject`.
    pub fn action(&self, name: &str) -> Option<&Action> {
        let (prefix, _) = name.split_once(':')?;
        let actions = &self.of_service(prefix)?.actions;
        find(actions, |action| action.id, name)
    }

    /// Every service, by prefix.
    pub fn services(&self) -> &[Service] {
        &self.services
    }

    /// The service of this prefix, in whatever case.
    pub fn of_service(&self, prefix: &str) -> Option<&Service> {
        find(&self.services, |service| service.prefix, prefix)
    }

    /// The actions that an action pattern of a policy stands for, by service and name: `s3:Get*`, `*`.
    pub fn expand(&self, pattern: &str) -> impl Iterator<Item = &Action> {
        let pattern = pattern.to_ascii_lowercase();
        let prefix = pattern.split_once(':').map(|(prefix, _)| prefix).filter(|prefix| !prefix.contains(['*', '?']));
        let services = match prefix {
            Some(prefix) => self.of_service(prefix).map_or(&[][..], std::slice::from_ref),
            None => &self.services,
        };
        let actions = services.iter().flat_map(Service::actions);
        let glob = aws_policy::Glob::parse(&pattern);
        actions.filter(move |action| glob.matches(&action.id.to_ascii_lowercase()))
    }

    /// What the ARNs look like on which an action works; none when it works on `*` only or does not exist.
    pub fn resource_patterns(&self, action: &str) -> impl Iterator<Item = &'static str> {
        let service = action.split_once(':').and_then(|(prefix, _)| self.of_service(prefix));
        let resources = self.action(action).into_iter().flat_map(Action::resources);
        resources.filter_map(move |(name, _)| service?.resource(name).map(|resource| resource.pattern))
    }

    /// The condition key of this name, in whatever case; `aws:RequestTag/${TagKey}` has a placeholder.
    pub fn condition_key(&self, name: &str) -> Option<&ConditionKey> {
        let prefix = name.split_once(':').map_or(name, |(prefix, _)| prefix);
        let of_service = self.of_service(prefix).map_or(&[][..], |service| &service.keys);
        of_service.iter().chain(&self.keys).find(|key| key.name.eq_ignore_ascii_case(name))
    }

    fn read(text: &'static str) -> Self {
        let mut actions = Self::default();
        for line in text.lines() {
            let mut fields = line.split('\t');
            let mut field = || fields.next().unwrap_or_default();
            match (field(), actions.services.last_mut()) {
                ("service", _) => actions.services.push(Service {
                    prefix: field(),
                    title: field(),
                    obeys_resource_control_policies: field() == "rcp",
                    actions: Vec::new(),
                    resources: Vec::new(),
                    keys: Vec::new(),
                }),
                ("key", service) => {
                    let key = ConditionKey { name: field(), value_type: field() };
                    service.map_or(&mut actions.keys, |service| &mut service.keys).push(key);
                }
                ("resource", Some(service)) => {
                    service.resources.push(ResourceType { name: field(), pattern: field(), keys: field() });
                }
                ("action", Some(service)) => service.actions.push(Action {
                    id: field(),
                    level: AccessLevel::named(field()),
                    resources: field(),
                    keys: field(),
                    dependents: field(),
                }),
                _ => {}
            }
        }
        actions
    }
}

impl Service {
    /// Its actions, by name.
    pub fn actions(&self) -> &[Action] {
        &self.actions
    }

    /// The types of its resources.
    pub fn resources(&self) -> &[ResourceType] {
        &self.resources
    }

    /// The type of resource of this name, in whatever case.
    pub fn resource(&self, name: &str) -> Option<&ResourceType> {
        self.resources.iter().find(|resource| resource.name.eq_ignore_ascii_case(name))
    }

    /// The condition keys that only it knows, and those of all services that it supports.
    pub fn condition_keys(&self) -> &[ConditionKey] {
        &self.keys
    }
}

impl Action {
    /// The prefix of its service.
    pub fn service(&self) -> &'static str {
        self.id.split_once(':').map_or(self.id, |(prefix, _)| prefix)
    }

    /// The types of resources that it works on, and whether a request must name one. None: it works on `*` only.
    pub fn resources(&self) -> impl Iterator<Item = (&'static str, bool)> {
        list(self.resources).map(|name| name.strip_suffix('*').map_or((name, false), |name| (name, true)))
    }

    /// Whether a policy can allow it only on `*`.
    pub fn is_on_everything_only(&self) -> bool {
        self.resources.is_empty()
    }

    /// The condition keys that its requests may carry, besides those of every service.
    pub fn condition_keys(&self) -> impl Iterator<Item = &'static str> {
        list(self.keys)
    }

    /// Further actions that the caller may need for it to succeed: `iam:PassRole`.
    pub fn dependents(&self) -> impl Iterator<Item = &'static str> {
        list(self.dependents)
    }
}

impl ResourceType {
    /// The condition keys that describe such a resource.
    pub fn condition_keys(&self) -> impl Iterator<Item = &'static str> {
        list(self.keys)
    }
}

impl AccessLevel {
    fn named(name: &str) -> Self {
        match name {
            "List" => Self::List,
            "Read" => Self::Read,
            "Tagging" => Self::Tagging,
            "Permissions management" => Self::PermissionsManagement,
            _ => Self::Write,
        }
    }
}

fn list(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.split(',').filter(|word| !word.is_empty())
}

/// The entry of this name among entries that are sorted by name, whatever the case.
fn find<'a, Entry>(entries: &'a [Entry], name: impl Fn(&Entry) -> &str, wanted: &str) -> Option<&'a Entry> {
    entries.binary_search_by(|entry| compare(name(entry), wanted)).ok().and_then(|at| entries.get(at))
}

fn compare(left: &str, right: &str) -> Ordering {
    let lower = |byte: u8| byte.to_ascii_lowercase();
    left.bytes().map(lower).cmp(right.bytes().map(lower))
}

#[cfg(test)]
mod tests;
