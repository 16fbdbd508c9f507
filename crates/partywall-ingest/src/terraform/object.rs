//! One instance of a resource or a data source.

use std::collections::BTreeMap;
use std::rc::{Rc, Weak};
use std::sync::Arc;

use partywall_model::{Cause, Existence, Origin, Reference, Resource, Unknown, Value};

use super::body;
use super::data_source;
use super::failure::{Failure, Outcome};
use super::instance::Instance;
use super::memo::Memo;
use super::module::Declared;
use super::provider::Provider;
use super::root::Root;
use super::scope::{Repetition, Scope};

/// Arguments that every resource may have and that say nothing about the thing itself.
pub(crate) const META_ARGUMENTS: &[&str] =
    &["count", "for_each", "provider", "depends_on", "lifecycle", "provisioner", "connection"];

/// An instance of a resource or a data source.
pub(crate) struct Object<'s> {
    /// With the module path: `module.web["a"].aws_instance.this[0]`.
    pub(crate) address: String,
    pub(crate) existence: Existence,
    declared: &'s Declared,
    data: bool,
    repetition: Repetition,
    instance: Weak<Instance<'s>>,
    attributes: Memo<Option<Value>>,
}

impl<'s> Object<'s> {
    pub(crate) fn new(
        instance: Weak<Instance<'s>>,
        declared: &'s Declared,
        data: bool,
        address: String,
        repetition: Repetition,
        existence: Existence,
    ) -> Self {
        Self { address, existence, declared, data, repetition, instance, attributes: Memo::default() }
    }

    /// The type: `aws_s3_bucket`.
    pub(crate) fn kind(&self) -> &'s str {
        self.declared.block.labels.first().map_or("", |label| label.as_str())
    }

    /// A value that stands for the whole object; its attributes are found when asked for.
    pub(crate) fn value(&self) -> Value {
        Value::Unknown(Arc::new(Unknown {
            symbol: self.address.clone(),
            cause: if self.data { Cause::External } else { Cause::AfterApply },
            reference: Some(Reference { address: self.address.clone(), attribute: String::new() }),
        }))
    }

    /// An attribute as configured; None when the configuration does not set it.
    ///
    /// # Errors
    /// When it depends on itself.
    pub(crate) fn configured(&self, root: &Root<'s>, name: &str) -> Result<Option<Value>, Failure> {
        let Some(instance) = self.instance.upgrade() else { return Ok(None) };
        let make = || {
            let scope = Scope::of(root, &instance, &self.repetition);
            let place = body::Place { file: &self.declared.file, symbol: &self.address };
            body::member(scope, &self.declared.block.body, name, &place)
        };
        let cyclic = |_| Failure::invalid(format!("`{}.{name}` depends on itself", self.address));
        self.attributes.get(name, make).map_err(cyclic)
    }

    /// An attribute: as configured, or what the provider will say.
    pub(crate) fn attribute(&self, root: &Root<'s>, name: &str) -> Outcome {
        if self.data
            && let Some(value) = data_source::attribute(self, root, name)?
        {
            return Ok(value);
        }
        if !META_ARGUMENTS.contains(&name)
            && let Some(value) = self.configured(root, name)?
            && !matches!(value, Value::Null)
        {
            return Ok(value);
        }
        if self.data {
            return Ok(Value::unknown(format!("{}.{name}", self.address), Cause::External));
        }
        Ok(Value::reference(self.address.as_str(), name))
    }

    /// The configuration of its provider.
    pub(crate) fn provider(&self, root: &Root<'s>) -> Rc<Provider> {
        let Some(instance) = self.instance.upgrade() else { return Rc::default() };
        let name = self.declared.argument("provider").map(|expression| expression.to_string().trim().to_owned());
        let implied = || self.kind().split('_').next().unwrap_or_default().to_owned();
        Provider::of(root, &instance, &name.unwrap_or_else(implied))
    }

    /// Names of the arguments and blocks that are written down.
    pub(crate) fn names(&self) -> Vec<String> {
        let names = body::names(&self.declared.block.body);
        names.into_iter().filter(|name| !META_ARGUMENTS.contains(&name.as_str())).collect()
    }

    /// The object as a decoder hands it over.
    pub(crate) fn resource(&self, root: &Root<'s>, scope: &Arc<str>) -> Resource {
        let mut attributes = BTreeMap::new();
        for name in self.names() {
            match self.configured(root, &name) {
                Ok(Some(value)) => {
                    attributes.insert(name, value);
                }
                Ok(None) => {}
                Err(failure) => {
                    let symbol = format!("{}.{name}", self.address);
                    let value = root.failed(&failure, &symbol, &self.declared.file.name, self.declared.lines().0);
                    attributes.insert(name, value);
                }
            }
        }
        let (mut region, mut account_id) = (Value::Null, Value::Null);
        if self.kind().starts_with("aws_") {
            let provider = self.provider(root);
            region = attributes
                .get("region")
                .filter(|value| !matches!(value, Value::Null))
                .unwrap_or(&provider.region)
                .clone();
            account_id = provider.account_id.clone();
            if let Some(tags) = provider.all_tags(attributes.get("tags"), &self.address) {
                attributes.insert("tags_all".to_owned(), tags);
            }
        }
        Resource {
            dialect: partywall_model::Dialect::Terraform,
            kind: self.kind().into(),
            scope: scope.clone(),
            address: self.address.clone(),
            attributes,
            existence: self.existence.clone(),
            region,
            account_id,
            unseen: None,
            origin: self.origin(),
        }
    }

    fn origin(&self) -> Origin {
        let (line_start, line_end) = self.declared.lines();
        let calls = self.instance.upgrade().map(|instance| instance.chain.clone()).unwrap_or_default();
        Origin::Code { file: self.declared.file.name.clone(), line_start, line_end, calls }
    }
}
