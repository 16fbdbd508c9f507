-- title: Password policy asks for no digit
-- severity: low
-- layer: identity
-- aliases: [CKV_AWS_12, AVD-AWS-0059, prowler:iam_password_policy_number, securityhub:IAM.14]
-- message: "passwords need no digit"
SELECT resource, require_numbers, require_numbers AS ok
FROM aws_iam_account_password_policy
