//! What the analysis of access knows of AWS apart from any estate. The facts themselves are data: `facts/access/`.

pub mod actions;
pub mod duties;
pub mod escalation;
mod inflate;
pub mod managed_policies;
pub mod resource_policies;

use serde::de::DeserializeOwned;

pub use actions::Actions;
pub use duties::Duties;
pub use escalation::Escalation;
pub use managed_policies::ManagedPolicies;
pub use resource_policies::ResourcePolicies;

/// Reads facts that the build embedded. They are constants: tests that read them prove that they can be read.
fn embedded<Facts: DeserializeOwned>(json: &str) -> Option<Facts> {
    serde_json::from_str(json).ok()
}
