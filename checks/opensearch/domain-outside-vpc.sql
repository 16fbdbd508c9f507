-- title: OpenSearch domain has a public endpoint
-- severity: high
-- layer: network_configuration
-- aliases: [CKV_AWS_137, securityhub:Opensearch.2]
-- message: "`{title}` has its endpoint on the internet"
SELECT resource, title, cardinality(vpc_subnet_ids) > 0 AS ok
FROM aws_opensearch_domain
