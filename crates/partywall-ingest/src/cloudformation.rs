//! CloudFormation and SAM templates in YAML and JSON.
