//! Terraform: configuration in HCL, plans and states in JSON.
