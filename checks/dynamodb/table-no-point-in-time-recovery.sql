-- title: DynamoDB table cannot be turned back
-- severity: medium
-- layer: backup
-- aliases: [CKV_AWS_28, AVD-AWS-0024, prowler:dynamodb_tables_pitr_enabled, securityhub:DynamoDB.2]
-- message: "`{title}` cannot be restored to an earlier moment"
SELECT resource, title, point_in_time_recovery_enabled AS ok
FROM aws_dynamodb_table
