-- title: OpenSearch domain has too few master nodes
-- severity: low
-- layer: platform_recovery
-- aliases: [CKV_AWS_318, securityhub:Opensearch.11]
-- message: "`{title}` has no three master nodes of their own"
SELECT resource, title, multi_az_with_standby_enabled OR dedicated_master_enabled AND dedicated_master_count >= 3 AS ok
FROM aws_opensearch_domain
