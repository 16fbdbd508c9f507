-- title: OpenSearch domain answers plain HTTP
-- severity: high
-- layer: network_configuration
-- aliases: [CKV_AWS_83, AVD-AWS-0046, prowler:opensearch_service_domains_https_communications_enforced]
-- message: "`{title}` answers plain HTTP"
SELECT resource, title, enforce_https AS ok
FROM aws_opensearch_domain
