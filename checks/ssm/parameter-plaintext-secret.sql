-- title: SSM parameter holds a credential in plain text
-- severity: high
-- layer: data
-- aliases: [CKV2_AWS_34]
-- message: "`{title}` looks like a credential and is kept as {type}"
SELECT resource, title, type, type = 'SecureString' OR NOT value_secret AS ok
FROM aws_ssm_parameter
