-- title: SSM parameter is not encrypted with a key of your own
-- severity: low
-- layer: data
-- sensitivity: restricted
-- aliases: [CKV_AWS_337]
-- message: "`{title}` is encrypted with the AWS managed key"
SELECT resource, title, key_id NOT IN ('', 'alias/aws/ssm') AS ok
FROM aws_ssm_parameter
WHERE (type = 'SecureString') IS NOT FALSE
