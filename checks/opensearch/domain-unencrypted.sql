-- title: OpenSearch domain stores data unencrypted
-- severity: high
-- layer: data
-- aliases: [CKV_AWS_5, AVD-AWS-0048, prowler:opensearch_service_domains_encryption_at_rest_enabled, securityhub:Opensearch.1]
-- message: "`{title}` stores indices, logs and snapshots unencrypted"
SELECT resource, title, encryption_at_rest_enabled AS ok
FROM aws_opensearch_domain
