-- title: DynamoDB Accelerator accepts connections without TLS
-- severity: medium
-- layer: network_configuration
-- aliases: [CKV_AWS_239, prowler:dynamodb_accelerator_cluster_in_transit_encryption_enabled, securityhub:DynamoDB.7]
-- message: "`{title}` talks to clients without TLS"
SELECT resource, title, cluster_endpoint_encryption_type = 'TLS' AS ok
FROM aws_dax_cluster
