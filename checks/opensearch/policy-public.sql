-- title: OpenSearch domain lets everybody in
-- severity: critical
-- layer: identity
-- aliases: [prowler:opensearch_service_domains_not_publicly_accessible]
-- message: "`{title}` has a public endpoint and a policy that lets everybody in"
SELECT resource, title, cardinality(vpc_subnet_ids) > 0 OR advanced_security_enabled OR NOT policy_allows_public(access_policies) AS ok
FROM aws_opensearch_domain
