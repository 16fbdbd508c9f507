-- title: Password policy lets old passwords come back
-- severity: low
-- layer: identity
-- aliases: [CKV_AWS_13, AVD-AWS-0056, prowler:iam_password_policy_reuse_24, securityhub:IAM.16]
-- message: "only {password_reuse_prevention} earlier passwords are refused"
SELECT resource, password_reuse_prevention, password_reuse_prevention >= 24 AS ok
FROM aws_iam_account_password_policy
