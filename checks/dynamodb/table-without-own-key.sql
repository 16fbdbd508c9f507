-- title: DynamoDB table is encrypted with a key of AWS
-- severity: low
-- layer: data
-- aliases: [CKV_AWS_119, AVD-AWS-0025, prowler:dynamodb_tables_kms_cmk_encryption_enabled]
-- sensitivity: restricted
-- message: "`{title}` is not encrypted with a key of your own"
SELECT t.resource, t.title, t.kms_key_arn <> '' AND count(a.resource) = 0 AS ok
FROM aws_dynamodb_table t
LEFT JOIN aws_kms_alias a ON a.alias_name LIKE 'alias/aws/%' AND t.kms_key_arn LIKE '%/' || a.target_key_id
GROUP BY t.resource, t.title, t.kms_key_arn
