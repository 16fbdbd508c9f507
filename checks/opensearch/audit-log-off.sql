-- title: OpenSearch domain keeps no audit log
-- severity: medium
-- layer: logging
-- aliases: [CKV_AWS_317, AVD-AWS-0042, prowler:opensearch_service_domains_audit_logging_enabled, securityhub:Opensearch.5]
-- message: "`{title}` keeps no audit log"
SELECT resource, title, audit_log_group <> '' AND NOT audit_log_disabled AS ok
FROM aws_opensearch_domain
