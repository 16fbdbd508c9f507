//! A raw `terraform.tfstate`, format version 4.

use std::sync::Arc;

use partywall_model::{Decoded, Dialect, Existence, Origin, Resource, Value, format_number};

use super::format::{Known, StateInstance, StateResource};
use super::{place_of, unset_account, unset_region, without_secrets};

pub(super) fn decode(resources: Vec<StateResource>, scope: &Arc<str>, decoded: &mut Decoded) {
    for resource in resources.into_iter().filter(|resource| resource.mode == "managed") {
        let prefix = if resource.module.is_empty() { String::new() } else { format!("{}.", resource.module) };
        let stem = format!("{prefix}{}.{}", resource.kind, resource.name);
        for instance in resource.instances.into_iter().filter(|instance| instance.deposed.is_none()) {
            decoded.resources.push(instance_resource(&resource.kind, &stem, instance, scope));
        }
    }
}

fn instance_resource(kind: &str, stem: &str, instance: StateInstance, scope: &Arc<str>) -> Resource {
    let address = match &instance.index_key.0 {
        Value::Number(index) => format!("{stem}[{}]", format_number(*index)),
        Value::Text(key) => format!("{stem}[{key:?}]"),
        _ => stem.to_owned(),
    };
    let marks = sensitive_marks(&instance.sensitive_attributes);
    let attributes = Known(without_secrets(instance.attributes.0, &marks, &address)).entries();
    let (region, account_id) = place_of(&attributes);
    let aws = kind.starts_with("aws_");
    Resource {
        dialect: Dialect::Terraform,
        kind: kind.into(),
        scope: scope.clone(),
        region: if aws { region.unwrap_or_else(unset_region) } else { Value::Null },
        account_id: if aws { account_id.unwrap_or_else(unset_account) } else { Value::Null },
        attributes,
        existence: Existence::Certain,
        unseen: None,
        origin: Origin::Document { file: scope.clone(), path: format!("resources/{address}") },
        address,
    }
}

/// The top-level attributes that hold a sensitive path, marked as a whole.
fn sensitive_marks(paths: &Known) -> Value {
    let names = paths.0.as_list().unwrap_or_default().iter().filter_map(|path| {
        let step = path.as_list()?.first()?.as_map()?;
        match step.get("value")? {
            Value::Text(name) => Some(name.to_string()),
            Value::Map(constant) => constant.get("value")?.as_text().map(str::to_owned),
            _ => None,
        }
    });
    Value::map(names.map(|name| (name, Value::Bool(true))))
}
