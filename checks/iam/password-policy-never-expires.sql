-- title: Password policy lets passwords live longer than 90 days
-- severity: low
-- layer: identity
-- aliases: [CKV_AWS_9, AVD-AWS-0062, prowler:iam_password_policy_expires_passwords_within_90_days_or_less, securityhub:IAM.17]
-- message: "passwords expire after {max_password_age} days (0: never)"
SELECT resource, max_password_age, max_password_age BETWEEN 1 AND 90 AS ok
FROM aws_iam_account_password_policy
