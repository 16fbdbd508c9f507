-- title: DynamoDB Accelerator keeps its cache unencrypted
-- severity: medium
-- layer: data
-- aliases: [CKV_AWS_47, AVD-AWS-0023, prowler:dynamodb_accelerator_cluster_encryption_enabled, securityhub:DynamoDB.3]
-- message: "`{title}` does not encrypt what it caches"
SELECT resource, title, encryption_at_rest_enabled AS ok
FROM aws_dax_cluster
