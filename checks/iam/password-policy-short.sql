-- title: Password policy accepts passwords under 14 characters
-- severity: medium
-- layer: identity
-- aliases: [CKV_AWS_10, AVD-AWS-0063, prowler:iam_password_policy_minimum_length_14, securityhub:IAM.15]
-- message: "passwords may have {minimum_password_length} characters"
SELECT resource, minimum_password_length, minimum_password_length >= 14 AS ok
FROM aws_iam_account_password_policy
