//! What the analysis of access knows of AWS apart from any estate. The facts themselves are data: `facts/access/`.

pub mod actions;
mod inflate;
pub mod managed_policies;

pub use actions::Actions;
pub use managed_policies::ManagedPolicies;
