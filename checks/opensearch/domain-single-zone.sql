-- title: OpenSearch domain stands in one zone
-- severity: medium
-- layer: platform_recovery
-- aliases: [securityhub:Opensearch.6]
-- message: "`{title}` has {instance_count} data nodes in one zone, or too few of them"
SELECT resource, title, instance_count, multi_az_with_standby_enabled OR zone_awareness_enabled AND instance_count >= 3 AS ok
FROM aws_opensearch_domain
