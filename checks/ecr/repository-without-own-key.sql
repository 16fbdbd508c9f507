-- title: ECR repository is encrypted with a key of AWS
-- severity: low
-- layer: data
-- aliases: [CKV_AWS_136, AVD-AWS-0033, securityhub:ECR.5]
-- sensitivity: restricted
-- message: "`{title}` is not encrypted with a key of your own"
SELECT resource, title, kms_key <> '' AS ok
FROM aws_ecr_repository
