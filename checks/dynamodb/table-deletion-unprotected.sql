-- title: DynamoDB table can be deleted at once
-- severity: medium
-- layer: platform_recovery
-- aliases: [prowler:dynamodb_table_deletion_protection_enabled, securityhub:DynamoDB.6]
-- message: "`{title}` can be deleted by one call"
SELECT resource, title, deletion_protection_enabled AS ok
FROM aws_dynamodb_table
