//! Which controls of NIST SP 800-53 Rev. 5 a layer and a check belong to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use partywall_model::{CheckSummary, Layer};
use serde::Deserialize;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Layers {
    #[serde(rename = "source")]
    _source: String,
    layer: BTreeMap<Layer, Vec<String>>,
}

/// The facts that ship with the program. A test holds them to their shape.
static LAYERS: LazyLock<Layers> =
    LazyLock::new(|| toml::from_str(include_str!("../../../../facts/assurance/layers.toml")).unwrap_or_default());

/// What people call the framework, as it stands before a control of a check.
const FRAMEWORK: &str = "NIST SP 800-53 Rev. 5: ";

/// The controls to which the work on a layer belongs.
pub(crate) fn of_layer(layer: Layer) -> &'static [String] {
    LAYERS.layer.get(&layer).map(Vec::as_slice).unwrap_or_default()
}

/// The layers whose work belongs to a control; that of an enhancement lies where its control's does.
pub(crate) fn layers_of_control(control: &str) -> BTreeSet<Layer> {
    let base = control.split('.').next().unwrap_or(control);
    let belongs = |layer: &Layer| of_layer(*layer).iter().any(|one| one == base);
    Layer::ALL.into_iter().filter(belongs).collect()
}

/// The controls that ask for a check, as OSCAL's catalogue names them.
pub(crate) fn framework_controls(check: &CheckSummary) -> Vec<String> {
    check.controls.iter().filter_map(|control| control.strip_prefix(FRAMEWORK)).map(oscal_id).collect()
}

/// `AC-2(1)` as OSCAL's catalogue names it: `ac-2.1`.
fn oscal_id(control: &str) -> String {
    control.trim().to_lowercase().replace('(', ".").replace([')', ' '], "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_layer_has_controls_and_ids_are_those_of_the_catalogue() {
        assert!(Layer::ALL.into_iter().all(|layer| !of_layer(layer).is_empty()));
        assert_eq!(oscal_id("AC-2(1)"), "ac-2.1");
        assert_eq!(oscal_id("SI-2"), "si-2");
        assert!(layers_of_control("mp-6.1").contains(&Layer::MediaDecommissioning));
    }
}
