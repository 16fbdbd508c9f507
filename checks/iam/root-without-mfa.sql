-- title: The root user signs in without a second factor
-- severity: critical
-- layer: identity
-- aliases: [prowler:iam_root_mfa_enabled, securityhub:IAM.9]
-- message: "the root user needs no second factor"
SELECT resource, account_mfa_enabled OR NOT (account_password_present OR account_access_keys_present) AS ok
FROM aws_iam_account_summary
