-- title: Password policy asks for no lower-case letter
-- severity: low
-- layer: identity
-- aliases: [CKV_AWS_11, AVD-AWS-0058, prowler:iam_password_policy_lowercase, securityhub:IAM.12]
-- message: "passwords need no lower-case letter"
SELECT resource, require_lowercase_characters, require_lowercase_characters AS ok
FROM aws_iam_account_password_policy
