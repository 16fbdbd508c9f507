-- title: Log group is not encrypted with a KMS key
-- severity: low
-- layer: data
-- sensitivity: confidential
-- aliases: [CKV_AWS_158, AVD-AWS-0017, prowler:cloudwatch_log_group_kms_encryption_enabled]
-- message: "`{title}` is encrypted with a key of the service only"
SELECT resource, title, kms_key_id <> '' AS ok
FROM aws_cloudwatch_log_group
