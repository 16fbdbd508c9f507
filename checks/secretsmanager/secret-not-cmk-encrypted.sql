-- title: Secret is not encrypted with a key of your own
-- severity: low
-- layer: data
-- sensitivity: restricted
-- aliases: [CKV_AWS_149, AVD-AWS-0098]
-- message: "`{title}` is encrypted with the AWS managed key"
SELECT resource, title, kms_key_id NOT IN ('', 'alias/aws/secretsmanager') AS ok
FROM aws_secretsmanager_secret
