-- title: ECR repository is encrypted with a key of AWS
-- severity: low
-- layer: data
-- aliases: [CKV_AWS_136, AVD-AWS-0033, securityhub:ECR.5]
-- sensitivity: restricted
-- message: "`{title}` is not encrypted with a key of your own"
SELECT r.resource, r.title, r.kms_key <> '' AND a.resource IS NULL AS ok
FROM aws_ecr_repository r LEFT JOIN aws_kms_alias a ON a.alias_name LIKE 'alias/aws/%' AND r.kms_key LIKE '%:key/' || a.target_key_id
