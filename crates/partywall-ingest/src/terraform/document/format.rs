//! The parts of a plan or a state that are read. Everything else is skipped while parsing.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use partywall_model::Value;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};

/// A plan, a state, or a raw state.
#[derive(Deserialize)]
pub(super) struct Document {
    pub(super) format_version: Option<String>,
    pub(super) version: Option<u64>,
    /// Set when planning broke off, so that resources may be missing.
    #[serde(default)]
    pub(super) errored: bool,
    pub(super) planned_values: Option<Values>,
    pub(super) values: Option<Values>,
    #[serde(default)]
    pub(super) resource_changes: Vec<Change>,
    pub(super) configuration: Option<Configuration>,
    #[serde(default)]
    pub(super) variables: BTreeMap<String, VariableValue>,
    /// Of a raw state.
    #[serde(default)]
    pub(super) resources: Vec<StateResource>,
}

#[derive(Deserialize)]
pub(super) struct Values {
    #[serde(default)]
    pub(super) root_module: ModuleValues,
}

#[derive(Deserialize, Default)]
pub(super) struct ModuleValues {
    #[serde(default)]
    pub(super) resources: Vec<ResourceValues>,
    #[serde(default)]
    pub(super) child_modules: Vec<ModuleValues>,
    #[serde(default)]
    pub(super) address: String,
}

#[derive(Deserialize)]
pub(super) struct ResourceValues {
    pub(super) address: String,
    #[serde(default)]
    pub(super) mode: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) index: Known,
    #[serde(default)]
    pub(super) values: Known,
    #[serde(default)]
    pub(super) sensitive_values: Known,
}

#[derive(Deserialize)]
pub(super) struct Change {
    pub(super) address: String,
    pub(super) change: ChangeBody,
}

#[derive(Deserialize)]
pub(super) struct ChangeBody {
    #[serde(default)]
    pub(super) after_unknown: Known,
}

#[derive(Deserialize)]
pub(super) struct VariableValue {
    #[serde(default)]
    pub(super) value: Known,
}

#[derive(Deserialize, Default)]
pub(super) struct Configuration {
    #[serde(default)]
    pub(super) provider_config: BTreeMap<String, ProviderConfiguration>,
    #[serde(default)]
    pub(super) root_module: ModuleConfiguration,
}

#[derive(Deserialize)]
pub(super) struct ProviderConfiguration {
    #[serde(default)]
    pub(super) expressions: BTreeMap<String, Known>,
}

#[derive(Deserialize, Default)]
pub(super) struct ModuleConfiguration {
    #[serde(default)]
    pub(super) resources: Vec<ResourceConfiguration>,
    #[serde(default)]
    pub(super) module_calls: BTreeMap<String, CallConfiguration>,
    #[serde(default)]
    pub(super) outputs: BTreeMap<String, OutputConfiguration>,
}

#[derive(Deserialize)]
pub(super) struct ResourceConfiguration {
    pub(super) address: String,
    #[serde(default)]
    pub(super) provider_config_key: String,
    #[serde(default)]
    pub(super) expressions: BTreeMap<String, Known>,
}

#[derive(Deserialize)]
pub(super) struct CallConfiguration {
    #[serde(default)]
    pub(super) expressions: BTreeMap<String, Known>,
    #[serde(default)]
    pub(super) module: ModuleConfiguration,
}

#[derive(Deserialize)]
pub(super) struct OutputConfiguration {
    #[serde(default)]
    pub(super) expression: Known,
}

#[derive(Deserialize)]
pub(super) struct StateResource {
    #[serde(default)]
    pub(super) module: String,
    #[serde(default)]
    pub(super) mode: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) instances: Vec<StateInstance>,
}

#[derive(Deserialize)]
pub(super) struct StateInstance {
    #[serde(default)]
    pub(super) index_key: Known,
    /// Set for what waits to be destroyed.
    pub(super) deposed: Option<String>,
    #[serde(default)]
    pub(super) attributes: Known,
    /// Paths of sensitive attributes.
    #[serde(default)]
    pub(super) sensitive_attributes: Known,
}

/// A JSON value, read into our own.
#[derive(Clone)]
pub(super) struct Known(pub(super) Value);

impl Default for Known {
    fn default() -> Self {
        Self(Value::Null)
    }
}

impl<'de> Deserialize<'de> for Known {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KnownVisitor)
    }
}

struct KnownVisitor;

impl<'de> Visitor<'de> for KnownVisitor {
    type Value = Known;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Known, E> {
        Ok(Known(Value::Null))
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Known, E> {
        Ok(Known(Value::Bool(truth)))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Known, E> {
        Ok(Known(Value::Number(number as f64)))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Known, E> {
        Ok(Known(Value::Number(number as f64)))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Known, E> {
        Ok(Known(Value::Number(number)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Known, E> {
        Ok(Known(Value::text(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Known, A::Error> {
        let mut list = Vec::new();
        while let Some(Known(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Known(Value::list(list)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Known, A::Error> {
        let mut map = BTreeMap::new();
        while let Some((key, Known(value))) = entries.next_entry::<String, Known>()? {
            map.insert(key, value);
        }
        Ok(Known(Value::Map(Arc::new(map))))
    }
}
