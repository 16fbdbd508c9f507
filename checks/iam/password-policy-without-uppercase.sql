-- title: Password policy asks for no upper-case letter
-- severity: low
-- layer: identity
-- aliases: [CKV_AWS_15, AVD-AWS-0061, prowler:iam_password_policy_uppercase, securityhub:IAM.11]
-- message: "passwords need no upper-case letter"
SELECT resource, require_uppercase_characters, require_uppercase_characters AS ok
FROM aws_iam_account_password_policy
