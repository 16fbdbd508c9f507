-- title: DynamoDB table is encrypted with a key of AWS
-- severity: low
-- layer: data
-- aliases: [CKV_AWS_119, AVD-AWS-0025, prowler:dynamodb_tables_kms_cmk_encryption_enabled]
-- sensitivity: restricted
-- message: "`{title}` is not encrypted with a key of your own"
SELECT resource, title, kms_key_arn <> '' AS ok
FROM aws_dynamodb_table
