-- title: OpenSearch nodes talk to each other in clear
-- severity: medium
-- layer: network_configuration
-- aliases: [CKV_AWS_6, AVD-AWS-0043, prowler:opensearch_service_domains_node_to_node_encryption_enabled, securityhub:Opensearch.3]
-- message: "`{title}` does not encrypt the traffic between its nodes"
SELECT resource, title, node_to_node_encryption_enabled AS ok
FROM aws_opensearch_domain
