-- title: OpenSearch domain has no access control of its own
-- severity: medium
-- layer: identity
-- aliases: [prowler:opensearch_service_domains_access_control_enabled, securityhub:Opensearch.7]
-- message: "`{title}` has fine-grained access control off"
SELECT resource, title, advanced_security_enabled AS ok
FROM aws_opensearch_domain
